"""Points in time, however a column writes them."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.read.strings import is_bytes, is_textual, words

SECONDS = pa.timestamp("s", "UTC")

_ZONED = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)$"
_LOCAL = r"^\d{4}-\d\d-\d\d([T ]\d\d(:\d\d(:\d\d(\.\d{1,9})?)?)?)?$"
_EPOCH = r"^-?\d{1,19}(\.\d*)?$"
_SMALLEST = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""Epochs this large count nanoseconds, microseconds, milliseconds."""
_LATEST = 253402300799
"""The last second of the year 9999."""


def moments(column: pa.Array) -> pa.Array:
    """Read a column as points in time: `timestamp[s, UTC]`, null where it is none.

    Parameters
    ----------
    column : pyarrow.Array
        Timestamps, dates, epochs in seconds or finer, or strings of any of these.

    Returns
    -------
    pyarrow.Array
        A time without a zone is taken as UTC; parts of a second are dropped.
    """
    kind = column.type
    if is_textual(kind) or is_bytes(kind):
        return _of_strings(words(column))
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        if getattr(kind, "tz", None) is None:
            column = pc.cast(column, pa.timestamp(getattr(kind, "unit", "ms")))
        return _in_utc(column)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _of_epochs(pc.cast(column, pa.float64(), safe=False))
    return pa.nulls(len(column), SECONDS)


def moment(text: str) -> datetime | None:
    """Read one point in time; None where it is none."""
    for reader in _READERS:
        try:
            found = reader(text.strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


_READERS: tuple[Callable[[str], datetime], ...] = (
    datetime.fromisoformat,
    lambda text: datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y"),  # X, API 1.1
    parsedate_to_datetime,  # feeds
    lambda text: datetime.fromisoformat(text.removesuffix(" UTC")),
)


def _of_strings(texts: pa.Array) -> pa.Array:
    """Read each spelling at once; what fits none, or fails, one by one."""
    texts = pc.utf8_trim_whitespace(texts)
    found = pa.nulls(len(texts), SECONDS)
    for pattern, read in ((_ZONED, _zoned), (_LOCAL, _local), (_EPOCH, _epochs)):
        fits = pc.fill_null(pc.match_substring_regex(texts, pattern), fill_value=False)
        if not pc.any(fits).as_py():
            continue
        try:
            found = pc.coalesce(found, read(pc.if_else(fits, texts, None)))
        except pa.ArrowInvalid:
            continue
    rest = np.flatnonzero(
        pc.and_(pc.is_null(found), pc.is_valid(texts)).to_numpy(zero_copy_only=False)
    )
    if not len(rest):
        return found
    ones = [moment(text) for text in texts.take(pa.array(rest)).to_pylist()]
    mask = np.zeros(len(texts), bool)
    mask[rest] = True
    return pc.replace_with_mask(found, pa.array(mask), _in_utc(pa.array(ones, pa.timestamp("us", "UTC"))))


def _zoned(texts: pa.Array) -> pa.Array:
    return _in_utc(pc.cast(texts, pa.timestamp("ns", "UTC")))


def _local(texts: pa.Array) -> pa.Array:
    return _in_utc(pc.cast(texts, pa.timestamp("ns")))


def _epochs(texts: pa.Array) -> pa.Array:
    return _of_epochs(pc.cast(texts, pa.float64()))


def _in_utc(column: pa.Array) -> pa.Array:
    # Towards the past, also before 1970: a cast alone would round to zero.
    return pc.cast(pc.floor_temporal(column, unit="second"), pa.timestamp("s")).cast(SECONDS)


def _of_epochs(numbers: pa.Array) -> pa.Array:
    values = np.asarray(numbers.to_numpy(zero_copy_only=False), np.float64)
    for least, parts in _SMALLEST:
        values = np.where(np.abs(values) >= least, values / parts, values)
    usable = np.isfinite(values) & (np.abs(values) <= _LATEST)
    seconds = np.floor(np.where(usable, values, 0)).astype(np.int64)
    return pa.array(seconds, pa.int64(), mask=~usable).cast(SECONDS)
