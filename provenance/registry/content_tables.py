"""Tables of a registry that lie beside its segments, in files that are named by their digest."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.atomic_output import sync_path
from provenance.registry.data_files import digest_of_file
from provenance.registry.manifest import DataFile


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
