"""Hits: runs of seeds that a text shares with an item."""

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, inlined, kernel_part
from provenance.jit.intrinsics import prefetch
from provenance.match.index.postings_index import BITS_SCALE
from provenance.match.index.seed_postings import FEW, MAX_SHARED
from provenance.model.content.fingerprints import Flags, Int64s, UInt8s, UInt32s

(
    HIT_ITEM,
    HIT_POSITION,
    HIT_END,
    HIT_ITEM_POSITION,
    HIT_BEGIN_BOUND,
    HIT_END_BOUND,
    HIT_SHARED_BY,
    HIT_FIRST_SEED,
    HIT_LAST_SEED,
    HIT_EXCESS,
    HIT_HAS_STOPS,
    HIT_IS_ALONE,
) = range(12)
"""Columns of a hit, a run of consecutive seeds of an item: the item; begin and end of the seeds in
the text; their begin in the item; begin and end of the longest run that they may be in; the number
of items that share the rarest seed, later twice that, plus one if they are of several sources;
first and last of the seeds, counted in the text; information of the words of a seed beyond
`max_seed_bits`, where it is least; whether stop shingles may be in the run; and whether the item
has no other hit nearby."""

HIT_COLUMNS = 12

MIN_CHAIN_SCORE = 28 * BITS_SCALE
"""Chains of less information are not aligned, in units of 1 / `BITS_SCALE` bit."""

_SHARED_FROM = 2
"""Minimum number of items sharing a seed for its frequency in the registry to limit its bits."""

PARTIAL_RATIO = 4
"""The limit of a seed's information applies to runs below 1 / `PARTIAL_RATIO` of the item."""

SEED_WEIGHT = 16
"""Weight of a seed, in quarters of a word."""

_NO_LIMIT = 1 << 40
_CACHE_LINE_TOKENS = 16
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
    several = np.int64(0)
    for posting in range(first + 1, last):
        several |= np.int64(codes[items[posting]] != codes[items[first]])
    return several


@kernel_part
def mark_multi_source(
    hits: Int64s,
    lookup: tuple[Int64s, Int64s, Int64s, Int64s, Int64s, Flags],
    first_seed: Scalar,
    codes: UInt8s,
    items: UInt32s,
) -> None:
    """Record for each hit of a text if the items that share its rarest seed have several sources.

    Of several seeds that are as rare, one of a single source counts. If `codes` is empty, there is
    one source.
    """
    _, firsts, lasts, _, sharings, _ = lookup
    for hit in range(len(hits)):
        sharing, across = hits[hit, HIT_SHARED_BY], np.int64(codes.size > 0)
        last_seed = first_seed + hits[hit, HIT_LAST_SEED] if across else np.int64(-1)
        for seed in range(first_seed + hits[hit, HIT_FIRST_SEED], last_seed + 1):
            if sharings[seed] == sharing:
                across &= _has_several_sources(
                    codes, items, firsts[seed], min(lasts[seed], firsts[seed] + FEW)
                )
        hits[hit, HIT_SHARED_BY] = sharing * 2 + across


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


@inlined
def exact_run(
    begin: Scalar, end: Scalar, shift: Scalar, document: UInt32s, item: UInt32s
) -> tuple[Scalar, Scalar]:
    """Return begin and end of the run of equal tokens around a stretch of a text.

    Token `i` of the text is compared with token ``i - shift`` of the item.
    """
    low, high = max(shift, 0), min(document.size, item.size + shift)
    while begin > low and document[np.uint64(begin - 1)] == item[np.uint64(begin - 1 - shift)]:
        begin -= 1
    while end < high and document[np.uint64(end)] == item[np.uint64(end - shift)]:
        end += 1
    return begin, end


@allocating_part
def double_rows(table: Scalar) -> Scalar:
    """Return a table of twice the rows that begins with the given ones."""
    # By element: for a slice assignment numba compiles broadcasting, which takes seconds.
    larger = np.empty((2 * table.shape[0] + 1, table.shape[1]), table.dtype)
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            larger[row, column] = table[row, column]
    return larger
