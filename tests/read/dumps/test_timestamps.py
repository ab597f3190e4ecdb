"""Dates, in the spellings that dumps have."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.dumps.parsers.timestamps import SECONDS, parse_timestamp, parse_timestamps

SECOND = int(datetime(2022, 10, 19, 20, 37, 25, tzinfo=UTC).timestamp())
MIDNIGHT = SECOND - SECOND % 86400


@pytest.mark.parametrize(
    "text",
    [
        "2022-10-19T20:37:25Z",
        "2022-10-19T20:37:25.957",
        "2022-10-19 20:37:25",
        "2022-10-19 20:37:25 UTC",
        "2022-10-19 22:37:25+02:00",
        "2022-10-19T22:37:25+0200",
        "2022-10-19T15:07:25.9-05:30",
        "2022-10-19 15:07:25 -0530",
        "20221019T203725Z",
        "Wed Oct 19 20:37:25 +0000 2022",
        "Wed, 19 Oct 2022 22:37:25 +0200",
        "Wed, 19 Oct 2022 20:37:25 GMT",
        "Wed, 19 Oct 2022 15:07:25 -0530",
        " 1666211845 ",
        "1666211845.0",
        "1666211845957",
        "1666211845957000",
        "/Date(1666211845957)/",
        "/Date(1666211845957+0200)/",
        "2022-10-19T22:37:25+02:00[Europe/Paris]",
        "Wed Oct 19 2022 22:37:25 GMT+0200 (Central European Summer Time)",
        "2022-10-19 20:37:25 (UTC)",
        "2022-10-19 23:37:25 UTC+3",
        "19-OCT-22 08.37.25.957000 PM",
        "2022年10月19日 20:37:25",
        "2022년 10월 19일 오후 8:37:25",
        "2022년 10월 19일 오후 8시 37분 25초",
        "2022. 10. 19. 오후 8:37:25",
        "2022年10月19日(水) 20時37分25秒",
        "2022-10-19 20:37:25 +0000 UTC",
        "2022-10-19 22:37:25.957 +0200 CEST",
        "19. Oktober 2022, 20:37:25 Uhr",
        "Posted on October 19, 2022 at 8:37:25 pm",
    ],
)
def test_a_second_is_the_same_however_it_is_written(text):
    assert parse_timestamp(text) == SECOND
    # On its own, and in a column that is not regular.
    for column in ([text], [text, "who knows", None]):
        assert parse_timestamps(pa.array(column)).cast(pa.int64())[0].as_py() == SECOND


@pytest.mark.parametrize(
    "text",
    ["2022-10-19", "20221019", "2022-10-19T00:00:00Z", "19 October 2022", "October 19, 2022",
     "Oct 19, 2022", "Oct. 19, 2022", "19-Oct-2022", "19 OCT 2022", "19. October 2022",
     "19-Oct-22", "2022年10月19日", "2022년 10월 19일",
     "19 octobre 2022", "mercredi 19 oct. 2022", "19 de octubre de 2022", "19 de outubro de 2022",
     "19 ottobre 2022", "Mittwoch, 19. Oktober 2022", "19 октября 2022 \u0433.", "19 окт 2022",
     "19 października 2022", "2022. 10. 19.", "2022年10月19日(水)", "October 19, 2022 (edited)",
     "Reviewed in the United States on October 19, 2022", "Posted: 19 October, 2022",
     "Wednesday, October 19, 2022", "Wed, 19 Oct 2022", "19th October 2022", "October 19th 2022"],
)  # fmt: skip
def test_a_day_is_its_first_second(text):
    assert parse_timestamp(text) == MIDNIGHT
    assert parse_timestamps(pa.array([text])).cast(pa.int64()).to_pylist() == [MIDNIGHT]


@pytest.mark.parametrize(
    "value",
    ["", "44853", 44853, 44853.5, 90_000_000, "19-Okt-22", "/Date(now)/", "2022年13月1日",
     "yesterday", "2022-13-01", "2022-02-30", "19/10/2022", "2022", 2022, 0, -1, True, None, [],
     float("nan"), float("inf"), 1e30, 10**400, "Wed Xyz 19 20:37:25 +0000 2022",
     "Wed Oct 19 20:37:25 +0000 0000", "Wed Oct 32 20:37:25 +0000 2022",
     "Wed Oct 19 24:00:00 +0000 2022", "Wed Oct 19 20:60:25 +0000 2022",
     "Wed Oct 19 20:37:60 +0000 2022", "October 2022", "31 June 2022", "19 Octember 2022",
     "19 of 2022", "Chapter 19, 2022", "19 jui 2022", "31 juin 2022", "0001-01-01T00:00:00Z",
     "Wed, 31 Jun 2022 20:37:25 +0000",
     "Wed, 19 Okt 2022 20:37:25 +0000",
     "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00", "2022-10-19T25:00:00Z"],
)  # fmt: skip
def test_what_names_no_second_is_null(value):
    assert parse_timestamp(value) is None


@pytest.mark.parametrize("factor", [1, 10**3, 10**6, 10**9])
@pytest.mark.parametrize("kind", [pa.int64(), pa.float64()])
def test_numbers_count_from_1970_in_any_unit(factor, kind):
    column = pa.array([SECOND * factor, None, 0], pa.int64()).cast(kind, safe=False)
    assert parse_timestamps(column).cast(pa.int64()).to_pylist() == [SECOND, None, None]


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64()])
def test_numbers_of_eight_digits_are_days(kind):
    column = pa.array([20221019, None, 20221319, 44853], kind)
    assert parse_timestamps(column).cast(pa.int64()).to_pylist() == [MIDNIGHT, None, None, None]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_timestamps_are_kept_to_the_second(unit, zone):
    factor = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    column = pa.array([SECOND * factor + factor - 1, -1, None]).cast(pa.timestamp(unit, zone))
    found = parse_timestamps(column)
    assert found.type == SECONDS
    assert found.cast(pa.int64()).to_pylist() == [SECOND, -1, None]


@pytest.mark.parametrize(
    "column",
    [
        *(pa.array([2**62, -(2**62)], pa.timestamp(unit)) for unit in ("s", "ms", "us")),
        pa.array([2**31 - 1, -(2**31)], pa.int32()).cast(pa.date32()),
        pa.array(["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"]),
    ],
    ids=lambda column: str(column.type),
)
def test_what_no_calendar_has_is_null(column):
    assert parse_timestamps(column).to_pylist() == [None, None]


def test_days_and_dictionaries_are_understood():
    days = pa.array([date(2022, 10, 19), None])
    assert parse_timestamps(days).cast(pa.int64()).to_pylist() == [MIDNIGHT, None]
    assert parse_timestamps(days.cast(pa.date64())).cast(pa.int64()).to_pylist() == [MIDNIGHT, None]
    coded = pa.array(["2022-10-19", None, "2022-10-19"]).dictionary_encode()
    assert parse_timestamps(coded).cast(pa.int64()).to_pylist() == [MIDNIGHT, None, MIDNIGHT]


def test_other_columns_are_null():
    assert parse_timestamps(pa.array([True, False])).to_pylist() == [None, None]
    assert parse_timestamps(pa.array([b"2022"])).to_pylist() == [None]
    assert parse_timestamps(pa.nulls(2)).to_pylist() == [None, None]
    assert parse_timestamps(pa.array([], pa.string())).to_pylist() == []


def test_a_fraction_of_a_second_is_cut_off_however_late_the_year() -> None:
    assert parse_timestamp("3059-01-01 00:00:00.999997") == parse_timestamp("3059-01-01 00:00:00")


SPELLINGS = st.one_of(
    st.datetimes().map(str),
    st.datetimes(timezones=st.timezones()).map(lambda d: d.isoformat()),
    st.dates().map(str),
    st.integers(-(10**6), 10**19).map(str),
    st.from_regex(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?", fullmatch=True),
    st.text(max_size=12),
    st.none(),
)


@given(st.lists(SPELLINGS, max_size=8))
def test_a_column_is_read_as_its_values_are(texts):
    assert parse_timestamps(pa.array(texts, pa.string())).cast(pa.int64()).to_pylist() == [
        parse_timestamp(text) for text in texts
    ]


@given(st.lists(st.none() | st.integers(-(10**6), 2**63 - 1), max_size=8))
def test_a_column_of_numbers_is_read_as_its_values_are(numbers):
    found = parse_timestamps(pa.array(numbers, pa.int64())).cast(pa.int64()).to_pylist()
    for one, number in zip(found, numbers, strict=True):
        expected = parse_timestamp(number)
        # Columns go through floats: large numbers are nanoseconds, of which a few are lost.
        assert one == expected or abs(one - expected) <= 1


@pytest.mark.parametrize("spelling", ["seconds", "milliseconds"])
@given(moments_=st.lists(st.none() | st.datetimes(), max_size=6), odd=st.data())
def test_a_column_of_one_spelling_is_read_as_its_values_are(spelling, moments_, odd):
    texts = [made and f"{made.isoformat(timespec=spelling)}Z" for made in moments_]
    same_length = ["2022-10-19T20:37:6OZ", "2022-13-19T20:37:25.000Z", "2022-10-19T24:00:00Z"]
    texts += odd.draw(st.lists(st.sampled_from(same_length), max_size=1))
    seconds = parse_timestamps(pa.array(texts, pa.string())).cast(pa.int64()).to_pylist()
    assert seconds == [parse_timestamp(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("02-Oct-20 11:00 PM", "2020-10-02T23:00:00"),
        ("14-Sep-20 12:05 AM", "2020-09-14T00:05:00"),
        ("13-Sep-20 2:26 PM +0200", "2020-09-13T12:26:00"),
        ("2020-09-13 2:26:40 PM UTC", "2020-09-13T14:26:40"),
        ("Sunday, September 13, 2020 at 12:26:40\u202fPM UTC", "2020-09-13T12:26:40"),
        ("September 13, 2020 2:26 p.m. EST", "2020-09-13T19:26:00"),
        ("2021-03-01 00:11:12 CET", "2021-02-28T23:11:12"),
        ("13 Sep 2020 12:26:40 CEST", "2020-09-13T10:26:40"),
        ("2020-09-13 12:26:40 EDT", "2020-09-13T16:26:40"),
        ("Mon Apr 06 22:19:45 PDT 2009", "2009-04-07T05:19:45"),
        ("20200913122640", "2020-09-13T12:26:40"),
        ("20200913122640123", "2020-09-13T12:26:40"),
        ("2020-09-13t12:26:40z", "2020-09-13T12:26:40"),
        ("'2020-09-13 12:26:40'", "2020-09-13T12:26:40"),
        ('"2020-09-13"', "2020-09-13T00:00:00"),
        ("2020-09-13 13:26 PM", None),
        ("yesterday at 3:00 PM", None),
    ],
)
def test_clocks_of_twelve_hours_names_of_zones_and_compact_times(text, expected):
    second = None if expected is None else parse_timestamp(expected)
    assert parse_timestamp(text) == second
    assert parse_timestamps(pa.array([text])) == pa.array([second]).cast(SECONDS)


@pytest.mark.parametrize("text", ["on " * 5000 + "x", "Posted: " * 5000, "x" + " (edited)" * 5000])
def test_words_around_a_date_are_taken_off_once(text):
    assert parse_timestamp(text) is None
    assert parse_timestamp("Posted: 5 May 2020") == parse_timestamp("2020-05-05")
