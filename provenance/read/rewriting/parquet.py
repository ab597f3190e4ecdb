"""Parquet written again: the same row groups, columns, encodings and metadata."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.read.files import File, reading
from provenance.read.rewriting.columns import edited_batch
from provenance.read.rewriting.cuts import Cuts

_ARROW_SCHEMA = b"ARROW:schema"
_BY_HAND = ("DELTA_BINARY_PACKED", "DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY")


def rewrite_parquet(file: File, path: Path, cuts: Cuts) -> None:
    """Write a Parquet file again, a row group at a time; one that is left empty is left out."""
    with reading(file.told), pq.ParquetFile(file.path) as parquet:
        metadata = parquet.metadata
        if not metadata.num_row_groups:  # and nothing goes from it
            path.write_bytes(Path(file.path).read_bytes())
            return
        schema = parquet.schema_arrow
        first = 0
        with pq.ParquetWriter(path, schema, **_written_as(parquet)) as writer:
            for number in range(metadata.num_row_groups):
                group = parquet.read_row_group(number, use_threads=False)
                rows = metadata.row_group(number).num_rows
                if cuts.touches(first, first + rows):
                    group = _edited(group, first, cuts, file)
                first += rows
                if len(group):
                    writer.write_table(group, row_group_size=len(group))


def _edited(group: pa.Table, first: int, cuts: Cuts, file: File) -> pa.Table:
    batches = []
    for batch in group.to_batches():
        batches.append(edited_batch(batch, first, cuts, file.told))
        first += len(batch)
    return pa.Table.from_batches(batches, group.schema)


def _written_as(parquet: pq.ParquetFile) -> dict[str, Any]:
    """Tell how a file was written, as far as it shows, in the words of the writer."""
    metadata = parquet.metadata
    group = metadata.row_group(0)
    columns = {
        column.path_in_schema: column for column in map(group.column, range(group.num_columns))
    }
    by_dictionary = [path for path, column in columns.items() if column.has_dictionary_page]
    return {
        "version": metadata.format_version,
        "compression": {path: _codec(column.compression) for path, column in columns.items()},
        "use_dictionary": by_dictionary or False,
        "column_encoding": {
            path: encoding
            for path, column in columns.items()
            if path not in by_dictionary
            for encoding in _BY_HAND
            if encoding in column.encodings
        }
        or None,
        "write_statistics": [p for p, column in columns.items() if column.is_stats_set] or False,
        "store_schema": _ARROW_SCHEMA in (metadata.metadata or {}),
        "sorting_columns": group.sorting_columns or None,
        "write_page_index": any(column.has_column_index for column in columns.values()),
        "use_compliant_nested_type": not any(".list.item" in path for path in columns),
        "use_deprecated_int96_timestamps": any(
            column.physical_type == "INT96" for column in columns.values()
        ),
    }


def _codec(name: str) -> str:
    return "NONE" if name == "UNCOMPRESSED" else name
