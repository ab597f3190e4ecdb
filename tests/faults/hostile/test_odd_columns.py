"""Columns of odd types under well-known names are read, or left alone: never a traceback."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.layouts import open_dump
from provenance.read.dumps.tables.column_mapping import ColumnMapping

TEXTS = ["some words to read here"] * 3
ROLES = ("created_at", "date", "id", "url", "license", "headers", "meta", "author", "language")
ODD = {
    "booleans": pa.array([True] * 3),
    "objects": pa.array([{"a": 1}] * 3),
    "lists": pa.array([[1]] * 3),
    "pairs": pa.array([[("a", 1)]] * 3, pa.map_(pa.string(), pa.int64())),
    "nulls": pa.nulls(3),
    "decimals": pa.array([1, 2, 3]).cast(pa.decimal128(22, 2)),
    "times": pa.array([1, 2, 3], pa.time32("s")),
    "durations": pa.array([1, 2, 3], pa.duration("s")),
    "bytes": pa.array([b"\xff"] * 3),
    "large numbers": pa.array([2**64 - 1] * 3, pa.uint64()),
    "no numbers": pa.array([float("inf"), float("nan"), 1e300]),
    "far days": pa.array([2**31 - 1] * 3, pa.int32()).view(pa.date32()),
    "far milliseconds": pa.array([2**60] * 3, pa.int64()).view(pa.date64()),
    "far seconds": pa.array([2**62] * 3, pa.int64()).view(pa.timestamp("s")),
    "a zone that is none": pa.array([-(2**63)] * 3).view(pa.timestamp("us", "Nowhere/City")),
    "times beyond a day": pa.array([2**31 - 1] * 3, pa.int32()).view(pa.time32("s")),
    "decimals of too many digits": pa.array([b"\xff" * 15 + b"\x7f"] * 3, pa.binary(16)).view(
        pa.decimal128(5, 2)
    ),
    "intervals": pa.array([(1, 2, 3)] * 3, pa.month_day_nano_interval()),
    "coded numbers": pa.DictionaryArray.from_arrays(pa.array([0, 0, 0]), pa.array([5])),
    "views of lists": pa.array([[1]] * 3, pa.list_view(pa.int64())),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_table_with_odd_columns_is_read_with_all_its_texts(kind, tmp_path):
    table = pa.table({"text": TEXTS} | dict.fromkeys(ROLES, ODD[kind]))
    paths = [tmp_path / "a.arrow", tmp_path / "a.parquet"]
    with pa.ipc.new_file(str(paths[0]), table.schema) as writer:
        writer.write_table(table)
    try:
        pq.write_table(table, paths[1])
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        paths.pop()  # Parquet has no such type
    for path in paths:
        parts = open_corpus([str(path)], text_columns=["text"]).parts
        documents = [one.batch for part in parts for one in part.batches()]
        assert [text for one in documents for text in one["text"].to_pylist()] == TEXTS
        items = [
            one.batch for one in open_dump(str(path), source="x", columns=ColumnMapping(("text",)))
        ]
        assert [text for one in items for text in one["text"].to_pylist()] == TEXTS
