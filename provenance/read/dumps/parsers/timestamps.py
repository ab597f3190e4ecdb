"""Parsing of the timestamps in dumps, in many formats, to seconds since 1970 in UTC."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from provenance.read.columns.string_arrays import is_textual

SECONDS = pa.timestamp("s", "UTC")
FIRST_SECOND, LAST_SECOND = -62_104_060_800, 253_402_300_799
"""First second of year 2, as Go and .NET write a missing date as one of year 1; last of 9999."""
MIN_NUMBER = 10**8
"""Smaller numbers are years, counts, days as Excel counts them, or placeholders."""
UNIT_THRESHOLDS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))
"""Smallest numbers of nanoseconds, microseconds and milliseconds."""
_FIRST_COMPACT = 19_000_000
"""Numbers above this one, and below `MIN_NUMBER`, may be days: 20200913."""
_MAX_NUMBER = LAST_SECOND * UNIT_THRESHOLDS[0][1]
_NUMBERS = (int, float)

_EPOCH_WITHOUT_ZONE = datetime(1970, 1, 1)  # noqa: DTZ001 (compared with moments that have none)
_EPOCH = _EPOCH_WITHOUT_ZONE.replace(tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()

_TEXT = pa.large_string()
_NUMBER = re.compile(r"\d{5,19}(\.\d*)?")
_COMPACT_DATE = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_COMPACT_TIME = re.compile(r"((?:19|20)\d{6})([01]\d|2[0-3])([0-5]\d)([0-5]\d)(?:\d{3})?")
_STAMP_UNITS = {20: "s", 24: "ms"}
"""Lengths in bytes of the most frequent formats, and the unit in which Arrow parses them."""

_CACHED_DAYS = 5000
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_MONTHS = {name[:3]: number for number, name in enumerate(_MONTH_NAMES, 1)}
"""Numbers of months by the first three letters of their names."""
_X_DATE = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \+0000 \d{4}")
_X_DAY = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d)  \+0000 (\d{4})")
"""A date of X without the time of day: that of "Wed Oct 19 20:07:25 +0000 2022"."""
_MAIL_DATE = re.compile(
    r"[A-Z][a-z]{2}, (\d\d? [A-Z][a-z]{2} \d{4}) (\d\d:\d\d:)(\d\d)"
    r" (?:GMT|([+-](?:[01]\d|2[0-3]))(\d\d))"
)
"""The usual date of e-mail and RSS, for which the parser of e-mail takes five times as long."""
_MINUTE = re.compile(r"([01]\d|2[0-3]):([0-5]\d):")
_SECONDS = {f"{second:02}": second for second in range(60)}
_X_LENGTH = 30
_SECOND_DIGITS = 10
"""Digits of a number of seconds since 1970; dates have eight or fourteen."""
_ISO = (
    r"^(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2}:\d{2})(?:\.\d+)?)?"
    r" ?(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?$"
)
_MONTH_NAME = re.compile("[A-Za-z]{3}")
_WEEKDAY = r"(?:[A-Za-z]{3,9}\.?,? )?"
_DAY, _MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<month>[A-Za-z]{3,9})\.?"
_NAMED_DAYS = (
    re.compile(rf"{_WEEKDAY}{_DAY}\.?[ -]{_MONTH},?[ -](?P<year>\d{{4}})"),
    re.compile(rf"{_WEEKDAY}{_MONTH} {_DAY},? (?P<year>\d{{4}})"),
)
"""Days with the name of their month: "13 September 2020" and "Sep 13, 2020"."""
_MONTHS_IN_WORDS = tuple(
    names.split()
    for names in (
        "january januar jänner janvier enero janeiro gennaio januari января stycznia",
        "february februar février febrero fevereiro febbraio februari февраля lutego",
        "march märz mars marzo março maart mrt марта marca",
        "april avril abril aprile апреля kwietnia",
        "may mai mayo maio maggio mei мая май maja",
        "june juni juin junio junho giugno июня czerwca",
        "july juli juillet julio julho luglio июля lipca",
        "august août agosto augustus августа sierpnia",
        "september septembre septiembre setiembre setembro settembre сентября września",
        "october oktober octobre octubre outubro ottobre октября października",
        "november novembre noviembre novembro ноября listopada",
        "december dezember décembre diciembre dezembro dicembre декабря grudnia",
    )
)
"""Months in English, German, French, Spanish, Portuguese, Italian, Dutch, Russian and Polish."""
_DAY_IN_WORDS = re.compile(
    r"(?:[^\W\d_]+\.?,? )?(\d{1,2})(?:\.|º|er)?\s(?:de )?([^\W\d_]{3,})\.?,?\s(?:del? )?(\d{4})"
    r"(?:\s?\u0433\.?)?(?:,?\s(?:(?:um|à|às|as|a las|alle|alle ore|om|в|kl\.|-) )?"
    r"(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?: Uhr)?(?: UTC)?)?"
)
"""A day, such as "13 de enero de 2020", with or without a time."""
_WORDS_AROUND = re.compile(
    r"(?:[A-Za-z][A-Za-z ]{0,60}(?: on|:) |on )(.*)|(.*)\s\(edited\)", re.IGNORECASE
)
"""A date with the words that pages add: "Posted: …", "Reviewed in the United States on …"."""
_HALF_DAY = re.compile(r"(?<!\d)(\d{1,2})(:\d\d(?::\d\d)?)\s?([AaPp])\.?\s?[Mm]\b\.?")
_AT = re.compile(r",?\s(?:at\s|@\s?)|[\u202f\xa0]")
_OFFSETS = {
    "WET": "+0000",
    "WEST": "+0100",
    "CET": "+0100",
    "CEST": "+0200",
    "EET": "+0200",
    "EEST": "+0300",
    "MSK": "+0300",
    "JST": "+0900",
    "KST": "+0900",
    "EST": "-0500",
    "EDT": "-0400",
    "CST": "-0600",
    "CDT": "-0500",
    "MST": "-0700",
    "MDT": "-0600",
    "PST": "-0800",
    "PDT": "-0700",
}
"""Offsets of zones by the names that RFC 822 has, or that only one zone has."""
_SHORT_YEAR = re.compile(
    rf"(?P<day>\d{{1,2}})-(?P<month>{'|'.join(_MONTHS)})-(?P<year>\d\d)"
    r"(?: (?P<time>\d\d?[.:]\d\d(?:[.:]\d\d)?)(?:\.\d+)?(?P<half> [AP]M)?)?",
    re.IGNORECASE,
)
"""A moment as Oracle writes it: "04-AUG-16 09.05.06.123 PM"."""
_LAST_SHORT_YEAR = 68
"""Years of two digits up to this one are of this century, as POSIX has it."""
_EAST_ASIAN_DAY = re.compile(
    r"(\d{4})(?:\s?[年년]\s?|\. )(\d\d?)(?:\s?[月월]\s?|\. )(\d\d?)(?:\s?[日일]|\.?(?!\d))"
    r"(?:\s?\([日月火水木金土일월화수목금토]\))?\s*"
)
_EAST_ASIAN_CLOCK = re.compile(r"(\d\d?)\s?[時时시点]\s?(\d\d?)\s?[分분](?:\s?(\d\d?)\s?[秒초])?")
_EAST_ASIAN_HALF = re.compile(r"(?:([上오午]午?[午전前])|[下오午]午?[午후後])\s?(\d[\d:]*)")
_WEB_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
"""A number of milliseconds as .NET writes it in JSON."""
_ZONE_NAME = re.compile(
    r"\s?\[[A-Za-z_]+(?:/[A-Za-z_+\d-]+)*\]$|\s\([A-Z][A-Za-z ]+ Time\)$|(?<=[+-]\d{4}) [A-Z]{3,4}$"
)
"""The name of a zone behind its offset."""
_ZONE_OFFSET = re.compile(r"\s?\(?\b(?:UTC|GMT)(?:([+-])(\d{1,2})(?::?(\d\d))?)?\)?$")
_NAMED_ZONE = re.compile(rf"\b({'|'.join(_OFFSETS)})\b")
_ZONE = re.compile(r" ?(UTC|GMT|Z)$| (?=[+-]\d{2}:?\d{2}$)")


def parse_timestamp(value: object) -> int | None:
    """Return the second of a timestamp, or None.

    Parameters
    ----------
    value : object
        A number of seconds, milliseconds, microseconds or nanoseconds since 1970, also as a string;
        an ISO 8601 date with optional time and offset (UTC without one); a date in the format of X
        or of e-mail; a day with the name of its month in one of nine languages.

    Examples
    --------
    >>> parse_timestamp("2022-10-19T22:07:25+02:00")
    1666210045
    >>> parse_timestamp("Wed Oct 19 20:07:25 +0000 2022")
    1666210045
    >>> parse_timestamp("1666210045.0"), parse_timestamp(1666210045123)
    (1666210045, 1666210045)
    >>> parse_timestamp("yesterday")
    """
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        second = _from_frequent_form(text)
        if second is None:
            second = _from_other_form(text)
        return second if second is not None and FIRST_SECOND <= second <= LAST_SECOND else None
    if isinstance(value, _NUMBERS) and not isinstance(value, bool):
        return _from_number(value)
    return None


def first_timestamp(values: Mapping[str, object], names: Iterable[str]) -> int | None:
    """Return the second of the first of some members that is a timestamp, or None."""
    for name in names:
        value = values.get(name)
        if value is not None and (second := parse_timestamp(value)) is not None:
            return second
    return None


def _from_frequent_form(text: str) -> int | None:
    """Return the second of a date of ISO 8601, of X or e-mail, or of ten digits; else None."""
    if text[4:5] == "-":
        try:
            return _second_of(datetime.fromisoformat(text))
        except ValueError:
            return None
    if len(text) == _X_LENGTH:
        day, minute = _x_day(text[:11] + text[19:]), _minute_of_day(text[11:17])
        second = _SECONDS.get(text[17:19])
        if day is not None and minute is not None and second is not None:
            return day + minute * 60 + second
    if text[3:5] == ", " and (match := _MAIL_DATE.fullmatch(text)) is not None:
        return _from_mail_date(match)
    whole, fraction = text[:_SECOND_DIGITS], text[_SECOND_DIGITS:]
    if fraction and (fraction[0] != "." or not fraction[1:].isdecimal()):
        return None
    is_number = len(whole) == _SECOND_DIGITS and whole.isdecimal()
    return _from_number(int(whole)) if is_number else None


def _from_other_form(text: str) -> int | None:
    if text[-1] in "z'\"":
        second = _from_frequent_form(text.strip("'\"").removesuffix("z"))
        if second is not None:
            return second
    if (stamp := _WEB_DATE.fullmatch(text)) is not None:
        return int(stamp[1]) // 1000
    if _NUMBER.fullmatch(text) and not _COMPACT_DATE.fullmatch(text):
        if (compact := _COMPACT_TIME.fullmatch(text)) is None:
            return _from_number(float(text) if "." in text else int(text))
        text = "{}T{}:{}:{}".format(*compact.groups())
    if len(text) == _X_LENGTH and _X_DATE.fullmatch(text):
        return None  # there is no such day: the parser of e-mail would read another
    second = _from_text(text)
    if second is None and (around := _WORDS_AROUND.fullmatch(text)) is not None:
        second = _from_text(around[1] or around[2])
    return second


def _from_mail_date(match: re.Match[str]) -> int | None:
    day_text, clock, seconds, hours, minutes = match.groups("0")
    day, minute, second = _mail_day(day_text), _minute_of_day(clock), _SECONDS.get(seconds)
    if day is None or minute is None or second is None:
        return None
    return day + minute * 60 + second - int(hours) * 3600 - int(f"{hours[0]}{minutes}") * 60


def parse_timestamps(values: pa.Array) -> pa.Array:
    """Return the timestamps of a column as `timestamp[s, UTC]`; null if unreadable."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    seconds = _seconds(values)
    is_valid = pc.and_(pc.greater_equal(seconds, FIRST_SECOND), pc.less_equal(seconds, LAST_SECOND))
    return pc.if_else(is_valid, seconds, None).cast(SECONDS)


def _seconds(values: pa.Array) -> pa.Array:
    """Return seconds as integers, unbounded."""
    kind = values.type
    if pa.types.is_timestamp(kind):
        ticks = values.cast(pa.int64())
        return _floor_divide(ticks, {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit])
    if pa.types.is_date64(kind):
        return _floor_divide(values.cast(pa.int64()), 1000)
    if pa.types.is_date(kind):
        return values.cast(pa.timestamp("s")).cast(pa.int64())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _from_numbers(values)
    if is_textual(kind):
        return _from_texts(values.cast(_TEXT))
    return pa.nulls(len(values), pa.int64())


def _floor_divide(ticks: pa.Array, unit: int) -> pa.Array:
    """Divide rounding down, also before 1970, where integer division rounds up."""
    seconds = pc.divide(ticks, unit)
    late = pc.less(ticks, pc.multiply(seconds, unit))
    return pc.subtract(seconds, late.cast(pa.int64()))


def _from_number(value: float) -> int | None:
    if value < MIN_NUMBER and _COMPACT_DATE.fullmatch(text := f"{value:.0f}"):
        return _from_text(text)
    # Compared before division: excludes NaN, and integers too large for a float.
    if not MIN_NUMBER <= value <= _MAX_NUMBER:
        return None
    value = float(value)  # as columns are converted: near a threshold, rounding decides the unit
    if value < UNIT_THRESHOLDS[-1][0]:
        return int(value)
    seconds = int(value // next(unit for least, unit in UNIT_THRESHOLDS if value >= least))
    return seconds if seconds <= LAST_SECOND else None


def _from_numbers(values: pa.Array) -> pa.Array:
    numbers = values.cast(pa.float64(), safe=False)
    if pc.any(pc.and_(pc.greater(numbers, _FIRST_COMPACT), pc.less(numbers, MIN_NUMBER))).as_py():
        return pa.array(map(parse_timestamp, values.to_pylist()), pa.int64())
    unit = pa.scalar(1.0)
    for least, ticks in reversed(UNIT_THRESHOLDS):
        unit = pc.if_else(pc.greater_equal(numbers, float(least)), float(ticks), unit)
    seconds = pc.floor(pc.divide(numbers, unit))
    is_valid = pc.and_(
        pc.greater_equal(numbers, float(MIN_NUMBER)), pc.less_equal(seconds, LAST_SECOND)
    )
    return pc.if_else(is_valid, seconds, None).cast(pa.int64())


def _from_texts(values: pa.Array) -> pa.Array:
    """Parse regular columns as a whole, others value by value."""
    if (seconds := _from_stamps(values)) is not None:
        return seconds
    parts = pc.extract_regex(values, pattern=_ISO)
    if parts.null_count == values.null_count:
        with suppress(pa.ArrowInvalid):
            return _from_parts(parts)
    distinct = values.dictionary_encode()
    distinct_seconds = pa.array(
        [parse_timestamp(value) for value in distinct.dictionary.to_pylist()], pa.int64()
    )
    return distinct_seconds.take(distinct.indices)


def _from_stamps(values: pa.Array) -> pa.Array | None:
    """Parse a column of values like `2021-03-04T05:06:07Z` or with `.089Z`; else return None."""
    sizes = pc.min_max(pc.binary_length(values)).as_py()
    unit = _STAMP_UNITS.get(sizes["min"]) if sizes["min"] == sizes["max"] else None
    if unit is None or not pc.all(pc.ends_with(values, "Z")).as_py():
        return None
    with suppress(pa.ArrowInvalid):
        return _seconds(values.cast(pa.timestamp(unit, "UTC")))
    return None


def _from_parts(parts: pa.StructArray) -> pa.Array:
    day, time, zone = (pc.struct_field(parts, name) for name in ("day", "time", "zone"))
    time = pc.if_else(pc.equal(time, ""), pa.scalar("00:00:00", _TEXT), time)
    day_and_time = pc.binary_join_element_wise(day, time, pa.scalar(" ", _TEXT))
    local = day_and_time.cast(pa.timestamp("s")).cast(pa.int64())
    utc = pc.is_in(zone, value_set=pa.array(["", "Z", "UTC"], _TEXT))
    if pc.all(utc, skip_nulls=True).as_py():  # nearly always: no offset to subtract
        return local
    digits = pc.replace_substring(pc.if_else(utc, pa.scalar("+0000", _TEXT), zone), ":", "")
    hours = pc.utf8_slice_codeunits(digits, 1, 3).cast(pa.int64())
    minutes = pc.utf8_slice_codeunits(digits, 3, 5).cast(pa.int64())
    offset = pc.add(pc.multiply(hours, 3600), pc.multiply(minutes, 60))
    signed_offset = pc.if_else(pc.starts_with(digits, "-"), pc.negate(offset), offset)
    return pc.if_else(pc.is_valid(day_and_time), pc.subtract(local, signed_offset), None)


@lru_cache(maxsize=_CACHED_DAYS)
def _x_day(text: str) -> int | None:
    """Return the second at which a day begins, of a date of X without its time."""
    match = _X_DAY.fullmatch(text)
    if match is None:
        return None
    return utc_second(int(match[3]), _MONTHS.get(match[1], 0), int(match[2]), 0, 0, 0)


@lru_cache(maxsize=_CACHED_DAYS)
def _mail_day(text: str) -> int | None:
    """Return the second at which a day such as "4 Aug 2016" begins."""
    day, month, year = text.split(" ")
    return utc_second(int(year), _MONTHS.get(month, 0), int(day), 0, 0, 0)


@lru_cache(maxsize=24 * 60)
def _minute_of_day(text: str) -> int | None:
    """Return the minute of a time such as "20:07:"."""
    match = _MINUTE.fullmatch(text)
    return None if match is None else int(match[1]) * 60 + int(match[2])


def utc_second(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | None:
    """Return the second of a moment in UTC; None if there is none."""
    with suppress(ValueError):
        if hour < 24 and minute < 60 and second < 60:  # a fifth of the time of `datetime`
            days = date(year, month, day).toordinal() - _EPOCH_DAY
            return ((days * 24 + hour) * 60 + minute) * 60 + second
    return None


def _from_text(text: str) -> int | None:
    with suppress(ValueError):
        return _second_of(datetime.fromisoformat(text))
    for named_day in _NAMED_DAYS:
        if (match := named_day.fullmatch(text)) is not None:
            return _from_named_day(match)
    if (match := _SHORT_YEAR.fullmatch(text)) is not None:
        text = _with_long_year(match)
    plain = _plain_date(text)
    iso_text = _ZONE.sub(lambda match: "+00:00" if match[1] else "", plain)
    readings = ((iso_text, datetime.fromisoformat), (plain, parsedate_to_datetime))
    # The parser of e-mail is slow to find that it can read nothing.
    for candidate, parse in readings[: 2 if _MONTH_NAME.search(plain) else 1]:
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            return _second_of(parse(candidate))
    if (match := _DAY_IN_WORDS.fullmatch(plain)) is not None:
        day, month, year, *clock = match.groups()
        hour, minute, second = (int(part or 0) for part in clock)
        return utc_second(int(year), _month_in_words(month), int(day), hour, minute, second)
    return None


@lru_cache
def _month_in_words(word: str) -> int:
    """Return the number of a month by its name or the beginning of that; 0 if there is none.

    Examples
    --------
    >>> _month_in_words("févr"), _month_in_words("Dezember"), _month_in_words("jui")
    (2, 12, 0)
    """
    start = _bare_letters(word)
    numbers = [
        number
        for number, names in enumerate(_MONTHS_IN_WORDS, 1)
        if any(_bare_letters(name).startswith(start) for name in names)
    ]
    return numbers[0] if len(numbers) == 1 else 0


def _bare_letters(word: str) -> str:
    """Return the letters of a word without case and accents."""
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKD", word.lower())))


def _from_named_day(match: re.Match[str]) -> int | None:
    month = _month_in_words(match["month"])
    return utc_second(int(match["year"]), month, int(match["day"]), 0, 0, 0)


def _with_long_year(match: re.Match[str]) -> str:
    year = int(match["year"]) + (2000 if int(match["year"]) <= _LAST_SHORT_YEAR else 1900)
    time, half = (match["time"] or "00:00").replace(".", ":"), match["half"] or ""
    return f"{match['day']} {match['month'].capitalize()} {year} {time}{half}"


def _plain_date(text: str) -> str:
    """Return a date with its hour of 24 and its zone as an offset; "" if there is no such hour.

    Notes
    -----
    The parser of e-mail takes "PM" for a zone that it does not know.
    """
    text = _EAST_ASIAN_CLOCK.sub(lambda clock: f"{clock[1]}:{clock[2]}:{clock[3] or '00'}", text)
    text = _EAST_ASIAN_DAY.sub(
        lambda day: f"{day[1]}-{day[2]:>02}-{day[3]:>02} ", _AT.sub(" ", text)
    )
    text = _EAST_ASIAN_HALF.sub(lambda half: f"{half[2]} {'AM' if half[1] else 'PM'}", text).strip()
    text = _ZONE_OFFSET.sub(_offset, _ZONE_NAME.sub("", text))
    half = _HALF_DAY.search(text)
    if half is not None:
        hour = int(half[1])
        if not 1 <= hour <= 12:
            return ""
        hour = hour % 12 + (12 if half[3] in "pP" else 0)
        zone = text[half.end() :].strip() or ("UTC" if _MONTH_NAME.search(text) else "")
        text = f"{text[: half.start()]}{hour:02}{half[2]} {zone}".strip()
    return _NAMED_ZONE.sub(lambda zone: _OFFSETS[zone[1]], text)


def _offset(zone: re.Match[str]) -> str:
    """Return the offset of a zone such as "UTC+3" or "(UTC)"."""
    return " UTC" if zone[1] is None else f" {zone[1]}{int(zone[2]):02}{zone[3] or '00'}"


def _second_of(moment: datetime) -> int:
    """Return the second of a moment, of UTC if it has no offset."""
    since = moment - (_EPOCH if moment.tzinfo is not None else _EPOCH_WITHOUT_ZONE)
    return since.days * 86_400 + since.seconds
