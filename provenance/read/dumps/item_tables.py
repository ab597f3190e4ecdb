"""Tables of items: Parquet, Arrow, CSV or JSON, whatever their columns are called."""

from collections.abc import Callable, Iterator
from itertools import chain

from provenance.model import Items
from provenance.read.columns.column_paths import column_at, type_at
from provenance.read.columns.string_arrays import format_values, is_textual
from provenance.read.columns.table_parts import TableFile
from provenance.read.corpus.file_access import File
from provenance.read.dumps.column_roles import find_roles
from provenance.read.dumps.date_order import Dates, Order, is_ambiguous, order_of
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.item_batches import portions
from provenance.read.dumps.item_columns import laid_out
from provenance.read.dumps.json_posts import HEAD, past_assignment
from provenance.read.dumps.json_tables import read_json
from provenance.read.formats.arrow_file import open_arrow
from provenance.read.formats.csv_file import open_delimited
from provenance.read.formats.detection import ARROW, PARQUET, named_format
from provenance.read.formats.parquet_file import open_parquet

_JSON = (b"{", b"[")


def read_table(dump: Dump) -> Iterator[Items]:
    """Read a table, of the format that its name or its first bytes show."""
    head = dump.file.head(HEAD)
    named = (named_format(dump.file.path) or ("", None))[0]
    if head.startswith(PARQUET) or named == "parquet":
        return _read(dump, open_parquet)
    if head.startswith(ARROW) or named == "arrow":
        return _read(dump, open_arrow)
    if past_assignment(head).startswith(_JSON) or named in {"jsonl", "json"}:
        return read_json(dump)
    return _read(dump, open_delimited)


def _read(dump: Dump, opener: Callable[[File], TableFile]) -> Iterator[Items]:
    table = opener(dump.file)
    if not table.pieces:
        return
    roles = find_roles(table.schema, dump)
    prefix = dump.prefix()
    wanted = sorted({*roles.values()})
    dates = Dates(_order(table, roles.get("created_at")))
    for piece in table.pieces:
        for block in piece.read(wanted):
            columns = {role: column_at(block.batch, path) for role, path in roles.items()}
            if "created_at" in columns:
                columns["created_at"] = dates.seconds(columns["created_at"], block.numbers)
            items = laid_out(columns, block.numbers, dump, prefix)
            yield from portions(Items(items.batch, (*block.skipped, *items.skipped)))
    yield from dates.missed(dump.name)


def _order(table: TableFile, path: str | None) -> Order | None:
    """Tell how the dates of a column are written; read it whole only where that is the question."""
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
    return order_of(chain(first, chain.from_iterable(columns)))
