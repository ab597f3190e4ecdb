"""Find items of a registry that new rows repeat or replace."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags, Int64s, UInt32s, UInt64s, list_indices
from provenance.registry.array_reader import item_array, read_tokens
from provenance.registry.files.mapped_files import MappedSegment
from provenance.registry.files.parquet_tables import read_rows
from provenance.registry.items.item_keys import identity_bits, url_sites
from provenance.registry.items.item_order import LatestRows
from provenance.registry.items.item_parts import Gather
from provenance.registry.manifest import ITEMS_FILE, KEYS_FILE, TEXTS_FILE
from provenance.registry.schema import lists_to_binary, seconds_from_timestamps
from provenance.registry.segments.segment_set import (
    NO_ITEMS,
    ItemList,
    SegmentSet,
    concatenate_lists,
    find_values,
)

_COMPARED_ROWS = 1 << 14
_COMPARED_COLUMNS = ("url", "author", "language", "licence", "link", "lead", "trail", "first_line")


@dataclass(frozen=True, slots=True)
class KnownItems:
    """What new rows have in common with a registry.

    Parameters
    ----------
    repeated : ndarray of int64
        `seq` of the rows that equal an item of the registry in all respects.
    replaced : ItemList
        Items whose source, site and id other rows have.
    """

    repeated: Int64s
    replaced: ItemList


def find_known_items(latest: LatestRows, gather: Gather, segments: SegmentSet) -> KnownItems:
    """Find the items of a registry that new rows repeat or replace.

    Parameters
    ----------
    latest : LatestRows
        The new rows.
    gather : callable
        Gathers them.
    segments : SegmentSet
        The registry.
    """
    if not segments.segments:
        return KnownItems(NO_ITEMS.segments, NO_ITEMS)
    bits = _identity_bits(latest)
    repeated, replaced = [np.zeros(0, np.int64)], []
    for place, segment in enumerate(segments.segments):
        rows, items = _find_pairs(latest, segment, bits, segments.dead_items(place))
        is_equal = _compare(rows, items, gather, segment)
        repeated.append(rows[is_equal])
        others = items[~is_equal]
        replaced.append(ItemList(np.full(len(others), place), others))
    return KnownItems(np.concatenate(repeated), concatenate_lists(replaced))


def _identity_bits(latest: LatestRows) -> UInt32s:
    with latest.connection.cursor() as cursor:
        keys: UInt64s = cursor.sql("SELECT order_key FROM latest").to_arrow_table()[0].to_numpy()
    return np.unique(identity_bits(keys))


def _find_pairs(
    latest: LatestRows, segment: MappedSegment, bits: UInt32s, dead: UInt32s
) -> tuple[Int64s, UInt32s]:
    """Return rows and items with the same source, site and id."""
    own_bits = identity_bits(item_array(segment, KEYS_FILE, np.uint64))
    items = np.setdiff1d(find_values(own_bits, bits), dead).astype(np.uint32)
    if not len(items):
        return np.zeros(0, np.int64), items
    names = read_rows(
        segment.files[ITEMS_FILE], ["source", "item", "url"], items, segment.entry.items
    )
    columns = {
        "number": pa.array(items),
        "source": names["source"],
        "site": url_sites(names["url"]),
        "item": names["item"],
    }
    with latest.connection.cursor() as cursor:
        cursor.from_arrow(pa.table(columns)).create_view("existing", replace=True)
        pairs = cursor.sql(
            "SELECT seq, number FROM latest JOIN existing USING (source, site, item) "
            "ORDER BY number"
        ).to_arrow_table()
    return pairs["seq"].to_numpy(), pairs["number"].to_numpy()


def _compare(rows: Int64s, items: UInt32s, gather: Gather, segment: MappedSegment) -> Flags:
    """Return which rows equal the item beside them in all respects."""
    parts = [
        _compare_some(
            rows[at : at + _COMPARED_ROWS], items[at : at + _COMPARED_ROWS], gather, segment
        )
        for at in range(0, len(rows), _COMPARED_ROWS)
    ]
    return np.concatenate([np.zeros(0, np.bool_), *parts])


def _compare_some(rows: Int64s, items: UInt32s, gather: Gather, segment: MappedSegment) -> Flags:
    new = gather(rows)
    is_equal = np.ones(len(rows), np.bool_)
    for name, column in _stored_columns(segment, items, keep_texts="text" in new.column_names):
        is_equal &= _equal(column, new[name])
    return is_equal


def _stored_columns(
    segment: MappedSegment, items: UInt32s, *, keep_texts: bool
) -> Iterator[tuple[str, pa.ChunkedArray | pa.Array]]:
    """Yield columns of items as they were staged."""
    count = segment.entry.items
    stored = read_rows(segment.files[ITEMS_FILE], [*_COMPARED_COLUMNS, "created_at"], items, count)
    yield from ((name, stored[name]) for name in _COMPARED_COLUMNS)
    yield "created_at", seconds_from_timestamps(stored["created_at"])
    tokens, offsets = read_tokens(segment)
    places, own_offsets = list_indices(offsets, items.astype(np.int64))
    yield "tokens", lists_to_binary(tokens[places], own_offsets)
    if keep_texts:
        yield "text", read_rows(segment.files[TEXTS_FILE], ["text"], items, count)["text"]


def _equal(one: pa.ChunkedArray | pa.Array, other: pa.ChunkedArray) -> Flags:
    """Return where two columns are equal; null equals null only."""
    both_null = pc.and_(pc.is_null(one), pc.is_null(other))
    equal = pc.fill_null(pc.equal(one, other.cast(one.type)), False)
    return np.asarray(pc.or_(equal, both_null))
