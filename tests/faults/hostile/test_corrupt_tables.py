"""Damaged Arrow and Parquet files end in documents or in an error of ours: never in a signal."""

import re
import shutil
import subprocess
import sys
from collections import Counter

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile, InputError
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.layouts import open_dump
from tests.faults.isolated_cases import ROOT, outcomes, unwanted

WORKER = "tests.faults.hostile.corrupt_tables"


def _hold(found):
    assert unwanted(found) == {}
    told = Counter(outcome.partition(":")[0] for outcome in found.values())
    assert min(told["read"], told["refused"]) > len(found) / 20, "the damage is too little or much"


def test_damaged_tables_are_read_or_refused(tmp_path):
    _hold(outcomes(WORKER, tmp_path, range(800)))


def test_a_view_that_leads_astray_beneath_a_null_is_refused(tmp_path):
    # Validation passes over nulls, and casts do not: this one crashed.
    found = outcomes(WORKER, tmp_path, range(5_000_323, 5_000_324))
    assert found[5_000_323].startswith("refused")
    assert "View at slot" in found[5_000_323]


@pytest.mark.parametrize("name", ["rows.arrow", "rows.feather", "rows.parquet"])
@pytest.mark.parametrize(("size", "error"), [(1 << 40, CorruptFile), (4096, MemoryError)])
def test_a_size_beyond_the_file_is_damage_and_no_lack_of_memory(
    tmp_path, monkeypatch, name, size, error
):
    table, path = pa.table({"text": ["a few words about lighthouses"]}), tmp_path / name
    if name == "rows.arrow":
        with pa.ipc.new_stream(path, table.schema) as writer:
            writer.write_table(table)
    elif name == "rows.feather":
        pa.feather.write_feather(table, path)
    else:
        pq.write_table(table, path)

    def fail(*_, **__):
        raise pa.ArrowMemoryError(f"malloc of size {size} failed")

    monkeypatch.setattr(pa.ipc, "open_stream", fail)
    monkeypatch.setattr(pa.ipc, "open_file", fail)
    monkeypatch.setattr(pq, "ParquetFile", fail)
    with pytest.raises(error, match=f"{name}: damaged|malloc of size 4096"):
        [*open_corpus([str(path)]).parts[0].read()]


@pytest.mark.long
def test_twenty_thousand_damaged_tables_are_read_or_refused(tmp_path):
    _hold(outcomes(WORKER, tmp_path, range(1_000_000, 1_020_000)))


CUT = """
import os, shutil, sys
from provenance.errors import CorruptFile
from provenance.read.corpus.corpora import open_corpus
from provenance.read.dumps.layouts import open_dump
for path in sys.argv[1:]:
    size = os.path.getsize(path)
    parts = open_corpus([path]).parts
    for batches in (parts[0].read(), open_dump(path, source="x")):
        print(next(batches).batch.num_rows, end=" ")
        os.truncate(path, size // 2)
        try:
            for batch in batches:
                batch.batch.to_pylist()
        except CorruptFile as error:
            print(error)
        shutil.copy(path + ".whole", path)
"""


def test_a_file_that_is_cut_short_while_it_is_read_is_an_error(tmp_path):
    table = pa.table({"text": [f"some words of the text {n}" * 9 for n in range(40_000)]})
    paths = [tmp_path / "file.arrow", tmp_path / "stream.arrow"]
    for path, opener in zip(paths, (pa.ipc.new_file, pa.ipc.new_stream), strict=True):
        with opener(str(path), table.schema) as writer:
            writer.write_table(table, max_chunksize=2000)
        shutil.copy(path, f"{path}.whole")
    done = subprocess.run(
        [sys.executable, "-c", CUT, *map(str, paths)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert len(told) == 4
    for line in told:
        assert re.match(r"2000 .*\.arrow: damaged or cut short after [\d,]+ rows", line)


def _offsets(*numbers):
    return b"".join(number.to_bytes(4, "little", signed=True) for number in numbers)


WORDS = [("a few words " * 9)[:size] for size in (37, 41)]
"""Of 37 and 41 bytes."""
UNSOUND = {
    "offsets beyond the text": (WORDS, _offsets(37, 78), _offsets(37, 1 << 30)),
    "offsets that go back": (WORDS, _offsets(37, 78), _offsets(78, 37)),
    "indices beyond a dictionary": (
        pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int32()), ["one", "two"]),
        _offsets(1, 0),
        _offsets(1, 2),
    ),
}


@pytest.mark.parametrize("fault", UNSOUND)
@pytest.mark.parametrize("opener", [pa.ipc.new_file, pa.ipc.new_stream])
def test_unsound_columns_are_refused_with_the_row_that_they_begin_at(tmp_path, fault, opener):
    path = tmp_path / "a.arrow"
    values, sound, unsound = UNSOUND[fault]
    column = pa.array(values) if isinstance(values, list) else values
    with opener(str(path), pa.schema([("text", column.type)])) as writer:
        for rows in (column[:1], column):
            writer.write_batch(pa.record_batch([rows], ["text"]))
    data = path.read_bytes()
    at = data.rindex(sound)
    path.write_bytes(data[:at] + unsound + data[at + len(sound) :])
    (part,) = open_corpus([str(path)]).parts
    for batches in (part.read(), open_dump(str(path), source="x")):
        with pytest.raises(CorruptFile, match=r"a\.arrow: damaged or cut short after 1 rows"):
            list(batches)


def _spoilt(kind):
    """Make texts of which one is not UTF-8, in a column of a type."""
    buffers = pa.array([b"\xff\xfe", b"some text"]).buffers()
    column = pa.Array.from_buffers(pa.string(), 2, buffers)
    if pa.types.is_list(kind):
        return pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), column)
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), column, safe=False)
    return column


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.list_(pa.string()), pa.dictionary(pa.int8(), pa.string())]
)
def test_texts_that_are_not_utf8_are_still_counted_row_by_row(tmp_path, kind):
    path = tmp_path / "a.arrow"
    with pa.ipc.new_file(str(path), pa.schema([("text", kind)])) as writer:
        writer.write_batch(pa.record_batch([_spoilt(kind)], ["text"]))
    (part,) = open_corpus([str(path)]).parts
    found = list(part.batches())
    assert [text for one in found for text in one.batch["text"].to_pylist()] == ["some text"]
    assert [(s.reason, s.count) for one in found for s in one.skipped] == [("not valid UTF-8", 1)]


def _named(path, name):
    """Write a table of which one column has a name of some bytes."""
    mark = "X" * len(name)
    table = pa.table({"text": ["some words to read"] * 3, mark: [1, 2, 3]})
    if path.suffix == ".parquet":
        pq.write_table(table, path, store_schema=False)
    else:
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    data = path.read_bytes()
    assert mark.encode() in data
    path.write_bytes(data.replace(mark.encode(), name))


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_a_column_name_that_is_not_utf8_is_named(tmp_path, name):
    path = tmp_path / name
    _named(path, b"na\xefve")
    for read in (
        lambda: open_corpus([str(path)]),
        lambda: list(open_dump(str(path), source="x")),
    ):
        with pytest.raises(InputError, match=rf"{name}: the column name b'na\\xefve'") as caught:
            read()
        assert "rename" in caught.value.remedy
