"""The dates of one dump: in which order its days and months stand, and which nobody can read."""

import calendar
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import ITEMS, Int64s, Items, Skipped
from provenance.read.columns.string_arrays import format_values, is_textual
from provenance.read.dumps.timestamps import SECONDS, moment, moments

UNREAD = "no date that we can read"

_DATE = re.compile(
    r"(?P<one>\d{1,4})(?P<mark>[/.-])(?P<two>\d{1,2})(?P=mark)(?P<three>\d{1,4})"
    r"(?:[ T,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?)?(?:\s*(?:Z|UTC|GMT))?"
)
_SHOWN = 40
_ROWS = 5


class Order(Enum):
    """In which order a column's days and months stand."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


def order_of(values: Iterable[str]) -> Order | None:
    """Tell the order from all of a column's dates: only a number above 12 gives it away.

    Returns
    -------
    Order or None
        None where no date tells, or two contradict each other.

    Examples
    --------
    >>> order_of(["8/4/2016", "8/14/2016"])
    <Order.MONTH_FIRST: 'month first'>
    >>> order_of(["04.08.2016", "08.04.2016"]), order_of(["1/13/2016", "13/1/2016"])
    (None, None)
    """
    orders: set[Order] = set()
    for value in values:
        found = _DATE.fullmatch(value.strip())
        if found is None or len(found["three"]) != 4:
            continue
        if int(found["one"]) > 12 >= int(found["two"]):
            orders.add(Order.DAY_FIRST)
        if int(found["two"]) > 12 >= int(found["one"]):
            orders.add(Order.MONTH_FIRST)
    return orders.pop() if len(orders) == 1 else None


def ordered_moment(value: object, order: Order | None) -> int | None:
    """Return the second that a value names, as `moment` does, and dates in numbers of an order.

    A date that begins with its year needs none. Without an offset, it is UTC.

    Examples
    --------
    >>> ordered_moment("8/4/2016 9:05 PM", Order.MONTH_FIRST) == moment("2016-08-04T21:05:00")
    True
    >>> ordered_moment("8/4/2016", None), ordered_moment("31/2/2016", Order.DAY_FIRST)
    (None, None)
    """
    second = moment(value)
    if second is not None or not isinstance(value, str):
        return second
    found = _DATE.fullmatch(value.strip())
    return None if found is None else _second(found, order)


def is_ambiguous(value: str) -> bool:
    """Whether a date is written in numbers, and its year comes last."""
    found = _DATE.fullmatch(value.strip())
    return found is not None and len(found["three"]) == 4


class Dates:
    """Reads the dates of one file, and remembers those that it cannot read.

    Parameters
    ----------
    order : Order or None
        Of its days and months.
    """

    def __init__(self, order: Order | None = None) -> None:
        self._order = order
        self._example = ""
        self._count = 0
        self._rows: list[int] = []

    def second(self, value: object, row: int) -> int | None:
        """Read one."""
        second = ordered_moment(value, self._order)
        if second is None and value is not None and str(value).strip():
            self._miss(str(value), 1, [row])
        return second

    def seconds(self, column: pa.Array, rows: Int64s) -> pa.Array:
        """Read a column, as `timestamp[s, UTC]`."""
        if not is_textual(column.type):
            found = moments(column)
            if pa.types.is_nested(column.type) or pa.types.is_boolean(column.type):
                self._miss_all(column, rows)
            return found
        texts = format_values(column)
        found = moments(texts)
        if found.null_count > texts.null_count:
            found = self._in_order(texts)
            told = pc.fill_null(
                pc.greater(pc.binary_length(pc.utf8_trim_whitespace(texts)), 0), False
            )
            unread = np.flatnonzero(pc.and_(pc.is_null(found), told))
            if len(unread):
                first = rows[unread[:_ROWS]].tolist()
                self._miss(texts[int(unread[0])].as_py(), len(unread), first)
        return found

    def _miss_all(self, column: pa.Array, rows: Int64s) -> None:
        there = np.flatnonzero(pc.is_valid(column))
        if len(there):
            self._miss(str(column[int(there[0])]), len(there), rows[there[:_ROWS]].tolist())

    def _in_order(self, texts: pa.Array) -> pa.Array:
        distinct = texts.dictionary_encode()
        known = [ordered_moment(one, self._order) for one in distinct.dictionary.to_pylist()]
        return pa.array(known, pa.int64()).take(distinct.indices).cast(SECONDS)

    def missed(self, file: str) -> Iterator[Items]:
        """Tell of the items whose date nobody can read: they are kept, without one."""
        if self._count:
            reason = f"{UNREAD}, such as {self._example!r}: kept without it"
            nothing = pa.RecordBatch.from_pylist([], ITEMS)
            yield Items(nothing, (Skipped(file, reason, self._count, tuple(self._rows)),))

    def _miss(self, example: str, count: int, rows: list[int]) -> None:
        self._example = self._example or example.strip()[:_SHOWN]
        self._count += count
        self._rows = (self._rows + rows)[:_ROWS]


def _second(found: re.Match[str], order: Order | None) -> int | None:
    one, two, three = (int(found[name]) for name in ("one", "two", "three"))
    if len(found["one"]) == 4:
        year, month, day = one, two, three
    elif len(found["three"]) == 4 and order is not None:
        day, month = (one, two) if order is Order.DAY_FIRST else (two, one)
        year = three
    else:
        return None
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if found["half"] in "pP" else 0)
    with suppress(ValueError):
        when = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return calendar.timegm(when.utctimetuple())
    return None
