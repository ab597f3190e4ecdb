"""Strays: hits that chance gave, told by what the text alone says.

An item holds every shingle of its own. So where a text holds one seed of an item and neither the
one before nor the one behind, the run of equal tokens around it ends where the seed does, and what
it is worth is known before the item is read. Of the hits in recombined words nineteen of twenty are
such, and worth too little; in what people write, three of four.
"""

import numpy as np

from provenance.compiled import Scalar, inlined, inner
from provenance.match.everybody import weight_of
from provenance.match.hits import (
    CHAIN_FLOOR,
    COMMON,
    IN_TEXT,
    IS_BESIDE,
    OF_ITEM,
    OF_SEED,
    SEED,
    SHARING,
    SMALL,
    cell_of,
)
from provenance.match.lookup import CELL_SHIFT
from provenance.model import Int64s, UInt8s, UInt32s

SEEN = 1 << 14
"""Room to count the hits of so many items; where there are more, fewer strays are told."""

_SPARSE = 8  # cells a hit: two items in one cell pass for one of two hits
_MOST = np.uint8(2)
_ONE = np.uint64(1)


@inner
def without_strays(
    hits: Int64s,
    stretch: tuple[Scalar, Scalar, Scalar],
    document: UInt32s,
    known: tuple[Int64s, UInt8s, Int64s],
    seen: UInt8s,
) -> Scalar:
    """Move the hits of a text that are no strays; give the end of where they are then.

    Parameters
    ----------
    hits : ndarray of int64, shape (n, HIT_COLUMNS)
        Not weighed yet.
    stretch : (int, int, int)
        Where those of the text begin and end, and where they go: not behind their begin.
    document : ndarray of uint32
        Tokens of the text.
    known : (ndarray, ndarray, ndarray)
        Offsets of items, information of each cell of tokens, and `seed_worths`.
    seen : ndarray of uint8, shape (SEEN,)
        Scratch.
    """
    first, last, to = stretch
    offsets, bits, worths = known
    shift = _count_items(hits, first, last, seen)
    at, words, more, length = np.int64(-1), np.int64(0), np.int64(0), np.int64(0)
    for hit in range(first, last):
        item = hits[hit, OF_ITEM]
        if seen[cell_of(item, shift)] < _MOST and not hits[hit, IS_BESIDE]:
            if hits[hit, IN_TEXT] != at:
                at = hits[hit, IN_TEXT]
                words, more, length = _seed_at(document, at, bits)
            worth = words + more
            if worth >= CHAIN_FLOOR and SMALL * length < offsets[item + 1] - offsets[item]:
                worth = min(words, worths[min(hits[hit, SHARING], COMMON)]) + more
            if worth < CHAIN_FLOOR:
                continue
        for column in range(OF_SEED + 1):
            hits[to, column] = hits[hit, column]
        to += 1
    return to


@inlined
def _count_items(hits: Int64s, first: Scalar, last: Scalar, seen: UInt8s) -> Scalar:
    """Count the hits of every item, two of them at most; give the shift that tells its cell."""
    size, shift = np.int64(64), np.uint64(58)
    while size < _SPARSE * (last - first) and size < SEEN:
        size, shift = 2 * size, shift - _ONE
    for cell in range(size):
        seen[cell] = 0
    for hit in range(first, last):
        cell = cell_of(hits[hit, OF_ITEM], shift)
        seen[cell] += seen[cell] < _MOST
    return shift


@inlined
def _seed_at(document: UInt32s, at: Scalar, bits: UInt8s) -> tuple[Scalar, Scalar, Scalar]:
    """Give what a seed's words are worth; what else its run may hold, and how many tokens that is.

    A run goes on behind its seed, without being a seed from the next token on, over tokens that
    weigh less than a word: by so many as that next seed would lack one more of.
    """
    end, weight, words, more = at, np.int64(0), np.int64(0), np.int64(0)
    while weight < SEED:
        words += bits[document[end] >> CELL_SHIFT]
        weight += weight_of(document[end])
        end += 1
    weight -= weight_of(document[at])
    while end < document.size and weight + weight_of(document[end]) < SEED:
        more += bits[document[end] >> CELL_SHIFT]
        weight += weight_of(document[end])
        end += 1
    return words, more, end - at
