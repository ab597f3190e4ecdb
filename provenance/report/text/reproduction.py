"""How to get a result again: the command that says all that was asked."""

import shlex
from collections.abc import Iterator

from provenance.model import MAX_DOCUMENT, Circumstances, DateRange, Result


def command_of(result: Result) -> tuple[tuple[str, ...], ...]:
    """Write the command that makes a result again, where its files lie as they lay.

    Parameters
    ----------
    result : Result
        The outcome. What a policy file alone can say, it says by naming that file.

    Returns
    -------
    tuple of tuple of str
        The words of `provenance check`, an option with its value each; none needs quoting more.
    """
    words = [("provenance", "check", *result.corpus.addresses), *_options(result)]
    return tuple(tuple(shlex.quote(word) for word in option) for option in words)


def _options(result: Result) -> Iterator[tuple[str, ...]]:
    policy = result.policy
    yield from (("--registry", each.path) for each in result.registries)
    yield from (("--background", each.path) for each in result.backgrounds)
    yield from ((name, value) for name, value in _named(result) if value)
    yield from _circumstances(policy.circumstances)
    yield from (("--fail-on", str(gate)) for gate in policy.gates)
    yield from (("--text-column", name) for name in policy.text_columns)
    if policy.max_document != MAX_DOCUMENT:
        yield "--max-document", str(policy.max_document)
    if result.sample:
        yield "--sample", f"{result.sample.rate * 100:.12g}%"
    if result.allow_unread:
        yield "--allow-unread", str(result.allow_unread)
    yield "--output", "report"


def _named(result: Result) -> Iterator[tuple[str, str | None]]:
    """Give the options that name one thing each, and None where that was not asked for."""
    control, calibration = result.control, result.calibration
    baseline = result.baseline.path if result.baseline else None
    weighed_by = result.corpus_model.taken_from if result.corpus_model else None
    yield "--split", result.corpus.split
    yield "--control", control.registry.path if control else None
    yield "--calibration", calibration.path if calibration else None
    yield "--signals", result.policy.signals
    yield "--baseline", baseline
    yield "--model-of", None if weighed_by == baseline else weighed_by
    yield "--rules", result.rules_path
    yield "--policy", result.policy.path


def _circumstances(asked: Circumstances) -> Iterator[tuple[str, ...]]:
    yield "--purpose", str(asked.purpose)
    if asked.collected:
        yield "--collected", _days(asked.collected)
    if asked.actor:
        yield "--actor", str(asked.actor)
    if asked.jurisdiction:
        yield "--jurisdiction", asked.jurisdiction
    if asked.commercial is not None:
        yield ("--commercial" if asked.commercial else "--non-commercial",)
    if asked.model is not None:
        yield from (("--model", str(kind)) for kind in asked.model or ("other",))
    yield from (("--claim", claim) for claim in asked.claims)


def _days(collected: DateRange) -> str:
    """Write days as the command line reads them."""
    first, until = collected.first or "", collected.until or ""
    return f"{first}..{until}"
