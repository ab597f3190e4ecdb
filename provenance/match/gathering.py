"""Hits gathered: where seeds of texts stand in items, without the hits that chance gave.

Postings, items and tokens lie all over memory, and chance alone gives a page dozens of hits. Seeds
of many texts are taken at a time: what will be read is fetched beforehand, so that one look does
not wait for the one before it.

An item holds every shingle of its own. So where a text holds one seed of an item and neither the
one before nor the one behind, the run of equal tokens around it ends where the seed does, and what
it is worth is known before the item is read. Of the hits in recombined words nineteen of twenty are
such *strays*, and worth too little; in what people write, three of four.
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner, maker
from provenance.match.hits import (
    CHAIN_FLOOR,
    COMMON,
    IF_ALONE,
    IN_ITEM,
    IN_TEXT,
    OF_ITEM,
    OF_SEED,
    SHARING,
    SMALL,
    cell_of,
    doubled,
)
from provenance.match.notes import AT, END, FIRST, LAST, LENGTH, MORE, WORDS, note_seeds
from provenance.model import Int32s, Int64s, Positions, UInt8s, UInt32s, UInt64s

SEEN = 1 << 14
"""Room to count the hits of items; the more there are for it, the fewer strays are told."""

_AT_ONCE = 1024  # seeds: what their hits need fits into the nearer caches
_SPARSE = 32  # cells a hit: two items in one cell pass for one of two hits
_MOST = np.uint8(2)
_ONE = np.uint64(1)


@inlined
def group_end(offsets: Int64s, text: Scalar) -> Scalar:
    """Give the end of the texts from `text` on that are taken at a time."""
    end = text + 1
    while end + 1 < len(offsets) and offsets[end + 1] - offsets[text] <= _AT_ONCE:
        end += 1
    return end


@maker
def gather(  # noqa: PLR0913 (texts, their seeds, and all in which they are looked up)
    texts: tuple[Scalar, Scalar],
    documents: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int32s],
    found: tuple[Int64s, Int64s, Int64s, Int64s],
    postings: tuple[UInt32s, Positions],
    known: tuple[UInt64s, Int64s, UInt8s, Int64s],
    scratch: tuple[Int64s, UInt8s],
    hits: Int64s,
    offsets: Int64s,
) -> Int64s:
    """List the hits of some texts that are no strays: those of text `i` end at `offsets[i + 1]`.

    Parameters
    ----------
    texts : (int, int)
        Which, half-open; those before end at `offsets[texts[0]]`, which is 0.
    documents, seeds : tuple of ndarray
        Tokens of all texts, and their seeds.
    found : tuple of ndarray
        Which of the seeds are held (`probing.Held`).
    postings : (ndarray, ndarray)
        Items and positions.
    known : (ndarray, ndarray, ndarray, ndarray)
        Shingles of everybody's, offsets of items, information of each cell of tokens, and
        `seed_worths`.
    scratch : (ndarray of int64, shape (n, NOTES), ndarray of uint8, shape (SEEN,))
        As many rows as the texts have seeds that are held, or more.
    hits : ndarray of int64, shape (m, HIT_COLUMNS)
        Takes them.
    offsets : ndarray of int64
        Takes their ends.

    Returns
    -------
    ndarray of int64, shape (m, HIT_COLUMNS)
        `hits`, or a larger one where there was no room; nothing is weighed yet.
    """
    notes, seen = scratch
    items, positions = postings
    bounds, count = found[3], np.int64(0)
    begin = bounds[texts[0]]
    note_seeds(texts, documents, seeds, found, (items, *known), notes)
    for text in range(texts[0], texts[1]):
        own = bounds[text] - begin, bounds[text + 1] - begin
        most = np.int64(0)
        for seed in range(own[0], own[1]):
            most += notes[seed, END] - notes[seed, FIRST]
        while count + most > len(hits):
            hits = doubled(hits)
        shift = _count_items(own, notes, items, most, seen)
        end = _keep((*own, begin), notes, (items, *known), (seen, shift), hits, count)
        count = _drop_strays(hits, count, end, seen)
        offsets[text + 1] = count
    for hit in range(count):
        hits[hit, IN_ITEM] = positions[hits[hit, IN_ITEM]]
    return hits


@inlined
def _count_items(
    own: tuple[Scalar, Scalar], notes: Int64s, items: UInt32s, most: Scalar, seen: UInt8s
) -> Scalar:
    """Count the hits of every item, two of them at most; give the shift that tells its cell."""
    shift = _clear(seen, most)
    for seed in range(own[0], own[1]):
        row = np.uint64(seed)
        for posting in range(notes[row, FIRST], notes[row, END]):
            own_cell = cell_of(items[np.uint64(posting)], shift)
            seen[own_cell] += seen[own_cell] < _MOST
    return shift


@inner
def _keep(
    own: tuple[Scalar, Scalar, Scalar],
    notes: Int64s,
    known: tuple[UInt32s, UInt64s, Int64s, UInt8s, Int64s],
    counted: tuple[UInt8s, Scalar],
    hits: Int64s,
    count: Scalar,
) -> Scalar:
    """Add the hits of a text that are no strays, each with its posting where its position goes."""
    items, _, offsets, _, worths = known
    seen, shift = counted
    first, end, begin = own
    for seed in range(first, end):
        row = np.uint64(seed)
        sharing = notes[row, LAST] - notes[row, FIRST]
        words, more = notes[row, WORDS], notes[row, MORE]
        may_stray = min(words, worths[min(sharing, COMMON)]) + more < CHAIN_FLOOR
        for posting in range(notes[row, FIRST], notes[row, END]):
            item = np.int64(items[np.uint64(posting)])
            is_stray = may_stray and (
                words + more < CHAIN_FLOOR
                or SMALL * notes[row, LENGTH] < offsets[item + 1] - offsets[item]
            )
            if is_stray and seen[cell_of(item, shift)] < _MOST:
                continue
            hits[count, IF_ALONE] = is_stray
            hits[count, OF_ITEM], hits[count, IN_TEXT] = item, notes[row, AT]
            hits[count, IN_ITEM], hits[count, SHARING] = posting, sharing
            hits[count, OF_SEED] = begin + seed
            count += 1
    return count


@inner
def _drop_strays(hits: Int64s, first: Scalar, end: Scalar, seen: UInt8s) -> Scalar:
    """Drop hits of a text that only passed for two of one item; give the end of those that stay.

    So few are left that hardly two items share a cell, and who shared one before does not now.
    """
    shift = _clear(seen, end - first)
    for hit in range(first, end):
        cell = _other_cell(hits[hit, OF_ITEM], shift)
        seen[cell] += seen[cell] < _MOST
    count = first
    for hit in range(first, end):
        if hits[hit, IF_ALONE] and seen[_other_cell(hits[hit, OF_ITEM], shift)] < _MOST:
            continue
        for column in range(IF_ALONE):
            hits[count, column] = hits[hit, column]
        count += 1
    return count


@inlined
def _other_cell(item: Scalar, shift: Scalar) -> Scalar:
    return cell_of(item << 24, shift)


@inlined
def _clear(seen: UInt8s, hits: Scalar) -> Scalar:
    """Make as many cells as so many hits need free; give the shift that tells an item's."""
    size, shift = np.int64(64), np.uint64(58)
    while size < _SPARSE * hits and size < SEEN:
        size, shift = 2 * size, shift - _ONE
    for cell in range(size):
        seen[cell] = 0
    return shift
