"""The postings of the seeds of texts, gathered from the segments of registries.

What is gathered depends on the items of a registry alone, not on its segments: the number of items
that share a seed is counted over all of them, and where only a few of many are looked up, these are
the first in the order of the items.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel, kernel_part
from provenance.jit.intrinsics import PREFETCH_DISTANCE, prefetch
from provenance.match.index.postings_index import PostingsIndex
from provenance.match.index.probe import ProbeResult, probe_segments
from provenance.match.index.stop_shingles import MIN_AUTHORS
from provenance.model.content.fingerprints import Flags, Int64s, Shingles, UInt32s, UInt64s
from provenance.model.content.registry_arrays import (
    NO_ITEM,
    Positions,
    RegistryArrays,
    RegistrySegment,
)

MAX_SHARED = 100
"""A shingle that more items share is looked up in the first few of them only."""

FEW = 16
"""Postings of such a shingle that are gathered."""


@dataclass(frozen=True, slots=True)
class SeedPostings:
    """Shingles of texts that are in a registry, and their postings.

    Parameters
    ----------
    indices : ndarray of int64, shape (m,)
        Indices of the shingles, ascending.
    firsts, lasts : ndarray of int64, shape (m,)
        Half-open ranges of `items` and `positions`: all postings of a shingle, or the first `FEW`
        at least, where more than `MAX_SHARED` items share it.
    sharing : ndarray of int64, shape (m,)
        Number of items that share it.
    is_stop : ndarray of bool, shape (m,) or (0,)
        Whether it is a stop shingle; empty if none is.
    offsets : ndarray of int64, shape (n + 1,)
        Those of text `i` are `indices[offsets[i]:offsets[i + 1]]`.
    items : ndarray of uint32
        Number of the item of each posting.
    positions : ndarray of uint16 or uint32
        Index of the first token of the shingle's first occurrence in the item.
    """

    indices: Int64s
    firsts: Int64s
    lasts: Int64s
    sharing: Int64s
    is_stop: Flags
    offsets: Int64s
    items: UInt32s
    positions: Positions

    def slice(self, offsets: Int64s) -> "SeedPostings":
        """Return the shingles of some consecutive texts, or some of one, from their offsets."""
        rows = slice(int(offsets[0]), int(offsets[-1]))
        return SeedPostings(
            self.indices[rows],
            self.firsts[rows],
            self.lasts[rows],
            self.sharing[rows],
            self.is_stop[rows],
            offsets - offsets[0],
            self.items,
            self.positions,
        )


def look_up_seeds(seeds: Shingles, registries: Sequence[PostingsIndex]) -> list[SeedPostings]:
    """Look up the shingles of texts in registries that are matched at a time.

    Parameters
    ----------
    seeds : Shingles
        Shingles of the registries' seed width.
    registries : sequence of PostingsIndex
        The registries.

    Returns
    -------
    list of SeedPostings
        One for each registry.
    """
    found = [_gather(seeds, registry.arrays) for registry in registries]
    if not any(registry.stops.may_exist for registry in registries):
        return found
    sharing = np.zeros(len(seeds.hashes), np.int64)
    for postings in found:
        sharing[postings.indices] += postings.sharing
    is_stop = np.zeros(len(seeds.hashes), np.bool_)
    frequent = np.flatnonzero(sharing >= MIN_AUTHORS)
    is_stop[frequent] = registries[0].stops.contain(seeds.hashes[frequent])
    return [_with_stops(postings, is_stop) for postings in found]


def _with_stops(postings: SeedPostings, is_stop: Flags) -> SeedPostings:
    own = is_stop[postings.indices]
    return SeedPostings(
        postings.indices,
        postings.firsts,
        postings.lasts,
        postings.sharing,
        own if own.any() else own[:0],
        postings.offsets,
        postings.items,
        postings.positions,
    )


def _gather(seeds: Shingles, registry: RegistryArrays) -> SeedPostings:
    """Look up shingles in a registry; no stop shingle is marked."""
    found = probe_segments(seeds, registry)
    no_stops = np.zeros(0, np.bool_)
    if len(found) == 1 and not len(registry.representatives):
        [(segment, result)] = zip(registry.segments, found, strict=True)
        return SeedPostings(
            result.indices,
            result.firsts,
            result.lasts,
            result.lasts - result.firsts,
            no_stops,
            _text_offsets(result.indices, seeds),
            segment.postings.items,
            segment.postings.positions,
        )
    rows = np.zeros(len(seeds.hashes) + 1, np.int64)
    for result in found:
        rows[result.indices + 1] = 1
    indices = np.flatnonzero(rows[1:])
    np.cumsum(rows, out=rows)
    gathered = _GatheredPostings(seeds.hashes[indices], registry)
    for segment, result in zip(registry.segments, found, strict=True):
        gathered.count(segment, result, rows[result.indices])
    gathered.allocate()
    for segment, start, result in zip(registry.segments, registry.keys.starts, found, strict=True):
        gathered.append(segment, registry.keys.values[start:], result, rows[result.indices])
    return gathered.sorted(indices, _text_offsets(indices, seeds))


def _text_offsets(indices: Int64s, seeds: Shingles) -> Int64s:
    return np.searchsorted(indices, seeds.offsets).astype(np.int64)


class _GatheredPostings:
    """Postings of shingles, collected segment by segment in two passes."""

    def __init__(self, hashes: UInt64s, registry: RegistryArrays) -> None:
        count, self._representatives = len(hashes), registry.representatives
        # Of each shingle: items that share it; room for postings; segments that have it.
        self._sharing, self._room = np.zeros(count, np.int64), np.zeros(count + 1, np.int64)
        self._segments = np.zeros(count, np.int64)
        if len(registry.hidden_shingles):
            places = np.searchsorted(registry.hidden_shingles, hashes)
            places = np.minimum(places, len(registry.hidden_shingles) - 1)
            is_hidden = registry.hidden_shingles[places] == hashes
            self._sharing[is_hidden] = -registry.hidden_counts[places[is_hidden]]
        dtypes = {segment.postings.positions.dtype.type for segment in registry.segments}
        self._position_type = np.uint32 if np.uint32 in dtypes else np.uint16

    def count(self, segment: RegistrySegment, found: ProbeResult, rows: Int64s) -> None:
        """Count the postings of a segment that will be appended."""
        _count_all(
            (rows, found.firsts, found.lasts),
            segment.postings.items,
            (segment.first_number, self._representatives),
            (self._sharing, self._room, self._segments),
        )

    def allocate(self) -> None:
        """Allocate the postings that were counted."""
        np.cumsum(self._room, out=self._room)
        self._firsts, self._lasts = self._room[:-1].copy(), self._room[:-1].copy()
        self._items = np.empty(self._room[-1], np.uint32)
        self._positions = np.empty(self._room[-1], self._position_type)
        self._keys = np.empty(self._room[-1], np.uint64)

    def append(
        self, segment: RegistrySegment, keys: UInt64s, found: ProbeResult, rows: Int64s
    ) -> None:
        """Append postings of a segment, whose items have these keys."""
        _append_all(
            (rows, found.firsts, found.lasts),
            (segment.postings.items, segment.postings.positions, keys),
            (segment.first_number, self._representatives),
            self._segments,
            (self._lasts, self._items, self._positions, self._keys),
        )

    def sorted(self, indices: Int64s, offsets: Int64s) -> SeedPostings:
        """Return the postings of each shingle in the order of its items."""
        _sort_all(
            (self._firsts, self._lasts, self._segments),
            (self._items, self._positions, self._keys),
            1 if len(self._representatives) else 2,
        )
        is_found = self._sharing > 0
        kept = np.cumsum(np.concatenate([[0], is_found]))
        return SeedPostings(
            indices[is_found],
            self._firsts[is_found],
            self._lasts[is_found],
            self._sharing[is_found],
            np.zeros(0, np.bool_),
            kept[offsets],
            self._items,
            self._positions,
        )


@inlined
def _reported_item(representatives: UInt32s, item: Scalar) -> Scalar:
    """Return the item that is reported for one with postings, or `NO_ITEM`."""
    return np.uint32(item) if not representatives.size else representatives[np.uint64(item)]


@kernel
def _count_all(
    found: tuple[Int64s, Int64s, Int64s],
    items: UInt32s,
    numbering: tuple[Scalar, UInt32s],
    totals: tuple[Int64s, Int64s, Int64s],
) -> None:
    rows, firsts, lasts = found
    first_number, representatives = numbering
    sharing, room, segments = totals
    for at in range(len(rows)):
        row, count = np.uint64(rows[at]), lasts[at] - firsts[at]
        if representatives.size:
            count = _count_live(items, (firsts[at], lasts[at]), first_number, representatives)
        sharing[row] += lasts[at] - firsts[at]
        room[row + np.uint64(1)] += count if count <= MAX_SHARED else FEW
        segments[row] += 1


@kernel_part
def _count_live(
    items: UInt32s, postings: tuple[Scalar, Scalar], first_number: Scalar, representatives: UInt32s
) -> Scalar:
    """Count the postings of items that are reported, up to one more than `MAX_SHARED`."""
    count = np.int64(0)
    for posting in range(postings[0], postings[1]):
        item = np.int64(items[np.uint64(posting)]) + first_number
        count += representatives[np.uint64(item)] != NO_ITEM
        if count > MAX_SHARED:
            break
    return count


@kernel
def _append_all(
    found: tuple[Int64s, Int64s, Int64s],
    postings: tuple[UInt32s, Positions, UInt64s],
    numbering: tuple[Scalar, UInt32s],
    segments: Int64s,
    out: tuple[Int64s, UInt32s, Positions, UInt64s],
) -> None:
    rows, firsts, lasts = found
    items, positions, keys = postings
    first_number, representatives = numbering
    ends, out_items, out_positions, out_keys = out
    last_row = len(rows) - 1
    for at in range(len(rows)):
        upcoming = firsts[min(at + PREFETCH_DISTANCE, last_row)]
        prefetch(items, upcoming)
        prefetch(positions, upcoming)
        row = np.uint64(rows[at])
        first, count = ends[row], lasts[at] - firsts[at]
        if representatives.size:
            count = _count_live(items, (firsts[at], lasts[at]), first_number, representatives)
        ends[row] = _append_items(
            (firsts[at], lasts[at], count),
            (items, positions),
            numbering,
            first,
            (out_items, out_positions),
        )
        if segments[row] > 1 or representatives.size:
            for place in range(first, ends[row]):
                item = np.int64(out_items[np.uint64(place)]) - first_number
                out_keys[np.uint64(place)] = keys[np.uint64(item)]


@kernel_part
def _append_items(
    found: tuple[Scalar, Scalar, Scalar],
    postings: tuple[UInt32s, Positions],
    numbering: tuple[Scalar, UInt32s],
    first: Scalar,
    out: tuple[UInt32s, Positions],
) -> Scalar:
    """Append the items of a shingle's postings, or the first of too many; return the end.

    `found` is the range of the postings, and the number of items. An item may stand for an earlier
    one that does not count, so that items are not in order.
    """
    items, positions = postings
    out_items, out_positions = out
    first_number, representatives = numbering
    most = first + (found[2] if found[2] <= MAX_SHARED else FEW)
    end = first
    for posting in range(found[0], found[1]):
        own = np.int64(items[np.uint64(posting)]) + first_number
        is_full = end == most
        if is_full and (found[2] <= MAX_SHARED or out_items[np.uint64(end - 1)] < own):
            break
        item = _reported_item(representatives, own)
        if item == NO_ITEM or (is_full and out_items[np.uint64(end - 1)] < item):
            continue
        place: Scalar = end - is_full
        while place > first and out_items[np.uint64(place - 1)] > item:
            here, before = np.uint64(place), np.uint64(place - 1)
            out_items[here], out_positions[here] = out_items[before], out_positions[before]
            place -= 1
        out_items[np.uint64(place)] = item
        out_positions[np.uint64(place)] = positions[np.uint64(posting)]
        end += not is_full
    return end


@kernel
def _sort_all(
    ranges: tuple[Int64s, Int64s, Int64s],
    postings: tuple[UInt32s, Positions, UInt64s],
    least_segments: Scalar,
) -> None:
    """Sort the postings of each shingle that some segments have by the items' order keys."""
    firsts, lasts, segments = ranges
    items, positions, keys = postings
    for row in range(len(firsts)):
        if segments[row] < least_segments:
            continue
        for at in range(firsts[row] + 1, lasts[row]):
            item, position = items[np.uint64(at)], positions[np.uint64(at)]
            key, place = keys[np.uint64(at)], np.int64(at)
            while place > firsts[row] and keys[np.uint64(place - 1)] > key:
                before, here = np.uint64(place - 1), np.uint64(place)
                items[here], positions[here] = items[before], positions[before]
                keys[here] = keys[before]
                place -= 1
            here = np.uint64(place)
            items[here], positions[here], keys[here] = item, position, key
