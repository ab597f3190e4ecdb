"""How tables store their rows: types, bytes, lines, cells."""

import csv
import mmap
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.local import LocalFileSystem

from provenance.read.corpus.file_access import File
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_columns import build_items


@pytest.mark.parametrize("name", ["posts.parquet", "posts.jsonl", "posts.json"])
def test_numbers_are_ids_and_dates_too(read, write, tmp_path, name):
    rows = [{"id": 1, "text": "a", "created": 1577836800}, {"id": None, "text": "b"}]
    write(tmp_path / name, rows)
    found = read(tmp_path / name)
    assert found.column("item")[0] == "1"
    assert found.column("item")[1].endswith("#1")
    assert found.column("created_at") == [datetime(2020, 1, 1, tzinfo=UTC), None]


@pytest.mark.parametrize(
    ("kind", "exact"), [(pa.float16(), 2**11), (pa.float32(), 2**24), (pa.float64(), 2**53)]
)
def test_integers_that_became_floats_are_ids_while_they_are_exact(read, tmp_path, kind, exact):
    numbers = pa.array([7.0, float("nan"), exact - 1, exact]).cast(kind)
    table = pa.table({"id": numbers, "text": ["a", "b", "c", "d"]})
    pq.write_table(table, tmp_path / "posts.parquet")
    first, second, third, fourth = read(tmp_path / "posts.parquet").column("item")
    assert (first, third) == ("7", str(exact - 1))
    assert second.endswith("#1")
    assert fourth.endswith("#3")


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.string(), pa.large_string(), pa.string_view()),
        *(pa.binary(), pa.large_binary(), pa.binary_view()),
    ],
)
@pytest.mark.parametrize("name", ["p.parquet", "p.arrow"])
def test_strings_may_be_stored_in_any_way(read, tmp_path, kind, name):
    texts, authors, ids = (
        pa.array(values).cast(kind)
        for values in (
            ["one", None, "text", "naïve"],
            [None, "Ann", "author", "Ben"],
            ["a", "b", "id", "c"],
        )
    )
    table = pa.table({"id": ids, "text": texts, "author": authors})
    if name.endswith("parquet"):
        pq.write_table(table, tmp_path / name)
    else:
        with pa.ipc.new_file(tmp_path / name, table.schema) as file:
            file.write_table(table)
    found = read(tmp_path / name)
    assert found.column("text") == ["one", "naïve"]
    assert found.column("author") == [None, "Ben"]
    assert found.column("item") == ["a", "c"]
    assert found.skipped == {"null text": 1, "the names of the columns again": 1}


def test_what_stands_behind_two_gigabytes_of_a_column_is_read_too():
    # Arrow files are mapped, and cut without a copy: what comes late lies far from the beginning.
    data = pa.py_buffer(mmap.mmap(-1, (1 << 31) + 64))
    offsets = np.array([0, 1 << 31, (1 << 31) + 5, (1 << 31) + 9], np.int64)
    column = pa.LargeStringArray.from_buffers(3, pa.py_buffer(offsets), data).slice(1)
    file = File("p.arrow", "p.arrow", len(data), LocalFileSystem())
    columns = {"text": pa.array(["a", "b"]), **dict.fromkeys(("url", "author"), column)}
    found = build_items(columns, np.arange(2), Dump(file, "x"), "p").batch
    assert [len(name) for name in found["url"].to_pylist()] == [5, 4]
    assert found["author"].equals(found["url"])


def test_dictionaries_are_strings(read, tmp_path):
    texts = pa.array(["one", None, "one"]).dictionary_encode()
    pq.write_table(pa.table({"text": texts, "lang": texts}), tmp_path / "p.parquet")
    assert read(tmp_path / "p.parquet").column("language") == ["one", "one"]


def test_bytes_that_are_no_text_are_counted(read, tmp_path):
    texts = pa.array([b"fine", b"\xff\xfe", b"fine too"])
    pq.write_table(pa.table({"text": texts}), tmp_path / "p.parquet")
    (tmp_path / "p.jsonl").write_bytes(
        b'{"text": "fine"}\n{"text": "\xff"}\n{"text": "fine too"}\n'
    )
    (tmp_path / "p.csv").write_bytes(b"id,text\n1,fine\n2,\xff\n3,fine too\n")
    for name in ("p.parquet", "p.jsonl", "p.csv"):
        found = read(tmp_path / name)
        assert found.column("text") == ["fine", "fine too"]
        assert [(one.reason, one.rows) for one in found.notes] == [("not valid UTF-8", (1,))]


def test_lines_that_are_no_objects_are_counted(read, tmp_path):
    path = tmp_path / "p.jsonl"
    bad = ['{"text": "cut', "[1]", '"string"', "nonsense", '{"text": {"a": 1}}', '{"text": 5}']
    path.write_text("\n".join(['{"text": "a"}', "", *bad, '{"other": 1}', '{"text": "z"}']))
    found = read(path)
    assert found.column("text") == ["a", "z"]
    assert found.column("item")[1].endswith("#8")
    assert found.skipped == {
        "not valid JSON": 2,
        "not a JSON object": 2,
        "text is not a string": 2,
        "null text": 1,
    }


def test_halves_of_surrogate_pairs_are_replaced(read, tmp_path):
    (tmp_path / "p.jsonl").write_text('{"id": "1", "text": "a\\ud83d", "author": "\\udc00b"}\n')
    row = read(tmp_path / "p.jsonl").rows[0]
    assert (row["text"], row["author"]) == ("a\ufffd", "\ufffdb")


def test_lines_that_differ_are_read_all_the_same(read, tmp_path, lines):
    alike = [{"id": n, "text": f"words {n}", "url": None} for n in range(3000)]
    odd = [{"id": "x", "text": "odd", "url": ["a"]}, {"text": "later", "lang": "en", "id": 9.0}]
    path = tmp_path / "p.jsonl"
    path.write_text(lines([*alike, *odd]))
    found = read(path)
    assert found.column("item") == [*(str(n) for n in range(3000)), "x", "9"]
    assert found.column("language")[-1] == "en"
    assert found.skipped == {}


def test_a_member_of_a_structure_can_be_named(read, write, tmp_path):
    rows = [{"id": "1", "data": {"words": "inside", "other": 1}}]
    for name in ("p.jsonl", "p.json", "p.parquet"):
        write(tmp_path / name, rows)
        assert read(tmp_path / name, text_column="data.words").column("text") == ["inside"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_cells_may_be_separated_in_many_ways(read, tmp_path, mark):
    path = tmp_path / "p.csv"
    rows = [["id", "text"], ["1", 'a, b; c | "d"\te\nf'], ["2", "z"]]
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=mark, quoting=csv.QUOTE_ALL).writerows(rows)
    assert read(path).column("text") == ['a, b; c | "d"\te\nf', "z"]


def test_rows_of_another_width_are_counted(read, tmp_path):
    (tmp_path / "p.csv").write_text("id,text\n1,a\n2,b,c\n3\n4,d\n")
    found = read(tmp_path / "p.csv")
    assert found.column("item") == ["1", "4"]
    assert found.skipped == {"wrong number of cells": 2}


def test_a_very_long_text_is_one_item(read, table):
    found = read(table([{"id": "1", "text": "word " * 3_000_000}, {"id": "2", "text": "short"}]))
    assert [len(text) for text in found.column("text")] == [15_000_000, 5]


def test_batches_are_bounded_in_bytes(read, write, tmp_path):
    rows = [{"text": f"{n} " + "some words " * 90_000, "id": str(n)} for n in range(80)]
    for name in ("p.parquet", "p.jsonl"):
        write(tmp_path / name, rows)
        found = read(tmp_path / name)
        assert found.column("item") == [str(n) for n in range(80)]
        assert max(items.batch.nbytes for items in found.batches) <= 33 << 20


ARTICLE = """Relay-Version: version B 2.10; site a.example
Posting-Version: version B 2.10; site b.example
Path: a.example!b.example!ann
From: ann@b.example (Ann A.)
Newsgroups: net.pears
Subject: On pears
Message-ID: <{number}@b.example>
Date: Tue, 5 Nov 1985 12:13:14 GMT

They keep until spring, said number {number}
"""


@pytest.mark.parametrize(
    "names",
    [
        ("1", "22"),
        ("1.", "2."),
        ("17.M2P3.host:2,S", "18.M2P3.host:2,"),
        ("1710450300.M2P3.host.example:2,S", "1710450301.M2P3.host.example"),
    ],
)
def test_folders_of_messages_are_read_whatever_numbers_them(read, tmp_path, names):
    folder = tmp_path / "ann" / "_sent_mail"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(ARTICLE.replace("{number}", name[:1]))
    found = read(tmp_path)
    assert {*found.column("text")} == {
        f"On pears\n\nThey keep until spring, said number {name[:1]}" for name in names
    }
    assert {*found.column("author")} == {"ann@b.example"}
    assert {day.year for day in found.column("created_at")} == {1985}
