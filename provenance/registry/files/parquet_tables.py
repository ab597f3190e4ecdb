"""Read a registry's Parquet files: whole columns, or some rows."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.cpu_count import available_cpus
from provenance.errors import CorruptFile, is_out_of_memory
from provenance.model.content.fingerprints import Int64s, UInt32s
from provenance.registry.files.mapped_files import MappedFile
from provenance.registry.manifest import REMEDY
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
    file: MappedFile,
    metadata: pq.FileMetaData | None = None,
    dictionary_columns: Sequence[str] = (),
) -> Iterator[pq.ParquetFile]:
    """Open a data file; pass its metadata to skip parsing its footer again.

    The columns named in `dictionary_columns` are read as dictionary arrays.

    Raises
    ------
    DigestMismatch
        If it was truncated.
    CorruptFile
        If it cannot be read, now or later within the context.
    """
    source = file.reader()
    try:
        with pq.ParquetFile(
            source,
            metadata=metadata,
            read_dictionary=dictionary_columns,
            page_checksum_verification=True,
        ) as parquet:
            if metadata is None:
                _check_schema(parquet.schema_arrow, SCHEMAS.get(file.path.stem))
            yield parquet
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        if is_out_of_memory(error):
            raise
        raise CorruptFile(f"{file.path} is damaged: {error}", remedy=REMEDY) from error
    finally:
        file.release()


def _check_schema(actual: pa.Schema, expected: pa.Schema | None) -> None:
    if expected is not None and not actual.equals(expected):
        names = ", ".join(f"{field.name} {field.type}" for field in actual)
        raise pa.ArrowInvalid(f"it has unexpected columns: {names:.200}")


def has_values(file: MappedFile, name: str) -> bool:
    """Return whether a column has a value in any row, by the statistics in the file's footer."""
    with open_parquet(file) as parquet:
        metadata = parquet.metadata
        place = parquet.schema_arrow.get_field_index(name)
        groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
        return any(
            (statistics := group.column(place).statistics) is None
            or not statistics.has_null_count
            or statistics.null_count < group.num_rows
            for group in groups
        )


def read_column(
    file: MappedFile,
    name: str,
    dtype: type[N],
    rows: int,
    *,
    convert: Callable[[Any], npt.NDArray[N]] = lambda column: column.to_numpy(),
    as_dictionary: bool = False,
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
    as_dictionary : bool
        Whether `convert` receives a dictionary array.

    Returns
    -------
    ndarray of `dtype`, shape (rows,)

    Raises
    ------
    DigestMismatch, CorruptFile
        If the file is damaged, or the number of rows differs.
    """
    with open_parquet(file) as parquet:
        metadata, starts = parquet.metadata, row_group_starts(parquet)
    check_row_ranges(file, starts, rows)
    values = np.empty(rows, dtype)

    def read(groups: Int64s) -> None:
        with open_parquet(file, metadata, [name] if as_dictionary else []) as parquet:
            for group in groups.tolist():
                column = read_row_group(parquet, group, [name])[name]
                values[starts[group] : starts[group + 1]] = convert(single_chunk(column))

    _read_in_threads(read, np.arange(len(starts) - 1))
    return values


def _read_in_threads(read: Callable[[Int64s], R], groups: Int64s) -> list[R]:
    """Read consecutive row groups in each thread; results are in order."""
    threads = min(available_cpus(), len(groups)) if len(groups) > 1 else 1  # asking takes 1 ms
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
    if len(numbers) and (np.diff(numbers.astype(np.int64)) > 0).all():
        distinct, places = numbers, None
    else:
        distinct, places = np.unique(numbers, return_inverse=True)
    with open_parquet(file) as parquet:
        starts = row_group_starts(parquet)
        check_row_ranges(file, starts, rows)
        if len(distinct) and int(distinct[-1]) >= rows:
            raise IndexError(f"no item has the number {distinct[-1]}: there are {rows}")
        bounds, metadata = np.searchsorted(distinct, starts), parquet.metadata
        empty = parquet.schema_arrow.empty_table().select(columns)

    def read(groups: Int64s) -> list[pa.Table]:
        tables = []
        with open_parquet(file, metadata) as parquet:
            for group in groups.tolist():
                table = read_row_group(parquet, group, columns)
                inside = distinct[bounds[group] : bounds[group + 1]] - starts[group]
                tables.append(table.select(columns).take(pa.array(inside)))
        return tables

    pieces = [empty, *chain.from_iterable(_read_in_threads(read, np.flatnonzero(np.diff(bounds))))]
    selected = pa.concat_tables(pieces).combine_chunks()
    if places is None:
        return selected
    return selected.take(pa.array(places)).combine_chunks()


def read_row_group(
    parquet: pq.ParquetFile, group: int, columns: Sequence[str] | None = None
) -> pa.Table:
    """Read and validate a row group, so that no kernel reads out of bounds.

    Raises
    ------
    pyarrow.ArrowInvalid
        If it is damaged, or its number of rows differs from its metadata.
    """
    names = None if columns is None else list(columns)
    table = parquet.read_row_group(group, columns=names, use_threads=False)
    table.validate(full=True)
    expected_rows = parquet.metadata.row_group(group).num_rows
    if len(table) != expected_rows:
        raise pa.ArrowInvalid(
            f"a row group has {len(table)} rows; its metadata states {expected_rows}"
        )
    return table


def read_table(parquet: pq.ParquetFile, schema: pa.Schema, most: int) -> pa.Table:
    """Read and validate a whole data file.

    Raises
    ------
    pyarrow.ArrowInvalid
        If it is damaged, has another schema, or more than `most` rows.
    """
    _check_schema(parquet.schema_arrow, schema)
    if parquet.metadata.num_rows > most:
        raise pa.ArrowInvalid(
            f"it has {parquet.metadata.num_rows} rows; at most {most} are possible"
        )
    table = parquet.read(use_threads=False)
    table.validate(full=True)
    return table


def timestamp_seconds(path: Path, created_at: pa.ChunkedArray) -> pa.ChunkedArray:
    """Convert column `created_at` of the items of `path` to seconds since 1970.

    Raises
    ------
    CorruptFile
        If a date is outside the calendar.
    """
    seconds = seconds_from_timestamps(created_at)
    bounds = pc.min_max(seconds).as_py()
    if bounds["min"] is not None and not EARLIEST <= bounds["min"] <= bounds["max"] <= LATEST:
        raise CorruptFile(f"{path} has dates outside the calendar", remedy=REMEDY)
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
