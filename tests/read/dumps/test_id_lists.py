"""Lists of ids, as text or in a table: all of them are read, or none."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import ColumnMissing, CorruptFile, DatasetNotFound, InputError
from provenance.read.dumps.tables.id_lists import read_addresses, read_ids

NUMBERS = [12345678901234567890, 7]
OBJECTS = "".join(f"{json.dumps({'n': 0, 'id': n})}\n" for n in NUMBERS)


@pytest.mark.parametrize(
    ("name", "content", "ids"),
    [
        ("a.txt", b"b\n\n  a \r\nb\n", ["b", "a"]),
        ("a.txt", "\ufeffé\n東".encode(), ["é", "東"]),
        ("deleted", b"0012\n12", ["0012", "12"]),
        ("a.csv", b'tweet_id,why\n0012,x\n7,"y,\n z"\n', ["0012", "7"]),
        ("a.csv.gz", gzip.compress(b"why,id\nx,0012\n", mtime=0), ["0012"]),
        ("a.jsonl", OBJECTS.encode(), [str(number) for number in NUMBERS]),
        (
            "a.json.gz",
            gzip.compress(OBJECTS.encode(), mtime=0),
            [str(number) for number in NUMBERS],
        ),
        ("a.jsonl", b'{"id": null}\n{"id": ""}\n{"Post-ID": "x"}\n', ["x"]),
    ],
)
def test_ids_are_read_as_they_are_written(tmp_path, name, content, ids):
    (tmp_path / name).write_bytes(content)
    assert read_ids(str(tmp_path / name)).to_pylist() == ids


@pytest.mark.parametrize("name", ["domain", "url", "Link"])
def test_addresses_are_those_of_a_usual_column(tmp_path, name):
    (tmp_path / "a.csv").write_text(f"why,{name}\nx,https://a.example/1\ny,b.example\n")
    assert read_addresses(str(tmp_path / "a.csv")).to_pylist() == [
        "https://a.example/1",
        "b.example",
    ]


def test_ids_of_a_parquet_table_are_read(tmp_path):
    table = pa.table({"why": ["x", "y", "z"], "id": [2**60 + 1, None, 7]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    assert read_ids(str(tmp_path / "a.parquet")).to_pylist() == [str(2**60 + 1), "7"]


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.txt", b" \n", InputError, "a.txt has no id"),
        ("a.txt", b"a\n\xff\n", CorruptFile, "a.txt, line 2: not valid UTF-8"),
        ("a.jsonl", b'{"id": 1}\n{"id": \n', CorruptFile, "a.jsonl, line 2: Expecting value"),
        ("a.jsonl", b'{"id": 1}\n[2]\n', CorruptFile, "a.jsonl, line 2: not an object"),
        ("a.jsonl", b'{"id": 1e300}\n', CorruptFile, "line 1: 'id' holds numbers that may"),
        ("a.jsonl", b'{"id": 1}\n{"name": 2}\n', ColumnMissing, "line 2: no column is recognised"),
        ("a.csv", b"name,why\nx,y\n", ColumnMissing, "no column is recognised as the ids"),
        ("a.csv", b"id,why\n1,x\n2\n3,y\n", CorruptFile, "a.csv: some rows cannot be read \\(1\\)"),
    ],
)
def test_a_list_with_a_fault_is_refused(tmp_path, name, content, error, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=message.replace(".", r"\.")):
        read_ids(str(tmp_path / name))


def test_ids_that_a_table_has_rounded_are_refused(tmp_path):
    pq.write_table(pa.table({"id": [1.0, None]}), tmp_path / "a.parquet")
    with pytest.raises(CorruptFile, match="column 'id' holds numbers that may have been rounded"):
        read_ids(str(tmp_path / "a.parquet"))


def test_a_list_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DatasetNotFound, match=r"none\.txt"):
        read_ids(str(tmp_path / "none.txt"))
