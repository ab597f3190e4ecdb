"""Rows of a table as objects, for layouts that are published both as JSON and as tables."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pyarrow as pa

from provenance.errors import ColumnMissing
from provenance.model.content.fingerprints import Int64s
from provenance.model.content.tables import Items
from provenance.read.columns.string_arrays import (
    as_strings,
    is_bytes,
    is_textual,
    null_invalid_utf8,
)
from provenance.read.columns.table_parts import RowBlock, TableFile
from provenance.read.corpus.file_access import File
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import Entry, batch_records, skipped_batch, split_items
from provenance.read.dumps.parsers.json_posts import (
    HEAD_BYTES,
    ObjectReader,
    read_posts,
    skip_assignment,
)
from provenance.read.dumps.parsers.timestamps import parse_timestamps
from provenance.read.formats.arrow_file import open_arrow
from provenance.read.formats.csv_file import open_csv
from provenance.read.formats.detection import ARROW_MAGICS, PARQUET_MAGIC, format_by_name
from provenance.read.formats.parquet_file import open_parquet

ColumnReader = Callable[[pa.RecordBatch, Int64s, Dump], Items | None]
"""Makes items of rows and their numbers; None if columns are missing, or of other types."""

_ROWS_AT_ONCE = 2000
_JSON_STARTS = (b"{", b"[")


def table_opener(file: File) -> Callable[[File], TableFile] | None:
    """Return what opens a table; None if it is JSON."""
    head = file.head(HEAD_BYTES)
    format_name = (format_by_name(file.path) or ("", None))[0]
    if head.startswith(PARQUET_MAGIC) or format_name == "parquet":
        return open_parquet
    if head.startswith(ARROW_MAGICS) or format_name == "arrow":
        return open_arrow
    if skip_assignment(head).startswith(_JSON_STARTS) or format_name in {"jsonl", "json"}:
        return None
    return open_csv


def read_objects_or_rows(
    dump: Dump,
    read_entry: ObjectReader,
    columns: Sequence[str],
    read_columns: ColumnReader | None = None,
    *,
    unwraps: bool = False,
) -> Iterator[Items]:
    """Read JSON objects, or the rows of a table with some of `columns`.

    Parameters
    ----------
    dump : Dump
        The file.
    read_entry : ObjectReader
        Makes items of an object, or of a row as an object.
    columns : sequence of str
        Columns to read of a table.
    read_columns : ColumnReader or None
        Makes the same items of rows without a loop over them.
    unwraps : bool
        As in `read_objects`.
    """
    blocks = table_blocks(dump, columns)
    if blocks is None:
        yield from read_posts(dump, read_entry, unwraps=unwraps)
        return
    for block in blocks:
        yield from items_from_rows(block, read_entry, read_columns, dump)


def table_blocks(dump: Dump, columns: Sequence[str]) -> Iterator[RowBlock] | None:
    """Return the rows of a table, with those of `columns` that it has; None if it is JSON.

    Raises
    ------
    ColumnMissing
        If it has none of them.
    """
    opener = table_opener(dump.file)
    if opener is None:
        return None
    table = opener(dump.file)
    names = [name for name in table.schema.names if name in columns]
    if table.schema.names and not names:
        raise ColumnMissing(
            f"{dump.display_path}: the table has no column of this layout ({', '.join(columns)})",
            remedy="leave out --layout, or name the columns with --text-column and the like.",
        )
    return (block for piece in table.pieces for block in piece.read(names))


def items_from_rows(
    block: RowBlock, read_entry: ObjectReader, read_columns: ColumnReader | None, dump: Dump
) -> Iterator[Items]:
    """Yield the items of some rows of a table."""
    batch = _plain_columns(block)
    items = None if read_columns is None else read_columns(batch, block.numbers, dump)
    if items is None:
        yield from batch_records(dump.name, _entries(batch, block.numbers, read_entry, dump))
        yield from skipped_batch(block.skipped)
    else:
        yield from split_items(replace(items, skipped=(*block.skipped, *items.skipped)))


def _entries(
    batch: pa.RecordBatch, numbers: Int64s, read_entry: ObjectReader, dump: Dump
) -> Iterator[Entry]:
    for start in range(0, len(batch), _ROWS_AT_ONCE):
        rows = numbers[start : start + _ROWS_AT_ONCE].tolist()
        columns = [column.to_pylist() for column in batch.slice(start, _ROWS_AT_ONCE).columns]
        for row, values in zip(rows, zip(*columns, strict=True), strict=True):
            yield from read_entry(dict(zip(batch.schema.names, values, strict=True)), row, dump)


def _plain_columns(block: RowBlock) -> pa.RecordBatch:
    """Return texts as `large_string`, null if they are not valid UTF-8, and times as seconds."""

    def plain(column: pa.Array) -> pa.Array:
        if is_textual(column.type) and block.is_utf8:
            return as_strings(column)
        if is_textual(column.type) or is_bytes(column.type):
            return null_invalid_utf8(as_strings(column))
        is_time = pa.types.is_temporal(column.type)
        return parse_timestamps(column).cast(pa.int64()) if is_time else column

    batch = block.batch
    return pa.RecordBatch.from_arrays([*map(plain, batch.columns)], names=batch.schema.names)
