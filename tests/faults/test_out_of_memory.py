"""Where memory is short that is what is said, and not that something is damaged."""

import errno
import json
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile
from provenance.read.corpus.corpora import open_corpus
from provenance.registry.files import mapped_files, parquet_tables
from provenance.registry.store import open_registry
from tests.cli.commandline import ENVIRONMENT, provenance

WORDS = "my neighbour has taught his parrot to imitate the doorbell and nobody sleeps"
TOLD = ["Error: the machine has too little memory for this", "Try: check fewer files at a time"]
SHORT = [
    MemoryError(),
    pa.ArrowMemoryError("malloc of size 9 failed"),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A folder with a registry and a corpus, as JSON Lines and as Parquet."""
    folder = tmp_path_factory.mktemp("memory")
    rows = [{"id": f"p{n}", "text": f"{WORDS} {n}"} for n in range(50)]
    (folder / "posts.jsonl").write_text("\n".join(map(json.dumps, rows)))
    pq.write_table(pa.Table.from_pylist(rows[:3]), folder / "train.parquet")
    built = provenance("registry", "build", "reg", "--source", "x", "posts.jsonl", cwd=folder)
    assert built.returncode == 0, built.stderr
    return folder


def failing(error):
    def call(*_, **__):
        raise error

    return call


@pytest.mark.parametrize("error", SHORT, ids=repr)
@pytest.mark.parametrize(
    ("module", "name"),
    [(parquet_tables.pq, "ParquetFile"), (mapped_files, "mmap")],
    ids=["table", "array"],
)
def test_a_registry_that_does_not_fit_into_memory_is_not_damaged(
    world, monkeypatch, error, module, name
):
    with monkeypatch.context() as patch:
        patch.setattr(module, name, failing(error))
        with pytest.raises(type(error)):
            open_registry(world / "reg").arrays()
        done = provenance("check", "train.parquet", "--registry", "reg", "--no-cache", cwd=world)
    assert (done.returncode, done.stderr.splitlines()) == (2, TOLD)


@pytest.mark.parametrize("error", SHORT, ids=repr)
def test_a_file_that_does_not_fit_into_memory_is_not_damaged(world, monkeypatch, error):
    (part, *_) = open_corpus([str(world / "train.parquet")]).parts
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", failing(error))
    monkeypatch.setattr(pq.ParquetFile, "read_row_group", failing(error))
    with pytest.raises(type(error)):
        list(part.read())


def test_an_error_that_is_caused_by_short_memory_is_told_as_that(world, monkeypatch):
    def call(*_, **__):
        raise CorruptFile("it is damaged", remedy="build it again") from SHORT[1]

    monkeypatch.setattr("provenance.pipeline.check", call, raising=False)
    done = provenance("check", "train.parquet", "--registry", "reg", cwd=world)
    assert (done.returncode, done.stderr.splitlines()) == (2, TOLD)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("can't start new thread"),
        pa.ArrowException("Unknown error: Failed to launch worker thread: unavailable"),
    ],
    ids=repr,
)
def test_threads_that_cannot_be_started_are_told(world, monkeypatch, error):
    call = failing(error)
    monkeypatch.setattr("provenance.pipeline.check", call, raising=False)
    done = provenance("check", "train.parquet", "--registry", "reg", cwd=world)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: no more threads can be started")


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="no limit of addresses holds elsewhere")
@pytest.mark.parametrize("megabytes", [500, 700, 900, 1100, 1300, 1500, 1800, 2200, 2600, 3000])
def test_under_a_limit_nothing_is_called_damaged(world, tmp_path, megabytes):
    bound = megabytes << 20
    limit = f"import resource\nresource.setrlimit(resource.RLIMIT_AS, ({bound}, {bound}))"
    code = f"{limit}\nfrom provenance.cli import main; main()"
    for call in (
        ["check", "train.parquet", "--registry", "reg", "-q", "--no-cache"],
        ["registry", "verify", "reg"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, *call],
            cwd=world,
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "damaged" not in done.stderr
        assert "again" not in done.stderr
