"""The order of a registry's items: one row an item, numbered by age."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import RegistryError
from provenance.model import Int64s
from provenance.registry.build.duckdb_engine import conserve, count_of, run
from provenance.registry.build.item_parts import Shelf
from provenance.registry.build.table_stream import Portion, portions
from provenance.registry.schema import GROUP_ROWS, GROUP_TOKENS

if TYPE_CHECKING:
    import duckdb

_LOT = 8  # row groups
_MOST_ITEMS = 1 << 32
_MOST_TOKENS = 1 << 32
_MOST_SOURCES = 1 << 8

# Of two rows with the same id, the hash is the same; sites of one source count their ids apart.
_COUNTED = "SELECT count(*), count(DISTINCT hash(source, site, item)) FROM staged"

# The later of two is the item.
_KEPT = """
    CREATE TABLE kept AS
    SELECT source, site, item, max(seq) AS seq, count(*) AS copies
    FROM staged GROUP BY source, site, item
"""

# A table keeps the order of its rows, and its `rowid` counts them from 0.
_SORTED = """
    CREATE TABLE sorted AS
    SELECT seq, length, whole FROM {rows}
    ORDER BY created_at NULLS LAST, source, item, site
"""
_SIZES = "SELECT count(*), sum(length)::UBIGINT, max(length) FROM sorted"
_LATEST = "staged SEMI JOIN kept USING (seq)"

# Two sequences that differ share hash and length with a chance of 2**-64; items without tokens
# have nothing in common. Few items are copies: a window over all would sort them for nothing.
_NUMBERED = """
    CREATE TABLE numbered AS
    SELECT seq, length, sorted.rowid::UINTEGER AS number,
           coalesce(first, sorted.rowid)::UINTEGER AS first
    FROM sorted LEFT JOIN (
        SELECT whole, length, min(rowid) AS first
        FROM sorted WHERE length > 0 GROUP BY whole, length HAVING count(*) > 1
    ) USING (whole, length)
"""

_ORDERED = "SELECT seq, number, first, length FROM numbered ORDER BY number"

# The same identity and the same order, of items that are in a registry.
_TWICE = """
    SELECT count(*) FROM (
        SELECT 1 FROM written GROUP BY source, site, item HAVING count(*) > 1
    )
"""
_MISPLACED = """
    SELECT count(*) FROM (
        SELECT rowid AS place,
               row_number() OVER (ORDER BY created_at NULLS LAST, source, item, site) - 1 AS due
        FROM written
    ) WHERE place != due
"""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The items of a registry, found but not yet read.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where they are.
    items, tokens : int
        How many.
    longest : int
        Tokens of the longest.
    sources : tuple of str
        Theirs, sorted.
    """

    connection: "duckdb.DuckDBPyConnection"
    items: int
    tokens: int
    longest: int
    sources: tuple[str, ...]


def order(connection: "duckdb.DuckDBPyConnection", shelf: Shelf, rows: int) -> Ordered:
    """Find the items among the rows that were laid down, and their order.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Empty as yet.
    shelf : Shelf
        Where they are.
    rows : int
        How many were laid down; at least one.

    Returns
    -------
    Ordered
        Of two rows that are one item, the later alone is in it.

    Raises
    ------
    RegistryError
        If there is more than a registry can hold; or if rows were lost.
    """
    shelf.name_keys(connection, "staged")
    kept = "staged"
    [(items, different)] = run(connection, _COUNTED)
    conserve("reading the keys of the items", rows, items)
    if different < rows:
        kept, items = _LATEST, _latest(connection, rows)
    run(connection, _SORTED.format(rows=kept))
    [(count, tokens, longest)] = run(connection, _SIZES)
    conserve("sorting the items", items, count)
    named = run(connection, "SELECT DISTINCT source FROM staged ORDER BY source")
    if items > _MOST_ITEMS or len(named) > _MOST_SOURCES or tokens >= _MOST_TOKENS:
        raise RegistryError(
            f"{items} items of {len(named)} sources, {tokens} words, are too many for one registry",
            remedy=f"split them: at most {_MOST_ITEMS} items of {_MOST_SOURCES} sources, and fewer "
            f"than {_MOST_TOKENS} words, in each",
        )
    run(connection, "DROP TABLE IF EXISTS kept")
    run(connection, "DROP VIEW staged")
    run(connection, _NUMBERED)
    run(connection, "DROP TABLE sorted")
    conserve("numbering the items", items, count_of(connection, "SELECT count(*) FROM numbered"))
    return Ordered(connection, items, tokens, longest, tuple(source for (source,) in named))


def _latest(connection: "duckdb.DuckDBPyConnection", rows: int) -> int:
    """Find which rows are the latest of their items, and give how many these are."""
    run(connection, _KEPT)
    copies = count_of(connection, "SELECT sum(copies) FROM kept")
    conserve("keeping the latest of each item", rows, copies)
    return count_of(connection, "SELECT count(*) FROM kept")


def row_groups(ordered: Ordered) -> Iterator[pa.Table]:
    """Read the numbers of the items, in the row groups that they are written in.

    Yields
    ------
    pyarrow.Table
        `number`, in order; `first`, the number of the first item with the same tokens; `seq`, the
        item's place in the parts; `length` in tokens.
    """
    with ordered.connection.cursor() as cursor:
        batches = cursor.sql(_ORDERED).to_arrow_reader(GROUP_ROWS)
        yield from portions(batches, Portion(GROUP_ROWS, GROUP_TOKENS), _lengths)


def lots(groups: Iterable[pa.Table]) -> Iterator[list[pa.Table]]:
    """Put row groups that follow each other together, as many as memory may hold at once."""
    held: list[pa.Table] = []
    tokens = 0
    for one in groups:
        own = pc.sum(one["length"]).as_py()
        if held and (len(held) == _LOT or tokens + own > GROUP_TOKENS):
            yield held
            held, tokens = [], 0
        held.append(one)
        tokens += own
    if held:
        yield held


def disorder(
    connection: "duckdb.DuckDBPyConnection", keys: pa.RecordBatchReader
) -> tuple[int, int]:
    """Count what is wrong with the items of a registry and their order.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Empty as yet.
    keys : pyarrow.RecordBatchReader
        `source`, `site`, `item` and `created_at` of each item, as they stand.

    Returns
    -------
    twice, misplaced : int
        How many items stand in it more than once; how many are not where `order` puts them.
    """
    connection.from_arrow(keys).create("written")
    return count_of(connection, _TWICE), count_of(connection, _MISPLACED)


def _lengths(batch: pa.RecordBatch) -> Int64s:
    lengths: Int64s = batch["length"].to_numpy().astype(np.int64)
    return lengths
