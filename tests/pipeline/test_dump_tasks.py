"""Dumps that other processes read make the same registry."""

import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from provenance.errors import RegistryError
from provenance.pipeline import (
    DumpEngine,
    DumpSource,
    add_to_registry,
    build_registry,
)
from provenance.pipeline.building import dump_tasks, registries
from provenance.pipeline.execution.task_runner import TaskRunner
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.registry.manifest import read_manifest
from provenance.registry.verification import verify_files


@pytest.fixture
def dumps(tmp_path: Path, posts) -> DumpSource:
    """Five files; rows without text are skipped, and later copies of a post count."""
    for number in range(5):
        rows = [*posts[number * 60 : number * 60 + 80], {"id": f"empty{number}", "text": ""}]
        lines = "\n".join(map(json.dumps, rows))
        (tmp_path / "dumps").mkdir(exist_ok=True)
        (tmp_path / "dumps" / f"{number}.jsonl").write_text(lines)
    return DumpSource([str(tmp_path / "dumps")], "x")


@pytest.fixture
def in_threads(monkeypatch) -> list[str]:
    """Tasks run in threads, and are listed."""
    read: list[str] = []
    inner = dump_tasks.DumpReader.items
    monkeypatch.setattr(
        dump_tasks.DumpReader, "items", lambda self: (read.append(self.dump.name), inner(self))[1]
    )
    monkeypatch.setattr(registries, "open_runner", lambda *_: Opened(ThreadPoolExecutor))
    return read


class Opened:
    """A runner of two workers of some kind."""

    def __init__(self, executors) -> None:
        self._executors = executors

    def __enter__(self) -> TaskRunner:
        return TaskRunner(lambda: self._executors(2), lambda: 2)

    def __exit__(self, *_) -> None:
        pass


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_every_engine_builds_the_same_registry(tmp_path, dumps, engine):
    expected = build_registry(tmp_path / "threads", dumps).manifest
    made = build_registry(tmp_path / "made", dumps, engine=DumpEngine(engine)).manifest
    assert (made.digest, made.items, made.skipped) == (
        expected.digest,
        expected.items,
        expected.skipped,
    )
    assert made.items == 320
    assert made.replaced == expected.replaced == 80
    assert verify_files(tmp_path / "made")
    assert not (tmp_path / "made.tasks").exists()


@pytest.mark.parametrize("engine", ["threads", "processes"])
def test_deletion_records_come_from_every_engine(tmp_path, in_threads, engine):
    post = {"id_str": "1", "created_at": "Wed Oct 19 20:07:25 +0000 2022", "text": "It is late."}
    records = [post, {**post, "id_str": "2"}, {"delete": {"status": {"id_str": "1"}}}]
    (tmp_path / "stream.jsonl").write_text("\n".join(map(json.dumps, records)))
    source = DumpSource([str(tmp_path / "stream.jsonl")], "x")
    made = build_registry(tmp_path / "made", source, engine=DumpEngine(engine))
    assert (made.manifest.items, made.deletions.ids, made.deletions.items) == (1, 1, 1)


def test_a_build_that_failed_continues_from_the_dumps_that_were_read(
    tmp_path, dumps, in_threads, monkeypatch
):
    expected = build_registry(tmp_path / "threads", dumps).manifest
    in_threads.clear()

    def fail(*_, **__):
        raise RegistryError("the disk is full", remedy="free space")

    with monkeypatch.context() as patched:
        patched.setattr(registries, "create_registry", fail)
        with pytest.raises(RegistryError):
            build_registry(tmp_path / "made", dumps, engine=DumpEngine("processes"))
    assert sorted(in_threads) == [f"{number}.jsonl" for number in range(5)]
    (tmp_path / "dumps" / "3.jsonl").touch()  # modified: it is read again
    in_threads.clear()
    made = build_registry(tmp_path / "made", dumps, engine=DumpEngine("processes")).manifest
    assert in_threads == ["3.jsonl"]
    assert made.digest == expected.digest
    assert not (tmp_path / "made.tasks").exists()


def test_a_damaged_task_is_read_here(tmp_path, dumps, in_threads):
    readers, tasks = dumps.readers(), TaskFolder.at(str(tmp_path / "tasks"))
    runner = TaskRunner(lambda: ThreadPoolExecutor(2), lambda: 2)
    whole = [items.batch for items in dump_tasks.read_dumps(readers, tasks, runner)]
    paths = [path for path in (tmp_path / "tasks").rglob("*") if path.is_file()]
    assert len(paths) == 15
    for path in paths:
        intact = path.read_bytes()
        path.write_bytes(intact[:-1] + bytes([intact[-1] ^ 1]))
        again = [items.batch for items in dump_tasks.read_dumps(readers, tasks, runner)]
        assert all(one.equals(other) for one, other in zip(again, whole, strict=True))
        path.write_bytes(intact)


def test_dumps_that_cannot_be_read_are_listed(tmp_path, dumps, in_threads):
    (tmp_path / "dumps" / "5.jsonl.gz").write_bytes(b"no gzip at all")
    expected = build_registry(tmp_path / "threads", dumps)
    made = build_registry(tmp_path / "made", dumps, engine=DumpEngine("processes"))
    assert made.unread == expected.unread
    assert len(made.unread) == 1
    assert made.manifest.digest == expected.manifest.digest


def test_a_dump_that_workers_fail_at_three_times_is_listed(tmp_path, dumps, monkeypatch):
    class Failing(ThreadPoolExecutor):
        def submit(self, function, /, *arguments):
            if arguments[0].dump.name == "2.jsonl":
                failed: Future = Future()
                failed.set_exception(MemoryError("killed"))
                return failed
            return super().submit(function, *arguments)

    monkeypatch.setattr(registries, "open_runner", lambda *_: Opened(Failing))
    made = build_registry(tmp_path / "made", dumps, engine=DumpEngine("processes"))
    [unread] = made.unread
    assert unread.file.endswith("2.jsonl")
    assert "failed 3 times (MemoryError: killed)" in unread.reason


def test_items_are_added_by_other_processes(tmp_path, dumps, in_threads):
    expected = build_registry(tmp_path / "threads", dumps).manifest
    first = DumpSource([str(tmp_path / "dumps" / "0.jsonl")], "x")
    build_registry(tmp_path / "made", first)
    add_to_registry(tmp_path / "made", dumps, engine=DumpEngine("processes"))
    assert read_manifest(tmp_path / "made").digest == expected.digest
