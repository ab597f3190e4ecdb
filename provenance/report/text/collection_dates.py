"""Sentences on stated dates of collection that the dates of items contradict."""

from provenance.model.results.result import Misdating, Result
from provenance.report.text.number_format import count, period


def late_findings(misdating: Misdating) -> str:
    """Return how many findings contradict a stated date of collection.

    Examples
    --------
    >>> from datetime import date
    >>> late_findings(Misdating(None, None, 3, 5, 0, date(2024, 5, 1)))
    '3 of 5 findings dated by their rows are of items published after they were collected'
    """
    are = "is of an item" if misdating.findings == 1 else "are of items"
    where = f" in collection {misdating.collection!r}" if misdating.collection else ""
    of = f"{misdating.findings:,} of {count(misdating.of_findings, 'finding')}{where}"
    if misdating.stated is None:
        return f"{of} dated by their rows {are} published after they were collected"
    stated = f"the stated collection ({period(misdating.stated)})"
    return f"{of} {are} published after {stated}"


def refuted_dates_sentence(result: Result) -> str | None:
    """Return which stated dates of collection cannot be right, and why; None if none.

    Parameters
    ----------
    result : Result
        The outcome.

    Returns
    -------
    str or None
        "The stated date of collection cannot be right: 238 of 238 findings are of items published
        after the stated collection (2010-01-01)."
    """
    if not result.refuted_dates:
        return None
    contradictions = "; ".join(map(late_findings, result.refuted_dates))
    late = sum(each.findings for each in result.refuted_dates)
    judged = "It is judged" if late == 1 else "They are judged"
    return (
        f"The stated date of collection cannot be right: {contradictions}. {judged} by every day "
        "since."
    )


def refuted_dates_step(result: Result) -> tuple[str, ...]:
    """Return what to do about dates of collection that cannot be right."""
    if not result.refuted_dates:
        return ()
    newest = max(each.newest for each in result.refuted_dates)
    step = (
        "Correct the date of collection (--collected, `collected` in the policy or in the rows): "
        f"the newest item found was published on {newest}. If parts were collected at other times, "
        "state them under [[collections]]; if you do not know when, state no date."
    )
    return (step,)
