"""Rewriting of Parquet files with the same row groups, columns, encodings and metadata."""

from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.formats.arrow_validation import check_batch
from provenance.read.formats.parquet_file import check_whole_row_group
from provenance.read.formats.parquet_footer import ParquetFooter, read_footer
from provenance.read.rewriting.removal_plan import Removals
from provenance.read.rewriting.text_replacement import edit_batch

_ARROW_SCHEMA = b"ARROW:schema"
_EXPLICIT_ENCODINGS = ("DELTA_BINARY_PACKED", "DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY")


def rewrite_parquet(file: File, sink: BinaryIO, removals: Removals) -> None:
    """Rewrite a Parquet file group by group; a row group that becomes empty is dropped."""
    footer = read_footer(file)
    with (
        translate_read_errors(file.display_path),
        file.source() as source,
        pq.ParquetFile(source) as parquet,
    ):
        schema = parquet.schema_arrow
        first = 0
        with pq.ParquetWriter(sink, schema, **_writer_options(parquet, footer)) as writer:
            for number, rows in enumerate(footer.rows.tolist()):
                check_whole_row_group(file, footer, number)
                group = parquet.read_row_group(number, use_threads=False)
                for batch in group.to_batches():
                    check_batch(batch, file.display_path, first)
                if removals.touches(first, first + rows):
                    group = _edit_group(group, first, removals, file)
                first += rows
                if len(group):
                    writer.write_table(group, row_group_size=len(group))


def _edit_group(group: pa.Table, first: int, removals: Removals, file: File) -> pa.Table:
    batches = []
    for batch in group.to_batches():
        batches.append(edit_batch(batch, first, removals, file.display_path))
        first += len(batch)
    return pa.Table.from_batches(batches, group.schema)


def _writer_options(parquet: pq.ParquetFile, footer: ParquetFooter) -> dict[str, Any]:
    """Return the writer options by which a file was written, as far as its metadata show them."""
    metadata = parquet.metadata
    columns = {".".join(chunk.path): chunk for chunk in footer.columns}
    by_dictionary = [path for path, chunk in columns.items() if chunk.dictionary]
    return {
        "version": metadata.format_version,
        "compression": {path: _codec_name(chunk.codec) for path, chunk in columns.items()},
        "use_dictionary": by_dictionary or False,
        "column_encoding": {
            path: encoding
            for path, chunk in columns.items()
            if not chunk.dictionary
            for encoding in _EXPLICIT_ENCODINGS
            if encoding in chunk.encodings
        }
        or None,
        "write_statistics": [p for p, chunk in columns.items() if chunk.has_statistics] or False,
        "store_schema": _ARROW_SCHEMA in (metadata.metadata or {}),
        "sorting_columns": metadata.row_group(0).sorting_columns or None,
        "write_page_index": any(chunk.has_index for chunk in footer.columns),
        "use_compliant_nested_type": not any(".list.item" in path for path in columns),
        "use_deprecated_int96_timestamps": any(chunk.is_int96 for chunk in footer.columns),
    }


def _codec_name(name: str) -> str:
    return "NONE" if name == "UNCOMPRESSED" else name
