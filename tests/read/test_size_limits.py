"""The limit of a document: where it is passed, the rows before it have been given."""

import bz2
import gzip
import json
import lzma
import pickle

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
import zstandard

from provenance.errors import DocumentTooLarge, PolicyError
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.size_limits import format_size, parse_size
from provenance.read.dumps.layouts import open_dump
from provenance.read.policy.policy_file import load_policy, override

LIMIT = 5000
LONG = "many words " * 600
ROWS = [
    {"id": "a", "text": "the first row"},
    {"id": "b", "text": "the second row"},
    {"id": "c", "text": LONG},
]


def as_lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_array(rows):
    return json.dumps(rows).encode()


def as_cells(rows):
    return "".join(
        f'{row["id"]},"{row["text"]}"\n' for row in [{"id": "id", "text": "text"}, *rows]
    ).encode()


def as_parquet(rows):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue().to_pybytes()


def as_arrow(rows):
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pylist(rows)
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


FORMATS = {
    "rows.jsonl": as_lines,
    "rows.json": as_array,
    "rows.csv": as_cells,
    "rows.parquet": as_parquet,
    "rows.arrow": as_arrow,
}
COMPRESSIONS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


def given_before(batches):
    """Give the texts that come before an error, and the error."""
    texts = []
    try:
        for batch in batches:
            texts += batch.batch.column("text").to_pylist()
    except DocumentTooLarge as error:
        return texts, error
    return texts, None


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("use", ["corpus", "dump"])
def test_the_error_names_file_row_and_remedy_and_comes_behind_the_rows_before(tmp_path, name, use):
    path = tmp_path / name
    path.write_bytes(FORMATS[name](ROWS))
    texts, error = given_before(batches_of(path, use, LIMIT))
    assert texts == ["the first row", "the second row"]
    assert f"{name}: row 2 is larger than 5KB" in error.message
    assert "--max-document 10KB" in error.remedy
    assert pickle.loads(pickle.dumps(error)).remedy == error.remedy
    texts, error = given_before(batches_of(path, use, 10 * LIMIT))
    assert len(texts) == 3
    assert error is None


def batches_of(path, use, limit):
    if use == "dump":
        yield from open_dump(str(path), source="x", max_document=limit)
        return
    for part in open_corpus([str(path)], max_document=limit).parts:
        yield from part.read()


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "rows.csv"])
def test_the_limit_holds_for_what_is_decompressed(tmp_path, name, compression):
    path = tmp_path / f"{name}.{compression}"
    path.write_bytes(COMPRESSIONS[compression](FORMATS[name](ROWS)))
    texts, error = given_before(batches_of(path, "corpus", LIMIT))
    assert len(texts) == 2
    assert "row 2" in error.message


def test_a_file_of_text_is_one_document(tmp_path):
    path = tmp_path / "book.txt"
    path.write_text(LONG)
    texts, error = given_before(batches_of(path, "corpus", LIMIT))
    assert not texts
    assert "book.txt: row 0 is larger than 5KB" in error.message


def test_many_small_values_count_as_more_than_they_take(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(as_lines([ROWS[0], {"text": "a", "ids": [0] * 400}]))
    texts, error = given_before(batches_of(path, "corpus", LIMIT))
    assert texts == ["the first row"]
    assert "row 1" in error.message
    path.write_bytes(as_lines([ROWS[0], {"text": "a, [b], {c}" * 150}]))
    assert given_before(batches_of(path, "corpus", LIMIT))[1] is None


def test_a_long_file_is_read_up_to_the_line_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr("provenance.read.formats.jsonl_file.RANGE_BYTES", 1000)
    path = tmp_path / "rows.jsonl"
    early = [{"text": f"row {number} of many"} for number in range(300)]
    path.write_bytes(as_lines([*early, {"text": LONG}, *early]))
    texts, error = given_before(batches_of(path, "corpus", LIMIT))
    assert len(texts) == 300
    assert "row 300" in error.message


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("64MB", 64_000_000),
        ("1 GiB", 1 << 30),
        ("500000", 500_000),
        ("7kb", 7000),
        ("9 M", 9_000_000),
    ],
)
def test_sizes_are_read_as_people_write_them(text, size):
    assert parse_size(text) == size
    assert parse_size(format_size(size)) == size


@pytest.mark.parametrize("text", ["", "0", "-1", "lots", "64TB", "1e9", "9" * 5000])
def test_what_is_no_size_is_refused(tmp_path, text):
    with pytest.raises(PolicyError, match="--max-document"):
        override(load_policy(None, tmp_path), max_document=text)


def test_the_limit_may_stand_in_the_policy_and_the_option_wins(tmp_path):
    (tmp_path / "provenance.toml").write_text('[check]\nmax_document = "1GB"\n')
    policy = load_policy(None, tmp_path)
    assert policy.max_document == 1_000_000_000
    assert override(policy).max_document == 1_000_000_000
    assert override(policy, max_document="2MB").max_document == 2_000_000
    (tmp_path / "provenance.toml").write_text("[check]\nmax_document = 5\n")
    with pytest.raises(PolicyError, match=r"check\.max_document"):
        load_policy(None, tmp_path)
