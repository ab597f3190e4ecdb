"""Run tasks in other processes, or in the workers of a Dask cluster; failed ones again."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing.connection import wait as wait_for_sentinels
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar, cast

from provenance.errors import EngineError, ProvenanceError
from provenance.pipeline.execution.stage_log import log_fact
from provenance.pipeline.settings import EngineName
from provenance.startup import configure_own_process

MAX_ATTEMPTS = 3
"""Number of attempts at a task before it is given up."""

_CONNECTION_TIMEOUT = "30s"

_TASKS_PER_SLOT = 2
"""Tasks submitted, as a multiple of those that run at a time."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class TaskRunner:
    """Runs tasks in the workers of an executor.

    Parameters
    ----------
    executors : callable
        Starts the executor; called again after its workers were lost.
    slots : callable
        Returns the number of tasks that run at a time.
    """

    executors: Callable[[], AbstractContextManager[Executor]]
    slots: Callable[[], int]

    def run(
        self,
        tasks: Iterable[int],
        submit: Callable[[Executor, int], "Future[R]"],
        finish: Callable[[int, R], None],
    ) -> dict[int, str]:
        """Run tasks, and return the errors of those that failed.

        A task that ends with its worker may have been a victim of another one: it is run again on
        its own. One that fails three times is given up.

        Parameters
        ----------
        tasks : iterable of int
            Their numbers.
        submit : callable
            Submits a task to an executor.
        finish : callable
            Called with the result of each task.

        Raises
        ------
        ProvenanceError
            If a worker raises it: no worker could do better.
        EngineError
            If all workers are lost.
        """
        attempts: Counter[int] = Counter()
        errors: dict[int, str] = {}
        together, alone = deque(tasks), deque[int]()
        while together or alone:
            if together:
                failures = self._run_batch(together, self._most_pending, submit, finish)
            else:
                failures = self._run_batch(alone, lambda: 1, submit, finish)
            for task, error in failures.items():
                attempts[task] += 1
                if attempts[task] < MAX_ATTEMPTS:
                    log_fact(f"a task failed and is run again: {error}")
                    alone.append(task)
                else:
                    errors[task] = error
        return errors

    def _most_pending(self) -> int:
        return _TASKS_PER_SLOT * self.slots()

    def _run_batch(
        self,
        tasks: "deque[int]",
        most_pending: Callable[[], int],
        submit: Callable[[Executor, int], "Future[R]"],
        finish: Callable[[int, R], None],
    ) -> dict[int, str]:
        """Run tasks until the executor is broken; those that were not started stay in the queue."""
        errors: dict[int, str] = {}
        pending: dict[Future[R], int] = {}
        is_broken = False
        with self.executors() as executor:
            while pending or (tasks and not is_broken):
                while tasks and not is_broken and len(pending) < most_pending():
                    try:
                        pending[submit(executor, tasks[0])] = tasks[0]
                        tasks.popleft()
                    except BrokenExecutor as broken:
                        is_broken = True
                        if not pending:  # not one task could be started: this counts as a failure
                            errors[tasks.popleft()] = f"{type(broken).__name__}: {broken}"
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    task, error = pending.pop(future), _error_of(future)
                    if error is None:
                        finish(task, future.result())
                    else:
                        errors[task] = f"{type(error).__name__}: {error}"
                        is_broken |= isinstance(error, BrokenExecutor)
        return errors


def _error_of(future: "Future[R]") -> BaseException | None:
    try:
        error = future.exception()
    except CancelledError as cancelled:
        raise EngineError(
            "all workers were lost", remedy="start them again, and run the same command"
        ) from cancelled
    if isinstance(error, ProvenanceError):
        raise error
    return error


@contextmanager
def open_runner(engine: EngineName, scheduler: str | None, processes: int) -> Iterator[TaskRunner]:
    """Start workers within the context.

    Parameters
    ----------
    engine : "processes" or "dask"
        Their kind.
    scheduler : str or None
        Address of a Dask scheduler; None starts a cluster on this machine.
    processes : int
        Number of workers on this machine.

    Raises
    ------
    EngineError
        If Dask is not installed, or there is no scheduler at the address.
    """
    if engine == "processes":
        yield TaskRunner(partial(_process_pool, processes), lambda: processes)
        return
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
        try:
            client.wait_for_workers(1, timeout=_CONNECTION_TIMEOUT)
        except TimeoutError as error:
            raise EngineError(
                f"the scheduler at {address} has no workers",
                remedy="start some with `dask worker`, in the environment of this command",
            ) from error
        yield TaskRunner(
            partial(client.get_executor, pure=False), lambda: max(1, sum(client.ncores().values()))
        )


_STOPPING_SECONDS = 10.0
"""Time for workers to end once there are no more tasks."""


class _WorkerContext(SpawnContext):
    """Starts processes and keeps a list of them."""

    def __init__(self) -> None:
        super().__init__()
        self.workers: list[BaseProcess] = []

    def Process(  # type: ignore[override]  # noqa: N802 (a class in the library)
        self, *args: Any, **kwargs: Any
    ) -> SpawnProcess:
        """Return a new process."""
        worker = SpawnProcess(*args, **kwargs)
        self.workers.append(worker)
        return worker


@contextmanager
def _process_pool(processes: int) -> Iterator[Executor]:
    """Start processes, which end with the context even if one of them was killed.

    One that is killed while it waits for work keeps the lock behind which the others wait: they
    would never hear that there is no more, and the library would wait for them.
    """
    context = _WorkerContext()
    executor = ProcessPoolExecutor(processes, context, configure_own_process)
    try:
        yield executor
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        _end_processes(context.workers)


def _end_processes(workers: Sequence[BaseProcess]) -> None:
    """Wait until processes have ended, and kill those that take too long."""
    running = {worker.sentinel: worker for worker in workers if worker.pid is not None}
    end = time.monotonic() + _STOPPING_SECONDS
    while running and (left := end - time.monotonic()) > 0:
        for sentinel in wait_for_sentinels([*running], left):
            del running[cast("int", sentinel)]
    for worker in running.values():
        worker.kill()
        worker.join()
