"""A registry's Parquet files, read: whole columns, or the rows asked for."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.cores import available
from provenance.errors import CorruptFile, DigestMismatch, is_out_of_memory
from provenance.model import Int64s, UInt32s
from provenance.registry.columns import one_chunk
from provenance.registry.manifest import REMEDY

N = TypeVar("N", bound=np.generic)
R = TypeVar("R")

MISSING = f"if somebody has added to the registry meanwhile, run this again; else {REMEDY}"
"""The remedy where a file is gone that was there when the registry was opened."""


@contextmanager
def parquet(
    path: Path, metadata: pq.FileMetaData | None = None, coded: Sequence[str] = ()
) -> Iterator[pq.ParquetFile]:
    """Open a data file; one that was open before need not be parsed again.

    Columns that are `coded` are read as dictionaries of their values, without a string a row.

    Raises
    ------
    DigestMismatch
        If it is gone.
    CorruptFile
        If it cannot be read, now or later within the context.
    """
    try:
        with pq.ParquetFile(
            path, metadata=metadata, read_dictionary=coded, memory_map=True
        ) as file:
            yield file
    except FileNotFoundError as error:
        raise DigestMismatch(f"{path} is missing", remedy=MISSING) from error
    except (pa.ArrowException, OSError, KeyError) as error:
        if is_out_of_memory(error):
            raise
        raise CorruptFile(f"{path} is damaged: {error}", remedy=REMEDY) from error


def read_column(
    path: Path,
    name: str,
    dtype: type[N],
    rows: int,
    *,
    convert: Callable[[Any], npt.NDArray[N]] = lambda column: column.to_numpy(),
    coded: bool = False,
) -> npt.NDArray[N]:
    """Read a whole column, row groups in threads.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        The column.
    dtype : type
        What it holds.
    rows : int
        How many rows the manifest says that there are.
    convert : callable
        Makes an array of the column of one row group.
    coded : bool
        Whether it is given a dictionary of the column's values, and which of them each row has.

    Returns
    -------
    ndarray of `dtype`, shape (rows,)
        Row group by row group.

    Raises
    ------
    DigestMismatch, CorruptFile
        If the file is gone, damaged, or holds more or less than it is said to.
    """
    with parquet(path) as file:
        metadata, starts = file.metadata, starts_of(file)
    if starts[-1] != rows:
        raise CorruptFile(f"{path} has {starts[-1]} rows; the manifest says {rows}", remedy=REMEDY)
    whole = np.empty(rows, dtype)

    def read(groups: Int64s) -> None:
        with parquet(path, metadata, [name] if coded else []) as file:
            for group in groups.tolist():
                column = file.read_row_group(group, columns=[name], use_threads=False)[name]
                whole[starts[group] : starts[group + 1]] = convert(one_chunk(column))

    _in_threads(read, np.arange(len(starts) - 1))
    return whole


def _in_threads(read: Callable[[Int64s], R], groups: Int64s) -> list[R]:
    """Let each thread read a stretch of row groups; in their order."""
    threads = max(1, min(available(), len(groups)))
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(read, np.array_split(groups, threads)))


def rows_of(path: Path, columns: Sequence[str], numbers: UInt32s) -> pa.Table:
    """Read some rows of a data file, and only the row groups that hold them.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        Which columns.
    numbers : ndarray of uint32
        Which rows, in any order, repeats allowed.

    Returns
    -------
    pyarrow.Table
        In the order asked, one chunk a column.

    Raises
    ------
    IndexError
        If a number is beyond the last row.
    DigestMismatch, CorruptFile
        If the file is gone or damaged.
    """
    wanted, places = np.unique(numbers, return_inverse=True)
    with parquet(path) as file:
        starts = starts_of(file)
        if len(wanted) and int(wanted[-1]) >= starts[-1]:
            raise IndexError(f"no item has the number {wanted[-1]}: there are {starts[-1]}")
        bounds, metadata = np.searchsorted(wanted, starts), file.metadata
        empty = file.schema_arrow.empty_table().select(columns)

    def read(groups: Int64s) -> list[pa.Table]:
        taken = []
        with parquet(path, metadata) as file:
            for group in groups.tolist():
                table = file.read_row_group(group, columns=list(columns), use_threads=False)
                inside = wanted[bounds[group] : bounds[group + 1]] - starts[group]
                taken.append(table.select(columns).take(pa.array(inside)))
        return taken

    pieces = [empty, *chain.from_iterable(_in_threads(read, np.flatnonzero(np.diff(bounds))))]
    rows = pa.concat_tables(pieces).combine_chunks()
    if np.array_equal(wanted, numbers):
        return rows
    return rows.take(pa.array(places)).combine_chunks()


def starts_of(file: pq.ParquetFile) -> Int64s:
    """Give the first row of each row group, and the number of rows."""
    metadata = file.metadata
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
