"""Tables of items: Parquet, Arrow, CSV or JSON, whatever their columns are called."""

from collections.abc import Callable, Iterator

from provenance.model import Items
from provenance.read.arrowfiles import open_arrow
from provenance.read.columns import column_at
from provenance.read.delimited import open_delimited
from provenance.read.dumps.batches import portions
from provenance.read.dumps.columnar import laid_out
from provenance.read.dumps.columns import find_roles
from provenance.read.dumps.dump import Dump
from provenance.read.dumps.jsontables import read_json
from provenance.read.dumps.posts import HEAD, past_assignment
from provenance.read.files import File
from provenance.read.formats import named_format
from provenance.read.parquet import open_parquet
from provenance.read.tabular import Tabular

PARQUET, ARROW, JSON = b"PAR1", (b"ARROW1", b"\xff\xff\xff\xff"), (b"{", b"[")


def read_table(dump: Dump) -> Iterator[Items]:
    """Read a table, of the format that its name or its first bytes show."""
    head = dump.file.head(HEAD)
    named = (named_format(dump.file.path) or ("", None))[0]
    if head.startswith(PARQUET) or named == "parquet":
        return _read(dump, open_parquet)
    if head.startswith(ARROW) or named == "arrow":
        return _read(dump, open_arrow)
    if past_assignment(head).startswith(JSON) or named in {"jsonl", "json"}:
        return read_json(dump)
    return _read(dump, open_delimited)


def _read(dump: Dump, opener: Callable[[File], Tabular]) -> Iterator[Items]:
    table = opener(dump.file)
    if not table.pieces:
        return
    roles = find_roles(table.schema, dump)
    prefix = dump.prefix()
    wanted = sorted({*roles.values()})
    for piece in table.pieces:
        for block in piece.read(wanted):
            columns = {role: column_at(block.batch, path) for role, path in roles.items()}
            items = laid_out(columns, block.numbers, dump, prefix)
            yield from portions(Items(items.batch, (*block.skipped, *items.skipped)))
