"""Look up the seeds of texts in items, and select the items that may have more than chance.

A page has dozens of seeds that some item has by chance. Postings, items and tokens are scattered
over memory, so most hits must be dropped before the item is read. Most are alone: no other seed
nearby in the text is in the item. And a match of a few words is reported only if they have much
information, or the item has few others (`report_limits`).

What is not known is how many words beyond the runs an alignment would add. It is expected to add
no more than `EXTENSION_WORDS`, of no more than `extension_surprisal`: of 7,700 matches in posts and
in pages with edited posts, none added more where that matters. The other loss is commonplaces: runs
of up to seven words, each four of which are in more than `RARE_SHARED_BY` items, unless the item
has a seed nearby that is decisive (`seeds.COMMON_SEEDS`).
"""

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, inlined, kernel_part
from provenance.jit.intrinsics import prefetch
from provenance.match.candidates.chaining import GAP_COST, MAX_ITEM_GAP, MAX_TEXT_GAP
from provenance.match.candidates.seed_hits import (
    HIT_BEGIN_BOUND,
    HIT_COLUMNS,
    HIT_END,
    HIT_END_BOUND,
    HIT_EXCESS,
    HIT_FIRST_SEED,
    HIT_HAS_STOPS,
    HIT_IS_ALONE,
    HIT_ITEM,
    HIT_ITEM_POSITION,
    HIT_LAST_SEED,
    HIT_POSITION,
    HIT_SHARED_BY,
    MIN_CHAIN_SCORE,
    PARTIAL_RATIO,
    double_rows,
    hash_cell,
)
from provenance.match.candidates.seeds import (
    END_POSTING,
    EXCESS,
    FIRST_POSTING,
    HAS_STOPS,
    INFORMATION,
    IS_DECISIVE,
    LONGEST_ITEM,
    POSITION,
    RUN_BEGIN,
    RUN_END,
    SEED_COLUMNS,
    SEED_END,
    SEEDS_PER_GROUP,
    SHARED_BY,
    TOKEN_COLUMNS,
    WEIGHT,
    annotate_seeds,
    longest_items,
    run_surprisal,
    sum_run,
)
from provenance.match.index.postings_index import BITS_SCALE
from provenance.match.index.report_limits import (
    EXTENSION_WORDS,
    compared_size,
    extension_surprisal,
    is_reportable,
    item_quarters,
)
from provenance.match.scoring.features import MAX_SIBLING_ITEM
from provenance.model.content.fingerprints import Flags, Int32s, Int64s, UInt8s, UInt32s, UInt64s
from provenance.model.content.registry_arrays import Positions

REACH = 48
"""Tokens of the text between the seeds of two runs that may be parts of one match: more than
`chaining` and `features.group_siblings` bridge, with alignments at both ends."""

LAST_HIT_CELLS = 1 << 13
"""Cells that record the last hit of items; two items that share a cell may be mistaken for one."""

_CELL_SHIFT = np.uint64(64 - 13)
_HALF_BITS, _HALF_MASK = 16, 0xFFFF
_ITEM_SHIFT, _INDEX_MASK = 32, 0xFFFFFFFF
_INSERTION_SORT_MAX = 48
_DIGIT_BITS = 9
_DIGITS = 1 << _DIGIT_BITS

_DECISIVE, _ACCOMPANIED = 1, 2
"""Marks of a hit: it, or one of the same item nearby, is of a decisive seed; it is not alone."""

_KEY, _SORTED, _POSTING, _SEED = range(4)
_FOUND_COLUMNS = 4
"""Columns of a hit that is found: the item and the hit's number, to sort by; a copy of it; its
posting, and its seed."""


@allocating_part
def allocate_hit_scratch() -> tuple[Int64s, Int64s, Int64s, UInt8s, UInt32s, Int64s]:
    """Allocate the arrays that `gather_hits` needs: of seeds, tokens, found hits, and last hits."""
    return (
        np.empty((SEEDS_PER_GROUP, SEED_COLUMNS), np.int64),
        np.empty((SEEDS_PER_GROUP, TOKEN_COLUMNS), np.int64),
        np.empty((2 * SEEDS_PER_GROUP + 1, _FOUND_COLUMNS), np.int64),
        np.empty(SEEDS_PER_GROUP, np.uint8),
        np.empty(LAST_HIT_CELLS, np.uint32),
        np.empty(_DIGITS + 1, np.int64),
    )


@allocating_part
def gather_hits(  # noqa: PLR0913 (texts, their seeds, and all in which they are looked up)
    texts: tuple[Scalar, Scalar],
    documents: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int32s],
    lookup: tuple[Int64s, Int64s, Int64s, Int64s, Int64s, Flags],
    registry_tables: tuple[UInt32s, Positions, UInt8s, UInt8s, Int64s],
    limits: tuple[Int32s, UInt8s, UInt64s],
    scratch: tuple[Int64s, Int64s, Int64s, UInt8s, UInt32s, Int64s],
    hits: Int64s,
    offsets: Int64s,
) -> tuple[tuple[Int64s, Int64s, Int64s, UInt8s, UInt32s, Int64s], Int64s]:
    """List the hits of some texts that may be part of a candidate.

    Parameters
    ----------
    texts : (int, int)
        The texts, half-open; hits before them end at `offsets[texts[0]]`, which is 0.
    documents, seeds : tuple of ndarray
        Tokens of all texts, and their seeds.
    lookup : tuple of ndarray
        Fields of the `SeedPostings`: indices, firsts, lasts, offsets, sharing, and which are stops.
    registry_tables : tuple of ndarray
        Items and positions of the postings, `RegistryArrays.item_sizes`, information of each cell
        of tokens, and `max_seed_bits`.
    limits : tuple of ndarray
        Fields of the `ReportLimits`.
    scratch : tuple of ndarray
        As `allocate_hit_scratch` returns it.
    hits : ndarray of int64, shape (m, HIT_COLUMNS)
        Output: a row for each run of consecutive seeds; sorted by text, item and position.
    offsets : ndarray of int64
        Output: hits of text `i` end at `offsets[i + 1]`.

    Returns
    -------
    scratch, hits
        The given arrays, or larger ones if they did not suffice.
    """
    seed_rows, token_sums, found, marks, last_hits, digit_starts = scratch
    items, positions, item_sizes, bits, bits_limits = registry_tables
    bounds, count = lookup[3], np.int64(0)
    begin, first_token = bounds[texts[0]], documents[1][texts[0]] + texts[0]
    while bounds[texts[1]] - begin > len(seed_rows):
        seed_rows = double_rows(seed_rows)
    while documents[1][texts[1]] + texts[1] - first_token > len(token_sums):
        token_sums = double_rows(token_sums)
    annotate_seeds(
        texts,
        documents,
        seeds,
        lookup,
        (items, bits, bits_limits),
        limits,
        (seed_rows, token_sums),
    )
    stamp, reach = np.int64(_HALF_MASK), _reach(limits[0])
    for text in range(texts[0], texts[1]):
        text_rows = seed_rows[bounds[text] - begin : bounds[text + 1] - begin]
        text_sums = token_sums[documents[1][text] + text - first_token :]
        most = np.int64(0)
        for seed in range(len(text_rows)):
            most += text_rows[seed, END_POSTING] - text_rows[seed, FIRST_POSTING]
        while most > len(marks):
            found, marks = double_rows(found), np.empty(2 * len(marks), np.uint8)
        size = documents[1][text + 1] - documents[1][text]
        if stamp + size > _HALF_MASK:
            _clear_cells(last_hits)
            stamp = reach + 1
        _mark_companions(text_rows, items, (stamp, reach), last_hits, marks, found)
        stamp += size + reach + 1
        kept = _list_found(text_rows, (items, positions), (item_sizes, size), marks, found)
        _sort_found(found, kept, digit_starts)
        while count + kept > len(hits):
            hits = double_rows(hits)
        count = _append_groups(
            (text_rows, text_sums),
            (positions, item_sizes, size),
            limits,
            found[:kept],
            hits,
            count,
        )
        offsets[text + 1] = count
    return (seed_rows, token_sums, found, marks, last_hits, digit_starts), hits


@inlined
def _reach(least_bits: Int32s) -> Scalar:
    """Return how far hits of an item may be apart to be judged together: anywhere if no limits."""
    return np.int64(REACH) if least_bits.size else np.int64(_HALF_MASK // 2)


@inlined
def _clear_cells(last_hits: UInt32s) -> None:
    for cell in range(len(last_hits)):
        last_hits[cell] = 0


@kernel_part
def _mark_companions(
    seed_rows: Int64s,
    items: UInt32s,
    stretch: tuple[Scalar, Scalar],
    last_hits: UInt32s,
    marks: UInt8s,
    found: Int64s,
) -> None:
    """Mark the hits of items that have another seed, or a decisive one, within reach.

    Some others are marked, too. `stretch` is the position of the text's first token, and the reach,
    in tokens. A cell has the last hit of all items that share it: the position in its lower half
    and the number in its upper half, both modulo 2**16.
    """
    count = near = np.int64(0)
    for seed in range(len(seed_rows)):
        row = np.uint64(seed)
        position = (stretch[0] + seed_rows[row, POSITION]) & _HALF_MASK
        own = np.uint8(_DECISIVE if seed_rows[row, IS_DECISIVE] else 0)
        for posting in range(seed_rows[row, FIRST_POSTING], seed_rows[row, END_POSTING]):
            cell = hash_cell(items[np.uint64(posting)], _CELL_SHIFT)
            last = np.int64(last_hits[cell])
            is_near = ((position - last) & _HALF_MASK) <= stretch[1]
            back = (count - (last >> _HALF_BITS)) & _HALF_MASK
            previous: Scalar = max(count - back, 0)
            before = marks[np.uint64(previous)] | np.uint8(_ACCOMPANIED)
            marks[np.uint64(count)] = own | (before if is_near else np.uint8(0))
            found[np.uint64(near), _KEY], found[np.uint64(near), _SORTED] = previous, count
            near += is_near
            last_hits[cell] = (count & _HALF_MASK) << _HALF_BITS | position
            count += 1
    for place in range(near - 1, -1, -1):
        link = np.uint64(place)
        following = marks[np.uint64(found[link, _SORTED])]
        marks[np.uint64(found[link, _KEY])] |= following


@kernel_part
def _list_found(
    seed_rows: Int64s,
    postings: tuple[UInt32s, Positions],
    sizes: tuple[UInt8s, Scalar],
    marks: UInt8s,
    found: Int64s,
) -> Scalar:
    """List the hits near a decisive one, if accompanied or of a short item; return their number.

    `sizes` is `RegistryArrays.item_sizes` and the size of the text.
    """
    (items, positions), (item_sizes, text_size) = postings, sizes
    count, kept = np.int64(0), np.int64(0)
    for seed in range(len(seed_rows)):
        row = np.uint64(seed)
        longest = seed_rows[row, LONGEST_ITEM]
        for posting in range(seed_rows[row, FIRST_POSTING], seed_rows[row, END_POSTING]):
            item, mark = np.int64(items[np.uint64(posting)]), np.int64(marks[np.uint64(count)])
            is_kept = np.int64(mark == _DECISIVE | _ACCOMPANIED)
            if mark == _DECISIVE and longest > 0:
                size = item_sizes[np.uint64(item), 0]
                is_kept |= compared_size(item_sizes, item, text_size, size) <= longest
            at = np.uint64(kept)
            found[at, _KEY] = item << _ITEM_SHIFT | kept
            found[at, _POSTING], found[at, _SEED] = posting, seed
            kept += is_kept
            count += 1
    for hit in range(kept):
        at = np.uint64(hit)
        prefetch(positions, found[at, _POSTING])
        prefetch(item_sizes, found[at, _KEY] >> _ITEM_SHIFT)
    return kept


@kernel_part
def _sort_found(found: Int64s, count: Scalar, starts: Int64s) -> None:  # noqa: C901 (two sorts)
    """Sort the keys of hits: by item, then in their order."""
    if count <= _INSERTION_SORT_MAX:
        for place in range(1, count):
            key, at = found[np.uint64(place), _KEY], np.int64(place)
            while at > 0 and found[np.uint64(at - 1), _KEY] > key:
                found[np.uint64(at), _KEY] = found[np.uint64(at - 1), _KEY]
                at -= 1
            found[np.uint64(at), _KEY] = key
        return
    largest = np.int64(0)
    for place in range(count):
        largest = max(largest, found[np.uint64(place), _KEY])
    shift = np.int64(_ITEM_SHIFT)
    while largest >> shift:  # digit by digit, the lowest first
        for digit in range(_DIGITS + 1):
            starts[digit] = 0
        for place in range(count):
            digit = (found[np.uint64(place), _KEY] >> shift) & (_DIGITS - 1)
            starts[digit + 1] += 1
        for digit in range(_DIGITS):
            starts[digit + 1] += starts[digit]
        for place in range(count):
            key = found[np.uint64(place), _KEY]
            digit = (key >> shift) & (_DIGITS - 1)
            found[np.uint64(starts[digit]), _SORTED] = key
            starts[digit] += 1
        for place in range(count):
            found[np.uint64(place), _KEY] = found[np.uint64(place), _SORTED]
        shift += _DIGIT_BITS


@kernel_part
def _append_groups(
    text_rows: tuple[Int64s, Int64s],
    sizes: tuple[Positions, UInt8s, Scalar],
    limits: tuple[Int32s, UInt8s, UInt64s],
    found: Int64s,
    hits: Int64s,
    count: Scalar,
) -> Scalar:
    """Append the hits of each item nearby in a text, unless no match of them could be reported."""
    (seed_rows, token_sums), (positions, item_sizes, text_size) = text_rows, sizes
    place = np.int64(0)
    while place < len(found):
        item = found[np.uint64(place), _KEY] >> _ITEM_SHIFT
        size = compared_size(item_sizes, item, text_size, item_sizes[np.uint64(item), 0])
        end, is_kept = _judge_run(text_rows, positions, size, limits, found, place)
        if is_kept:
            first = count
            count = _write_hits(seed_rows, positions, found, (place, end), hits, count)
            if is_kept > 1:
                count = _keep_reportable(hits, first, count, token_sums, size, limits[0])
            else:
                hits[first, HIT_IS_ALONE] = count == first + 1
        place = end
    return count


@kernel_part
def _judge_run(  # noqa: PLR0915 (one pass over the hits, with much state)
    text_rows: tuple[Int64s, Int64s],
    positions: Positions,
    size: Scalar,
    limits: tuple[Int32s, UInt8s, UInt64s],
    found: Int64s,
    place: Scalar,
) -> tuple[Scalar, Scalar]:
    """Judge the hits of an item nearby in a text, if they may be a single run.

    Returns
    -------
    end : int
        End of the hits nearby, among those that are found.
    is_kept : int
        0 if it is a run of which no match may be reported; 1 if one may be; 2 if there are several.
    """
    (seed_rows, token_sums), reach = text_rows, _reach(limits[0])
    first_key = found[np.uint64(place), _KEY]
    hit = np.uint64(first_key & _INDEX_MASK)
    row = np.uint64(found[hit, _SEED])
    last = seed_rows[row, POSITION]
    begin, end = seed_rows[row, RUN_BEGIN], seed_rows[row, RUN_END]
    shift = last - np.int64(positions[np.uint64(found[hit, _POSTING])])
    excess, has_stops, is_single = seed_rows[row, EXCESS], seed_rows[row, HAS_STOPS], True
    place += 1
    while place < len(found):
        key = found[np.uint64(place), _KEY]
        if key >> _ITEM_SHIFT != first_key >> _ITEM_SHIFT:
            break
        hit = np.uint64(key & _INDEX_MASK)
        row = np.uint64(found[hit, _SEED])
        at = seed_rows[row, POSITION]
        if at - last > reach:
            break
        is_single &= at - np.int64(positions[np.uint64(found[hit, _POSTING])]) == shift
        is_single &= seed_rows[row, RUN_BEGIN] <= end
        end = max(end, seed_rows[row, RUN_END])
        excess = min(excess, seed_rows[row, EXCESS])
        has_stops |= seed_rows[row, HAS_STOPS]
        last = at
        place += 1
    if not is_single:
        return place, 2
    information = sum_run(token_sums, INFORMATION, begin, end)
    if PARTIAL_RATIO * (end - begin) < size:
        information -= excess
    if information < MIN_CHAIN_SCORE:
        return place, 0
    longest, longest_start = longest_items(token_sums, limits[1], begin, end, has_stops)
    return place, np.int64(size <= (longest_start if begin <= shift else longest))


@kernel_part
def _write_hits(
    seed_rows: Int64s,
    positions: Positions,
    found: Int64s,
    bounds: tuple[Scalar, Scalar],
    hits: Int64s,
    count: Scalar,
) -> Scalar:
    """Append a hit for each run of consecutive seeds of an item; return the end."""
    last, shift = np.int64(-2), np.int64(0)
    for at in range(bounds[0], bounds[1]):
        key = found[np.uint64(at), _KEY]
        hit = np.uint64(key & _INDEX_MASK)
        row = np.uint64(found[hit, _SEED])
        position = seed_rows[row, POSITION]
        item_at = np.int64(positions[np.uint64(found[hit, _POSTING])])
        if position == last + 1 and position - item_at == shift:
            _extend_hit(hits, count - 1, seed_rows, row)
        else:
            _write_hit(hits, count, key >> _ITEM_SHIFT, item_at, seed_rows, row)
            count += 1
        last, shift = position, position - item_at
    return count


@inlined
def _write_hit(
    hits: Int64s, count: Scalar, item: Scalar, item_at: Scalar, seed_rows: Int64s, row: Scalar
) -> None:
    at = np.uint64(count)
    hits[at, HIT_ITEM], hits[at, HIT_ITEM_POSITION] = item, item_at
    hits[at, HIT_IS_ALONE] = 0
    hits[at, HIT_POSITION], hits[at, HIT_END] = seed_rows[row, POSITION], seed_rows[row, SEED_END]
    hits[at, HIT_FIRST_SEED], hits[at, HIT_LAST_SEED] = row, row
    hits[at, HIT_SHARED_BY] = seed_rows[row, SHARED_BY]
    hits[at, HIT_BEGIN_BOUND], hits[at, HIT_END_BOUND] = (
        seed_rows[row, RUN_BEGIN],
        seed_rows[row, RUN_END],
    )
    hits[at, HIT_EXCESS], hits[at, HIT_HAS_STOPS] = (
        seed_rows[row, EXCESS],
        seed_rows[row, HAS_STOPS],
    )


@inlined
def _extend_hit(hits: Int64s, hit: Scalar, seed_rows: Int64s, row: Scalar) -> None:
    """Add the next seed to a hit's run."""
    at = np.uint64(hit)
    hits[at, HIT_END] = max(hits[at, HIT_END], seed_rows[row, SEED_END])
    hits[at, HIT_END_BOUND] = max(hits[at, HIT_END_BOUND], seed_rows[row, RUN_END])
    hits[at, HIT_EXCESS] = min(hits[at, HIT_EXCESS], seed_rows[row, EXCESS])
    hits[at, HIT_HAS_STOPS] |= seed_rows[row, HAS_STOPS]
    hits[at, HIT_SHARED_BY] = min(hits[at, HIT_SHARED_BY], seed_rows[row, SHARED_BY])
    hits[at, HIT_LAST_SEED] = row


@kernel_part
def _keep_reportable(
    hits: Int64s,
    first: Scalar,
    end: Scalar,
    token_sums: Int64s,
    size: Scalar,
    least_bits: Int32s,
) -> Scalar:
    """Drop runs of an item, from `first` on, of which no match may be reported; return the new end.

    They are split into groups where the runs before and behind can be neither chained nor siblings.
    Information is not limited by frequency: several phrases of an item are not in many items.
    """
    total, before = np.int64(0), np.int64(0)
    for hit in range(first, end):
        total += _run_information(hits[hit], token_sums)
        hits[hit, HIT_EXCESS] = 0
    kept, start = first, first
    for hit in range(first + 1, end + 1):
        before += _run_information(hits[hit - 1], token_sums)
        if hit < end and not _is_split(
            hits[hit - 1],
            hits[hit],
            token_sums,
            size,
            (before, total - before),
            least_bits.size > 0,
        ):
            continue
        hits[start, HIT_IS_ALONE] = hit == start + 1
        if _may_be_reported(hits[start:hit], token_sums, size, least_bits):
            for row in range(start, hit):
                for column in range(HIT_COLUMNS if kept < row else 0):
                    hits[kept, column] = hits[row, column]
                kept += 1
        start, total, before = hit, total - before, np.int64(0)
    return kept


@inlined
def _run_information(hit: Int64s, token_sums: Int64s) -> Scalar:
    return sum_run(token_sums, INFORMATION, hit[HIT_BEGIN_BOUND], hit[HIT_END_BOUND])


@inlined
def _is_split(
    hit: Int64s,
    following: Int64s,
    token_sums: Int64s,
    size: Scalar,
    information: tuple[Scalar, Scalar],
    has_limits: Scalar,
) -> Scalar:
    """Return whether a hit and the next one of the same item cannot be part of one match.

    `information` is that of all runs before the gap between them, and behind it.
    """
    begin, end = hit[HIT_BEGIN_BOUND], hit[HIT_END_BOUND]
    weight = sum_run(token_sums, WEIGHT, begin, end)
    if item_quarters(size, weight, end - begin) <= 4 * MAX_SIBLING_ITEM:
        return False
    shift = hit[HIT_POSITION] - hit[HIT_ITEM_POSITION]
    text_gap = following[HIT_POSITION] - end
    item_gap = following[HIT_ITEM_POSITION] - (end - shift)
    if text_gap > MAX_TEXT_GAP or item_gap > MAX_ITEM_GAP:
        return True
    if text_gap >= 0 and following[HIT_ITEM_POSITION] < hit[HIT_END] - shift:
        return True
    cost = (max(text_gap, 0) + max(item_gap, 0)) * GAP_COST
    weaker: Scalar = min(information[0], information[1])
    return has_limits and cost > weaker + min(3 * weaker // 4, 32 * BITS_SCALE)


@kernel_part
def _may_be_reported(hits: Int64s, token_sums: Int64s, size: Scalar, least_bits: Int32s) -> Scalar:
    """Return whether a match of an item's hits nearby may be reported."""
    runs = surprisal = weight = tokens = heaviest = longest = information = np.int64(0)
    begin = end = shift = has_stops = np.int64(0)
    first_token = size
    for place in range(len(hits) + 1):
        at = np.uint64(place)
        if place < len(hits):
            has_stops |= hits[at, HIT_HAS_STOPS]
            run_shift = hits[at, HIT_POSITION] - hits[at, HIT_ITEM_POSITION]
            if place and run_shift == shift and hits[at, HIT_BEGIN_BOUND] <= end:
                end = max(end, hits[at, HIT_END_BOUND])
                continue
        if place:
            run_weight = sum_run(token_sums, WEIGHT, begin, end)
            information += sum_run(token_sums, INFORMATION, begin, end)
            surprisal += run_surprisal(token_sums, begin, end)
            weight, heaviest = weight + run_weight, max(heaviest, run_weight)
            tokens, longest = tokens + end - begin, max(longest, end - begin)
            runs += 1
        if place < len(hits):
            begin, end, shift = hits[at, HIT_BEGIN_BOUND], hits[at, HIT_END_BOUND], run_shift
            first_token = min(first_token, begin - shift)
    if runs == 1 and information < MIN_CHAIN_SCORE:
        return False
    return not least_bits.size or is_reportable(
        least_bits,
        first_token <= 0,
        item_quarters(size, weight, tokens),
        (heaviest, longest, weight),
        surprisal + extension_surprisal(surprisal),
        EXTENSION_WORDS,
        has_stops,
    )
