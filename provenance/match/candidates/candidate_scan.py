"""Seed and extend: find items of which a text contains a passage.

A *seed* is a shingle that a text shares with few items. Seeds of one item that lie near each other
form a chain; maximal runs of equal tokens, and small alignments between and beyond them, extend it
over words that were changed, dropped or inserted. (Altschul et al., "Basic local alignment search
tool", 1990, for words instead of residues.) Of overlapping candidates, only the strongest few
remain.
"""

from collections.abc import Iterator

import numpy as np

from provenance.jit.argsort import stable_argsort
from provenance.jit.decorators import (
    Scalar,
    allocating_part,
    inlined,
    kernel,
    kernel_part,
    needs_compiling,
)
from provenance.match.candidates.candidate_table import Candidates, concatenate_candidates
from provenance.match.candidates.chaining import MIN_CANDIDATE_SCORE, allocate_scratch, chain_hits
from provenance.match.candidates.hit_groups import REACH, allocate_hit_scratch, gather_hits
from provenance.match.candidates.prefilter import prefilter_hits
from provenance.match.candidates.seed_hits import (
    HIT_COLUMNS,
    HIT_ITEM,
    HIT_POSITION,
    double_rows,
    mark_multi_source,
    max_seed_bits,
    prefetch_items,
)
from provenance.match.candidates.seeds import MAX_COMMON_LOOKUPS, group_end
from provenance.match.index.postings_index import PostingsIndex
from provenance.match.index.report_limits import (
    TABLE_QUARTERS,
    compared_size,
    is_reportable,
    next_surprisal,
    word_surprisal,
)
from provenance.match.index.seed_postings import MAX_SHARED, SeedPostings, look_up_seeds
from provenance.match.index.token_weights import token_weight
from provenance.match.scoring.corpus_sample import PASSAGE_LENGTH, passage_hash
from provenance.model.content.fingerprints import (
    Flags,
    Int32s,
    Int64s,
    Shingles,
    Tokens,
    UInt8s,
    UInt32s,
    UInt64s,
)
from provenance.model.content.registry_arrays import Positions

TEXT, ITEM, SIZE, FIRST, LAST, SCORE, RAREST = range(7)
"""Columns of a candidate's row inside the kernel."""

ROW_COLUMNS = 7
_BLOCK_TOKENS = 16
_MAX_OVERLAPPING = 8  # candidates over the same tokens of a text
_SIGN_BIT = np.uint64(1 << 63)  # without it, unsigned keys are ordered as signed ones


@inlined
def _covers(rows: Int64s, strong: Scalar, weak: Scalar) -> Scalar:
    first = max(rows[strong, FIRST], rows[weak, FIRST])
    last = min(rows[strong, LAST], rows[weak, LAST])
    return 2 * (last - first + 1) > rows[weak, LAST] - rows[weak, FIRST] + 1


@inlined
def _order_key(order_keys: tuple[UInt64s, Int64s, Int64s], item: Scalar) -> Scalar:
    values, first_numbers, starts = order_keys
    segment = first_numbers.size - 1
    while first_numbers[segment] > item:
        segment -= 1
    return values[starts[segment] + item - first_numbers[segment]]


@allocating_part
def prune_overlapping(
    rows: Int64s,
    runs: Int32s,
    run_offsets: Int64s,
    bounds: tuple[Scalar, Scalar],
    order_keys: tuple[UInt64s, Int64s, Int64s],
) -> Scalar:
    """Drop candidates that `_MAX_OVERLAPPING` stronger ones cover; the rest keep their order.

    Of equally strong ones, those of earlier items are kept; `order_keys` has the fields of their
    `OrderKeys`.
    """
    before, count = bounds
    if count - before <= _MAX_OVERLAPPING:
        return count
    is_kept = _select_strongest(rows, before, count, order_keys)
    out = before
    for row in range(before, count):
        if not is_kept[row - before]:
            continue
        first, end = run_offsets[row], run_offsets[row + 1]
        for column in range(ROW_COLUMNS):
            rows[out, column] = rows[row, column]
        for run in range(end - first):
            for column in range(3):
                runs[run_offsets[out] + run, column] = runs[first + run, column]
        run_offsets[out + 1] = run_offsets[out] + end - first
        out += 1
    return out


@allocating_part
def _strongest_first(rows: Int64s, order_keys: tuple[UInt64s, Int64s, Int64s]) -> Int64s:
    """Return the indices that sort candidates by score, and equal ones by their items."""
    keys, scores = np.zeros(len(rows), np.int64), np.empty(len(rows), np.int64)
    is_split = order_keys[1].size > 1  # within a segment they are in the order of their items
    for row in range(len(rows) if is_split else 0):
        keys[row] = np.int64(_order_key(order_keys, rows[row, ITEM]) ^ _SIGN_BIT)
    earliest = stable_argsort(keys)
    for place in range(len(rows)):
        scores[place] = -rows[earliest[place], SCORE]
    return earliest[stable_argsort(scores)]


@allocating_part
def _select_strongest(
    rows: Int64s, before: Scalar, count: Scalar, order_keys: tuple[UInt64s, Int64s, Int64s]
) -> Int64s:
    size, order = count - before, _strongest_first(rows[before:count], order_keys)
    is_kept = np.empty(size, np.int64)
    # A candidate that covers more than half of another covers its middle token, so only those kept
    # candidates are compared that reach into the middle's block, strongest first.
    blocks, links = np.int64(0), np.int64(0)
    for row in range(before, count):
        blocks = max(blocks, rows[row, LAST] // _BLOCK_TOKENS + 1)
        links += rows[row, LAST] // _BLOCK_TOKENS - rows[row, FIRST] // _BLOCK_TOKENS + 1
    heads = np.empty(blocks, np.int64)
    for block in range(blocks):
        heads[block] = -1
    nexts, members = np.empty(links, np.int64), np.empty(links, np.int64)
    link_count = 0
    for rank in range(size):
        weak = before + order[rank]
        rivals = 0
        link = heads[(rows[weak, FIRST] + rows[weak, LAST]) // 2 // _BLOCK_TOKENS]
        while link >= 0 and rivals < _MAX_OVERLAPPING:
            rivals += _covers(rows, members[link], weak)
            link = nexts[link]
        is_kept[order[rank]] = rivals < _MAX_OVERLAPPING
        if rivals == _MAX_OVERLAPPING:
            continue
        for block in range(
            rows[weak, FIRST] // _BLOCK_TOKENS, rows[weak, LAST] // _BLOCK_TOKENS + 1
        ):
            members[link_count], nexts[link_count], heads[block] = weak, heads[block], link_count
            link_count += 1
    return is_kept


MAX_HITS = 1 << 23
"""Hits of one text that are in memory at a time. A text with more, such as 10 MB that repeat a
phrase of a hundred items, is scanned in several batches; a match that continues from one to the
next is found by both."""


def find_candidates(
    tokens: Tokens, seeds: Shingles, registry: PostingsIndex, postings: SeedPostings | None = None
) -> Candidates:
    """Find passages of a registry's items in texts.

    Parameters
    ----------
    tokens : Tokens
        Tokens of the texts.
    seeds : Shingles
        Shingles of the same texts, of the registry's seed width.
    registry : PostingsIndex
        The registry.
    postings : SeedPostings or None
        Postings of these seeds, if they were looked up before.

    Returns
    -------
    Candidates
        Sorted by text, the strongest few over any stretch. `breaks` are zero: setting them takes
        the text.
    """
    if postings is None:
        [postings] = look_up_seeds(seeds, [registry])
    parts = [
        _scan_batch(tokens, seeds, registry, batch, before)
        for before, batch in split_by_hits(postings, MAX_HITS)
    ]
    return parts[0] if len(parts) == 1 else concatenate_candidates(parts)


def _scan_batch(
    tokens: Tokens, seeds: Shingles, registry: PostingsIndex, postings: SeedPostings, before: int
) -> Candidates:
    """Scan the texts of `postings`; the first of them has the index `before`."""
    arrays, limits = registry.arrays, registry.limits
    ends = tokens.offsets[before : before + len(postings.offsets)]
    codes = arrays.source_codes[: None if len(arrays.sources) > 1 else 0]
    rows, passages, runs, run_offsets = _scan_all(
        (tokens.hashes, ends),
        (seeds.hashes, seeds.positions),
        (
            *(postings.indices, postings.firsts, postings.lasts, postings.offsets),
            *(postings.sharing, postings.is_stop),
        ),
        (registry.bits, codes, arrays.item_sizes, max_seed_bits(arrays.posting_count)),
        (limits.least_bits, limits.longest_items, limits.surprisals),
        (postings.items, postings.positions),
        (arrays.tokens, arrays.token_offsets),
        (arrays.keys.values, arrays.keys.first_numbers, arrays.keys.starts),
        arrays.longest,
    )
    text, item, size, first, last, score, rarest = rows.T
    return Candidates(
        text + before,
        item.astype(np.uint32),
        size.astype(np.int32),
        first.astype(np.int32),
        last.astype(np.int32),
        score.astype(np.int32),
        (rarest >> 1).astype(np.int32),
        (rarest & 1).astype(np.uint8),
        passages,
        np.zeros((len(rows), 2), np.uint8),
        runs,
        run_offsets,
    )


def split_by_hits(postings: SeedPostings, most: int) -> Iterator[tuple[int, SeedPostings]]:
    """Split seeds into batches so that no text has more than `most` hits in one.

    Parameters
    ----------
    postings : SeedPostings
        Seeds of texts.
    most : int
        Limit on hits, counted as if none was a stray.

    Yields
    ------
    int
        The first text.
    SeedPostings
        Seeds of texts from that one on: of several texts, or some of those of one.
    """
    counts = np.diff(postings.offsets)
    first = 0
    for text in np.flatnonzero(counts * MAX_SHARED > most).tolist():
        begin, end = int(postings.offsets[text]), int(postings.offsets[text + 1])
        sharing = postings.sharing[begin:end]
        hits = np.cumsum(np.where(sharing > MAX_SHARED, MAX_COMMON_LOOKUPS, sharing))
        if hits[-1] <= most:
            continue
        if first < text:
            yield first, postings.slice(postings.offsets[first : text + 1])
        for at in _batch_bounds(hits, most):
            yield text, postings.slice(begin + at)
        first = text + 1
    if first < len(counts) or not len(counts):
        yield first, postings.slice(postings.offsets[first:])


def _batch_bounds(hits: Int64s, most: int) -> Iterator[Int64s]:
    """Yield bounds of stretches of seeds with up to `most` hits each; `hits` is cumulative."""
    begin = 0
    while begin < len(hits):
        before = int(hits[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(hits, before + most, "right")))
        yield np.array([begin, end])
        begin = end


def scan_needs_compiling() -> bool:
    """Return whether the scan, the slowest kernel to compile, is not cached yet, but can be."""
    return needs_compiling(_scan_all)


@kernel
def _scan_all(  # noqa: C901, PLR0913, PLR0915 (it grows the arrays that it fills: kernels have no lists)
    tokens: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int32s],
    lookup: tuple[Int64s, Int64s, Int64s, Int64s, Int64s, Flags],
    tables: tuple[UInt8s, UInt8s, UInt8s, Int64s],
    limits: tuple[Int32s, UInt8s, UInt64s],
    postings: tuple[UInt32s, Positions],
    items: tuple[UInt32s, Int64s],
    order_keys: tuple[UInt64s, Int64s, Int64s],
    longest: Scalar,
) -> tuple[Int64s, UInt64s, Int32s, Int64s]:
    token_hashes, token_offsets = tokens
    rows = np.empty((256, ROW_COLUMNS), np.int64)
    runs, run_offsets = np.empty((1024, 3), np.int32), np.empty(257, np.int64)
    run_offsets[0] = 0
    count = np.int64(0)  # not a literal, for which callees would be compiled once more
    hits, hit_offsets = (
        np.empty((4096, HIT_COLUMNS), np.int64),
        np.empty(len(token_offsets), np.int64),
    )
    scratch, hit_scratch = allocate_scratch(longest), allocate_hit_scratch()
    item_tokens, item_offsets = items
    bits, codes, item_sizes, bits_limits = tables
    least_bits, _, _ = limits
    seed_offsets = lookup[3]
    end = np.int64(0)
    while end < len(token_offsets) - 1:
        start, end = end, group_end(seed_offsets, token_offsets, end)
        if seed_offsets[start] == seed_offsets[end]:
            continue
        hit_offsets[start] = 0
        hit_scratch, hits = gather_hits(
            (start, end),
            tokens,
            seeds,
            lookup,
            (*postings, item_sizes, bits, bits_limits),
            limits,
            hit_scratch,
            hits,
            hit_offsets,
        )
        prefetch_items(hits[: hit_offsets[end]], item_tokens, item_offsets)
        for text in range(start, end):
            if hit_offsets[text] == hit_offsets[text + 1]:
                continue
            document = token_hashes[token_offsets[text] : token_offsets[text + 1]]
            text_hits = hits[hit_offsets[text] : hit_offsets[text + 1]]
            first_token = token_offsets[text] - token_offsets[start] + text - start
            text_hits = text_hits[
                : prefilter_hits(
                    text_hits,
                    document,
                    hit_scratch[1][first_token:],
                    (*items, item_sizes),
                    bits,
                    least_bits,
                )
            ]
            mark_multi_source(text_hits, lookup, seed_offsets[text], codes, postings[0])
            before = group_first = count
            place = np.int64(0)
            while place < len(text_hits):
                item = text_hits[place, HIT_ITEM]
                item_sequence = item_tokens[item_offsets[item] : item_offsets[item + 1]]
                place, pair_count, score, shared_by = chain_hits(
                    items, document, bits, text_hits, place, scratch
                )
                if score >= MIN_CANDIDATE_SCORE:
                    pairs = scratch[4][:pair_count]
                    if count == len(rows):
                        rows = double_rows(rows)
                        run_offsets = double_rows(run_offsets.reshape(-1, 1)).reshape(-1)
                    while run_offsets[count] + len(pairs) > len(runs):
                        runs = double_rows(runs)
                    rows[count, TEXT], rows[count, ITEM] = text, item
                    rows[count, SIZE] = document.size
                    rows[count, FIRST], rows[count, LAST] = pairs[0, 1], pairs[len(pairs) - 1, 1]
                    rows[count, SCORE], rows[count, RAREST] = score, shared_by
                    run_offsets[count + 1] = _write_runs(pairs, runs, run_offsets[count])
                    count += 1
                if _is_group_over(text_hits, place):
                    if (
                        least_bits.size
                        and count > group_first
                        and not _may_be_reported(
                            (
                                item_sequence,
                                compared_size(item_sizes, item, document.size, item_sequence.size),
                            ),
                            runs[run_offsets[group_first] : run_offsets[count]],
                            limits,
                            lookup[5].size > 0,
                        )
                    ):
                        count = group_first
                    group_first = count
            count = prune_overlapping(rows, runs, run_offsets, (before, count), order_keys)
    passages = np.empty(count, np.uint64)
    for row in range(count):
        text = rows[row, TEXT]
        document = token_hashes[token_offsets[text] : token_offsets[text + 1]]
        passages[row] = passage_hash(document, rows[row, FIRST] // PASSAGE_LENGTH)
    return rows[:count], passages, runs[: run_offsets[count]], run_offsets[: count + 1]


@inlined
def _is_group_over(hits: Int64s, place: Scalar) -> Scalar:
    """Return whether no hit from `place` on is of the same item nearby as the one before it."""
    return (
        place == len(hits)
        or hits[place, HIT_ITEM] != hits[place - 1, HIT_ITEM]
        or hits[place, HIT_POSITION] - hits[place - 1, HIT_POSITION] > REACH
    )


@kernel_part
def _may_be_reported(
    sized_item: tuple[UInt32s, Scalar],
    runs: Int32s,
    limits: tuple[Int32s, UInt8s, UInt64s],
    has_stops: Scalar,
) -> Scalar:
    """Return whether the candidates of an item nearby in a text, of these runs, may be reported.

    `sized_item` is the item's tokens, and how many of them count (`compared_size`).
    """
    (item, size), (least_bits, _, surprisals) = sized_item, limits
    surprisal, weight, heaviest, longest = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    starts_item = False
    for run in range(len(runs)):
        first, run_weight = np.int64(runs[run, 0]), np.int64(0)
        starts_item |= first == 0
        longest = max(longest, np.int64(runs[run, 2]))
        before, unknown = item[np.uint64(first)], np.int64(0)
        for place in range(first, first + runs[run, 2]):
            token = item[np.uint64(place)]
            alone, unknown_next = word_surprisal(surprisals, token)
            surprisal += (
                alone
                if place == first
                else next_surprisal(surprisals, before, token, alone, unknown)
            )
            run_weight += token_weight(token)
            before, unknown = token, unknown_next
        weight, heaviest = weight + run_weight, max(heaviest, run_weight)
    quarters, at = np.int64(0), np.int64(0)
    most: Scalar = max(TABLE_QUARTERS, 2 * weight)
    while at < size and quarters < most:
        quarters += token_weight(item[np.uint64(at)])
        at += 1
    return is_reportable(
        least_bits,
        starts_item,
        quarters,
        (heaviest, longest, weight),
        surprisal,
        np.int64(0),
        has_stops,
    )


@kernel_part
def _write_runs(pairs: Int32s, runs: Int32s, at: Scalar) -> Scalar:
    for row in range(len(pairs)):
        extends_run = (
            row > 0
            and pairs[row, 0] == pairs[row - 1, 0] + 1
            and pairs[row, 1] == pairs[row - 1, 1] + 1
        )
        if extends_run:
            runs[at - 1, 2] += 1
        else:
            runs[at, 0], runs[at, 1], runs[at, 2] = pairs[row, 0], pairs[row, 1], 1
            at += 1
    return at
