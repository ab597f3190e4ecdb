"""Syntax of dates and date ranges in policies, rules and options."""

import calendar
import re
from collections.abc import Mapping
from datetime import date, timedelta

from provenance.errors import PolicyError
from provenance.model.rules.terms import DateRange
from provenance.read.policy.validation import UncheckedValue, format_value

_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")
_REMEDY = "write a day, a month or a year: 2023-06-01, 2023-06 or 2023."


def parse_first_day(entry: UncheckedValue) -> date:
    """Return the first day of a day, month or year."""
    year, month = _month(entry)
    return entry.day(_REMEDY) if year is None else _day(entry, year, month or 1, 1)


def parse_day_option(name: str, value: str | None) -> date | None:
    """Return the first day of the day, month or year that an option gives; None if it is unset.

    Raises
    ------
    PolicyError
        If it is none of these.
    """
    if value is None:
        return None
    return parse_first_day(UncheckedValue(value, name, PolicyError))


def parse_end(entry: UncheckedValue) -> date:
    """Return the day after the last day of a month or year; a day itself."""
    year, month = _month(entry)
    if year is None:
        return entry.day(_REMEDY)
    start = _day(entry, year, month or 12, 1)
    return _add_days(entry, start, calendar.monthrange(start.year, start.month)[1])


def parse_period(entry: UncheckedValue) -> DateRange:
    """Return the range from `from` until `until` of a table; a missing key leaves an end open."""
    entries = entry.entries()
    first, until = entries.get("from"), entries.get("until")
    return _date_range(
        entry, None if first is None else first.day(), None if until is None else until.day()
    )


def parse_term(entry: UncheckedValue) -> DateRange:
    """Return the days from `from` to `until`, both included; a missing key leaves an end open."""
    entries = entry.entries()
    first, last = entries.get("from"), entries.get("until")
    start, end = (None if day is None else day.day() for day in (first, last))
    if start is not None and end is not None and end < start:
        raise entry.wrong(
            f"it ends on {end}, before it begins on {start}", "`until` is its last day."
        )
    return DateRange(start, None if last is None or end is None else _add_days(last, end, 1))


def parse_collected(entry: UncheckedValue) -> DateRange:
    """Return when content was collected.

    Parameters
    ----------
    entry : UncheckedValue
        A day, month or year ("2023-06-01", "2023-06", "2023"); a range of these, both included
        ("2023-06..2023-08", either end may be missing); or a table of `from` and `until`, the first
        and the last day.
    """
    if isinstance(entry.value, Mapping):
        entry.table(("from", "until"))
        return parse_term(entry)
    if isinstance(entry.value, str) and ".." in entry.value:
        first, _, last = (text.strip() for text in entry.value.partition(".."))
        return _date_range(
            entry,
            parse_first_day(entry.part(first)) if first else None,
            _day_after(entry.part(last)) if last else None,
        )
    return DateRange(parse_first_day(entry), _day_after(entry))


def _day_after(entry: UncheckedValue) -> date:
    """Return the day after a day, or after the last day of a month or year."""
    is_period = _month(entry)[0] is not None
    return parse_end(entry) if is_period else _add_days(entry, parse_first_day(entry), 1)


def _add_days(entry: UncheckedValue, first: date, days: int) -> date:
    try:
        return first + timedelta(days)
    except OverflowError as error:
        raise entry.wrong(
            f"no day comes after {format_value(entry.value)}", "write an earlier one."
        ) from error


def _date_range(entry: UncheckedValue, first: date | None, until: date | None) -> DateRange:
    try:
        return DateRange(first, until)
    except ValueError as error:
        raise entry.wrong(str(error), "write the earlier day first.") from error


def _month(entry: UncheckedValue) -> tuple[int | None, int | None]:
    text = entry.value if isinstance(entry.value, str) else format_value(entry.value)
    match = _MONTH.fullmatch(text)
    return (None, None) if match is None else (int(match[1]), int(match[2]) if match[2] else None)


def _day(entry: UncheckedValue, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise entry.wrong(f"{format_value(entry.value)} is not a date", _REMEDY) from error
