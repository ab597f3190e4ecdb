"""Read a registry's Parquet files: whole columns, or some rows."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.cpu_count import available_cpus
from provenance.errors import CorruptFile, is_out_of_memory
from provenance.model import Int64s, UInt32s
from provenance.registry.manifest import REMEDY
from provenance.registry.mapped_files import MappedFile
from provenance.registry.schema import (
    EARLIEST,
    LATEST,
    SCHEMAS,
    seconds_from_timestamps,
    single_chunk,
)

N = TypeVar("N", bound=np.generic)
R = TypeVar("R")


@contextmanager
def open_parquet(
    file: MappedFile, metadata: pq.FileMetaData | None = None, coded: Sequence[str] = ()
) -> Iterator[pq.ParquetFile]:
    """Open a data file; pass its metadata to skip parsing its footer again.

    Columns that are `coded` are read as dictionary arrays.

    Raises
    ------
    DigestMismatch
        If it was truncated.
    CorruptFile
        If it cannot be read, now or later within the context.
    """
    source = pa.BufferReader(pa.py_buffer(file.checked()))
    try:
        with pq.ParquetFile(source, metadata=metadata, read_dictionary=coded) as opened:
            if metadata is None:
                _check_schema(opened.schema_arrow, SCHEMAS.get(file.path.stem))
            yield opened
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        if is_out_of_memory(error):
            raise
        raise CorruptFile(f"{file.path} is damaged: {error}", remedy=REMEDY) from error
    finally:
        file.release()


def _check_schema(found: pa.Schema, stated: pa.Schema | None) -> None:
    if stated is not None and not found.equals(stated):
        names = ", ".join(f"{field.name} {field.type}" for field in found)
        raise pa.ArrowInvalid(f"it has unexpected columns: {names:.200}")


def read_column(
    file: MappedFile,
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
    file : MappedFile
        The file.
    name : str
        The column.
    dtype : type
        Type of its elements.
    rows : int
        Number of rows stated in the manifest.
    convert : callable
        Converts the column of one row group to an array.
    coded : bool
        Whether `convert` receives a dictionary array.

    Returns
    -------
    ndarray of `dtype`, shape (rows,)

    Raises
    ------
    DigestMismatch, CorruptFile
        If the file is damaged, or the number of rows differs.
    """
    with open_parquet(file) as opened:
        metadata, starts = opened.metadata, row_group_starts(opened)
    check_row_ranges(file, starts, rows)
    whole = np.empty(rows, dtype)

    def read(groups: Int64s) -> None:
        with open_parquet(file, metadata, [name] if coded else []) as opened:
            for group in groups.tolist():
                column = read_row_group(opened, group, [name])[name]
                whole[starts[group] : starts[group + 1]] = convert(single_chunk(column))

    _read_in_threads(read, np.arange(len(starts) - 1))
    return whole


def _read_in_threads(read: Callable[[Int64s], R], groups: Int64s) -> list[R]:
    """Read consecutive row groups in each thread; results are in order."""
    threads = max(1, min(available_cpus(), len(groups)))
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(read, np.array_split(groups, threads)))


def read_rows(file: MappedFile, columns: Sequence[str], numbers: UInt32s, rows: int) -> pa.Table:
    """Read some rows of a data file, and only the row groups that hold them.

    Parameters
    ----------
    file : MappedFile
        The file.
    columns : sequence of str
        The columns.
    numbers : ndarray of uint32
        Numbers of rows, in any order; repeats are allowed.
    rows : int
        Number of rows stated in the manifest.

    Returns
    -------
    pyarrow.Table
        In the order given, one chunk per column.

    Raises
    ------
    IndexError
        If a number is beyond the last row.
    DigestMismatch, CorruptFile
        If the file is damaged, or the number of rows differs.
    """
    wanted, places = np.unique(numbers, return_inverse=True)
    with open_parquet(file) as opened:
        starts = row_group_starts(opened)
        check_row_ranges(file, starts, rows)
        if len(wanted) and int(wanted[-1]) >= rows:
            raise IndexError(f"no item has the number {wanted[-1]}: there are {rows}")
        bounds, metadata = np.searchsorted(wanted, starts), opened.metadata
        empty = opened.schema_arrow.empty_table().select(columns)

    def read(groups: Int64s) -> list[pa.Table]:
        taken = []
        with open_parquet(file, metadata) as opened:
            for group in groups.tolist():
                table = read_row_group(opened, group, columns)
                inside = wanted[bounds[group] : bounds[group + 1]] - starts[group]
                taken.append(table.select(columns).take(pa.array(inside)))
        return taken

    pieces = [empty, *chain.from_iterable(_read_in_threads(read, np.flatnonzero(np.diff(bounds))))]
    found = pa.concat_tables(pieces).combine_chunks()
    if np.array_equal(wanted, numbers):
        return found
    return found.take(pa.array(places)).combine_chunks()


def read_row_group(
    opened: pq.ParquetFile, group: int, columns: Sequence[str] | None = None
) -> pa.Table:
    """Read and validate a row group, so that no kernel reads out of bounds.

    Raises
    ------
    pyarrow.ArrowInvalid
        If it is damaged, or its number of rows differs from its metadata.
    """
    wanted = None if columns is None else list(columns)
    table = opened.read_row_group(group, columns=wanted, use_threads=False)
    table.validate(full=True)
    stated = opened.metadata.row_group(group).num_rows
    if len(table) != stated:
        raise pa.ArrowInvalid(f"a row group has {len(table)} rows where it states {stated}")
    return table


def read_table(opened: pq.ParquetFile, schema: pa.Schema, most: int) -> pa.Table:
    """Read and validate a whole data file.

    Raises
    ------
    pyarrow.ArrowInvalid
        If it is damaged, has another schema, or more than `most` rows.
    """
    _check_schema(opened.schema_arrow, schema)
    if opened.metadata.num_rows > most:
        raise pa.ArrowInvalid(f"it has {opened.metadata.num_rows} rows; there may be {most}")
    table = opened.read(use_threads=False)
    table.validate(full=True)
    return table


def timestamp_seconds(file: MappedFile, created_at: pa.ChunkedArray) -> pa.ChunkedArray:
    """Convert column `created_at` of a data file to seconds since 1970.

    Raises
    ------
    CorruptFile
        If a date is outside the calendar.
    """
    seconds = seconds_from_timestamps(created_at)
    bounds = pc.min_max(seconds).as_py()
    if bounds["min"] is not None and not EARLIEST <= bounds["min"] <= bounds["max"] <= LATEST:
        raise CorruptFile(f"{file.path} has dates outside the calendar", remedy=REMEDY)
    return seconds


def check_row_ranges(file: MappedFile, starts: Int64s, rows: int) -> None:
    """Check the number of rows of a data file.

    Raises
    ------
    CorruptFile
        If it differs from the manifest.
    """
    if starts[-1] != rows or (np.diff(starts) < 0).any():
        raise CorruptFile(
            f"{file.path} has {starts[-1]} rows; the manifest says {rows}", remedy=REMEDY
        )


def row_group_starts(file: pq.ParquetFile) -> Int64s:
    """Return the first row of each row group, followed by the number of rows."""
    metadata = file.metadata
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
