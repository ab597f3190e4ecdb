"""The segments of a registry while it is changed: which items count, and which are copies.

What is said of an item depends on the items alone, not on the segments that they are in: the first
of equal items is the one with the lowest order key.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.jit.decorators import kernel
from provenance.model.content.fingerprints import (
    Flags,
    Int64s,
    Tokens,
    UInt8s,
    UInt32s,
    UInt64s,
    list_indices,
)
from provenance.model.results.coverage import SourceCoverage
from provenance.registry.array_reader import item_array, read_tokens
from provenance.registry.files.mapped_files import MappedSegment
from provenance.registry.files.parquet_tables import read_rows
from provenance.registry.items.item_copies import sequence_hashes
from provenance.registry.items.item_keys import (
    FIRST_DATE,
    LAST_DATE,
    UNDATED_KEY,
    first_key,
    item_dates,
)
from provenance.registry.manifest import (
    CODES_FILE,
    FIRSTS_FILE,
    ITEMS_FILE,
    KEYS_FILE,
    SEQUENCES_FILE,
)
from provenance.registry.schema import seconds_from_timestamps
from provenance.registry.side_tables.statuses import COPY, NO_STATUSES, REPLACED, STATUSES
from provenance.registry.source_coverage import (
    coverage_sums,
    merge_coverage,
    merge_sums,
    subtract_coverage,
)

N = TypeVar("N", bound=np.generic)

_RANGES = 16  # of hashes that are looked at one after the other
_BITMAP_BITS = 8  # bits of the bitmap for each value
_HASH_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class SegmentSet:
    """Segments of a registry, and the statuses of their items.

    Parameters
    ----------
    segments : tuple of MappedSegment
        The segments.
    statuses : pyarrow.Table
        Of schema `statuses.STATUSES`, sorted by segment and item.
    """

    segments: tuple[MappedSegment, ...]
    statuses: pa.Table

    @property
    def tokens(self) -> int:
        """Number of tokens of all items, those that do not count included."""
        return sum(segment.entry.tokens for segment in self.segments)

    @property
    def live_items(self) -> int:
        """Number of items that count."""
        dead = pc.sum(pc.not_equal(self.statuses["state"], COPY)).as_py() or 0
        return sum(segment.entry.items for segment in self.segments) - int(dead)

    def dead_items(self, segment: int) -> UInt32s:
        """Return the items of a segment that do not count, ascending."""
        rows = self.statuses.filter(
            pc.and_(
                pc.equal(self.statuses["segment"], segment),
                pc.not_equal(self.statuses["state"], COPY),
            )
        )
        items: UInt32s = rows["item"].to_numpy()
        return items

    def coverage(self) -> tuple[SourceCoverage, ...]:
        """Return the coverage of each source by the items that count."""
        return merge_coverage(
            [
                _live_coverage(segment, self.dead_items(place))
                for place, segment in enumerate(self.segments)
            ]
        )


NO_SEGMENTS = SegmentSet((), NO_STATUSES)
"""A registry without items."""


def replace_segments(
    present: SegmentSet, places: Sequence[int], merged: Sequence[MappedSegment]
) -> SegmentSet:
    """Replace some segments by one with their items that count, or by none."""
    kept = [place for place in range(len(present.segments)) if place not in places]
    segments = sorted((*(present.segments[place] for place in kept), *merged), key=segment_age)
    new_places = np.full(len(present.segments), -1)
    for place in kept:
        new_places[place] = segments.index(present.segments[place])
    statuses = present.statuses
    own = statuses["segment"].to_numpy()
    others, has_first = (
        statuses["first_segment"].fill_null(0).to_numpy(),
        np.array(statuses["first_segment"].is_valid()),
    )
    is_removed, names_removed = new_places[own] < 0, has_first & (new_places[others] < 0)
    touched = np.flatnonzero(is_removed | names_removed)
    halves = sequence_halves_of(
        present, ItemList(own[touched].astype(np.int64), statuses["item"].to_numpy()[touched])
    )
    remaining = statuses.filter(pa.array(~is_removed))
    moved = SegmentSet(tuple(segments), _renumbered(remaining, new_places))
    return review_copies(moved, np.unique(np.concatenate([_NONE, *halves])))


def order_by_digest(segments: SegmentSet) -> SegmentSet:
    """Return segments in the order of their digests, in which a registry lists them, each once.

    So its digest depends neither on the time at which they were written, nor on which of two
    processes that added to it was the first.
    """
    segments = _without_repeated(segments)
    digests = [segment.entry.digest for segment in segments.segments]
    order = np.argsort(np.array(digests, object), kind="stable").astype(np.int64)
    new_places = np.empty_like(order)
    new_places[order] = np.arange(len(order))
    return SegmentSet(
        tuple(segments.segments[place] for place in order.tolist()),
        _renumbered(segments.statuses, new_places),
    )


def _without_repeated(segments: SegmentSet) -> SegmentSet:
    """Drop the earlier of equal segments: its items were replaced, and came again as they were."""
    latest = {segment.entry.digest: place for place, segment in enumerate(segments.segments)}
    earlier = [place for place in range(len(segments.segments)) if place not in latest.values()]
    return replace_segments(segments, earlier, []) if earlier else segments


def _renumbered(statuses: pa.Table, new_places: Int64s) -> pa.Table:
    """Return statuses of segments that have other places now; one that is gone becomes the first.

    Those are to be reviewed by the caller.
    """
    first_segments = statuses["first_segment"]
    columns = dict(zip(statuses.column_names, statuses.columns, strict=True)) | {
        "segment": pa.array(new_places[statuses["segment"].to_numpy()], pa.uint16()),
        "first_segment": pa.array(
            new_places[first_segments.fill_null(0).to_numpy()].clip(0),
            pa.uint16(),
            mask=~np.array(first_segments.is_valid(), bool),
        ),
    }
    moved = pa.table(columns, schema=STATUSES)
    order = np.lexsort((moved["item"].to_numpy(), moved["segment"].to_numpy()))
    return moved.take(pa.array(order))


def segment_age(segment: MappedSegment) -> tuple[datetime, str]:
    """Return the key of a segment's age: of items with one id, that of the latest counts."""
    return segment.entry.created, segment.entry.digest


def add_segment(present: SegmentSet, added: MappedSegment, replaced: "ItemList") -> SegmentSet:
    """Add a segment.

    Parameters
    ----------
    present : SegmentSet
        The present segments.
    added : MappedSegment
        The new segment.
    replaced : ItemList
        Items of the present segments that new ones replace.
    """
    segments = SegmentSet((*present.segments, added), present.statuses)
    dead = pa.table(
        [
            pa.array(replaced.segments, pa.uint16()),
            pa.array(replaced.items),
            pa.repeat(REPLACED, len(replaced.items)),
            *(pa.nulls(len(replaced.items), field.type) for field in list(STATUSES)[3:]),
        ],
        schema=STATUSES,
    )
    halves = [*_shared_with(added, present), *sequence_halves_of(segments, replaced)]
    return review_copies(with_statuses(segments, dead), np.unique(np.concatenate([_NONE, *halves])))


def _shared_with(added: MappedSegment, present: SegmentSet) -> Iterator[UInt32s]:
    """Yield the stored hashes of token sequences that a segment shares with each of others."""
    if not present.segments:
        return
    own = distinct_values(item_array(added, SEQUENCES_FILE, np.uint32))
    for segment in present.segments:
        others = item_array(segment, SEQUENCES_FILE, np.uint32)
        yield others[find_values(others, own)]


@dataclass(frozen=True, slots=True)
class ItemList:
    """Items of several segments.

    Parameters
    ----------
    segments : ndarray of int64, shape (n,)
        The segment of each item.
    items : ndarray of uint32, shape (n,)
        Its number in the segment.
    """

    segments: Int64s
    items: UInt32s

    def of(self, segment: int) -> UInt32s:
        """Return the items of a segment."""
        return np.asarray(self.items[self.segments == segment])


NO_ITEMS = ItemList(np.zeros(0, np.int64), np.zeros(0, np.uint32))
"""An empty list of items."""

_NONE = np.zeros(0, np.uint32)


def items_without(low: int, high: int, others: UInt32s) -> UInt32s:
    """Return the numbers from `low` to `high`, without the last, that are not among `others`."""
    is_kept = np.ones(max(high - low, 0), np.bool_)
    is_kept[others[(others >= low) & (others < high)].astype(np.int64) - low] = False
    numbers: UInt32s = (np.flatnonzero(is_kept) + low).astype(np.uint32)
    return numbers


def concatenate_lists(lists: Sequence[ItemList]) -> ItemList:
    """Concatenate lists of items."""
    return ItemList(
        np.concatenate([NO_ITEMS.segments, *(each.segments for each in lists)]),
        np.concatenate([NO_ITEMS.items, *(each.items for each in lists)]),
    )


def sequence_halves_of(segments: SegmentSet, items: ItemList) -> list[UInt32s]:
    """Return the stored hashes of the token sequences of items, by segment."""
    return [
        item_array(segment, SEQUENCES_FILE, np.uint32)[items.of(place)]
        for place, segment in enumerate(segments.segments)
    ]


def with_statuses(segments: SegmentSet, rows: pa.Table) -> SegmentSet:
    """Return segments with more statuses; a new one takes the place of an earlier one."""
    everything = pa.concat_tables([rows, segments.statuses])
    places = everything["segment"].to_numpy(), everything["item"].to_numpy()
    order = np.lexsort((places[1], places[0]))  # stable: the new row of an item comes first
    keys = (places[0].astype(np.uint64) << np.uint64(32) | places[1])[order]
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = keys[1:] != keys[:-1]
    return SegmentSet(segments.segments, everything.take(pa.array(order[is_first])))


def review_copies(segments: SegmentSet, halves: UInt32s) -> SegmentSet:
    """Determine the first of equal items again, for the items with some token sequences.

    Parameters
    ----------
    segments : SegmentSet
        The segments.
    halves : ndarray of uint32
        Stored hashes of the sequences, sorted and distinct.
    """
    members = _find_members(segments, halves)
    states = _states_of(segments, members)
    is_live = np.array(pc.fill_null(pc.equal(states["state"], COPY), True))
    firsts = _first_members(members, is_live)
    # An item needs a status if it does not count, or its first copy is not that in its segment.
    differs = (firsts < 0) | (members.numbers[np.maximum(firsts, 0)] != members.firsts)
    differs |= members.segments[np.maximum(firsts, 0)] != members.segments
    rows = np.flatnonzero(~is_live | differs)
    table = pa.table(
        [
            pa.array(members.segments[rows], pa.uint16()),
            pa.array(members.numbers[rows]),
            pc.fill_null(states["state"].take(rows), COPY),
            pa.array(members.segments[firsts[rows]], pa.uint16(), mask=firsts[rows] < 0),
            pa.array(members.numbers[firsts[rows]], pa.uint32(), mask=firsts[rows] < 0),
            states["reason"].take(rows),
            states["date"].take(rows),
        ],
        schema=STATUSES,
    )
    return with_statuses(_without_copies(segments, members), table)


def shared_sequences(segments: SegmentSet) -> Iterator[UInt32s]:
    """Yield hashes of the token sequences that several segments have, or items that do not count.

    They come in ranges, of which each takes little memory.
    """
    sequences = [item_array(each, SEQUENCES_FILE, np.uint32) for each in segments.segments]
    dead = [distinct_values(own[segments.dead_items(place)]) for place, own in enumerate(sequences)]
    width = (1 << 32) // _RANGES
    for low in range(0, 1 << 32, width):
        distinct = [distinct_values(_in_range(own, low, width)) for own in sequences]
        of_dead = [_in_range(own, low, width) for own in dead]
        values = np.sort(np.concatenate([_NONE, *distinct, *of_dead]))
        yield distinct_values(values[1:][values[1:] == values[:-1]])


def _in_range(values: UInt32s, low: int, width: int) -> UInt32s:
    return np.asarray(values[values - np.uint32(low) < width])  # lower ones wrap around


def distinct_values(values: npt.NDArray[N]) -> npt.NDArray[N]:
    """Return distinct values, sorted; faster than `np.unique`, which hashes them."""
    ordered = np.sort(values)
    is_new = np.ones(len(ordered), np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return np.asarray(ordered[is_new])


@dataclass(frozen=True, slots=True)
class _Members:
    """Items with some token sequences.

    Parameters
    ----------
    segments, numbers, firsts : ndarray
        Segment, number in it, and number in it of the first item with the same tokens.
    sequences, keys : ndarray of uint64
        Hash of all tokens, and order key.
    """

    segments: Int64s
    numbers: UInt32s
    firsts: UInt32s
    sequences: UInt64s
    keys: UInt64s


def _find_members(segments: SegmentSet, halves: UInt32s) -> _Members:
    columns = [(np.zeros(0, np.int64), _NONE, _NONE, *[np.zeros(0, np.uint64)] * 2)]
    for place, segment in enumerate(segments.segments):
        numbers = find_values(item_array(segment, SEQUENCES_FILE, np.uint32), halves)
        tokens, offsets = read_tokens(segment)
        numbers = numbers[offsets[numbers + 1] > offsets[numbers]]  # no words, no copies
        rows, own_offsets = list_indices(offsets, numbers)
        columns.append(
            (
                np.full(len(numbers), place),
                numbers.astype(np.uint32),
                item_array(segment, FIRSTS_FILE, np.uint32)[numbers],
                sequence_hashes(tokens[rows], own_offsets),
                item_array(segment, KEYS_FILE, np.uint64)[numbers],
            )
        )
    return _Members(*(np.concatenate(column) for column in zip(*columns, strict=True)))


def _states_of(segments: SegmentSet, members: _Members) -> pa.Table:
    """Return the statuses of members; nulls where an item has none."""
    statuses = segments.statuses

    def keys(places: Int64s, items: UInt32s) -> UInt64s:
        return places.astype(np.uint64) << np.uint64(32) | items

    known = keys(statuses["segment"].to_numpy(), statuses["item"].to_numpy())
    wanted = keys(members.segments, members.numbers)
    places = np.searchsorted(known, wanted)
    is_known = known[np.minimum(places, len(known) - 1)] == wanted if len(known) else places < 0
    return statuses.take(pa.array(places, mask=~is_known))


def _first_members(members: _Members, is_live: Flags) -> Int64s:
    """Return for each member the live one with the same tokens that is first; -1 if there is none.

    Rows are those of `members`.
    """
    order = np.lexsort(
        (members.numbers, members.segments, members.keys, ~is_live, members.sequences)
    )
    sequences = members.sequences[order]
    heads = np.ones(len(order), np.bool_)
    heads[1:] = sequences[1:] != sequences[:-1]
    leaders = order[np.flatnonzero(heads)[np.cumsum(heads) - 1]]
    firsts = np.empty(len(order), np.int64)
    firsts[order] = np.where(is_live[leaders], leaders, -1)
    return firsts


def _without_copies(segments: SegmentSet, members: _Members) -> SegmentSet:
    """Drop the statuses of members that count."""
    statuses = segments.statuses
    keys = statuses["segment"].to_numpy().astype(np.uint64) << np.uint64(32)
    keys = keys | statuses["item"].to_numpy()
    reviewed = members.segments.astype(np.uint64) << np.uint64(32) | members.numbers
    is_stale = np.isin(keys, reviewed) & np.array(pc.equal(statuses["state"], COPY))
    return SegmentSet(segments.segments, statuses.filter(pa.array(~is_stale)))


def find_values(values: UInt32s, wanted: UInt32s) -> Int64s:
    """Return the places of wanted values; `wanted` is sorted and distinct."""
    if not len(wanted):
        return np.zeros(0, np.int64)
    size = min(max((_BITMAP_BITS * len(wanted)).bit_length(), 16), 30)
    shift = np.uint64(64 - size)
    bits = np.zeros(1 << (size - 3), np.uint8)
    _set_bits(wanted, shift, bits)
    places = _passing_places(values, shift, bits)
    found = np.searchsorted(wanted, values[places])
    return np.asarray(places[wanted[np.minimum(found, len(wanted) - 1)] == values[places]])


@kernel
def _set_bits(values: UInt32s, shift: np.uint64, bits: UInt8s) -> None:
    for value in values:
        bit = (np.uint64(value) * _HASH_MULTIPLIER) >> shift
        bits[bit >> np.uint64(3)] |= np.uint8(1) << np.uint8(bit & np.uint64(7))


@kernel
def _passing_places(values: UInt32s, shift: np.uint64, bits: UInt8s) -> Int64s:
    count = 0
    for value in values:
        bit = (np.uint64(value) * _HASH_MULTIPLIER) >> shift
        count += (bits[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1
    places = np.empty(count, np.int64)
    count = 0
    for place in range(len(values)):
        bit = (np.uint64(values[place]) * _HASH_MULTIPLIER) >> shift
        if (bits[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1:
            places[count] = place
            count += 1
    return places


def _live_coverage(segment: MappedSegment, dead: UInt32s) -> Sequence[SourceCoverage]:
    """Return the coverage of each source by the items of a segment that count."""
    if not len(dead):
        return segment.entry.sources
    dead_coverage = {coverage.source: coverage for coverage in _coverage_of(segment, dead)}
    is_live = np.ones(segment.entry.items, np.bool_)
    is_live[dead] = False
    codes = item_array(segment, CODES_FILE, np.uint8)
    coverage = []
    for code, source in enumerate(segment.entry.sources):
        if source.source in dead_coverage:
            dates = _extreme_dates(segment, np.flatnonzero(is_live & (codes == code)))
            coverage.append(subtract_coverage(source, dead_coverage[source.source], dates))
        else:
            coverage.append(source)
    return [source for source in coverage if source.items]


def _extreme_dates(segment: MappedSegment, items: Int64s) -> Int64s:
    """Return dates of some items, the earliest and the latest among them, in seconds since 1970.

    Items are in the order of their dates, apart from dates that are clipped in their keys; those
    without a date come last.
    """
    keys = item_array(segment, KEYS_FILE, np.uint64)
    ends = [first_key(FIRST_DATE + 1), first_key(LAST_DATE), UNDATED_KEY]
    early, late, dated = (int(np.searchsorted(items, np.searchsorted(keys, end))) for end in ends)
    first, last = items[: max(early, min(dated, 1))], items[min(late, max(dated - 1, 0)) : dated]
    return _dates_of(segment, np.unique(np.concatenate([first, last])))


def _dates_of(segment: MappedSegment, items: Int64s) -> Int64s:
    """Return the dates of some items that have one, in seconds since 1970."""
    dates = item_dates(item_array(segment, KEYS_FILE, np.uint64)[items])
    clipped = np.flatnonzero((dates == FIRST_DATE) | (dates == LAST_DATE))
    rows = read_rows(
        segment.files[ITEMS_FILE],
        ["created_at"],
        items[clipped].astype(np.uint32),
        segment.entry.items,
    )
    dates[clipped] = seconds_from_timestamps(rows["created_at"]).to_numpy()
    return dates


def _coverage_of(segment: MappedSegment, items: UInt32s) -> tuple[SourceCoverage, ...]:
    """Return the coverage of each source by some items of a segment."""
    rows = read_rows(
        segment.files[ITEMS_FILE], ["source", "created_at"], items, segment.entry.items
    )
    tokens, offsets = read_tokens(segment)
    places, own_offsets = list_indices(offsets, items.astype(np.int64))
    no_places = np.zeros(0, np.int32)
    seeds = shingle(
        Tokens(tokens[places], no_places, no_places, own_offsets), current_parameters().seed_width
    )
    columns = [rows["source"], seconds_from_timestamps(rows["created_at"]), np.diff(own_offsets)]
    table = pa.table(columns, names=["source", "created_at", "length"])
    return merge_sums([coverage_sums(table, np.diff(seeds.offsets) == 0)])
