"""Dates of a dump: the order of day and month, and dates that cannot be parsed."""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import ITEMS, Items, Skipped
from provenance.read.columns.string_arrays import format_values, is_textual
from provenance.read.dumps.parsers.timestamps import (
    FIRST_SECOND,
    SECONDS,
    parse_timestamp,
    parse_timestamps,
    utc_second,
)

UNREADABLE_DATE = "unreadable date"

_DATE = re.compile(
    r"(?P<one>\d{1,4})(?P<mark>[/.-])(?P<two>\d{1,2})(?P=mark)(?P<three>\d{1,4})"
    r"(?:[ T,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?)?(?:\s*(?:Z|UTC|GMT))?"
)
_NO_ORDER = "No date tells whether the day or the month is first; write 3 April 2021 as 2021-04-03"
_MAX_SHOWN_CHARS = 40
_MAX_NAMED = 5


class DateOrder(Enum):
    """The order of day and month in numeric dates."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


def infer_order(values: Iterable[str]) -> DateOrder | None:
    """Infer the order from all dates of a column: only a number above 12 decides.

    Returns
    -------
    DateOrder or None
        None if no date decides, or dates contradict each other.

    Examples
    --------
    >>> infer_order(["8/4/2016", "8/14/2016"])
    <DateOrder.MONTH_FIRST: 'month first'>
    >>> infer_order(["04.08.2016", "08.04.2016"]), infer_order(["1/13/2016", "13/1/2016"])
    (None, None)
    """
    orders: set[DateOrder] = set()
    for value in values:
        match = _DATE.fullmatch(value.strip())
        if match is None or len(match["three"]) != 4:
            continue
        if int(match["one"]) > 12 >= int(match["two"]):
            orders.add(DateOrder.DAY_FIRST)
        if int(match["two"]) > 12 >= int(match["one"]):
            orders.add(DateOrder.MONTH_FIRST)
    return orders.pop() if len(orders) == 1 else None


def parse_ordered_date(value: object, order: DateOrder | None) -> int | None:
    """Return the second of a date as `parse_timestamp`, or of a numeric date in a given order.

    A date that begins with its year needs none. Without an offset, it is UTC.

    Examples
    --------
    >>> second = parse_ordered_date("8/4/2016 9:05 PM", DateOrder.MONTH_FIRST)
    >>> second == parse_timestamp("2016-08-04T21:05:00")
    True
    >>> parse_ordered_date("8/4/2016", None), parse_ordered_date("31/2/2016", DateOrder.DAY_FIRST)
    (None, None)
    """
    if not isinstance(value, str) or "/" not in value:
        second = parse_timestamp(value)
        if second is not None or not isinstance(value, str):
            return second
    match = _DATE.fullmatch(value.strip())
    return None if match is None else _to_seconds(match, order)


def is_ambiguous(value: str) -> bool:
    """Return whether a date is numeric with the year last."""
    match = _DATE.fullmatch(value.strip())
    return match is not None and len(match["three"]) == 4


class DateReader:
    """Parses the dates of a file, and counts those that cannot be parsed.

    Parameters
    ----------
    find_order : callable
        Returns the order of day and month; called once, and only if a date needs it.
    """

    def __init__(self, find_order: Callable[[], DateOrder | None]) -> None:
        self._find_order = find_order
        self._example = ""
        self._count = 0
        self._rows: list[int] = []

    def second(self, value: object, row: int) -> int | None:
        """Return the second of a date."""
        second = parse_ordered_date(value, self._order)
        if second is None and value is not None and str(value).strip():
            self._count_unreadable(str(value), 1, [row])
        return second

    def seconds(self, column: pa.Array, rows: Int64s) -> pa.Array:
        """Return the dates of a column as `timestamp[s, UTC]`."""
        if not is_textual(column.type):
            dates = parse_timestamps(column)
            unread = np.flatnonzero(pc.and_(pc.is_valid(column), pc.is_null(dates)))
            # A day that is too far away for Python cannot be shown.
            if len(unread) and not pa.types.is_temporal(column.type):
                example = str(column[int(unread[0])])
                self._count_unreadable(example, len(unread), rows[unread[:_MAX_NAMED]].tolist())
            return dates
        texts = format_values(column)
        dates = parse_timestamps(texts)
        if dates.null_count > texts.null_count:
            dates = self._in_order(texts)
            has_text = pc.fill_null(
                pc.greater(pc.binary_length(pc.utf8_trim_whitespace(texts)), 0), False
            )
            unread = np.flatnonzero(pc.and_(pc.is_null(dates), has_text))
            if len(unread):
                first = rows[unread[:_MAX_NAMED]].tolist()
                self._count_unreadable(texts[int(unread[0])].as_py(), len(unread), first)
        return dates

    @cached_property
    def _order(self) -> DateOrder | None:
        return self._find_order()

    def _in_order(self, texts: pa.Array) -> pa.Array:
        distinct = texts.dictionary_encode()
        seconds = [
            parse_ordered_date(text, self._order if is_ambiguous(text) else None)
            for text in distinct.dictionary.to_pylist()
        ]
        return pa.array(seconds, pa.int64()).take(distinct.indices).cast(SECONDS)

    def unreadable_dates(self, file: str) -> Iterator[Items]:
        """Yield the count of items whose date cannot be parsed: they are kept without a date."""
        if self._count:
            reason = f"{UNREADABLE_DATE}, such as {self._example!r}: kept without a date"
            if is_ambiguous(self._example):
                reason += f". {_NO_ORDER}"
            nothing = pa.RecordBatch.from_pylist([], ITEMS)
            yield Items(nothing, (Skipped(file, reason, self._count, tuple(self._rows)),))

    def _count_unreadable(self, example: str, count: int, rows: list[int]) -> None:
        self._example = self._example or example.strip()[:_MAX_SHOWN_CHARS]
        self._count += count
        self._rows = (self._rows + rows)[:_MAX_NAMED]


def _to_seconds(match: re.Match[str], order: DateOrder | None) -> int | None:
    first, _, *others = match.groups()
    one, two, three, hour, minute, second = map(int, (first, *(part or 0 for part in others[:-1])))
    if len(first) == 4:
        year, month, day = one, two, three
    elif len(match["three"]) == 4 and order is not None:
        day, month = (one, two) if order is DateOrder.DAY_FIRST else (two, one)
        year = three
    else:
        return None
    if (half := others[-1]) and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half in "pP" else 0)
    found = utc_second(year, month, day, hour, minute, second)
    return found if found is not None and found >= FIRST_SECOND else None
