"""Next steps after a check, and its outcome in one line."""

from collections.abc import Collection

from provenance.model.results.result import Result, SourceRuling
from provenance.model.rules.policy import Gate, Waiver, WaiverReason
from provenance.report.text.collection_dates import refuted_dates_step
from provenance.report.text.sentences import (
    capitalize,
    headline,
    outcome_of,
    ruling_remedy,
    rulings_by_source,
    status_mark,
)
from provenance.report.text.unread_text import unread_steps


def next_steps(result: Result, failing: Collection[str] | None = None) -> tuple[str, ...]:
    """Return what to do now, most urgent first.

    Parameters
    ----------
    result : Result
        The outcome.
    failing : collection of str or None
        Sources of the findings that failed gates count; None takes all whose verdict they limit.

    Returns
    -------
    tuple of str
        Distinct sentences in the imperative.
    """
    failed = [outcome.gate for outcome in result.gates if not outcome.passed]
    rulings = [
        each
        for each in result.rulings
        if each.documents
        and (not failed or any(_concerns(gate, each) for gate in failed))
        and (failing is None or each.source in failing)
    ]
    expired = [outcome.waiver for outcome in result.waivers if outcome.expired]
    unused = [each.waiver.id for each in result.waivers if not each.expired and not each.findings]
    steps = [
        *unread_steps(result),
        *refuted_dates_step(result),
        *(capitalize(violation.remedy) for violation in result.violations),
        *(
            f"{each.name}: {remedy}"
            for each, *_ in rulings_by_source(rulings)
            if (remedy := ruling_remedy(each.ruling))
        ),
        *map(_step_on_expired, expired),
        *(f"Remove the waiver '{waiver}': it excuses nothing." for waiver in unused),
    ]
    return tuple(dict.fromkeys(steps))


def _step_on_expired(waiver: Waiver) -> str:
    if waiver.reason is WaiverReason.DISPUTED:
        return (
            f"Settle the dispute of item {waiver.item} of {waiver.source}, have its owner sign a "
            "note, or write a waiver under [[waivers]]."
        )
    return f"Renew or remove the expired waiver '{waiver.id}'."


def _concerns(gate: Gate, each: SourceRuling) -> bool:
    """Return whether a gate counts content of a source with its ruling."""
    ruling = each.ruling
    return (
        gate.verdict is ruling.verdict
        and gate.source in {None, each.source}
        and gate.basis in {None, ruling.basis}
    )


def outcome_line(result: Result) -> str:
    """Return the status, headline and first next step on one line.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str
        "FAIL: 1.9% of the tokens are forbidden for pretraining; the policy allows 0%. Next: ..."
    """
    steps = next_steps(result) if outcome_of(result) != "pass" else ()
    todo = f" Next: {steps[0]}" if steps else ""
    return f"{status_mark(result)}: {headline(result)}{todo}"
