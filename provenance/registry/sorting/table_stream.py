"""Stream tables in chunks of bounded size through several threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
import pyarrow as pa

from provenance.model.content.fingerprints import Int64s
from provenance.registry.schema import parquet_writer

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class ChunkSize:
    """Size limits of a chunk.

    Parameters
    ----------
    rows : int
        Largest number of rows.
    weight : int
        Largest weight, unless a single row exceeds it.
    """

    rows: int
    weight: int


def split_into_chunks(
    batches: Iterable[pa.RecordBatch], most: ChunkSize, weigh: Callable[[pa.RecordBatch], Int64s]
) -> Iterator[pa.Table]:
    """Split a stream of rows into tables, independently of its batches.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        Of one schema.
    most : ChunkSize
        Limits; each table is as large as they allow.
    weigh : callable
        Returns the weight of each row of a batch.

    Yields
    ------
    pyarrow.Table
        One chunk per column.
    """
    chunk: list[pa.RecordBatch] = []
    rows, weight = 0, 0
    for batch in batches:
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(weigh(batch))])
        at = 0
        while at < len(batch):
            end = int(np.searchsorted(sums, sums[at] + most.weight - weight, side="right")) - 1
            end = min(end, len(batch), at + most.rows - rows)
            if end <= at and not chunk:
                end = at + 1
            if end > at:
                chunk.append(batch.slice(at, end - at))
                rows, weight, at = rows + end - at, weight + int(sums[end] - sums[at]), end
            if at < len(batch):
                yield _join_batches(chunk)
                chunk, rows, weight = [], 0, 0
    if chunk:
        yield _join_batches(chunk)


def _join_batches(batches: list[pa.RecordBatch]) -> pa.Table:
    return pa.Table.from_batches(batches).combine_chunks()


def map_in_threads(function: Callable[[A], B], arguments: Iterable[A], threads: int) -> Iterator[B]:
    """Map a function in threads.

    Parameters
    ----------
    function : callable
        Releases the GIL most of the time.
    arguments : iterable
        Consumed only as fast as results are.
    threads : int
        Number of threads.

    Yields
    ------
    object
        The results, in order.
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


class ParquetSink:
    """A data file, written in the background by row group.

    Parameters
    ----------
    path : Path
        The file; its name determines the encoding.
    schema : pyarrow.Schema
        Its schema.
    """

    _MOST_PENDING = 2

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = parquet_writer(path, schema)
        self._pool = ThreadPoolExecutor(1)
        self._pending: deque[Future[None]] = deque()

    def put(self, group: pa.Table) -> None:
        """Queue a row group for writing."""
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
