"""Select items of a registry: by id, author, date and source, or by their tombstones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.item_names import ItemNames
from provenance.model.content.fingerprints import Flags, Int64s, UInt32s
from provenance.registry.array_reader import item_array
from provenance.registry.files.mapped_files import MappedSegment
from provenance.registry.files.parquet_tables import read_rows
from provenance.registry.items.author_digests import author_digest, author_digests, author_names
from provenance.registry.items.item_keys import (
    UNDATED_KEY,
    bits_of_identities,
    first_key,
    identity_bits,
    url_sites,
)
from provenance.registry.manifest import CODES_FILE, ITEMS_FILE, KEYS_FILE
from provenance.registry.schema import single_chunk
from provenance.registry.segments.segment_set import (
    ItemList,
    SegmentSet,
    concatenate_lists,
    find_values,
    items_without,
)
from provenance.registry.side_tables.tombstones import TombstoneIndex

_ROWS_AT_A_TIME = 1 << 20


@dataclass(frozen=True, slots=True)
class Selection:
    """Conditions on items, which must all hold.

    Parameters
    ----------
    ids : pyarrow.StringArray or None
        Ids, as the source gives them.
    author : str or None
        Name of the author, as the dump gives it.
    source : str or None
        Source.
    since, before : date or None
        First day of publication, and the day after the last, in UTC. An item without a date is
        selected only if both are None.
    names : ItemNames or None
        Ids and addresses.
    """

    ids: pa.Array | None = None
    author: str | None = None
    source: str | None = None
    since: date | None = None
    before: date | None = None
    names: ItemNames | None = None


def select_items(segments: SegmentSet, selection: Selection) -> ItemList:
    """Return the items that count and meet all conditions."""
    return concatenate_lists(
        [
            _as_list(place, _select(segment, selection, segments.dead_items(place)))
            for place, segment in enumerate(segments.segments)
        ]
    )


def _as_list(place: int, items: UInt32s) -> ItemList:
    return ItemList(np.full(len(items), place), items)


def _select(segment: MappedSegment, selection: Selection, dead: UInt32s) -> UInt32s:
    """Return the items of a segment that are not among `dead` and meet all conditions."""
    low, high = _date_range(item_array(segment, KEYS_FILE, np.uint64), selection)
    numbers = items_without(low, high, dead)
    sources = [source.source for source in segment.entry.sources]
    if selection.source is not None:
        if selection.source not in sources:
            return numbers[:0]
        codes = item_array(segment, CODES_FILE, np.uint8)
        numbers = numbers[codes[numbers] == sources.index(selection.source)]
    if selection.ids is None and selection.author is None and selection.names is None:
        return numbers
    parts = [own[_matches(segment, own, selection, sources)] for own in _split(numbers)]
    return np.concatenate([numbers[:0], *parts])


def _date_range(keys: np.ndarray, selection: Selection) -> tuple[int, int]:
    """Return the range of the items, which are in the order of their dates."""
    low, high = 0, len(keys)
    if selection.since is not None:
        low = int(np.searchsorted(keys, first_key(_seconds(selection.since))))
    if selection.before is not None:
        high = int(np.searchsorted(keys, first_key(_seconds(selection.before))))
    elif selection.since is not None:
        high = int(np.searchsorted(keys, UNDATED_KEY))
    return low, max(low, high)


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _split(numbers: UInt32s) -> Iterator[UInt32s]:
    for at in range(0, len(numbers), _ROWS_AT_A_TIME):
        yield numbers[at : at + _ROWS_AT_A_TIME]


def _matches(
    segment: MappedSegment, numbers: UInt32s, selection: Selection, sources: list[str]
) -> Flags:
    """Return which items have one of the ids or names, and the author."""
    wanted = ["item"]
    wanted += [] if selection.author is None else ["author"]
    wanted += [] if selection.names is None else ["url", "source"]
    rows = read_rows(segment.files[ITEMS_FILE], wanted, numbers, segment.entry.items)
    matches = np.ones(len(numbers), np.bool_)
    if selection.ids is not None:
        matches &= np.array(pc.is_in(single_chunk(rows["item"]), value_set=selection.ids))
    if selection.author is not None:
        # A digest is of an author within a source, so that none has two sources.
        digests = pa.array([author_digest(source, selection.author) for source in sources])
        own = author_digests(single_chunk(rows["author"]))
        matches &= np.array(pc.is_in(own, value_set=digests))
    if selection.names is not None:
        own_columns = (single_chunk(rows[name]) for name in ("item", "url", "source"))
        matches &= selection.names.mask(*own_columns)
    return matches


def found_names(segments: SegmentSet, items: ItemList, names: ItemNames) -> set[str]:
    """Return those of some names that are of items."""
    found = set[str]()
    for place, segment in enumerate(segments.segments):
        for own in _split(items.of(place)):
            columns = ["item", "url", "source"]
            rows = read_rows(segment.files[ITEMS_FILE], columns, own, segment.entry.items)
            places = zip(*(rows[name].to_pylist() for name in columns), strict=True)
            found.update(name for row in places for name in names.of(*row))
    return found


def find_author_names(segments: SegmentSet, ids: pa.Array) -> pa.Table:
    """Return source, id, address and author's name of the items with some ids.

    Only of items that count, and whose author's name is kept.
    """
    names = ("source", "item", "url", "author")
    schema = pa.schema([(name, pa.string()) for name in names])
    tables = [schema.empty_table()]
    selected = select_items(segments, Selection(ids))
    for place, segment in enumerate(segments.segments):
        for own in _split(selected.of(place)):
            rows = read_rows(segment.files[ITEMS_FILE], names, own, segment.entry.items)
            authors = author_names(single_chunk(rows["author"]))
            columns = [rows[name] for name in names[:-1]]
            tables.append(pa.table([*columns, authors], schema=schema).filter(authors.is_valid()))
    return pa.concat_tables(tables)


def item_identities(segments: SegmentSet, items: ItemList) -> pa.Table:
    """Return source, site and id of items, in the order of segments."""
    tables = [pa.table({name: pa.array([], pa.string()) for name in ("source", "site", "item")})]
    for place, segment in enumerate(segments.segments):
        tables += [_identities(segment, own) for own in _split(items.of(place))]
    return pa.concat_tables(tables).combine_chunks()


def _identities(segment: MappedSegment, numbers: UInt32s) -> pa.Table:
    rows = read_rows(
        segment.files[ITEMS_FILE], ["source", "item", "url"], numbers, segment.entry.items
    )
    return pa.table(
        {"source": rows["source"], "site": url_sites(rows["url"]), "item": rows["item"]}
    )


def latest_item(segments: SegmentSet, items: ItemList) -> tuple[str, datetime] | None:
    """Return the id of the item that was published last, and when; None if none is dated."""
    latest = None
    for place, segment in enumerate(segments.segments):
        for numbers in _split(items.of(place)):
            rows = read_rows(
                segment.files[ITEMS_FILE], ["item", "created_at"], numbers, segment.entry.items
            )
            when = pc.max(rows["created_at"]).as_py()
            if when is not None and (latest is None or when > latest[1]):
                row = pc.index(rows["created_at"], pc.max(rows["created_at"])).as_py()
                latest = rows["item"][row].as_py(), when
    return latest


def find_withdrawn(segments: SegmentSet, tombstones: TombstoneIndex) -> tuple[ItemList, Int64s]:
    """Find the items that have a tombstone, whether they count or not.

    Returns
    -------
    items : ItemList
        The items.
    rows : ndarray of int64
        The row of the tombstone of each.
    """
    lists, all_rows = [], [np.zeros(0, np.int64)]
    if len(tombstones.table):
        for place, segment in enumerate(segments.segments):
            for numbers in _split(_with_identity_of(segment, tombstones)):
                names = _identities(segment, numbers)
                rows = tombstones.find(
                    *(single_chunk(names[name]) for name in ("source", "site", "item"))
                )
                lists.append(_as_list(place, numbers[rows >= 0]))
                all_rows.append(rows[rows >= 0])
    return concatenate_lists(lists), np.concatenate(all_rows)


def _with_identity_of(segment: MappedSegment, tombstones: TombstoneIndex) -> UInt32s:
    """Return the items that may have a tombstone, by the part of the identity in their keys."""
    identities = tombstones.identities()
    if identities is None:
        return np.arange(segment.entry.items, dtype=np.uint32)
    keys = item_array(segment, KEYS_FILE, np.uint64)
    return find_values(identity_bits(keys), np.unique(bits_of_identities(identities))).astype(
        np.uint32
    )
