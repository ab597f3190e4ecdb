"""Texts outside the columns chosen by a table's first rows."""

import json
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather

from provenance.read.columns.column_choice import ColumnChoice
from provenance.read.columns.row_fallback import find_texts
from provenance.read.corpus.documents import RowMetadata, build_documents
from provenance.read.formats.json_records import record_documents
from provenance.read.formats.jsonl_blocks import Records

Row = dict[str, str | None]

NAMES = ("id", "text", "body", "first", "second", "third")
MANY = 250
"""More rows than a sample has."""


def sentence(kind: str, number: int) -> str:
    return f"{kind} row {number} says quite a few words about the weather of day {number * 7}."


KINDS: dict[str, Callable[[int], Row]] = {
    "text": lambda n: {"text": sentence("text", n)},
    "body": lambda n: {"body": sentence("body", n)},
    "both": lambda n: {"first": sentence("both", n), "second": sentence("both", n).upper()},
    "second": lambda n: {"second": sentence("second", n)},
}


def table_of(rows: Sequence[Row]) -> pa.Table:
    columns = {name: [row.get(name) for row in rows] for name in NAMES}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def lines_of(rows: Sequence[Row]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


FORMATS: dict[str, Callable[[Sequence[Row], Path], object]] = {
    "jsonl": lambda rows, path: path.write_text(lines_of(rows)),
    "json": lambda rows, path: path.write_text(json.dumps(rows, indent=1)),
    "csv": lambda rows, path: pv.write_csv(table_of(rows), path),
    "parquet": lambda rows, path: pq.write_table(table_of(rows), path, row_group_size=100),
    "arrow": lambda rows, path: feather.write_feather(table_of(rows), path),
}


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize("order", sorted(permutations(KINDS)), ids="-".join)
def test_each_row_is_read_whatever_the_first_rows_are_like(form, order, tmp_path, hear):
    rows = [
        {"id": f"{kind}{number}"} | KINDS[kind](number) for kind in order for number in range(MANY)
    ]
    path = tmp_path / f"rows.{form}"
    FORMATS[form](rows, path)
    heard = hear(path)
    assert heard.skipped == {}
    found = [(row["document"], row["text"].casefold()) for row in heard.rows]
    assert found == [
        (row["id"], sentence(row["id"].rstrip("0123456789"), number % MANY).casefold())
        for number, row in enumerate(rows)
    ]


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_column_that_repeats_another_at_first_is_read_where_it_does_not(form, tmp_path, hear):
    rows = [
        {
            "id": str(number),
            "text": sentence("text", number),
            "second": sentence("text" if number < MANY else "second", number),
        }
        for number in range(2 * MANY)
    ]
    path = tmp_path / f"rows.{form}"
    FORMATS[form](rows, path)
    fields = [(row["row"], row["field"]) for row in hear(path).rows]
    expected = [
        (n, name) for n in range(2 * MANY) for name in ("text", "second")[: 1 + (n >= MANY)]
    ]
    assert fields == expected


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_column_without_prose_at_first_is_read_where_it_has_a_passage(form, tmp_path, hear):
    rows = [
        {"id": str(n), "text": sentence("text", n), "body": "ok", "first": None, "second": "none"}
        for n in range(2 * MANY)
    ]
    rows[3]["second"] = "[not now, as we said before]"
    for name, number in (("second", 7), ("body", MANY + 1), ("first", MANY + 2)):
        rows[number][name] = sentence(name, number)
    rows[MANY + 3]["second"] = rows[MANY + 3]["text"].upper()
    path = tmp_path / f"rows.{form}"
    FORMATS[form](rows, path)
    fields = [(row["row"], row["field"]) for row in hear(path).rows if row["field"] != "text"]
    assert fields == [(7, "second"), (MANY + 1, "body"), (MANY + 2, "first")]


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_text_columns_that_the_user_names_are_read_alone(form, tmp_path, hear):
    rows = [{"id": "a", "text": "one", "body": None}, {"id": "b", "text": None, "body": "two"}]
    path = tmp_path / f"rows.{form}"
    FORMATS[form](rows, path)
    heard = hear(path, text_columns=["text"])
    assert heard.texts == ["one"]
    assert sum(count for count, _ in heard.skipped.values()) == 1


WORDS = st.none() | st.sampled_from(
    [
        "",
        " ",
        "One two.",
        "ONE, two",
        "one two three",
        "four",
        "one two three four five",
        "[a] b c d e f",
    ]
)


@settings(max_examples=200)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES[1:], WORDS)), min_size=1))
def test_rows_at_once_are_read_as_rows_one_by_one(rows: list[Row]) -> None:
    columns = ColumnChoice(
        ("text",), repeated=("second",), fallback=("body", "first"), occasional=("body", "third")
    )
    batch = table_of(rows).to_batches()[0]
    numbers = pa.array(range(len(rows)), pa.int64()).to_numpy()
    fast = build_documents(RowMetadata("f", numbers), find_texts(batch, columns))
    slow = record_documents("f", Records([*enumerate(rows)], []), columns, frozenset(NAMES))
    assert places(fast) == places(slow)


def places(found):
    return [
        (row["row"], row["field"], row["text"]) for one in found for row in one.batch.to_pylist()
    ]
