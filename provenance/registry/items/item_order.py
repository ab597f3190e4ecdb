"""Deduplicate and order items: the latest row per source and id, numbered by date."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import RegistryError
from provenance.model.content.fingerprints import Int64s
from provenance.registry.items.item_parts import SpillBuffer
from provenance.registry.schema import GROUP_ROWS, GROUP_TOKENS
from provenance.registry.sorting.duckdb_engine import check_row_count, query_count, run_query
from provenance.registry.sorting.table_stream import ChunkSize, split_into_chunks

if TYPE_CHECKING:
    import duckdb

_BATCH_ROW_GROUPS = 8  # row groups
_MAX_ITEMS = 1 << 32
_MAX_TOKENS = 1 << 32
_MAX_SOURCES = 1 << 8

# Rows of one item have the same hash; ids are unique within a site of a source.
_COUNT_QUERY = "SELECT count(*), count(DISTINCT hash(source, site, item)) FROM staged"

# The latest row of an item is kept.
_KEEP_QUERY = """
    CREATE TABLE kept AS
    SELECT source, site, item, max(seq) AS seq, count(*) AS copies
    FROM staged GROUP BY source, site, item
"""

# A table keeps the order of its rows; `rowid` numbers them from 0.
_SORT_QUERY = """
    CREATE TABLE sorted AS
    SELECT seq, length, token_hash, order_key FROM latest
    ORDER BY order_key, source, item, site
"""
_SIZES_QUERY = "SELECT count(*), sum(length)::UBIGINT, max(length) FROM sorted"

# Distinct sequences share hash and length with probability 2**-64; items without tokens are no
# copies. Few items are copies, so that a window function over all would sort for nothing.
_NUMBER_QUERY = """
    CREATE TABLE numbered AS
    SELECT seq, length, sorted.rowid::UINTEGER AS number,
           coalesce(first, sorted.rowid)::UINTEGER AS first, token_hash, order_key
    FROM sorted LEFT JOIN (
        SELECT token_hash, length, min(rowid) AS first
        FROM sorted WHERE length > 0 GROUP BY token_hash, length HAVING count(*) > 1
    ) USING (token_hash, length)
"""

_ORDER_QUERY = """
    SELECT seq, number, first, length, token_hash, order_key FROM numbered ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class OrderedItems:
    """The numbered items of a segment, not yet read.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Holds their order.
    items, tokens : int
        Numbers of items and tokens.
    longest : int
        Tokens of the longest item.
    sources : tuple of str
        Their sources, sorted.
    """

    connection: "duckdb.DuckDBPyConnection"
    items: int
    tokens: int
    longest: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LatestRows:
    """The latest staged row of each item.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Holds view `latest` of their `source`, `site`, `item`, `order_key`, `token_hash`, `length`,
        and `seq`, the row's place in the parts.
    items : int
        Number of items.
    """

    connection: "duckdb.DuckDBPyConnection"
    items: int


def select_latest(
    connection: "duckdb.DuckDBPyConnection", spill_buffer: SpillBuffer, rows: int
) -> LatestRows:
    """Select the latest row of each item.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        An empty database.
    spill_buffer : SpillBuffer
        The staged rows.
    rows : int
        Their number; at least one.

    Raises
    ------
    RegistryError
        If rows were lost.
    """
    spill_buffer.create_key_view(connection, "staged")
    [(items, distinct)] = run_query(connection, _COUNT_QUERY)
    check_row_count("reading the keys of the items", rows, items)
    if distinct == rows:
        run_query(connection, "CREATE VIEW latest AS FROM staged")
        return LatestRows(connection, rows)
    run_query(connection, _KEEP_QUERY)
    copies = query_count(connection, "SELECT sum(copies) FROM kept")
    check_row_count("keeping the latest of each item", rows, copies)
    items = query_count(connection, "SELECT count(*) FROM kept")
    run_query(connection, "CREATE VIEW latest AS FROM staged SEMI JOIN kept USING (seq)")
    return LatestRows(connection, items)


def without_rows(latest: LatestRows, known: Int64s) -> LatestRows:
    """Leave out the items of some rows, given by `seq`."""
    if not len(known):
        return latest
    with latest.connection.cursor() as cursor:
        cursor.from_arrow(pa.table({"seq": known})).create("known")
    run_query(latest.connection, "CREATE TABLE unknown AS FROM latest ANTI JOIN known USING (seq)")
    run_query(latest.connection, "CREATE OR REPLACE VIEW latest AS FROM unknown")
    return LatestRows(latest.connection, latest.items - len(known))


def order_items(latest: LatestRows) -> OrderedItems:
    """Order items by date, and number them.

    Parameters
    ----------
    latest : LatestRows
        At least one item.

    Raises
    ------
    RegistryError
        If there is more than a segment can hold, or rows were lost.
    """
    connection = latest.connection
    run_query(connection, _SORT_QUERY)
    [(count, tokens, longest)] = run_query(connection, _SIZES_QUERY)
    check_row_count("sorting the items", latest.items, count)
    sources = run_query(connection, "SELECT DISTINCT source FROM latest ORDER BY source")
    if count >= _MAX_ITEMS or len(sources) > _MAX_SOURCES or tokens >= _MAX_TOKENS:
        raise RegistryError(
            f"{count} items of {len(sources)} sources, {tokens} words, are too many at a time",
            remedy=f"split them: fewer than {_MAX_ITEMS} items of at most {_MAX_SOURCES} sources, "
            f"and fewer than {_MAX_TOKENS} words, in each `registry add`",
        )
    run_query(connection, _NUMBER_QUERY)
    run_query(connection, "DROP TABLE sorted")
    check_row_count(
        "numbering the items", count, query_count(connection, "SELECT count(*) FROM numbered")
    )
    return OrderedItems(connection, count, tokens, longest, tuple(source for (source,) in sources))


def read_row_groups(ordered_items: OrderedItems) -> Iterator[pa.Table]:
    """Yield the numbers of the items by row group.

    Yields
    ------
    pyarrow.Table
        `number`, ascending; `first`, the number of the first item with the same tokens; `seq`, the
        item's place in the parts; `length` in tokens; `token_hash` and `order_key`.
    """
    with ordered_items.connection.cursor() as cursor:
        batches = cursor.sql(_ORDER_QUERY).to_arrow_reader(GROUP_ROWS)
        yield from split_into_chunks(batches, ChunkSize(GROUP_ROWS, GROUP_TOKENS), _token_lengths)


def batch_row_groups(groups: Iterable[pa.Table]) -> Iterator[list[pa.Table]]:
    """Combine consecutive row groups into batches that fit into memory."""
    batch: list[pa.Table] = []
    tokens = 0
    for group in groups:
        group_tokens = pc.sum(group["length"]).as_py()
        if batch and (len(batch) == _BATCH_ROW_GROUPS or tokens + group_tokens > GROUP_TOKENS):
            yield batch
            batch, tokens = [], 0
        batch.append(group)
        tokens += group_tokens
    if batch:
        yield batch


def _token_lengths(batch: pa.RecordBatch) -> Int64s:
    lengths: Int64s = batch["length"].to_numpy().astype(np.int64)
    return lengths
