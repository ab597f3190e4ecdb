"""Tables of a registry that lie beside its segments, in files that are named by their digest."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.atomic_output import sync_path
from provenance.errors import CorruptFile
from provenance.registry.files.data_files import check_files, digest_of_file
from provenance.registry.files.mapped_files import Files, map_files
from provenance.registry.files.parquet_tables import open_parquet
from provenance.registry.manifest import REMEDY, DataFile


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
    with open_parquet(file) as parquet:
        table = parquet.read(use_threads=False)
        table.validate(full=True)
    for place, field in enumerate(schema):
        if field.nullable and field.name not in table.column_names:  # of an earlier version
            table = table.add_column(place, field, pa.nulls(len(table), field.type))
    if not table.schema.equals(schema):
        raise CorruptFile(f"{file.path} has unexpected columns", remedy=REMEDY)
    return table
