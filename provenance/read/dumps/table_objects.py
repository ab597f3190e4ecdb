"""Rows of a table as objects, for layouts that are published both as JSON and as tables."""

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa

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
from provenance.read.dumps.item_batches import Entry, batch_records, skipped_batch
from provenance.read.dumps.json_posts import (
    HEAD_BYTES,
    JsonObject,
    ObjectReader,
    read_posts,
    skip_assignment,
)
from provenance.read.dumps.timestamps import parse_timestamps
from provenance.read.formats.arrow_file import open_arrow
from provenance.read.formats.csv_file import open_csv
from provenance.read.formats.detection import ARROW_MAGICS, PARQUET_MAGIC, format_by_name
from provenance.read.formats.parquet_file import open_parquet

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
    dump: Dump, read_entry: ObjectReader, columns: Sequence[str], *, unwraps: bool = False
) -> Iterator[Items]:
    """Read JSON objects, or the rows of a table with some of `columns`, as objects.

    `unwraps` as in `read_objects`.
    """
    blocks = table_blocks(dump, columns)
    if blocks is None:
        yield from read_posts(dump, read_entry, unwraps=unwraps)
        return
    for block in blocks:
        yield from items_from_rows(block, read_entry, dump)


def table_blocks(dump: Dump, columns: Sequence[str]) -> Iterator[RowBlock] | None:
    """Return the rows of a table, with those of `columns` that it has; None if it is JSON."""
    opener = table_opener(dump.file)
    if opener is None:
        return None
    table = opener(dump.file)
    names = [name for name in table.schema.names if name in columns]
    return (block for piece in table.pieces for block in piece.read(names))


def items_from_rows(block: RowBlock, read_entry: ObjectReader, dump: Dump) -> Iterator[Items]:
    """Yield the items of some rows of a table."""

    def entries() -> Iterator[Entry]:
        for start in range(0, len(block.batch), _ROWS_AT_ONCE):
            rows = block.numbers[start : start + _ROWS_AT_ONCE].tolist()
            objects = _as_objects(block.batch.slice(start, _ROWS_AT_ONCE))
            for row, entry in zip(rows, objects, strict=True):
                yield from read_entry(entry, row, dump)

    yield from batch_records(dump.name, entries())
    yield from skipped_batch(block.skipped)


def _as_objects(batch: pa.RecordBatch) -> list[JsonObject]:
    """Return rows as objects, with times as numbers; texts that are not valid UTF-8 are null."""
    columns = []
    for column in batch.columns:
        if is_textual(column.type) or is_bytes(column.type):
            columns.append(null_invalid_utf8(as_strings(column)).to_pylist())
        elif pa.types.is_temporal(column.type):
            columns.append(parse_timestamps(column).cast(pa.int64()).to_pylist())
        else:
            columns.append(column.to_pylist())
    return [dict(zip(batch.schema.names, row, strict=True)) for row in zip(*columns, strict=True)]
