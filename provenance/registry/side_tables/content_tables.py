"""Tables of a registry that lie beside its segments, in files that are named by their digest."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from provenance.atomic_output import sync_path
from provenance.errors import CorruptFile
from provenance.registry.files.data_files import check_files, digest_of_file
from provenance.registry.files.mapped_files import Files, MappedFile, map_files
from provenance.registry.files.parquet_tables import open_parquet
from provenance.registry.manifest import REMEDY, DataFile
from provenance.registry.schema import EARLIEST, LATEST

_MIN_UNPACKED = 1 << 28
"""Bytes in memory that a table of any size may take."""
_MAX_EXPANSION = 1000
"""Bytes in memory for each on disk beyond which a table is nothing but repetitions."""
_ROWS_AT_A_TIME = 1 << 16
_OFFSET_BYTES = 4
_FIRST_DAY, _LAST_DAY = EARLIEST // 86_400, LATEST // 86_400


def write_content_table(folder: Path, stem: str, table: pa.Table) -> DataFile | None:
    """Write a table into a folder as ``STEM-DIGEST.parquet``; None if it has no rows."""
    if not len(table):
        return None
    path = folder / stem
    pq.write_table(table.combine_chunks(), path, compression="zstd")
    digest = digest_of_file(path)
    named = path.rename(folder / f"{stem}-{digest[:16]}.parquet")
    sync_path(named)
    return DataFile(named.name, named.stat().st_size, digest)


def load_content_table(folder: Path, entry: DataFile | None, schema: pa.Schema) -> pa.Table:
    """Read a table of a registry that no other process can change; as `read_content_table`."""
    return read_content_table(map_files(folder, [entry] if entry else []), entry, schema)


def read_content_table(files: Files, entry: DataFile | None, schema: pa.Schema) -> pa.Table:
    """Read a table of a registry; empty if there is none.

    Parameters
    ----------
    files : mapping of str to MappedFile
        The registry's tables, by name.
    entry : DataFile or None
        The table.
    schema : pyarrow.Schema
        Its schema; columns that may be null may be missing.

    Raises
    ------
    DigestMismatch
        If it is altered.
    CorruptFile
        If it is damaged.
    """
    if entry is None:
        return schema.empty_table()
    file = files[entry.name]
    check_files({entry.name: file}, [entry])
    return read_whole_table(file, schema)


def read_whole_table(file: MappedFile, schema: pa.Schema) -> pa.Table:
    """Read and validate a table whose digest is right, though anybody may have written it.

    Parameters
    ----------
    file : MappedFile
        The file.
    schema : pyarrow.Schema
        Its schema; columns that may be null may be missing.

    Raises
    ------
    DigestMismatch
        If it was truncated.
    CorruptFile
        If it is damaged, has other columns or impossible dates, or is far larger in memory.
    """
    with open_parquet(file) as parquet:
        metadata, stored = parquet.metadata, parquet.schema_arrow
    texts = [field.name for field in stored if pa.types.is_string(field.type)]
    most, batches = _MIN_UNPACKED + _MAX_EXPANSION * len(file.memory), []
    with open_parquet(file, metadata, texts) as parquet:
        for batch in parquet.iter_batches(_ROWS_AT_A_TIME, use_threads=False):
            batch.validate(full=True)
            most -= sum(map(_decoded_size, batch.columns))
            if most < 0:
                raise pa.ArrowInvalid("it is far larger in memory than on disk")
            columns = [column.cast(field.type) for column, field in zip(batch, stored, strict=True)]
            batches.append(pa.record_batch(columns, schema=stored))
    table = pa.Table.from_batches(batches, stored).replace_schema_metadata().combine_chunks()
    for place, field in enumerate(schema):
        if field.nullable and field.name not in table.column_names:  # of an earlier version
            table = table.add_column(place, field, pa.nulls(len(table), field.type))
    if not table.schema.equals(schema):
        raise CorruptFile(f"{file.path} has unexpected columns", remedy=REMEDY)
    for field in schema:
        if pa.types.is_date(field.type):
            _check_days(file.path, table[field.name])
    return table


def _decoded_size(column: pa.Array) -> int:
    """Return the bytes of a column in which a value of a dictionary counts wherever it occurs."""
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary).take(column.indices)
    return int(pc.sum(lengths).as_py() or 0) + _OFFSET_BYTES * len(column)


def _check_days(path: Path, days: pa.ChunkedArray) -> None:
    bounds = pc.min_max(days.cast(pa.int32())).as_py()
    if bounds["min"] is not None and not _FIRST_DAY <= bounds["min"] <= bounds["max"] <= _LAST_DAY:
        raise CorruptFile(f"{path} has dates outside the calendar", remedy=REMEDY)
