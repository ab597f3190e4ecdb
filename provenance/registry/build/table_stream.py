"""Tables flowing through: cut into pieces of bounded size, worked on by several threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
import pyarrow as pa

from provenance.model import Int64s
from provenance.registry.schema import writer

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Portion:
    """How much of a table is worked on at once.

    Parameters
    ----------
    rows : int
        At most so many.
    weight : int
        At most so much, unless a single row weighs more.
    """

    rows: int
    weight: int


def portions(
    batches: Iterable[pa.RecordBatch], most: Portion, weigh: Callable[[pa.RecordBatch], Int64s]
) -> Iterator[pa.Table]:
    """Cut a stream of rows into tables, the same whatever the batches that they came in.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        Of one schema.
    most : Portion
        Of which each table is the fullest that the next row would not fit into.
    weigh : callable
        Gives the weight of each row of a batch.

    Yields
    ------
    pyarrow.Table
        One chunk a column.
    """
    held: list[pa.RecordBatch] = []
    rows, weight = 0, 0
    for batch in batches:
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(weigh(batch))])
        at = 0
        while at < len(batch):
            end = int(np.searchsorted(sums, sums[at] + most.weight - weight, side="right")) - 1
            end = min(end, len(batch), at + most.rows - rows)
            if end <= at and not held:
                end = at + 1
            if end > at:
                held.append(batch.slice(at, end - at))
                rows, weight, at = rows + end - at, weight + int(sums[end] - sums[at]), end
            if at < len(batch):
                yield _joined(held)
                held, rows, weight = [], 0, 0
    if held:
        yield _joined(held)


def _joined(batches: list[pa.RecordBatch]) -> pa.Table:
    return pa.Table.from_batches(batches).combine_chunks()


def in_threads(function: Callable[[A], B], arguments: Iterable[A], threads: int) -> Iterator[B]:
    """Apply a function in threads.

    Parameters
    ----------
    function : callable
        Spends its time without the interpreter's lock.
    arguments : iterable
        Taken only as fast as results are.
    threads : int
        How many.

    Yields
    ------
    object
        The results, in the order of the arguments.
    """
    pending: deque[Future[B]] = deque()
    remaining = iter(arguments)
    pool = ThreadPoolExecutor(threads)
    try:
        for argument in remaining:
            pending.append(pool.submit(function, argument))
            if len(pending) > threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


class Sink:
    """A data file, written behind the caller's back, row group by row group.

    Parameters
    ----------
    path : Path
        The file; its name chooses its encoding.
    schema : pyarrow.Schema
        What it holds.
    """

    _MOST_PENDING = 2

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = writer(path, schema)
        self._pool = ThreadPoolExecutor(1)
        self._pending: deque[Future[None]] = deque()

    def put(self, group: pa.Table) -> None:
        """Write a row group, some time before the sink is closed."""
        write = self._writer.write_table
        self._pending.append(self._pool.submit(write, group, row_group_size=len(group)))
        if len(self._pending) > self._MOST_PENDING:
            self._pending.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            for write in self._pending:
                write.result()
        finally:
            self._pool.shutdown()
            self._writer.close()
