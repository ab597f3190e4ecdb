"""What came of each waiver, in a sentence that reports share."""

from datetime import date, timedelta

from provenance.model import Result, Waiver, WaiverOutcome
from provenance.report.figures import count


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
