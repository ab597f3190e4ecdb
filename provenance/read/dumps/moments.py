"""When an item was published, in the many ways that dumps write it: seconds since 1970, UTC."""

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pyarrow as pa
import pyarrow.compute as pc

SECONDS = pa.timestamp("s", "UTC")
EARLIEST, LATEST = 10_000, 253_402_300_799
"""Smaller numbers are years, counts or placeholders; 9999-12-31 is the last day there is."""

_NUMBER = re.compile(r"\d{5,19}(\.\d*)?")
_X = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d?) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})")
_ISO = (
    r"^(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2}:\d{2})(?:\.\d+)?)?"
    r" ?(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?$"
)
_TIDIED = ((re.compile(r" ?UTC$"), "Z"), (re.compile(r" (?=[+-]\d{2}:?\d{2}$)"), ""))


def moment(value: object) -> int | None:
    """Return the second that a value names, or None.

    Examples
    --------
    >>> moment("2022-10-19T22:07:25+02:00") == moment("Wed Oct 19 20:07:25 +0000 2022")
    True
    >>> moment("1666210045.0"), moment(1666210045123), moment("yesterday")
    (1666210045, 1666210045, None)
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _from_number(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if len(text) != 8 and _NUMBER.fullmatch(text):
        return _from_number(int(text) if text.isdecimal() else float(text))
    return _from_text(text)


def moments(values: pa.Array) -> pa.Array:
    """Return the seconds that a column names, as `timestamp[s, UTC]`; null where it does not."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return moments(values.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return pc.cast(values, pa.timestamp("s", kind.tz), safe=False).cast(pa.int64()).cast(SECONDS)
    if pa.types.is_date(kind):
        return pc.cast(values, pa.timestamp("s")).cast(pa.int64()).cast(SECONDS)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _from_numbers(values)
    if is_text(kind):
        return _from_texts(values.cast(pa.large_string()))
    return pa.nulls(len(values), SECONDS)


def is_text(kind: pa.DataType) -> bool:
    """Say whether a column of this type holds strings."""
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _from_number(value: float) -> int | None:
    if not math.isfinite(value) or value < EARLIEST:
        return None
    for least, unit in ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3)):
        if value >= least:
            return int(value // unit)
    return int(value)


def _from_numbers(values: pa.Array) -> pa.Array:
    numbers = values.cast(pa.float64(), safe=False)
    unit = pc.case_when(
        pc.make_struct(
            pc.greater_equal(numbers, 1e17),
            pc.greater_equal(numbers, 1e14),
            pc.greater_equal(numbers, 1e11),
        ),
        1e9,
        1e6,
        1e3,
        1.0,
    )
    seconds = pc.floor(pc.divide(numbers, unit))
    known = pc.and_(pc.greater_equal(numbers, float(EARLIEST)), pc.less(seconds, float(LATEST)))
    kept = pc.if_else(known, seconds, pa.scalar(None, pa.float64()))
    return kept.cast(pa.int64(), safe=False).cast(SECONDS)


def _from_texts(values: pa.Array) -> pa.Array:
    """Take regular columns at once, and others value by value."""
    parts = pc.extract_regex(values, pattern=_ISO)
    try:
        if parts.null_count == values.null_count:
            return _from_parts(parts)
    except pa.ArrowInvalid:
        pass
    distinct = values.dictionary_encode()
    known = pa.array([moment(value) for value in distinct.dictionary.to_pylist()], pa.int64())
    return known.take(distinct.indices).cast(SECONDS)


def _from_parts(parts: pa.StructArray) -> pa.Array:
    day, time, zone = (pc.struct_field(parts, name) for name in ("day", "time", "zone"))
    time = pc.if_else(pc.equal(time, ""), "00:00:00", time)
    local = pc.binary_join_element_wise(day, time, " ").cast(pa.timestamp("s")).cast(pa.int64())
    named = pc.is_in(zone, value_set=pa.array(["", "Z", "UTC"], zone.type))
    digits = pc.replace_substring(pc.if_else(named, "+0000", zone), ":", "")
    hours = pc.utf8_slice_codeunits(digits, 1, 3).cast(pa.int64())
    minutes = pc.utf8_slice_codeunits(digits, 3, 5).cast(pa.int64())
    offset = pc.add(pc.multiply(hours, 3600), pc.multiply(minutes, 60))
    signed = pc.if_else(pc.starts_with(digits, "-"), pc.negate(offset), offset)
    return pc.subtract(local, signed).cast(SECONDS)


def _from_text(text: str) -> int | None:
    for pattern, tidy in _TIDIED:
        text = pattern.sub(tidy, text)
    if found := _X.fullmatch(text):
        month, day, time, zone, year = found.groups()
        text = f"{day} {month} {year} {time} {zone}"
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = parse(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return _second(when)
    return None


def _second(when: datetime) -> int:
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return math.floor(aware.timestamp())
