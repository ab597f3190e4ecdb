"""What in a policy bears on nothing, or cannot be right: agreements, gates, dates.

What came of each waiver, in a sentence that reports share.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import Report, Result, Waiver, WaiverOutcome
from provenance.report.text.number_format import count


def policy_notes(report: Report) -> tuple[str, ...]:
    """Say what in the policy had nothing to bear on, or cannot be right.

    Parameters
    ----------
    report : Report
        The outcome.

    Returns
    -------
    tuple of str
        A sentence each. `waiver_sentences` tells of waivers.
    """
    result = report.result
    return (
        *_agreements(result),
        *_gates(result),
        *_dates(report),
    )


def _agreements(result: Result) -> Iterator[str]:
    used = {each.agreement for each in result.rulings if each.documents}
    for signed in result.policy.agreements:
        if signed not in used:
            yield (
                f"The agreement {signed.reference!r} ({signed.source}) changes no verdict of what "
                f"was found{_meant(signed.source, result)}."
            )


def _gates(result: Result) -> Iterator[str]:
    known = _sources(result)
    for outcome in result.gates:
        source = outcome.gate.source
        if source is not None and source not in known:
            yield (
                f"The gate {outcome.gate} bears on nothing: no registry holds anything of "
                f"{source!r}, and nothing was found{_meant(source, result)}."
            )


def _dates(report: Report) -> Iterator[str]:
    collected = report.result.policy.circumstances.collected
    if collected is None or collected.until is None:
        return
    end = pa.scalar(datetime.combine(collected.until, time()), pa.timestamp("s", "UTC"))
    later = pc.sum(pc.greater_equal(report.findings["created_at"], end)).as_py() or 0
    if later:
        yield (
            f"{count(later, 'finding')} of items that are dated later than the stated collection: "
            "the statement is believed, but one of the two is wrong. See --collected."
        )


def _sources(result: Result) -> list[str]:
    return sorted(share.key for share in result.shares if share.by == "source")


def _meant(source: str, result: Result) -> str:
    known = _sources(result)
    near = [] if source in known else get_close_matches(source, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def waiver_sentences(result: Result) -> tuple[str, ...]:
    """Say what came of each waiver: those first that want something done.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    tuple of str
        "'own-content: source=x' excuses 3 findings until 2027-01-30; legal answers for it."
    """
    return tuple(_sentence(each) for each in sorted(result.waivers, key=_rank))


def last_day(waiver: Waiver) -> date:
    """Give the last day on which a waiver counts: that on which it expires, it does not."""
    return waiver.expires - timedelta(days=1)


def _rank(outcome: WaiverOutcome) -> int:
    return 0 if outcome.expired else 1 if not outcome.findings else 2


def _sentence(outcome: WaiverOutcome) -> str:
    waiver, found = outcome.waiver, count(outcome.findings, "finding")
    if outcome.expired:
        return (
            f"EXPIRED {waiver.expires}: '{waiver.id}' no longer counts, and what it excused "
            f"({found}) does."
        )
    last = last_day(waiver)
    if not outcome.findings:
        return f"Unused: '{waiver.id}', until {last}, excuses nothing that was found."
    return f"'{waiver.id}' excuses {found} until {last}; {waiver.approver} answers for it."
