"""Hits: where the seeds of texts stand in items, and what the words around each are worth.

Postings, items and their tokens lie all over memory, and chance alone gives a page dozens of hits.
Those of many texts are taken at a time: what will be read is fetched beforehand, so that one look
does not wait for the one before it.
"""

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel
from provenance.match.fetching import fetch
from provenance.match.lookup import BITS_SCALE, CELL_SHIFT, is_public
from provenance.model import Int32s, Int64s, Positions, UInt8s, UInt32s, UInt64s

OF_ITEM, IN_TEXT, IN_ITEM, SHARING, WORTH = range(5)
"""Columns of a hit: places of a seed in text and item; twice the items that share it, and one more
where they are of several sources; information of the equal tokens around it."""

HIT_COLUMNS = 5

CHAIN_FLOOR = 28 * BITS_SCALE
"""Seeds of less information are not worth an alignment."""

COMMON = 100
"""A shingle that more items share is followed into the earliest few of them only."""

MET = 1 << 10
"""Cells for the items that a text's hits are of: chance seldom gives a page as many."""

_EARLIEST = 8
_LOOKED_AT = 16  # postings, for their sources
_SHARED = 2  # items that share a shingle before anybody asks whether it is everybody's
_AT_ONCE = 1024  # seeds: what their hits need fits into the nearer caches
_CELL = np.uint64(64 - 10)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@inlined
def group_end(offsets: Int64s, text: Scalar) -> Scalar:
    """Give the end of the texts from `text` on that are taken at a time."""
    end = text + 1
    while end + 1 < len(offsets) and offsets[end + 1] - offsets[text] <= _AT_ONCE:
        end += 1
    return end


@kernel
def gather(  # noqa: C901, PLR0913 (a text's seeds, and every table in which they are looked up)
    texts: tuple[Scalar, Scalar],
    seeds: tuple[UInt64s, Int32s],
    found: tuple[Int64s, Int64s, Int64s, Int64s],
    tables: tuple[UInt8s, UInt64s, UInt8s],
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
    _, public, codes = tables
    items, item_positions = postings
    count, text = np.int64(0), texts[0]
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
            if sharing >= _SHARED and is_public(public, hashes[seed]):
                continue
            across = _is_of_several(codes, items, first, min(last, first + _LOOKED_AT))
            if sharing > COMMON:
                last = first + _EARLIEST
            while count + last - first > len(hits):
                hits = doubled(hits)
            for posting in range(first, last):
                hits[count, OF_ITEM] = items[posting]
                hits[count, IN_TEXT] = positions[seed]
                hits[count, IN_ITEM] = item_positions[posting]
                hits[count, SHARING] = sharing * 2 + across
                count += 1
    while text < texts[1]:
        text += 1
        offsets[text] = count
    return hits


@inlined
def _is_of_several(codes: UInt8s, items: UInt32s, first: Scalar, last: Scalar) -> Scalar:
    several = 0
    for posting in range(first + 1, last):
        several |= codes[items[posting]] != codes[items[first]]
    return several


@inner
def fetch_items(hits: Int64s, tokens: UInt32s, offsets: Int64s) -> None:
    """Fetch the tokens of items that stand at the places of hits."""
    for hit in range(len(hits)):
        fetch(tokens, offsets[hits[hit, OF_ITEM]] + hits[hit, IN_ITEM])


@inner
def weigh(hits: Int64s, document: UInt32s, tokens: UInt32s, offsets: Int64s, bits: UInt8s) -> None:
    """Weigh the run of equal tokens around each hit of a text."""
    for hit in range(len(hits)):
        at, own = hits[hit, IN_TEXT], hits[hit, IN_ITEM]
        first = offsets[hits[hit, OF_ITEM]]
        size = offsets[hits[hit, OF_ITEM] + 1] - first
        score, back, on = np.int64(0), 1, 0
        while back <= min(at, own) and document[at - back] == tokens[first + own - back]:
            score += bits[document[at - back] >> CELL_SHIFT]
            back += 1
        room = min(document.size - at, size - own)
        while on < room and document[at + on] == tokens[first + own + on]:
            score += bits[document[at + on] >> CELL_SHIFT]
            on += 1
        hits[hit, WORTH] = score


@inner
def drop_lone(hits: Int64s, met: UInt8s) -> Scalar:
    """Drop most hits that are worth too little and whose item has no other; give how many stay."""
    met[:] = 0
    for hit in range(len(hits)):
        cell = _cell(hits[hit, OF_ITEM])
        met[cell] = 1 if met[cell] == 0 else 2
    kept: Scalar = 0
    for hit in range(len(hits)):
        for column in range(HIT_COLUMNS):
            hits[kept, column] = hits[hit, column]
        kept += hits[hit, WORTH] >= CHAIN_FLOOR or met[_cell(hits[hit, OF_ITEM])] > 1
    return kept


@inlined
def _cell(item: Scalar) -> Scalar:
    return np.int64((np.uint64(item) * _SPREAD) >> _CELL)


@kernel
def doubled(table: Scalar) -> Scalar:
    """Give a table of twice the rows that begins with these."""
    # Element by element: a slice assignment would have numba compile broadcasting for seconds.
    larger = np.empty((2 * table.shape[0] + 1, table.shape[1]), table.dtype)
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            larger[row, column] = table[row, column]
    return larger
