"""Stretches of days between the dates on which something changes."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from provenance.model import DateRange

DAY = timedelta(days=1)
ALWAYS = DateRange()


def changes(ranges: Iterable[DateRange]) -> tuple[date, ...]:
    """Return every day on which one of the ranges begins, or is over, in order."""
    days = {day for span in ranges for day in (span.first, span.until) if day is not None}
    return tuple(sorted(days))


def stretches(days: Sequence[date]) -> tuple[DateRange, ...]:
    """Cut all of time at the given days, which are in order: nothing changes within a piece."""
    return tuple(
        DateRange(first, until) for first, until in zip((None, *days), (*days, None), strict=True)
    )


def collection_days(
    item_date: date | None, collected: DateRange | None, today: date | None
) -> DateRange:
    """Return the days on which an item can have been collected.

    Parameters
    ----------
    item_date : date or None
        When it was published.
    collected : DateRange or None
        When it was collected, if that is known.
    today : date or None
        Nothing was collected after it; None leaves the future open.

    Returns
    -------
    DateRange
        Nothing is collected before it is published. Where the stated collection lies before the
        item's date all the same, the statement is believed, and the ruling says so: it is about
        the corpus, and a date on an item may be that of a later copy.
    """
    collected = DateRange() if collected is None else collected
    if today is not None and collected.until is None:
        began = collected.first is None or collected.first <= today
        collected = DateRange(collected.first, today + DAY) if began else collected
    if item_date is None or (collected.first is not None and item_date <= collected.first):
        return collected
    if is_too_early(item_date, collected):
        return collected
    return DateRange(item_date, collected.until)


def is_too_early(item_date: date | None, collected: DateRange | None) -> bool:
    """Whether an item was published after the whole time in which it is said to be collected."""
    until = None if collected is None else collected.until
    return item_date is not None and until is not None and item_date >= until


def publication_days(item_date: date | None, collected: DateRange) -> DateRange:
    """Return the days on which an item can have been published, given when it was collected."""
    if item_date is None:
        return DateRange(None, collected.until)
    return DateRange(item_date, None if item_date == date.max else item_date + DAY)


def in_words(span: DateRange) -> str:
    """Write a range as people do: its last day is in it.

    Examples
    --------
    >>> in_words(DateRange(date(2020, 6, 18), date(2023, 9, 29)))
    '2020-06-18 to 2023-09-28'
    >>> in_words(DateRange(None, date(2023, 9, 29)))
    'before 2023-09-29'
    """
    match span.first, span.until:
        case None, None:
            return "at any time"
        case None, until:
            return f"before {until}"
        case first, None:
            return f"since {first}"
        case first, until if until == first + DAY:
            return f"on {first}"
    return f"{span.first} to {_day_before(span.until)}"


def _day_before(day: date | None) -> str:
    return "" if day is None else str(day - DAY)
