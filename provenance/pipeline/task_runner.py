"""Run tasks in other processes, or in the workers of a Dask cluster; failed ones again."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import islice
from typing import Any, TypeVar

from provenance.errors import EngineError
from provenance.pipeline.settings import EngineName
from provenance.pipeline.stage_log import log_fact
from provenance.startup import configure_own_process

MAX_ATTEMPTS = 3
"""Number of attempts at a task before it is given up."""

_CONNECTION_TIMEOUT = "30s"

_TASKS_PER_WORKER = 2
"""Tasks submitted for each worker at a time."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class TaskRunner:
    """Runs tasks in the workers of an executor.

    Parameters
    ----------
    executors : callable
        Starts the executor; called again after its workers were lost.
    workers : int
        Number of its workers.
    """

    executors: Callable[[], AbstractContextManager[Executor]]
    workers: int

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
        EngineError
            If a worker raises it: no worker could do better.
        """
        waiting, errors = [list(tasks)], dict[int, str]()
        for attempt in range(MAX_ATTEMPTS):
            errors = {}
            for batch in waiting:
                errors |= self._run_once(batch, submit, finish)
            if not errors:
                break
            log_fact(f"tasks that failed, attempt {attempt + 1}: {len(errors)}")
            waiting = [[task] for task in errors]
        return errors

    def _run_once(
        self,
        tasks: Sequence[int],
        submit: Callable[[Executor, int], "Future[R]"],
        finish: Callable[[int, R], None],
    ) -> dict[int, str]:
        errors: dict[int, str] = {}
        pending: dict[Future[R], int] = {}
        upcoming = iter(tasks)
        with self.executors() as executor:
            while True:
                for task in islice(upcoming, _TASKS_PER_WORKER * self.workers - len(pending)):
                    pending[_submit(partial(submit, executor, task))] = task
                if not pending:
                    return errors
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    task, error = pending.pop(future), future.exception()
                    if isinstance(error, EngineError):
                        raise error
                    if error is not None:
                        errors[task] = f"{type(error).__name__}: {error}"
                    else:
                        finish(task, future.result())


def _submit(submit: Callable[[], "Future[R]"]) -> "Future[R]":
    try:
        return submit()
    except RuntimeError as error:  # the workers are lost
        failed: Future[R] = Future()
        failed.set_exception(error)
        return failed


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
        yield TaskRunner(partial(_process_pool, processes), processes)
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
        workers = max(1, len(client.ncores()))
        yield TaskRunner(partial(client.get_executor, pure=False), workers)


def _process_pool(processes: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, context, configure_own_process)
