"""Where the parts of a timeline's bar lie, for a page that draws one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from provenance.model import DateRange, Stretch
from provenance.report.bars import Piece
from provenance.report.timeline import span_of

_YEARS = 7
"""Of so many years at most the page says where they begin."""


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """A timeline, laid out.

    Parameters
    ----------
    pieces : tuple of Piece
        From left to right.
    years : tuple of (float, str)
        Where a year begins, and which.
    mark : (float, float) or None
        First and last day on which the corpus was collected, if that is known.
    """

    pieces: tuple[Piece, ...]
    years: tuple[tuple[float, str], ...]
    mark: tuple[float, float] | None


def timeline_bar(
    stretches: Sequence[Stretch], collected: DateRange | None, today: date
) -> TimelineBar:
    """Lay out what the verdict is for each day of collection.

    Parameters
    ----------
    stretches : sequence of Stretch
        In order of days.
    collected : DateRange or None
        When the corpus was collected.
    today : date
        Where the bar ends.
    """
    shown = span_of([stretches], today)
    first, until = shown.first or today, shown.until or today

    def at(day: date | None, otherwise: date) -> float:
        place = (max(min(day or otherwise, until), first) - first).days
        return round(100 * place / max((until - first).days, 1), 3)

    pieces = []
    for stretch in stretches:
        x, end = at(stretch.collected.first, first), at(stretch.collected.until, until)
        if end > x:
            pieces.append(Piece(x, round(end - x, 3), stretch.verdict))
    step = max(1, -(-(until.year - first.year) // _YEARS))
    years = tuple(
        (at(date(year, 1, 1), first), str(year))
        for year in range(first.year + 1, until.year + 1, step)
    )
    if collected is None:
        return TimelineBar(tuple(pieces), years, None)
    last = None if collected.until is None else collected.until - timedelta(days=1)
    return TimelineBar(tuple(pieces), years, (at(collected.first, first), at(last, until)))
