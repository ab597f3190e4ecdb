"""Seeds of texts: shingles that are in the registry, and bounds of the runs that they may be in.

An item has all shingles of its tokens. So the run of equal tokens around seeds that an item has
ends with them, and its information is known before the item is read. A run may continue over
neighbouring seeds that are *truncated*, that is, not looked up in all items that share them; the
bounds of a run include such neighbours.
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel_part
from provenance.jit.intrinsics import prefetch
from provenance.match.candidates.seed_hits import (
    MIN_CHAIN_SCORE,
    PARTIAL_RATIO,
    SEED_WEIGHT,
)
from provenance.match.index.postings_index import CELL_SHIFT
from provenance.match.index.report_limits import (
    COPY_RUN_TOKENS,
    MIN_COPY_WORDS,
    SURPRISAL_SCALE,
    TABLE_BITS,
    TABLE_QUARTERS,
    TABLE_WORDS,
    next_surprisal,
    prefetch_surprisals,
    word_surprisal,
)
from provenance.match.index.seed_postings import MAX_SHARED
from provenance.match.index.token_weights import token_weight
from provenance.model.content.fingerprints import Flags, Int32s, Int64s, UInt8s, UInt32s, UInt64s

(
    FIRST_POSTING,
    END_POSTING,
    SHARED_BY,
    POSITION,
    SEED_END,
    RUN_BEGIN,
    RUN_END,
    EXCESS,
    LONGEST_ITEM,
    HAS_STOPS,
    IS_DECISIVE,
) = range(11)
"""Columns of a seed: its first posting, and the end of those that are looked up; number of items
that share it; begin and end of its tokens in the text; begin and end of those that a run may have
if no other seed that is looked up is in the item; information of its words beyond
`seed_hits.max_seed_bits`; tokens of the longest item in which it is followed if it is alone;
whether the run includes stop shingles; and whether a match needs this seed or another such one."""

SEED_COLUMNS = 11

INFORMATION, SURPRISAL, WEIGHT, ALONE = range(4)
"""Columns of a token: sums over the tokens before it, of those that seeds cover, of information in
the registry, surprisal after the previous token, and weight; and its surprisal without it."""

TOKEN_COLUMNS = 4

MAX_COMMON_LOOKUPS = 8
"""Items in which a shingle of more than `MAX_SHARED` is looked up."""

RARE_SHARED_BY = 8
"""Most items that share a rare seed."""

COMMON_SEEDS = 5
"""Consecutive seeds of an item, eight words, that are evidence even if none of them is rare."""

SEEDS_PER_GROUP = 1024
"""Seeds of the texts that are processed at a time: data of their hits fits into the L2 cache."""

_TOKENS_PER_GROUP = 1 << 13
_CACHE_LINE_ITEMS = 16
_ANY_SIZE = np.int64(255)  # `RegistryArrays.item_sizes` ends there
_ONE = np.uint64(1)


@inlined
def group_end(seed_offsets: Int64s, token_offsets: Int64s, text: Scalar) -> Scalar:
    """Return the end of the group of texts, from `text` on, that are processed at a time."""
    end = text + 1
    while (
        end + 1 < len(seed_offsets)
        and seed_offsets[end + 1] - seed_offsets[text] <= SEEDS_PER_GROUP
        and token_offsets[end + 1] - token_offsets[text] <= _TOKENS_PER_GROUP
    ):
        end += 1
    return end


@kernel_part
def annotate_seeds(  # noqa: C901, PLR0913, PLR0915 (one pass over seeds: what is read is prefetched)
    texts: tuple[Scalar, Scalar],
    documents: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int32s],
    lookup: tuple[Int64s, Int64s, Int64s, Int64s, Int64s, Flags],
    registry_tables: tuple[UInt32s, UInt8s, Int64s],
    limits: tuple[Int32s, UInt8s, UInt64s],
    scratch: tuple[Int64s, Int64s],
) -> None:
    """Compute the columns of each seed, and those of the tokens that seeds cover."""
    seed_rows, token_sums = scratch
    tokens, token_offsets = documents
    _, positions = seeds
    places, firsts, lasts, bounds, sharings, is_stop = lookup
    items, bits, bits_limits = registry_tables
    begin, first_token = bounds[texts[0]], token_offsets[texts[0]] + texts[0]
    for text in range(texts[0], texts[1]):
        document = tokens[token_offsets[text] : token_offsets[text + 1]]
        text_rows = seed_rows[bounds[text] - begin : bounds[text + 1] - begin]
        is_any_truncated, covered = False, np.int64(0)
        for seed in range(bounds[text], bounds[text + 1]):
            first, last = firsts[np.uint64(seed)], lasts[np.uint64(seed)]
            place, row, stop = np.uint64(places[np.uint64(seed)]), np.uint64(seed - begin), last
            at, sharing = np.int64(positions[place]), sharings[np.uint64(seed)]
            if sharing > MAX_SHARED:
                stop = first + MAX_COMMON_LOOKUPS
            if is_stop.size and is_stop[np.uint64(seed)]:
                stop = first
            for line in range(first, stop, _CACHE_LINE_ITEMS):
                prefetch(items, line)
            end, run_end = _seed_ends(document, at)
            seed_rows[row, FIRST_POSTING], seed_rows[row, END_POSTING] = first, stop
            seed_rows[row, SHARED_BY], seed_rows[row, POSITION] = sharing, at
            seed_rows[row, SEED_END], seed_rows[row, RUN_END] = end, run_end
            seed_rows[row, RUN_BEGIN], seed_rows[row, HAS_STOPS] = at, stop == first
            is_any_truncated |= stop < last
            if limits[0].size:
                for token in range(max(at, covered), run_end):
                    before = document[np.uint64(max(token - 1, 0))]
                    prefetch_surprisals(limits[2], before, document[np.uint64(token)])
                covered = run_end
        if is_any_truncated:
            _join_truncated(text_rows)
    for text in range(texts[0], texts[1]):
        document = tokens[token_offsets[text] : token_offsets[text + 1]]
        text_rows = seed_rows[bounds[text] - begin : bounds[text + 1] - begin]
        text_sums = token_sums[token_offsets[text] + text - first_token :]
        _sum_tokens(text_rows, document, bits, limits, text_sums)
        _limit_lone_hits(text_rows, text_sums, bits_limits, limits[1])
        _set_decisive(text_rows, limits[0].size > 0)


@inlined
def _seed_ends(document: UInt32s, at: Scalar) -> tuple[Scalar, Scalar]:
    """Return the end of a seed, and of its run in an item without the next seed.

    The run continues over tokens of less than a word, if the seed that would begin at the next
    token weighs too little even with them.
    """
    end, weight = at, np.int64(0)
    while weight < SEED_WEIGHT:
        weight += token_weight(document[np.uint64(end)])
        end += 1
    run_end = end
    weight -= token_weight(document[np.uint64(at)])
    while run_end < document.size:
        weight += token_weight(document[np.uint64(run_end)])
        if weight >= SEED_WEIGHT:
            break
        run_end += 1
    return end, run_end


@inlined
def _is_truncated(seed_rows: Int64s, seed: Scalar) -> Scalar:
    return (
        seed_rows[seed, END_POSTING] - seed_rows[seed, FIRST_POSTING] < seed_rows[seed, SHARED_BY]
    )


@kernel_part
def _join_truncated(seed_rows: Int64s) -> None:
    """Extend the runs that a text's seeds may be in over neighbours that are truncated."""
    for seed in range(1, len(seed_rows)):
        row = np.uint64(seed)
        if _is_adjacent(seed_rows, row) and _is_truncated(seed_rows, row - _ONE):
            seed_rows[row, RUN_BEGIN] = seed_rows[row - _ONE, RUN_BEGIN]
            seed_rows[row, HAS_STOPS] |= seed_rows[row - _ONE, HAS_STOPS]
    for back in range(1, len(seed_rows)):
        row = np.uint64(len(seed_rows) - back)
        if _is_adjacent(seed_rows, row) and _is_truncated(seed_rows, row):
            seed_rows[row - _ONE, RUN_END] = max(
                seed_rows[row - _ONE, RUN_END], seed_rows[row, RUN_END]
            )
            seed_rows[row - _ONE, HAS_STOPS] |= seed_rows[row, HAS_STOPS]


@kernel_part
def _set_decisive(seed_rows: Int64s, has_limits: Scalar) -> None:
    """Set which seeds are rare, or are shared by fewest items of `COMMON_SEEDS` consecutive ones.

    So are those of which few items are looked up, or none. Of an item with so many seeds in a row
    that are looked up, one at least is decisive. Without limits all are.
    """
    for seed in range(len(seed_rows)):
        row = np.uint64(seed)
        sharing = seed_rows[row, SHARED_BY]
        is_decisive = sharing <= RARE_SHARED_BY or sharing > MAX_SHARED
        seed_rows[row, IS_DECISIVE] = is_decisive or not has_limits
    for seed in range(len(seed_rows) - COMMON_SEEDS + 1):
        row, end = np.uint64(seed), np.uint64(seed + COMMON_SEEDS - 1)
        if seed_rows[end, POSITION] - seed_rows[row, POSITION] >= COMMON_SEEDS:
            continue
        rarest = row
        while row < end:
            row += _ONE
            if seed_rows[row, SHARED_BY] < seed_rows[rarest, SHARED_BY]:
                rarest = row
        seed_rows[rarest, IS_DECISIVE] = True


@inlined
def _is_adjacent(seed_rows: Int64s, row: Scalar) -> Scalar:
    """Return whether a seed begins one token after the previous one."""
    return seed_rows[row, POSITION] == seed_rows[row - _ONE, POSITION] + 1


@kernel_part
def _sum_tokens(
    seed_rows: Int64s,
    document: UInt32s,
    bits: UInt8s,
    limits: tuple[Int32s, UInt8s, UInt64s],
    token_sums: Int64s,
) -> None:
    """Set the columns of the tokens that a text's seeds and their runs cover."""
    has_limits, surprisals = limits[0].size > 0, limits[2]
    end, unknown = np.int64(-1), np.int64(0)
    information = surprisal = weight = alone = following = np.int64(0)
    for seed in range(len(seed_rows)):
        row = np.uint64(seed)
        if seed_rows[row, POSITION] > end:
            end = seed_rows[row, POSITION]
            information = surprisal = weight = np.int64(0)
        for place in range(end, seed_rows[row, RUN_END]):
            token, at = document[np.uint64(place)], np.uint64(place)
            if has_limits:
                alone, unknown_next = word_surprisal(surprisals, token)
                before = document[np.uint64(max(place - 1, 0))]
                following = next_surprisal(surprisals, before, token, alone, unknown)
                unknown = unknown_next
            token_sums[at, INFORMATION], token_sums[at, SURPRISAL] = information, surprisal
            token_sums[at, WEIGHT], token_sums[at, ALONE] = weight, alone
            information += bits[token >> CELL_SHIFT]
            surprisal += following
            weight += token_weight(token)
        end = max(end, seed_rows[row, RUN_END])
        at = np.uint64(end)
        token_sums[at, INFORMATION], token_sums[at, SURPRISAL] = information, surprisal
        token_sums[at, WEIGHT] = weight


@inlined
def run_surprisal(token_sums: Int64s, begin: Scalar, end: Scalar) -> Scalar:
    """Return the surprisal of the words of a run."""
    first, last = np.uint64(begin), np.uint64(end)
    rest = token_sums[last, SURPRISAL] - token_sums[first + _ONE, SURPRISAL]
    return token_sums[first, ALONE] + rest


@inlined
def sum_run(token_sums: Int64s, column: Scalar, begin: Scalar, end: Scalar) -> Scalar:
    """Return the information or weight of a run's tokens."""
    return token_sums[np.uint64(end), column] - token_sums[np.uint64(begin), column]


@kernel_part
def _limit_lone_hits(
    seed_rows: Int64s, token_sums: Int64s, bits_limits: Int64s, table: UInt8s
) -> None:
    """Set the excess of each seed, and the longest items in which it is followed alone."""
    for seed in range(len(seed_rows)):
        row = np.uint64(seed)
        begin, end = seed_rows[row, RUN_BEGIN], seed_rows[row, RUN_END]
        own = sum_run(token_sums, INFORMATION, seed_rows[row, POSITION], seed_rows[row, SEED_END])
        excess = max(own - bits_limits[min(seed_rows[row, SHARED_BY], MAX_SHARED)], np.int64(0))
        total = sum_run(token_sums, INFORMATION, begin, end)
        most = _ANY_SIZE
        if total < MIN_CHAIN_SCORE:
            most = np.int64(0)
        elif total - excess < MIN_CHAIN_SCORE:
            most = min(PARTIAL_RATIO * (end - begin), _ANY_SIZE)
        _, longest = longest_items(token_sums, table, begin, end, seed_rows[row, HAS_STOPS])
        seed_rows[row, EXCESS], seed_rows[row, LONGEST_ITEM] = excess, min(longest, most)


@kernel_part
def longest_items(
    token_sums: Int64s, table: UInt8s, begin: Scalar, end: Scalar, has_stops: Scalar
) -> tuple[Scalar, Scalar]:
    """Return the most tokens of an item of which a run alone may be reported.

    The second, greater number is that of items that the run begins. `table` is
    `ReportLimits.longest_items`.
    """
    weight, tokens = sum_run(token_sums, WEIGHT, begin, end), end - begin
    may_be_copy = weight >= 4 * MIN_COPY_WORDS or tokens >= COPY_RUN_TOKENS
    if table.size == 0 or has_stops or may_be_copy:
        return _ANY_SIZE, _ANY_SIZE
    words = np.uint64(min((weight + 3) // 4, TABLE_WORDS))
    surprisal = run_surprisal(token_sums, begin, end)
    bits = np.uint64(min((surprisal + SURPRISAL_SCALE - 1) // SURPRISAL_SCALE, TABLE_BITS))
    return (
        _largest_size(np.int64(table[np.uint64(0), words, bits]), weight, tokens),
        _largest_size(np.int64(table[np.uint64(1), words, bits]), weight, tokens),
    )


@inlined
def _largest_size(quarters: Scalar, weight: Scalar, tokens: Scalar) -> Scalar:
    """Return the most tokens of an item of which `item_quarters` is no more than `quarters`."""
    if quarters == TABLE_QUARTERS:
        return _ANY_SIZE
    return ((quarters + 1) * tokens - 1) // weight
