"""Days and stretches of days as people write them."""

import calendar
import re
from collections.abc import Mapping
from datetime import date, timedelta

from provenance.model import DateRange
from provenance.read.policy.validation import Checked, shown

_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")


def first_day(entry: Checked) -> date:
    """Return the first day of what may be a day, a month or a year."""
    year, month = _month(entry)
    return entry.day() if year is None else _day(entry, year, month or 1, 1)


def end(entry: Checked) -> date:
    """Return the day after the last day of what may be a month or a year; a day itself."""
    year, month = _month(entry)
    if year is None:
        return entry.day()
    start = _day(entry, year, month or 12, 1)
    return _after(entry, start, calendar.monthrange(start.year, start.month)[1])


def period_of(entry: Checked) -> DateRange:
    """Read the keys `from` and `until` of a table; a missing one leaves that end open."""
    entries = entry.entries()
    first, until = entries.get("from"), entries.get("until")
    return _range(
        entry, None if first is None else first.day(), None if until is None else until.day()
    )


def collected_of(entry: Checked) -> DateRange:
    """Read when something was collected.

    Parameters
    ----------
    entry : Checked
        A day, month or year ("2023-06-01", "2023-06", "2023"); days from one up to, and without,
        another ("2023-06-01..2023-09-01", either end may be missing); or a table of `from` and
        `until`.
    """
    if isinstance(entry.value, Mapping):
        entry.table(("from", "until"))
        return period_of(entry)
    if isinstance(entry.value, str) and ".." in entry.value:
        first, _, until = entry.value.partition("..")
        ends = [text.strip() for text in (first, until)]
        return _range(entry, *(first_day(entry.part(text)) if text else None for text in ends))
    first_of = first_day(entry)
    whole = _month(entry)[0] is not None
    return DateRange(first_of, end(entry) if whole else _after(entry, first_of, 1))


def _after(entry: Checked, first: date, days: int) -> date:
    try:
        return first + timedelta(days)
    except OverflowError as error:
        raise entry.wrong(
            f"no day comes after {shown(entry.value)}", "write an earlier one."
        ) from error


def _range(entry: Checked, first: date | None, until: date | None) -> DateRange:
    try:
        return DateRange(first, until)
    except ValueError as error:
        raise entry.wrong(str(error), "`until` is the first day after the period.") from error


def _month(entry: Checked) -> tuple[int | None, int | None]:
    said = entry.value if isinstance(entry.value, str) else shown(entry.value)
    found = _MONTH.fullmatch(said)
    return (None, None) if found is None else (int(found[1]), int(found[2]) if found[2] else None)


def _day(entry: Checked, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise entry.wrong(
            f"{shown(entry.value)} is not a date", "write it as year-month-day: 2023-06-01."
        ) from error
