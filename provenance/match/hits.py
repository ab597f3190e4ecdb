"""Hits: where the seeds of texts stand in items, and what the words around each are worth.

Postings, items and their tokens lie all over memory, and chance alone gives a page dozens of hits.
Those of many texts are taken at a time: what will be read is fetched beforehand, so that one look
does not wait for the one before it.
"""

import numpy as np

from provenance.compiled import Scalar, inlined, inner, maker
from provenance.instructions import fetch
from provenance.match.everybody import weight_of
from provenance.match.lookup import BITS_SCALE, CELL_SHIFT, is_public
from provenance.model import Int32s, Int64s, Positions, UInt8s, UInt32s, UInt64s

OF_ITEM, IN_TEXT, IN_ITEM, SHARING, WORTH, BEGIN, LENGTH = range(7)
"""Columns of a hit: places of a seed in text and item; twice the items that share it, and one more
where they are of several sources; what the run of equal tokens around it is worth, where that
begins in the text, and how many it has."""

OF_SEED, IS_BESIDE = WORTH, BEGIN
"""Columns of a hit that is not weighed yet: which seed it is of, and whether hits of the seed
before or behind were left out."""

HIT_COLUMNS = 7

CHAIN_FLOOR = 28 * BITS_SCALE
"""Seeds of less information are not worth an alignment."""

SEVERAL = 2
"""A seed that so many items share is worth what the registry knows of it, and no more."""

SMALL = 4
"""Where the run around it is less than one in so many of the item: whole items stay as they are."""

COMMON = 100
"""A shingle that more items share is followed into the earliest few of them only."""

_EARLIEST = 8
SEED = 16
"""Quarters of a word that a seed weighs."""

_UNBOUND = 1 << 40
_LOOKED_AT = 16  # postings, for their sources
_SHARED = 2  # items that share a shingle before anybody asks whether it is everybody's
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_AT_ONCE = 1024  # seeds: what their hits need fits into the nearer caches


def seed_worths(postings: int) -> Int64s:
    """Give what the words of a seed are worth at most, by how many items share it.

    Parameters
    ----------
    postings : int
        Of the registry.

    Returns
    -------
    ndarray of int64, shape (COMMON + 1,)
        In units of 1 / `BITS_SCALE` bit: ``-log2(sharing / postings)`` for seeds that `SEVERAL`
        items share, or `COMMON` at the last. Word by word, phrases of common words seem to say
        much; that many items have them tells that they do not.
    """
    sharing = np.maximum(np.arange(COMMON + 1), 1)
    known = np.maximum(np.log2(max(postings, 1) / sharing), 0.0) * BITS_SCALE
    return np.where(sharing < SEVERAL, _UNBOUND, known).astype(np.int64)


@inlined
def group_end(offsets: Int64s, text: Scalar) -> Scalar:
    """Give the end of the texts from `text` on that are taken at a time."""
    end = text + 1
    while end + 1 < len(offsets) and offsets[end + 1] - offsets[text] <= _AT_ONCE:
        end += 1
    return end


@maker
def gather(  # noqa: C901, PLR0913, PLR0915 (a text's seeds, and all in which they are looked up)
    texts: tuple[Scalar, Scalar],
    seeds: tuple[UInt64s, Int32s],
    found: tuple[Int64s, Int64s, Int64s, Int64s],
    public: UInt64s,
    postings: tuple[UInt32s, Positions],
    hits: Int64s,
    offsets: Int64s,
) -> Int64s:
    """List the hits of some texts: those of text `i` end at `offsets[i + 1]`.

    Returns
    -------
    ndarray of int64, shape (n, HIT_COLUMNS)
        `hits`, or a larger one where there was no room; nothing is weighed yet.
    """
    hashes, positions = seeds
    places, firsts, lasts, found_offsets = found
    items, item_positions = postings
    count, text = np.int64(0), texts[0]
    own, was_cut = np.int64(0), np.int64(0)  # of the seed before: its hits; were any left out?
    begin, end = found_offsets[text], found_offsets[texts[1]]
    for start in range(begin, end, _AT_ONCE):
        stop: Scalar = min(start + _AT_ONCE, end)
        for index in range(start, stop):
            fetch(items, firsts[index])
            fetch(item_positions, firsts[index])
        for index in range(start, stop):
            while index == found_offsets[text + 1]:
                text += 1
                offsets[text] = count
            seed, first, last = places[index], firsts[index], lasts[index]
            sharing = last - first
            if sharing > COMMON:
                last = first + _EARLIEST
            if sharing >= _SHARED and is_public(public, hashes[seed]):
                last = first
            if last < lasts[index]:
                _note_beside(hits[own:count])
            while count + last - first > len(hits):
                hits = doubled(hits)
            own = count
            for posting in range(first, last):
                hits[count, OF_ITEM], hits[count, IN_TEXT] = items[posting], positions[seed]
                hits[count, IN_ITEM], hits[count, SHARING] = item_positions[posting], sharing
                hits[count, OF_SEED], hits[count, IS_BESIDE] = index, was_cut
                count += 1
            was_cut = np.int64(last < lasts[index])
    while text < texts[1]:
        text += 1
        offsets[text] = count
    return hits


@inlined
def _note_beside(hits: Int64s) -> None:
    for hit in range(len(hits)):
        hits[hit, IS_BESIDE] = 1


@inlined
def _is_of_several(codes: UInt8s, items: UInt32s, first: Scalar, last: Scalar) -> Scalar:
    several = 0
    for posting in range(first + 1, last):
        several |= codes[items[posting]] != codes[items[first]]
    return several


@inner
def tell_sources(
    hits: Int64s, found: tuple[Int64s, Int64s, Int64s, Int64s], codes: UInt8s, items: UInt32s
) -> None:
    """Note of every hit whether those that share its seed are of several sources."""
    _, firsts, lasts, _ = found
    seed, across = np.int64(-1), np.int64(0)
    for hit in range(len(hits)):
        if hits[hit, OF_SEED] != seed:
            seed = hits[hit, OF_SEED]
            first, last = firsts[seed], lasts[seed]
            across = np.int64(_is_of_several(codes, items, first, min(last, first + _LOOKED_AT)))
        hits[hit, SHARING] = hits[hit, SHARING] * 2 + across


@inlined
def cell_of(item: Scalar, shift: Scalar) -> Scalar:
    """Give the cell of an item in a table of so many cells as the shift leaves bits for."""
    return np.int64((np.uint64(item) * _SPREAD) >> shift)


@inner
def fetch_items(hits: Int64s, tokens: UInt32s, offsets: Int64s) -> None:
    """Fetch the tokens of items that stand at the places of hits."""
    for hit in range(len(hits)):
        fetch(tokens, offsets[hits[hit, OF_ITEM]] + hits[hit, IN_ITEM])


@inner
def weigh(
    hits: Int64s,
    document: UInt32s,
    items: tuple[UInt32s, Int64s],
    bits: UInt8s,
    worths: Int64s,
) -> None:
    """Find and weigh the run of equal tokens around each hit of a text.

    Where that is but a small part of the item, the words of the seed are worth no more than
    `worths` (`seed_worths`) has it.
    """
    tokens, offsets = items
    for hit in range(len(hits)):
        at, own = hits[hit, IN_TEXT], hits[hit, IN_ITEM]
        first = offsets[hits[hit, OF_ITEM]]
        size = offsets[hits[hit, OF_ITEM] + 1] - first
        back, on, weight, seed, worth = 1, 0, 0, np.int64(0), np.int64(0)
        while weight < SEED:
            seed += bits[document[at + on] >> CELL_SHIFT]
            weight += weight_of(document[at + on])
            on += 1
        while back <= min(at, own) and document[at - back] == tokens[first + own - back]:
            worth += bits[document[at - back] >> CELL_SHIFT]
            back += 1
        room = min(document.size - at, size - own)
        while on < room and document[at + on] == tokens[first + own + on]:
            worth += bits[document[at + on] >> CELL_SHIFT]
            on += 1
        if SMALL * (back + on - 1) < size:
            seed = min(seed, worths[min(hits[hit, SHARING] >> 1, COMMON)])
        worth += seed
        hits[hit, WORTH], hits[hit, BEGIN], hits[hit, LENGTH] = worth, at - back + 1, back + on - 1


@maker
def doubled(table: Scalar) -> Scalar:
    """Give a table of twice the rows that begins with these."""
    # Element by element: a slice assignment would have numba compile broadcasting for seconds.
    larger = np.empty((2 * table.shape[0] + 1, table.shape[1]), table.dtype)
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            larger[row, column] = table[row, column]
    return larger
