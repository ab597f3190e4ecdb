"""Hits: where the seeds of texts stand in items, and what the words around each are worth."""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner, maker
from provenance.jit.intrinsics import fetch
from provenance.match.index.postings_index import BITS_SCALE, CELL_SHIFT
from provenance.match.index.stop_shingles import weight_of
from provenance.model import Int64s, UInt8s, UInt32s

OF_ITEM, IN_TEXT, IN_ITEM, SHARING, WORTH, BEGIN, LENGTH = range(7)
"""Columns of a hit: places of a seed in text and item; twice the items that share it, and one more
where they are of several sources; what the run of equal tokens around it is worth, where that
begins in the text, and how many it has."""

OF_SEED, IF_ALONE = WORTH, BEGIN
"""Columns of a hit that is not weighed yet: which seed it is of, and whether it would be a stray if
it were the only hit of its item."""

HIT_COLUMNS = 7

CHAIN_FLOOR = 28 * BITS_SCALE
"""Seeds of less information are not worth an alignment."""

SEVERAL = 2
"""A seed that so many items share is worth what the registry knows of it, and no more."""

SMALL = 4
"""Where the run around it is less than one in so many of the item: whole items stay as they are."""

COMMON = 100
"""A shingle that more items share is followed into the earliest few of them only."""

SEED = 16
"""Quarters of a word that a seed weighs."""

_UNBOUND = 1 << 40
_LINE = 16  # tokens: those of a line of the cache
_LOOKED_AT = 16  # postings, for their sources
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


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
def _is_of_several(codes: UInt8s, items: UInt32s, first: Scalar, last: Scalar) -> Scalar:
    several = 0
    for posting in range(first + 1, last):
        several |= codes[items[posting]] != codes[items[first]]
    return several


@inner
def tell_sources(
    hits: Int64s, found: tuple[Int64s, Int64s, Int64s, Int64s], codes: UInt8s, items: UInt32s
) -> None:
    """Note of every hit whether those that share its seed are of several sources.

    Where `codes` is empty, there is one source.
    """
    _, firsts, lasts, _ = found
    seed, across = np.int64(-1), np.int64(0)
    for hit in range(len(hits)):
        if codes.size and hits[hit, OF_SEED] != seed:
            seed = hits[hit, OF_SEED]
            first, last = firsts[seed], lasts[seed]
            across = np.int64(_is_of_several(codes, items, first, min(last, first + _LOOKED_AT)))
        hits[hit, SHARING] = hits[hit, SHARING] * 2 + across


@inlined
def cell_of(item: Scalar, shift: Scalar) -> Scalar:
    """Give the cell of an item in a table of so many cells as the shift leaves bits for."""
    return (np.uint64(item) * _SPREAD) >> shift


@inner
def fetch_items(hits: Int64s, tokens: UInt32s, offsets: Int64s) -> None:
    """Fetch the tokens of items that stand at the places of hits, and those on both sides."""
    for hit in range(len(hits)):
        at = offsets[hits[hit, OF_ITEM]] + hits[hit, IN_ITEM]
        fetch(tokens, at)
        fetch(tokens, at - _LINE)
        fetch(tokens, at + _LINE)


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
    item, shift, begin, end = np.int64(-1), np.int64(0), np.int64(0), np.int64(0)
    whole = np.int64(0)
    for hit in range(len(hits)):
        at, own = hits[hit, IN_TEXT], hits[hit, IN_ITEM]
        first = offsets[hits[hit, OF_ITEM]]
        size = offsets[hits[hit, OF_ITEM] + 1] - first
        stop, weight, seed = at, 0, np.int64(0)
        while weight < SEED:
            token = document[np.uint64(stop)]
            seed += bits[token >> CELL_SHIFT]
            weight += weight_of(token)
            stop += 1
        if own + stop - at > size:  # the item does not hold the seed: the registry is hostile
            stop = min(stop, at + size)
            own = size - (stop - at)
            hits[hit, IN_ITEM] = own
        # The seeds of a copy follow each other, and the run around one is that around all.
        if hits[hit, OF_ITEM] != item or at - own != shift or stop > end:
            item, shift = hits[hit, OF_ITEM], at - own
            begin, end, whole = _run_around(
                (at, stop), document, tokens[first : first + size], shift, bits
            )
            whole += seed
        worth = whole
        if SMALL * (end - begin) < size:
            worth += min(seed, worths[min(hits[hit, SHARING] >> 1, COMMON)]) - seed
        hits[hit, WORTH], hits[hit, BEGIN], hits[hit, LENGTH] = worth, begin, end - begin


@inlined
def _run_around(
    seed: tuple[Scalar, Scalar], document: UInt32s, item: UInt32s, shift: Scalar, bits: UInt8s
) -> tuple[Scalar, Scalar, Scalar]:
    """Find where the run of equal tokens around a seed begins and ends, and what lies beside it."""
    (begin, end), worth = seed, np.int64(0)
    low, high = max(shift, 0), min(document.size, item.size + shift)
    while begin > low:
        token = document[np.uint64(begin - 1)]
        if token != item[np.uint64(begin - 1 - shift)]:
            break
        worth += bits[token >> CELL_SHIFT]
        begin -= 1
    while end < high:
        token = document[np.uint64(end)]
        if token != item[np.uint64(end - shift)]:
            break
        worth += bits[token >> CELL_SHIFT]
        end += 1
    return begin, end, worth


@maker
def doubled(table: Scalar) -> Scalar:
    """Give a table of twice the rows that begins with these."""
    # Element by element: a slice assignment would have numba compile broadcasting for seconds.
    larger = np.empty((2 * table.shape[0] + 1, table.shape[1]), table.dtype)
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            larger[row, column] = table[row, column]
    return larger
