"""Engines: how the parts of a corpus are scanned by other processes, or by a Dask cluster."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import islice
from typing import Any

from provenance.errors import EngineError
from provenance.match.scoring.corpus_sample import FULL_BOUND, MAX_SAMPLE_TOKENS
from provenance.model import Unread
from provenance.pipeline.progress import Progress
from provenance.pipeline.scan.scan_tasks import ScanJob, TaskOutcome, run_task
from provenance.pipeline.scan.task_folder import TaskFolder
from provenance.pipeline.stage_log import log_fact
from provenance.read.corpus.corpus_parts import Part
from provenance.startup import configure_own_process

_MAX_ATTEMPTS = 3
"""Number of attempts at a task before its part is left out."""

_SPARE_SAMPLES = 4
"""Sampled tokens, as a multiple of those of the final sample, from which fewer are drawn."""

_CONNECTION_TIMEOUT = "30s"

_TASKS_PER_WORKER = 2
"""Tasks submitted for each worker at a time."""

Executors = Callable[[], AbstractContextManager[Executor]]
"""Starts an executor; called again after its workers were lost."""


@dataclass(frozen=True, slots=True)
class TaskEngine:
    """Scans parts in the workers of an executor.

    Parameters
    ----------
    job : ScanJob
        The scan.
    executors : callable
        Starts the executor.
    workers : int
        Number of its workers.
    """

    job: ScanJob
    executors: Executors
    workers: int

    def scan(self, parts: Sequence[Part], progress: Progress) -> Mapping[int, Unread]:
        """Have all parts scanned, and their readings stored; return those that failed.

        A task that ends with its worker may have been a victim of another one: it is run again on
        its own. One that fails three times is given up.

        Raises
        ------
        EngineError
            If a part cannot be scanned by a worker at all, or the workers differ from us.
        """
        for part in parts:
            require_identity(part, self.job.tasks)
        sizes = {part.index: part.size or 0 for part in parts}
        files = {part.index: part.file for part in parts}
        bound = _SampleBound()
        errors: dict[int, str] = {}
        waiting, alone = list(sizes), False
        for attempt in range(_MAX_ATTEMPTS):
            batches = [[index] for index in waiting] if alone else [waiting]
            errors = {}
            for batch in batches:
                errors |= self._run(batch, sizes, bound, progress)
            waiting, alone = list(errors), True
            if not waiting:
                break
            log_fact(f"tasks that failed, attempt {attempt + 1}: {len(waiting)}")
        return {
            index: Unread(
                files[index],
                f"scanning it failed {_MAX_ATTEMPTS} times ({error})",
                "look at the workers' logs; they may need more memory",
            )
            for index, error in errors.items()
        }

    def _run(
        self,
        indices: Sequence[int],
        sizes: Mapping[int, int],
        bound: "_SampleBound",
        progress: Progress,
    ) -> dict[int, str]:
        """Run some tasks; return the errors of those that failed."""
        errors: dict[int, str] = {}
        pending: dict[Future[TaskOutcome], int] = {}
        upcoming = iter(indices)
        with self.executors() as executor:
            while True:
                for index in islice(upcoming, _TASKS_PER_WORKER * self.workers - len(pending)):
                    pending[_submit(executor, self.job, index, bound.value)] = index
                if not pending:
                    return errors
                for task in wait(pending, return_when=FIRST_COMPLETED).done:
                    index, error = pending.pop(task), task.exception()
                    if isinstance(error, EngineError):
                        raise error
                    if error is not None:
                        errors[index] = f"{type(error).__name__}: {error}"
                        continue
                    bound.add(task.result())
                    progress.advance(sizes[index], task.result().documents)


def _submit(executor: Executor, job: ScanJob, index: int, bound: int) -> "Future[TaskOutcome]":
    try:
        return executor.submit(run_task, job, index, bound)
    except RuntimeError as error:  # the workers are lost
        failed: Future[TaskOutcome] = Future()
        failed.set_exception(error)
        return failed


class _SampleBound:
    """The bound of samples to request, from the size of those that were drawn.

    Attributes
    ----------
    value : int
        Not below the bound of the final sample, unless most passages occur in several parts: then
        some parts are scanned again.
    """

    def __init__(self) -> None:
        self.value = FULL_BOUND
        self._tokens = 0.0

    def add(self, outcome: TaskOutcome) -> None:
        self._tokens += outcome.sampled_tokens * (FULL_BOUND / max(outcome.bound, 1))
        while self._tokens * (self.value / FULL_BOUND) > _SPARE_SAMPLES * MAX_SAMPLE_TOKENS:
            self.value //= 2


def require_identity(part: Part, tasks: TaskFolder) -> None:
    """Raise if a part is known to this process only.

    Raises
    ------
    EngineError
        If it is a stream, or a dataset on a hub.
    """
    if tasks.name_part(part) is None:
        raise EngineError(
            f"{part.file} cannot be read by other processes",
            remedy="write it to files first, or check it with threads, without --shard",
        )


def process_engine(job: ScanJob, processes: int) -> TaskEngine:
    """Return an engine of processes on this machine."""

    @contextmanager
    def executors() -> Iterator[Executor]:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, context, configure_own_process) as executor:
            yield executor

    return TaskEngine(job, executors, processes)


@contextmanager
def dask_engine(job: ScanJob, scheduler: str | None, processes: int) -> Iterator[TaskEngine]:
    """Connect to a Dask cluster within the context, and return an engine of its workers.

    Parameters
    ----------
    job : ScanJob
        The scan.
    scheduler : str or None
        Address of the scheduler; None starts a cluster on this machine.
    processes : int
        Number of workers of a cluster on this machine.

    Raises
    ------
    EngineError
        If Dask is not installed, or there is no scheduler at the address.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise EngineError(
            "--engine dask needs the package `distributed`",
            remedy="install it with: pip install 'corpus-provenance[cluster]'",
        ) from error
    with ExitStack() as stack:
        address = scheduler
        if address is None:
            cluster = distributed.LocalCluster(
                n_workers=processes, threads_per_worker=1, dashboard_address="127.0.0.1:0"
            )
            address = stack.enter_context(cluster).scheduler_address
        try:
            client = distributed.Client(address, timeout=_CONNECTION_TIMEOUT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise EngineError(
                f"there is no Dask scheduler at {address} ({error})",
                remedy="start one with `dask scheduler`, and workers with `dask worker`",
            ) from error
        stack.callback(client.close)
        workers = max(1, len(client.ncores()))
        yield TaskEngine(job, partial(client.get_executor, pure=False), workers)
