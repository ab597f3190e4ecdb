"""Datasets that are cleaned: columns that would fill the memory, and disks that are full."""

import resource
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import OutputError
from provenance.model.records.receipt import Cleaning
from provenance.model.rules.policy import Policy
from provenance.pipeline import check, clean
from provenance.pipeline.settings import Settings
from tests.faults.conftest import page, write_jsonl, write_parquet

OPTIONS = ("-o", "out", "-q", "--no-cache")
ROWS = 10_000
LONG = "0123456789abcdef" * 60_000
"""One megabyte, of no words: prose beside the text is text, too."""


def dictionary_in_parquet(path):
    places = pa.array(np.arange(ROWS) % 2, pa.int32())
    beside = pa.DictionaryArray.from_arrays(places, pa.array([LONG, "other words"]))
    table = pa.table({"text": [page(n) for n in range(ROWS)], "beside": beside})
    pq.write_table(table, path, store_schema=False, compression="zstd")


def compressed_batch_in_arrow(path):
    table = pa.table({"text": [page(n) for n in range(140)], "beside": [LONG * 4] * 140})
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(path, table.schema, options=options) as writer:
        writer.write_table(table)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        pytest.param("a.parquet", dictionary_in_parquet, marks=pytest.mark.long),
        ("a.arrow", compressed_batch_in_arrow),
    ],
)
def test_columns_beside_the_text_do_not_fill_the_memory(tmp_path, registry, name, make):
    (tmp_path / "data").mkdir()
    make(tmp_path / "data" / name)
    done = subprocess.run(
        [sys.executable, "-m", "provenance", "clean", "data", "--registry", registry, *OPTIONS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)),
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "bytes on disk and" in done.stderr
    assert name in done.stderr
    assert "--max-document" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_long_values_that_fit_are_written_again(tmp_path, registry):
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "a.parquet"
    places = pa.array((np.arange(3000) == 5).astype(np.int32))
    beside = pa.DictionaryArray.from_arrays(places, pa.array(["other words", LONG]))
    table = pa.table({"text": [page(n) for n in range(3000)], "beside": beside})
    pq.write_table(table, path, store_schema=False)
    policy = Policy(registries=(registry,))
    clean([str(tmp_path / "data")], tmp_path / "out", policy, Cleaning(), Settings())
    kept = pq.read_table(tmp_path / "out" / "a.parquet")
    assert 0 < kept.num_rows < 3000
    assert kept["beside"].to_pylist().count(LONG) == 1


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.parquet", "a.arrow", "a.txt"])
@pytest.mark.parametrize("untouched", [False, True])
def test_a_full_disk_is_not_taken_for_a_damaged_dataset(tmp_path, registry, name, untouched):
    write(tmp_path / "data" / name)
    if untouched:
        (tmp_path / "data" / "0.jsonl").write_text('{"text": "nothing"}\n' * 3000)
    addresses, policy = [str(tmp_path / "data")], Policy(registries=(registry,))
    check(addresses, policy, Settings())  # compiles and loads what writes files of its own
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))
    try:
        with pytest.raises(OutputError, match=r"out cannot be written: .*File too large") as raised:
            clean(addresses, tmp_path / "out", policy, Cleaning(), Settings())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "room" in raised.value.remedy
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def write(path):
    path.parent.mkdir()
    if path.suffix == ".arrow":
        table = pa.table({"text": [page(n) for n in range(40)]})
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    elif path.suffix == ".parquet":
        write_parquet(path, 0, 40)
    elif path.suffix == ".txt":
        path.write_text("\n\n".join(page(n) for n in range(40)))
    else:
        write_jsonl(path, 0, 40)
