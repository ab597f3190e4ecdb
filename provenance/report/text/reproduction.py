"""The command that reproduces a result."""

import shlex
from collections.abc import Iterator
from datetime import timedelta

from provenance.model.results.result import Result
from provenance.model.rules.policy import MAX_DOCUMENT, WithdrawnRule
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange


def reproduction_command(result: Result) -> tuple[tuple[str, ...], ...]:
    """Return the command that reproduces a result, if its files are in the same places.

    Parameters
    ----------
    result : Result
        The outcome. Settings that only a policy file can have are given by its name.

    Returns
    -------
    tuple of tuple of str
        Options with their values, each word quoted for a shell.
    """
    options = [("provenance", "check", *result.corpus.addresses), *_options(result)]
    return tuple(tuple(shlex.quote(argument) for argument in option) for option in options)


def _options(result: Result) -> Iterator[tuple[str, ...]]:
    policy = result.policy
    yield from (("--registry", each.path) for each in result.registries if not each.is_empty)
    if all(each.is_empty for each in result.registries):
        yield ("--declared-only",)
    yield from (("--background", each.path) for each in result.backgrounds)
    if not policy.common_background:
        yield ("--no-common-background",)
    yield from ((name, value) for name, value in _single_options(result) if value)
    yield from _circumstances(policy.circumstances)
    yield from (("--fail-on", str(gate)) for gate in policy.gates)
    yield from (("--text-column", name) for name in policy.text_columns)
    if policy.max_document != MAX_DOCUMENT:
        yield "--max-document", str(policy.max_document)
    if policy.chance != 1:
        yield "--chance", f"{policy.chance:.12g}"
    if result.sample:
        yield "--sample", f"{result.sample.rate * 100:.12g}%"
    if result.allow_unread:
        yield "--allow-unread", str(result.allow_unread)
    yield "--output", "report"


def _single_options(result: Result) -> Iterator[tuple[str, str | None]]:
    """Yield options with one value, None if unset."""
    control, calibration = result.control, result.calibration
    baseline = result.baseline.path if result.baseline else None
    model_path = result.corpus_model.taken_from if result.corpus_model else None
    yield "--split", result.corpus.split
    yield "--control", control.registry.path if control else None
    yield "--calibration", calibration.path if calibration else None
    yield "--signals", result.policy.signals
    if result.policy.withdrawn is not WithdrawnRule.REPORT:
        yield "--withdrawn", str(result.policy.withdrawn)
    yield "--withdrawn-key", result.policy.withdrawn_key
    yield "--trust", result.policy.trust
    yield "--baseline", baseline
    yield "--model-of", None if model_path == baseline else model_path
    yield "--rules", result.rules_path
    yield "--policy", result.policy.path


def _circumstances(circumstances: Circumstances) -> Iterator[tuple[str, ...]]:
    yield "--purpose", str(circumstances.purpose)
    if circumstances.collected:
        yield "--collected", _days(circumstances.collected)
    if circumstances.actor:
        yield "--actor", str(circumstances.actor)
    if circumstances.jurisdiction:
        yield "--jurisdiction", circumstances.jurisdiction
    if circumstances.commercial is not None:
        yield ("--commercial" if circumstances.commercial else "--non-commercial",)
    if circumstances.model is not None:
        yield from (("--model", kind) for kind in circumstances.model)
    yield from (("--claim", claim) for claim in circumstances.claims)


def _days(collected: DateRange) -> str:
    """Format days as --collected reads them."""
    last = "" if collected.until is None else collected.until - timedelta(days=1)
    return f"{collected.first or ''}..{last}"
