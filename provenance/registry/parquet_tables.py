"""A registry's Parquet files, read: whole columns, or the rows asked for."""

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

from provenance.cpu_count import available
from provenance.errors import CorruptFile, is_out_of_memory
from provenance.model import Int64s, UInt32s
from provenance.registry.manifest import REMEDY
from provenance.registry.mapped_files import MappedFile
from provenance.registry.schema import EARLIEST, LATEST, SCHEMAS, as_seconds, one_chunk

N = TypeVar("N", bound=np.generic)
R = TypeVar("R")


@contextmanager
def parquet(
    file: MappedFile, metadata: pq.FileMetaData | None = None, coded: Sequence[str] = ()
) -> Iterator[pq.ParquetFile]:
    """Open a data file; one that was open before need not be parsed again.

    Columns that are `coded` are read as dictionaries of their values, without a string a row.

    Raises
    ------
    DigestMismatch
        If it was cut short.
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
        raise pa.ArrowInvalid(f"it has other columns than it should: {names:.200}")


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
        If the file is damaged, or holds more or less than it is said to.
    """
    with parquet(file) as opened:
        metadata, starts = opened.metadata, starts_of(opened)
    check_rows(file, starts, rows)
    whole = np.empty(rows, dtype)

    def read(groups: Int64s) -> None:
        with parquet(file, metadata, [name] if coded else []) as opened:
            for group in groups.tolist():
                column = read_group(opened, group, [name])[name]
                whole[starts[group] : starts[group + 1]] = convert(one_chunk(column))

    _in_threads(read, np.arange(len(starts) - 1))
    return whole


def _in_threads(read: Callable[[Int64s], R], groups: Int64s) -> list[R]:
    """Let each thread read a stretch of row groups; in their order."""
    threads = max(1, min(available(), len(groups)))
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(read, np.array_split(groups, threads)))


def rows_of(file: MappedFile, columns: Sequence[str], numbers: UInt32s, rows: int) -> pa.Table:
    """Read some rows of a data file, and only the row groups that hold them.

    Parameters
    ----------
    file : MappedFile
        The file.
    columns : sequence of str
        Which columns.
    numbers : ndarray of uint32
        Which rows, in any order, repeats allowed.
    rows : int
        How many rows the manifest says that there are.

    Returns
    -------
    pyarrow.Table
        In the order asked, one chunk a column.

    Raises
    ------
    IndexError
        If a number is beyond the last row.
    DigestMismatch, CorruptFile
        If the file is damaged, or holds more or less than it is said to.
    """
    wanted, places = np.unique(numbers, return_inverse=True)
    with parquet(file) as opened:
        starts = starts_of(opened)
        check_rows(file, starts, rows)
        if len(wanted) and int(wanted[-1]) >= rows:
            raise IndexError(f"no item has the number {wanted[-1]}: there are {rows}")
        bounds, metadata = np.searchsorted(wanted, starts), opened.metadata
        empty = opened.schema_arrow.empty_table().select(columns)

    def read(groups: Int64s) -> list[pa.Table]:
        taken = []
        with parquet(file, metadata) as opened:
            for group in groups.tolist():
                table = read_group(opened, group, columns)
                inside = wanted[bounds[group] : bounds[group + 1]] - starts[group]
                taken.append(table.select(columns).take(pa.array(inside)))
        return taken

    pieces = [empty, *chain.from_iterable(_in_threads(read, np.flatnonzero(np.diff(bounds))))]
    found = pa.concat_tables(pieces).combine_chunks()
    if np.array_equal(wanted, numbers):
        return found
    return found.take(pa.array(places)).combine_chunks()


def read_group(
    opened: pq.ParquetFile, group: int, columns: Sequence[str] | None = None
) -> pa.Table:
    """Read a row group, validated: no kernel reads beyond what is there.

    Raises
    ------
    pyarrow.ArrowInvalid
        If it is damaged, or has not as many rows as it states.
    """
    wanted = None if columns is None else list(columns)
    table = opened.read_row_group(group, columns=wanted, use_threads=False)
    table.validate(full=True)
    stated = opened.metadata.row_group(group).num_rows
    if len(table) != stated:
        raise pa.ArrowInvalid(f"a row group has {len(table)} rows where it states {stated}")
    return table


def read_whole(opened: pq.ParquetFile, schema: pa.Schema, most: int) -> pa.Table:
    """Read all of a data file, validated.

    Raises
    ------
    pyarrow.ArrowInvalid
        If it is damaged, is of another schema, or has more rows than there may be.
    """
    _check_schema(opened.schema_arrow, schema)
    if opened.metadata.num_rows > most:
        raise pa.ArrowInvalid(f"it has {opened.metadata.num_rows} rows; there may be {most}")
    table = opened.read(use_threads=False)
    table.validate(full=True)
    return table


def dated(file: MappedFile, created_at: pa.ChunkedArray) -> pa.ChunkedArray:
    """Turn what `created_at` holds, of a data file, into seconds since 1970.

    Raises
    ------
    CorruptFile
        If a date is in no calendar.
    """
    seconds = as_seconds(created_at)
    bounds = pc.min_max(seconds).as_py()
    if bounds["min"] is not None and not EARLIEST <= bounds["min"] <= bounds["max"] <= LATEST:
        raise CorruptFile(f"{file.path} has dates that are in no calendar", remedy=REMEDY)
    return seconds


def check_rows(file: MappedFile, starts: Int64s, rows: int) -> None:
    """Hold the rows of a data file against what the manifest says of them.

    Raises
    ------
    CorruptFile
        If there are more or fewer.
    """
    if starts[-1] != rows or (np.diff(starts) < 0).any():
        raise CorruptFile(
            f"{file.path} has {starts[-1]} rows; the manifest says {rows}", remedy=REMEDY
        )


def starts_of(file: pq.ParquetFile) -> Int64s:
    """Give the first row of each row group, and the number of rows."""
    metadata = file.metadata
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
