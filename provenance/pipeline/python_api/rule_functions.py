"""`provenance.explain_rules`, `published_sources`, `clear_cache`: commands as functions."""

from dataclasses import dataclass
from os import fspath
from pathlib import Path
from typing import Unpack

from provenance.model.rules.rulings import Ruling
from provenance.model.rules.terms import Verdict
from provenance.model.short_repr import short_repr
from provenance.pipeline.caching.result_cache import CacheUsage
from provenance.pipeline.caching.result_cache import clear_cache as clear
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Address, CircumstanceOptions, Day, Names
from provenance.pipeline.python_api.policy_options import normalise_options
from provenance.pipeline.python_api.python_inputs import day_text
from provenance.pipeline.rule_commands.rule_lookup import resolve_policy, rule_on
from provenance.read.dumps.published_dumps import PublishedSource, find_published_source
from provenance.read.dumps.published_dumps import published_sources as list_sources
from provenance.report.terminal.rules.ruling_explanation import ruling_explanation
from provenance.report.terminal.terminal_style import TerminalStyle

_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the rules say of some content, and why; as a string, the text of the command.

    Parameters
    ----------
    name : str
        The source, licence or signal.
    ruling : Ruling
        The verdict, with the statements that were considered and what is decisive.
    text : str
        As `provenance rules explain` prints it.
    """

    name: str
    ruling: Ruling
    text: str

    __repr__ = short_repr

    @property
    def verdict(self) -> Verdict:
        """The verdict: "forbidden", "unknown", "restricted" or "permitted"."""
        return self.ruling.verdict

    def __str__(self) -> str:
        """Return the text."""
        return self.text


@public_function
def explain_rules(
    subject: str,
    *,
    published: Day | None = None,
    licence: str | None = None,
    signals: Names = (),
    policy: Address | None = None,
    rules: Address | None = None,
    **options: Unpack[CircumstanceOptions],
) -> Explanation:
    """Explain the verdict on content of a source, as `provenance rules explain` does.

    Parameters
    ----------
    subject : str
        Id of a source, licence, signal or exception: "x", "cc-by-4.0".
    published : str, optional
        When the content was published.
    licence : str, optional
        Licence that the content declares.
    signals : str or iterable of str, optional
        Signals that came with it: "tdmrep".
    policy, rules : str or path, optional
        As the options of the command.
    **options
        `purpose`, `collected`, `actor`, `jurisdiction`, `commercial`, `model`, `claims`: as the
        options of the command.

    Returns
    -------
    Explanation
        The `ruling`, with its `verdict`; printed, the text of the command.

    Raises
    ------
    UnknownSource
        If the rules do not know the id.
    """
    resolved = resolve_policy(
        None if policy is None else fspath(policy),
        **normalise_options(options),
    )
    came_with = (signals,) if isinstance(signals, str) else tuple(signals)
    folder = None if rules is None else Path(rules)
    name, ruling = rule_on(subject, folder, resolved, (day_text(published), licence, came_with))
    style = TerminalStyle(_WIDTH, colour=False)
    text = ruling_explanation(name, ruling, resolved.circumstances, style)
    return Explanation(name, ruling, text)


@public_function
def published_sources(name: str | None = None) -> list[PublishedSource]:
    """Return where dumps come from, as `provenance sources` shows it.

    Parameters
    ----------
    name : str, optional
        Only this source.

    Returns
    -------
    list of PublishedSource
        With their `dumps`, what was said of `access`, what to `avoid`, and the `command`.

    Raises
    ------
    UnknownSource
        If there is no such source.
    """
    return list(list_sources()) if name is None else [find_published_source(name)]


@public_function
def clear_cache() -> CacheUsage:
    """Delete what earlier checks have cached, as `provenance cache clear` does.

    Returns
    -------
    CacheUsage
        What there was: `folder`, `entries`, `size_bytes`.

    Raises
    ------
    OutputError
        If something cannot be removed.
    """
    return clear()
