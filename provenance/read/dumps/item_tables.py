"""Tables of items in Parquet, Arrow, CSV or JSON, whatever their columns are called."""

from collections.abc import Callable, Iterator
from itertools import chain

from provenance.model import Items
from provenance.read.columns.column_paths import column_at, type_at
from provenance.read.columns.string_arrays import format_values, is_textual
from provenance.read.columns.table_parts import TableFile
from provenance.read.corpus.file_access import File
from provenance.read.dumps.column_roles import find_roles
from provenance.read.dumps.date_order import DateOrder, DateReader, infer_order, is_ambiguous
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import split_items
from provenance.read.dumps.item_columns import build_items
from provenance.read.dumps.json_posts import HEAD_BYTES, skip_assignment
from provenance.read.dumps.json_tables import read_json
from provenance.read.formats.arrow_file import open_arrow
from provenance.read.formats.csv_file import open_csv
from provenance.read.formats.detection import ARROW_MAGICS, PARQUET_MAGIC, format_by_name
from provenance.read.formats.parquet_file import open_parquet

_JSON_STARTS = (b"{", b"[")


def read_table(dump: Dump) -> Iterator[Items]:
    """Read a table; its name or its first bytes tell the format."""
    head = dump.file.head(HEAD_BYTES)
    format_name = (format_by_name(dump.file.path) or ("", None))[0]
    if head.startswith(PARQUET_MAGIC) or format_name == "parquet":
        return _read(dump, open_parquet)
    if head.startswith(ARROW_MAGICS) or format_name == "arrow":
        return _read(dump, open_arrow)
    if skip_assignment(head).startswith(_JSON_STARTS) or format_name in {"jsonl", "json"}:
        return read_json(dump)
    return _read(dump, open_csv)


def _read(dump: Dump, opener: Callable[[File], TableFile]) -> Iterator[Items]:
    table = opener(dump.file)
    if not table.pieces:
        return
    roles = find_roles(table.schema, dump)
    prefix = dump.prefix()
    paths = sorted({*roles.values()})
    dates = DateReader(_column_date_order(table, roles.get("created_at")))
    for piece in table.pieces:
        for block in piece.read(paths):
            columns = {role: column_at(block.batch, path) for role, path in roles.items()}
            if "created_at" in columns:
                columns["created_at"] = dates.seconds(columns["created_at"], block.numbers)
            items = build_items(columns, block.numbers, dump, prefix)
            yield from split_items(Items(items.batch, (*block.skipped, *items.skipped)))
    yield from dates.unreadable_dates(dump.name)


def _column_date_order(table: TableFile, path: str | None) -> DateOrder | None:
    """Return the order of day and month; reads the whole column only if dates are ambiguous."""
    kind = None if path is None else type_at(table.schema, path)
    if path is None or kind is None or not is_textual(kind):
        return None
    columns = (
        format_values(column_at(block.batch, path)).drop_null().unique().to_pylist()
        for piece in table.pieces
        for block in piece.read([path])
    )
    first: list[str] = next(columns, [])
    if not any(map(is_ambiguous, first)):
        return None
    return infer_order(chain(first, chain.from_iterable(columns)))
