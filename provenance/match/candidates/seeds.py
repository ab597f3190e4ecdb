"""Gather hits: look up the seeds of texts in items, and leave out chance hits.

Postings, items and tokens are scattered over memory, and a page has dozens of hits by chance.
Seeds of many texts are processed at a time, so that what will be read can be prefetched.

An item has all shingles of its tokens. So if a text contains one seed of an item, but neither the
previous nor the next one, the run of equal tokens around the seed ends with the seed, and its
information is known before the item is read. In recombined words nineteen of twenty hits are such
*strays* and too weak; in natural text, three of four.

A run may continue over neighbouring seeds that are *truncated*, that is, not looked up in all items
that share them; the information of such neighbours is added to the bound of the run's information.
"""

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, inlined, kernel_part
from provenance.jit.intrinsics import prefetch
from provenance.match.candidates.seed_hits import (
    HIT_IS_STRAY,
    HIT_ITEM,
    HIT_ITEM_POSITION,
    HIT_POSITION,
    HIT_SEED,
    HIT_SHARED_BY,
    MAX_SHARED,
    MIN_CHAIN_SCORE,
    PARTIAL_RATIO,
    SEED_WEIGHT,
    double_rows,
    hash_cell,
)
from provenance.match.index.postings_index import CELL_SHIFT, is_stop_shingle
from provenance.match.index.stop_shingles import token_weight
from provenance.model import Int32s, Int64s, Positions, UInt8s, UInt32s, UInt64s

FIRST_POSTING, END_POSTING, LAST_POSTING, POSITION, SEED_BITS, EXTRA_BITS, RUN_TOKENS = range(7)
"""Columns of a seed: its first posting, the end of those that are looked up, and the end of all;
its index in the text; information of its words; upper bound of that of the rest of its run; the
tokens of both."""

SEED_COLUMNS = 7

MAX_COMMON_LOOKUPS = 8
"""Items in which a shingle of more than `MAX_SHARED` is looked up."""
_STOP_CHECK_FROM = 2  # items that share a shingle before it is looked up among stop shingles
_ONE = np.uint64(1)


@kernel_part
def annotate_seeds(
    texts: tuple[Scalar, Scalar],
    documents: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int32s],
    lookup: tuple[Int64s, Int64s, Int64s, Int64s],
    registry_tables: tuple[UInt32s, UInt64s, Int64s, UInt8s, Int64s],
    seed_rows: Int64s,
) -> None:
    """Compute the columns of each seed: the postings to look up, and the information."""
    tokens, token_offsets = documents
    hashes, positions = seeds
    places, firsts, lasts, bounds = lookup
    items, stop_shingles, _, bits, _ = registry_tables
    begin = bounds[texts[0]]
    for text in range(texts[0], texts[1]):
        for seed in range(bounds[text], bounds[text + 1]):
            first, last = firsts[np.uint64(seed)], lasts[np.uint64(seed)]
            place, row, end = np.uint64(places[np.uint64(seed)]), np.uint64(seed - begin), last
            at, sharing = np.int64(positions[place]), last - first
            prefetch(items, first)
            prefetch(tokens, token_offsets[text] + at)
            if sharing > MAX_SHARED:
                end = first + MAX_COMMON_LOOKUPS
            if sharing >= _STOP_CHECK_FROM and is_stop_shingle(stop_shingles, hashes[place]):
                end = first
            (
                seed_rows[row, FIRST_POSTING],
                seed_rows[row, END_POSTING],
                seed_rows[row, LAST_POSTING],
            ) = (
                first,
                end,
                last,
            )
            seed_rows[row, POSITION] = at
    for text in range(texts[0], texts[1]):
        before, stop = token_offsets[text], token_offsets[text + 1]
        for seed in range(bounds[text], bounds[text + 1]):
            row = np.uint64(seed - begin)
            seed_bits, extra_bits, run_tokens = _measure_seed(
                tokens, before + seed_rows[row, POSITION], stop, bits
            )
            seed_rows[row, SEED_BITS], seed_rows[row, EXTRA_BITS], seed_rows[row, RUN_TOKENS] = (
                seed_bits,
                extra_bits,
                run_tokens,
            )
        text_rows = seed_rows[bounds[text] - begin : bounds[text + 1] - begin]
        _add_truncated_neighbours(text_rows, tokens[before:stop], bits)


@kernel_part
def _add_truncated_neighbours(seed_rows: Int64s, document: UInt32s, bits: UInt8s) -> None:
    """Add the information of truncated neighbouring seeds to the bounds of a text's runs."""
    extra_bits = extra_tokens = end = np.int64(0)
    for back in range(len(seed_rows)):
        row = np.uint64(len(seed_rows) - 1 - back)
        seed_end = seed_rows[row, POSITION] + seed_rows[row, RUN_TOKENS]
        if (
            back
            and _is_truncated(seed_rows, row + _ONE)
            and seed_rows[row + _ONE, POSITION] == seed_rows[row, POSITION] + 1
        ):
            extra_bits, extra_tokens = (
                extra_bits + _sum_bits(document, seed_end, end, bits),
                extra_tokens + end - seed_end,
            )
        else:
            extra_bits = extra_tokens = np.int64(0)
        seed_rows[row, EXTRA_BITS], seed_rows[row, RUN_TOKENS] = (
            seed_rows[row, EXTRA_BITS] + extra_bits,
            seed_rows[row, RUN_TOKENS] + extra_tokens,
        )
        end = seed_end
    extra_bits = extra_tokens = np.int64(0)
    for place in range(1, len(seed_rows)):
        row = np.uint64(place)
        begin, at = seed_rows[row - _ONE, POSITION], seed_rows[row, POSITION]
        if _is_truncated(seed_rows, row - _ONE) and begin + 1 == at:
            extra_bits, extra_tokens = (
                extra_bits + _sum_bits(document, begin, at, bits),
                extra_tokens + at - begin,
            )
        else:
            extra_bits = extra_tokens = np.int64(0)
        seed_rows[row, EXTRA_BITS], seed_rows[row, RUN_TOKENS] = (
            seed_rows[row, EXTRA_BITS] + extra_bits,
            seed_rows[row, RUN_TOKENS] + extra_tokens,
        )


@inlined
def _sum_bits(document: UInt32s, first: Scalar, end: Scalar, bits: UInt8s) -> Scalar:
    worth = np.int64(0)
    for place in range(first, end):
        worth += bits[document[np.uint64(place)] >> CELL_SHIFT]
    return worth


@inlined
def _is_truncated(seed_rows: Int64s, seed: Scalar) -> Scalar:
    return seed_rows[seed, END_POSTING] < seed_rows[seed, LAST_POSTING]


@inlined
def _measure_seed(
    tokens: UInt32s, at: Scalar, stop: Scalar, bits: UInt8s
) -> tuple[Scalar, Scalar, Scalar]:
    """Return the information of a seed's words, of the rest of its run, and the tokens of both.

    A run continues after its seed over tokens of less than a word, if the seed that would begin
    at the next token weighs too little even with them.
    """
    end, weight, seed_bits, extra_bits = at, np.int64(0), np.int64(0), np.int64(0)
    while weight < SEED_WEIGHT:
        token = tokens[np.uint64(end)]
        seed_bits += bits[token >> CELL_SHIFT]
        weight += token_weight(token)
        end += 1
    weight -= token_weight(tokens[np.uint64(at)])
    while end < stop:
        token = tokens[np.uint64(end)]
        if weight + token_weight(token) >= SEED_WEIGHT:
            break
        extra_bits += bits[token >> CELL_SHIFT]
        weight += token_weight(token)
        end += 1
    return seed_bits, extra_bits, end - at


COUNTER_CELLS = 1 << 14
"""Cells that count hits of items; with more hits for them, fewer strays are recognised."""

_SEEDS_PER_GROUP = 1024  # the data of their hits fits into the L2 cache
_CELLS_PER_HIT = 32  # two items that share a cell are mistaken for one item with two hits
_MAX_COUNT = np.uint8(2)


@inlined
def group_end(offsets: Int64s, text: Scalar) -> Scalar:
    """Return the end of the group of texts, from `text` on, that are processed at a time."""
    end = text + 1
    while end + 1 < len(offsets) and offsets[end + 1] - offsets[text] <= _SEEDS_PER_GROUP:
        end += 1
    return end


@allocating_part
def gather_hits(  # noqa: PLR0913 (texts, their seeds, and all in which they are looked up)
    texts: tuple[Scalar, Scalar],
    documents: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int32s],
    lookup: tuple[Int64s, Int64s, Int64s, Int64s],
    postings: tuple[UInt32s, Positions],
    registry_tables: tuple[UInt64s, Int64s, UInt8s, Int64s],
    scratch: tuple[Int64s, UInt8s],
    hits: Int64s,
    offsets: Int64s,
) -> Int64s:
    """List the hits of some texts without strays; those of text `i` end at `offsets[i + 1]`.

    Parameters
    ----------
    texts : (int, int)
        The texts, half-open; hits before them end at `offsets[texts[0]]`, which is 0.
    documents, seeds : tuple of ndarray
        Tokens of all texts, and their seeds.
    lookup : tuple of ndarray
        Fields of the `ProbeResult`.
    postings : (ndarray, ndarray)
        Items and positions.
    registry_tables : (ndarray, ndarray, ndarray, ndarray)
        Stop shingles, offsets of items, information of each cell of tokens, and `max_seed_bits`.
    scratch : (ndarray of int64, shape (n, SEED_COLUMNS), ndarray of uint8, shape (COUNTER_CELLS,))
        At least as many rows as the texts have seeds that are in the registry.
    hits : ndarray of int64, shape (m, HIT_COLUMNS)
        Output.
    offsets : ndarray of int64
        Output: ends of each text's hits.

    Returns
    -------
    ndarray of int64, shape (m, HIT_COLUMNS)
        `hits`, or a larger array if they did not fit; not scored yet.
    """
    seed_rows, counters = scratch
    items, positions = postings
    bounds, count = lookup[3], np.int64(0)
    begin = bounds[texts[0]]
    annotate_seeds(texts, documents, seeds, lookup, (items, *registry_tables), seed_rows)
    for text in range(texts[0], texts[1]):
        seed_range = bounds[text] - begin, bounds[text + 1] - begin
        most = np.int64(0)
        for seed in range(seed_range[0], seed_range[1]):
            most += seed_rows[seed, END_POSTING] - seed_rows[seed, FIRST_POSTING]
        while count + most > len(hits):
            hits = double_rows(hits)
        shift = _count_hits_per_item(seed_range, seed_rows, items, most, counters)
        end = _append_hits(
            (*seed_range, begin),
            seed_rows,
            (items, *registry_tables),
            (counters, shift),
            hits,
            count,
        )
        count = _drop_strays(hits, count, end, counters)
        offsets[text + 1] = count
    for hit in range(count):
        hits[hit, HIT_ITEM_POSITION] = positions[hits[hit, HIT_ITEM_POSITION]]
    return hits


@inlined
def _count_hits_per_item(
    seed_range: tuple[Scalar, Scalar],
    seed_rows: Int64s,
    items: UInt32s,
    most: Scalar,
    counters: UInt8s,
) -> Scalar:
    """Count the hits of every item, up to two; return the shift that selects its cell."""
    shift = _clear_counters(counters, most)
    for seed in range(seed_range[0], seed_range[1]):
        row = np.uint64(seed)
        for posting in range(seed_rows[row, FIRST_POSTING], seed_rows[row, END_POSTING]):
            cell = hash_cell(items[np.uint64(posting)], shift)
            counters[cell] += counters[cell] < _MAX_COUNT
    return shift


@kernel_part
def _append_hits(
    seed_range: tuple[Scalar, Scalar, Scalar],
    seed_rows: Int64s,
    registry_tables: tuple[UInt32s, UInt64s, Int64s, UInt8s, Int64s],
    hit_counters: tuple[UInt8s, Scalar],
    hits: Int64s,
    count: Scalar,
) -> Scalar:
    """Append a text's hits without strays, with the posting in place of the item's position."""
    items, _, offsets, _, bits_limits = registry_tables
    counters, shift = hit_counters
    first, end, begin = seed_range
    for seed in range(first, end):
        row = np.uint64(seed)
        sharing = seed_rows[row, LAST_POSTING] - seed_rows[row, FIRST_POSTING]
        seed_bits, extra_bits = seed_rows[row, SEED_BITS], seed_rows[row, EXTRA_BITS]
        may_stray = (
            min(seed_bits, bits_limits[min(sharing, MAX_SHARED)]) + extra_bits < MIN_CHAIN_SCORE
        )
        for posting in range(seed_rows[row, FIRST_POSTING], seed_rows[row, END_POSTING]):
            item = np.int64(items[np.uint64(posting)])
            is_stray = may_stray and (
                seed_bits + extra_bits < MIN_CHAIN_SCORE
                or PARTIAL_RATIO * seed_rows[row, RUN_TOKENS] < offsets[item + 1] - offsets[item]
            )
            if is_stray and counters[hash_cell(item, shift)] < _MAX_COUNT:
                continue
            hits[count, HIT_IS_STRAY] = is_stray
            hits[count, HIT_ITEM], hits[count, HIT_POSITION] = item, seed_rows[row, POSITION]
            hits[count, HIT_ITEM_POSITION], hits[count, HIT_SHARED_BY] = posting, sharing
            hits[count, HIT_SEED] = begin + seed
            count += 1
    return count


@kernel_part
def _drop_strays(hits: Int64s, first: Scalar, end: Scalar, counters: UInt8s) -> Scalar:
    """Drop strays that shared a cell with another item; return the end of the remaining hits.

    So few hits remain that hardly two items share a cell, and another hash separates those that
    did.
    """
    shift = _clear_counters(counters, end - first)
    for hit in range(first, end):
        cell = _second_cell(hits[hit, HIT_ITEM], shift)
        counters[cell] += counters[cell] < _MAX_COUNT
    count = first
    for hit in range(first, end):
        if (
            hits[hit, HIT_IS_STRAY]
            and counters[_second_cell(hits[hit, HIT_ITEM], shift)] < _MAX_COUNT
        ):
            continue
        for column in range(HIT_IS_STRAY):
            hits[count, column] = hits[hit, column]
        count += 1
    return count


@inlined
def _second_cell(item: Scalar, shift: Scalar) -> Scalar:
    return hash_cell(item << 24, shift)


@inlined
def _clear_counters(counters: UInt8s, hits: Scalar) -> Scalar:
    """Clear the cells that `hits` hits need; return the shift that selects an item's cell."""
    size, shift = np.int64(64), np.uint64(58)
    while size < _CELLS_PER_HIT * hits and size < COUNTER_CELLS:
        size, shift = 2 * size, shift - _ONE
    for cell in range(size):
        counters[cell] = 0
    return shift
