"""Dates in numbers: read where a whole column tells their order, told where it does not."""

import json
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.dumps.parsers.date_order import (
    DateOrder,
    DateReader,
    infer_order,
    parse_ordered_date,
)
from provenance.read.dumps.parsers.timestamps import parse_timestamp


def days(rows) -> list[str | None]:
    return [row["created_at"] and row["created_at"].date().isoformat() for row in rows]


def rows_of(dates):
    return [{"id": f"p{n}", "text": f"post {n}", "date": date} for n, date in enumerate(dates)]


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        (["8/4/2016", "8/14/2016"], ["2016-08-04", "2016-08-14"]),
        (["8/4/2016 11:52", "9/26/2016 3:26"], ["2016-08-04", "2016-09-26"]),
        (["04.08.2016", "14.08.2016"], ["2016-08-04", "2016-08-14"]),
        (["04-08-2016", "31-12-2016"], ["2016-08-04", "2016-12-31"]),
        (["2016/8/4", "2016/08/14"], ["2016-08-04", "2016-08-14"]),
        (["2016-08-04", "14/08/2016"], ["2016-08-04", "2016-08-14"]),
    ],
)
def test_a_date_above_twelve_tells_the_order_of_the_column(read, table, dates, found):
    told = read(table(rows_of(dates)))
    assert days(told.rows) == found
    assert told.skipped == {}


@pytest.mark.parametrize(
    ("dates", "lacks_order"),
    [
        (["8/4/2016", "04.08.2016"], True),
        (["8/14/2016", "14/8/2016"], True),
        (["soon", "8/4/16"], False),
        (["0001-01-01T00:00:00Z", "0001-01-01 00:00:00"], False),
    ],
)
def test_what_nobody_can_read_is_undated_and_told_with_an_example(read, table, dates, lacks_order):
    told = read(table([*rows_of(dates), {"id": "x", "text": "undated", "date": None}]))
    assert days(told.rows) == [None, None, None]
    [(reason, count)] = told.skipped.items()
    assert reason.startswith(f"unreadable date, such as {dates[0]!r}: kept without a date")
    assert reason.endswith("write 3 April 2021 as 2021-04-03") == lacks_order
    assert count == 2
    assert told.notes[0].rows == (0, 1)


def test_the_number_that_tells_may_come_last(read, tmp_path):
    path = tmp_path / "long.jsonl"
    rows = rows_of(["8/4/2016"] * 30_000 + ["8/13/2016"])
    path.write_text("\n".join(map(json.dumps, rows)))
    assert {*days(read(path).rows)} == {"2016-08-04", "2016-08-13"}


def test_numeric_dates_may_begin_late_in_a_table(read, tmp_path):
    path = tmp_path / "long.parquet"
    rows = rows_of(["2016-08-04"] * 40_000 + ["8/13/2016"])
    pq.write_table(pa.Table.from_pylist(rows), path)
    assert days(read(path).rows)[-1] == "2016-08-13"


def test_half_days_and_impossible_days():
    noon = datetime(2016, 8, 4, 12, 5, tzinfo=UTC).timestamp()
    assert parse_ordered_date("8/4/2016 12:05 PM", DateOrder.MONTH_FIRST) == noon
    assert parse_ordered_date("8/4/2016 12:05 am", DateOrder.MONTH_FIRST) == noon - 12 * 3600
    assert parse_ordered_date("8/4/2016 1:05 PM", DateOrder.MONTH_FIRST) == noon + 3600
    assert parse_ordered_date("04.08.2016, 12:05:00", DateOrder.DAY_FIRST) == noon
    assert parse_ordered_date("2016-08-04T12:05:00Z", DateOrder.DAY_FIRST) == noon
    assert parse_ordered_date({"$date": "8/4/2016"}, DateOrder.MONTH_FIRST) is None
    for wrong in ("31/2/2016", "8/4/2016 25:00", "8/4.2016", "8/4/16", "1/1/0", "8/4/20166"):
        assert parse_ordered_date(wrong, DateOrder.DAY_FIRST) is None


@given(st.lists(st.text(alphabet="0123456789/.: apm-", max_size=20)))
def test_no_column_is_too_odd(values):
    order = infer_order(values)
    dates = DateReader(lambda: order)
    column = dates.seconds(pa.array(values, pa.string()), np.arange(len(values)))
    assert column.cast(pa.int64()).to_pylist() == [parse_ordered_date(v, order) for v in values]
    for value in values:
        if (second := parse_timestamp(value)) is not None:
            assert parse_ordered_date(value, order) == second
