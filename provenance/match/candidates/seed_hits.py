"""Hits: positions of a text's seeds in items, and the information of the run around each."""

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, inlined, kernel_part
from provenance.jit.intrinsics import prefetch
from provenance.match.index.postings_index import BITS_SCALE, CELL_SHIFT
from provenance.match.index.stop_shingles import token_weight
from provenance.model import Int64s, UInt8s, UInt32s

HIT_ITEM, HIT_POSITION, HIT_ITEM_POSITION, HIT_SHARED_BY, HIT_BITS, HIT_START, HIT_LENGTH = range(7)
"""Columns of a hit: the item; index of the seed in text and item; twice the number of items that
share it, plus one if they are of several sources; information of the run of equal tokens around
it, where that run begins in the text, and its length in tokens."""

HIT_SEED, HIT_IS_STRAY = HIT_BITS, HIT_START
"""Columns of a hit that is not scored yet: index of the seed, and whether the hit would be a stray
if it were the only one of its item."""

HIT_COLUMNS = 7

MIN_CHAIN_SCORE = 28 * BITS_SCALE
"""Chains of less information are not aligned, in units of 1 / `BITS_SCALE` bit."""

_SHARED_FROM = 2
"""Minimum number of items sharing a seed for its frequency in the registry to limit its bits."""

PARTIAL_RATIO = 4
"""The limit of a seed's information applies to runs below 1 / `PARTIAL_RATIO` of the item."""

MAX_SHARED = 100
"""A shingle that more items share is looked up in the earliest few of them only."""

SEED_WEIGHT = 16
"""Weight of a seed, in quarters of a word."""

_NO_LIMIT = 1 << 40
_CACHE_LINE_TOKENS = 16
_MAX_POSTINGS = 16  # of a seed, whose sources are compared
_HASH_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def max_seed_bits(postings: int) -> Int64s:
    """Return the limit on a seed's information, by the number of items that share it.

    Parameters
    ----------
    postings : int
        Number of postings of the registry.

    Returns
    -------
    ndarray of int64, shape (MAX_SHARED + 1,)
        In units of 1 / `BITS_SCALE` bit: ``-log2(sharing / postings)`` for seeds that at least
        `_SHARED_FROM` items share. Unigram information overstates a phrase of common words: a
        phrase that many items have is common.
    """
    sharing = np.maximum(np.arange(MAX_SHARED + 1), 1)
    limits = np.maximum(np.log2(max(postings, 1) / sharing), 0.0) * BITS_SCALE
    return np.where(sharing < _SHARED_FROM, _NO_LIMIT, limits).astype(np.int64)


@inlined
def _has_several_sources(codes: UInt8s, items: UInt32s, first: Scalar, last: Scalar) -> Scalar:
    several = 0
    for posting in range(first + 1, last):
        several |= codes[items[posting]] != codes[items[first]]
    return several


@kernel_part
def mark_multi_source(
    hits: Int64s, lookup: tuple[Int64s, Int64s, Int64s, Int64s], codes: UInt8s, items: UInt32s
) -> None:
    """Record for every hit whether the items that share its seed are of several sources.

    If `codes` is empty, there is one source.
    """
    _, firsts, lasts, _ = lookup
    seed, across = np.int64(-1), np.int64(0)
    for hit in range(len(hits)):
        if codes.size and hits[hit, HIT_SEED] != seed:
            seed = hits[hit, HIT_SEED]
            first, last = firsts[seed], lasts[seed]
            across = np.int64(
                _has_several_sources(codes, items, first, min(last, first + _MAX_POSTINGS))
            )
        hits[hit, HIT_SHARED_BY] = hits[hit, HIT_SHARED_BY] * 2 + across


@inlined
def hash_cell(item: Scalar, shift: Scalar) -> Scalar:
    """Return the cell of an item in a hash table; `shift` is 64 less the bits of its size."""
    return (np.uint64(item) * _HASH_MULTIPLIER) >> shift


@kernel_part
def prefetch_items(hits: Int64s, tokens: UInt32s, offsets: Int64s) -> None:
    """Prefetch the items' tokens around hits."""
    for hit in range(len(hits)):
        at = offsets[hits[hit, HIT_ITEM]] + hits[hit, HIT_ITEM_POSITION]
        prefetch(tokens, at)
        prefetch(tokens, at - _CACHE_LINE_TOKENS)
        prefetch(tokens, at + _CACHE_LINE_TOKENS)


@kernel_part
def score_hits(
    hits: Int64s,
    document: UInt32s,
    items: tuple[UInt32s, Int64s],
    bits: UInt8s,
    bits_limits: Int64s,
) -> None:
    """Record the run of equal tokens around each hit of a text, and its information.

    If the run is a small part of the item, the information of the seed's words is limited to
    `bits_limits` (`max_seed_bits`).
    """
    tokens, offsets = items
    item, shift, begin, end = np.int64(-1), np.int64(0), np.int64(0), np.int64(0)
    run_score = np.int64(0)
    for hit in range(len(hits)):
        at, item_at = hits[hit, HIT_POSITION], hits[hit, HIT_ITEM_POSITION]
        first = offsets[hits[hit, HIT_ITEM]]
        size = offsets[hits[hit, HIT_ITEM] + 1] - first
        stop, weight, seed = at, 0, np.int64(0)
        while weight < SEED_WEIGHT:
            token = document[np.uint64(stop)]
            seed += bits[token >> CELL_SHIFT]
            weight += token_weight(token)
            stop += 1
        if item_at + stop - at > size:  # the item lacks the seed: the registry was tampered with
            stop = min(stop, at + size)
            item_at = size - (stop - at)
            hits[hit, HIT_ITEM_POSITION] = item_at
        # The seeds of a copy follow each other and share one run.
        if hits[hit, HIT_ITEM] != item or at - item_at != shift or stop > end:
            item, shift = hits[hit, HIT_ITEM], at - item_at
            begin, end, run_score = _exact_run(
                (at, stop), document, tokens[first : first + size], shift, bits
            )
            run_score += seed
        score = run_score
        if PARTIAL_RATIO * (end - begin) < size:
            score += min(seed, bits_limits[min(hits[hit, HIT_SHARED_BY] >> 1, MAX_SHARED)]) - seed
        hits[hit, HIT_BITS], hits[hit, HIT_START], hits[hit, HIT_LENGTH] = score, begin, end - begin


@inlined
def _exact_run(
    seed: tuple[Scalar, Scalar], document: UInt32s, item: UInt32s, shift: Scalar, bits: UInt8s
) -> tuple[Scalar, Scalar, Scalar]:
    """Return begin and end of the run around a seed, and the information of its other tokens."""
    (begin, end), score = seed, np.int64(0)
    low, high = max(shift, 0), min(document.size, item.size + shift)
    while begin > low:
        token = document[np.uint64(begin - 1)]
        if token != item[np.uint64(begin - 1 - shift)]:
            break
        score += bits[token >> CELL_SHIFT]
        begin -= 1
    while end < high:
        token = document[np.uint64(end)]
        if token != item[np.uint64(end - shift)]:
            break
        score += bits[token >> CELL_SHIFT]
        end += 1
    return begin, end, score


@allocating_part
def double_rows(table: Scalar) -> Scalar:
    """Return a table of twice the rows that begins with the given ones."""
    # By element: for a slice assignment numba compiles broadcasting, which takes seconds.
    larger = np.empty((2 * table.shape[0] + 1, table.shape[1]), table.dtype)
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            larger[row, column] = table[row, column]
    return larger
