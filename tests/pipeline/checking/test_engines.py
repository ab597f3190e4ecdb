"""Engines: the same report, whoever scans the parts, and whoever is killed meanwhile."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from distributed import Client, LocalCluster

from provenance.errors import EngineError, PolicyError
from provenance.pipeline import check, remove_tasks
from provenance.pipeline.caching.cache_entries import reading_key
from provenance.pipeline.checking.check_inputs import load_library, open_references
from provenance.pipeline.checking.engines import TaskEngine
from provenance.pipeline.checking.scan_tasks import ScanJob
from provenance.pipeline.execution import task_runner
from provenance.pipeline.execution.progress import SilentProgress
from provenance.pipeline.execution.task_runner import TaskRunner, open_runner
from provenance.pipeline.scan.reading_cache import context_digest
from provenance.pipeline.scan.row_metadata import build_declarations
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.pipeline.settings import Settings
from provenance.read.corpus.corpora import open_corpus
from tests.pipeline.checking.sharded_checks import contents


def children() -> set[int]:
    """Return the processes that this one started, and their own."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found, grown = found | more, bool(more)
    return found - {os.getpid()}


def workers() -> list[int]:
    return [pid for pid in children() if is_worker(pid)]


def is_worker(pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"spawn_main" in command


@pytest.mark.parametrize("engine", ["processes", "dask"])
@pytest.mark.parametrize("delay", [0.0, pytest.param(0.3, marks=pytest.mark.long)])
def test_every_engine_makes_the_same_report_though_a_worker_is_killed(
    tmp_path, corpus, policy, engine, delay
):
    expected = contents(check([str(corpus)], policy, Settings()), tmp_path / "threads")
    before, killed = set(workers()), []

    def kill() -> None:
        while not any((tmp_path / "tasks").rglob("*")):
            time.sleep(0.01)
        time.sleep(delay)
        for pid in sorted(set(workers()) - before)[:1]:
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    killer = Thread(target=kill, daemon=True)
    killer.start()
    settings = Settings(engine=engine, tasks=str(tmp_path / "tasks"), threads=2)
    made = check([str(corpus)], policy, settings)
    killer.join()
    assert killed
    assert contents(made, tmp_path / "made") == expected
    remove_tasks(str(tmp_path / "tasks"))
    assert not (tmp_path / "tasks").exists()


def test_workers_that_never_hear_of_the_end_are_killed(monkeypatch):
    # As those behind the lock that a killed one held do not.
    monotonic, wait = time.monotonic, task_runner.wait_for_sentinels
    monkeypatch.setattr(task_runner.time, "monotonic", lambda: 20 * monotonic())
    monkeypatch.setattr(task_runner, "wait_for_sentinels", lambda of, left: wait(of, left / 20))
    before = set(workers())
    stopped = []

    def finish(_: int, pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)
        stopped.append(pid)

    with open_runner("processes", None, 1) as runner:
        assert runner.run([0], lambda executor, _: executor.submit(os.getpid), finish) == {}
    assert len(stopped) == 1
    assert set(workers()) <= before


class Failing(ThreadPoolExecutor):
    """Runs tasks in threads; those of some parts fail, the first few times."""

    def __init__(self, failures: dict[int, int], log: list[int]) -> None:
        super().__init__(2)
        self.failures, self.log = failures, log

    def submit(self, function, /, *arguments):
        index = arguments[1]
        self.log.append(index)
        if self.failures.get(index, 0) > 0:
            self.failures[index] -= 1
            failed: Future = Future()
            failed.set_exception(MemoryError("the worker was killed"))
            return failed
        return super().submit(function, *arguments)


@pytest.fixture
def job(tmp_path, corpus, policy) -> ScanJob:
    references = open_references(policy, None)
    declarations = build_declarations(load_library(policy, None), policy, [])
    digest = context_digest(references.all_registries, declarations.key)
    tasks = TaskFolder.at(str(tmp_path / "tasks")).in_context(digest)
    return ScanJob.of(open_corpus([str(corpus)]), policy, Settings(), tasks)


def scan(job: ScanJob, failures: dict[int, int]):
    log: list[int] = []

    @contextmanager
    def executors() -> Iterator[Executor]:
        with Failing(failures, log) as executor:
            yield executor

    parts = open_corpus(job.addresses).parts
    return TaskEngine(job, TaskRunner(executors, lambda: 2)).scan(parts, SilentProgress()), log


def test_a_task_that_fails_twice_is_done_the_third_time(job):
    failed, log = scan(job, {2: 2, 5: 1})
    assert failed == {}
    assert [log.count(index) for index in (2, 5, 3)] == [3, 2, 1]


def test_a_task_that_fails_three_times_is_named_and_the_others_are_done(job):
    failed, log = scan(job, {4: 99})
    assert list(failed) == [4]
    [unread] = failed[4]
    assert unread.file == "4.jsonl"
    assert "failed 3 times (MemoryError: the worker was killed)" in unread.reason
    assert log.count(4) == 3
    tasks = job.tasks
    parts = open_corpus(job.addresses).parts
    done = [tasks.exists(reading_key(tasks, part)) for part in parts]
    assert done == [index != 4 for index in range(len(parts))]


def test_a_failed_part_makes_the_report_incomplete(tmp_path, corpus, policy, monkeypatch):
    @contextmanager
    def open_runner(*_: object) -> Iterator[TaskRunner]:
        yield TaskRunner(lambda: Failing({3: 99, 6: 99}, []), lambda: 2)

    monkeypatch.setattr("provenance.pipeline.checking.distribution.open_runner", open_runner)
    settings = Settings(engine="processes", tasks=str(tmp_path / "tasks"), threads=2)
    made = check([str(corpus)], policy, settings)
    assert made.result.status == "incomplete"
    assert [fault.file for fault in made.result.unread] == ["3.jsonl", "6.jsonl"]
    assert made.result.corpus.documents == 7 * 5
    single = check([str(corpus)], policy, Settings())
    rest = [row for row in single.findings["file"].to_pylist() if row not in {"3.jsonl", "6.jsonl"}]
    assert made.findings["file"].to_pylist() == rest


def test_workers_with_other_registries_are_an_error(job):
    with pytest.raises(EngineError, match="another version"):
        scan(replace(job, tasks=job.tasks.in_context("other")), {})


def test_workers_that_see_other_files_are_an_error(job, corpus):
    (corpus / "another.jsonl").write_text('{"text": "one more"}\n')
    with pytest.raises(EngineError, match="sees other files"):
        scan(job, {})


def test_pools_that_cannot_start_tasks_fail_all_of_them(job):
    class Broken(Failing):
        def submit(self, function, /, *arguments):
            raise BrokenProcessPool("no process can be started")

    @contextmanager
    def executors() -> Iterator[Executor]:
        with Broken({}, []) as executor:
            yield executor

    parts = open_corpus(job.addresses).parts
    failed = TaskEngine(job, TaskRunner(executors, lambda: 2)).scan(parts, SilentProgress())
    assert sorted(failed) == list(range(len(parts)))


def test_a_lost_pool_delays_only_the_tasks_that_were_running(job):
    pools = []

    class Breaking(Failing):
        def submit(self, function, /, *arguments):
            if len(pools) == 1 and len(log) == 3:
                raise BrokenProcessPool("killed")
            return super().submit(function, *arguments)

    log: list[int] = []

    @contextmanager
    def executors() -> Iterator[Executor]:
        pools.append(None)
        with Breaking({}, log) as executor:
            yield executor

    parts = open_corpus(job.addresses).parts
    assert TaskEngine(job, TaskRunner(executors, lambda: 2)).scan(parts, SilentProgress()) == {}
    assert len(pools) == 2
    assert sorted(log) == list(range(len(parts)))


def test_tasks_that_were_lost_are_run_again_one_by_one_in_one_pool():
    pools: list[list[int]] = []
    pending: set[int] = set()

    class Killed(Executor):
        def __init__(self) -> None:
            pools.append([])

        def submit(self, function, /, task):
            pools[-1].append(task)
            future: Future = Future()
            if len(pools) == 1:
                future.set_exception(BrokenProcessPool("killed"))
            else:
                pending.add(task)
                future.set_result(task)
            return future

    def finish(task: int, _: int) -> None:
        assert len(pools) < 3 or pending == {task}
        pending.remove(task)

    def submit(executor: Executor, task: int) -> Future:
        return executor.submit(int, task)

    assert TaskRunner(Killed, lambda: 2).run(range(8), submit, finish) == {}
    assert sorted(pools[0] + pools[1]) == list(range(8))
    assert sorted(pools[2]) == sorted(pools[0])
    assert len(pools) == 3


def test_a_sample_is_drawn_by_threads(corpus, policy):
    with pytest.raises(PolicyError, match="--sample cannot be combined"):
        check([str(corpus)], policy, Settings(engine="processes", sample=0.5))


def test_the_workers_of_a_running_cluster_scan_the_parts(tmp_path, corpus, policy):
    expected = contents(check([str(corpus)], policy, Settings()), tmp_path / "threads")
    options = {"threads_per_worker": 2, "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=2, **options) as cluster:
        address = cluster.scheduler_address
        settings = Settings(engine="dask", scheduler=address, tasks=str(tmp_path / "tasks"))
        made = check([str(corpus)], policy, settings)
    assert contents(made, tmp_path / "made") == expected


def test_a_scheduler_that_does_not_answer_is_an_error(corpus, policy, monkeypatch):
    def connect(address, timeout, **more):
        return Client(address, timeout="1s", **more)

    monkeypatch.setattr("distributed.Client", connect)
    with pytest.raises(EngineError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9"):
        check([str(corpus)], policy, Settings(engine="dask", scheduler="tcp://127.0.0.1:9"))


def test_dask_that_is_not_installed_is_an_error(corpus, policy, monkeypatch):
    def fail(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("provenance.pipeline.execution.task_runner.import_module", fail)
    with pytest.raises(EngineError, match="needs the package `distributed`"):
        check([str(corpus)], policy, Settings(engine="dask"))
