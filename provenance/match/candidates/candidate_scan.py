"""Seed and extend: find the items of which a text holds a passage.

A *seed* is a shingle that a text shares with few items. Seeds of one item that lie near each other
make a chain; maximal runs of equal tokens, and small alignments between and beyond them, extend it
over words that were changed, dropped or put in. (Altschul et al., "Basic local alignment search
tool", 1990, for words instead of residues.)

Candidates over which stronger ones lie: of one stretch of a text only a few are kept.

A stable order of a few keys, inside a kernel.

numba's own `argsort` takes a second to compile for each type that it meets; this takes a tenth.
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner, kernel, maker, needs_compiling
from provenance.match.candidates.candidate_table import Candidates, concatenated
from provenance.match.candidates.chaining import FLOOR, chain, scratch_for
from provenance.match.candidates.hit_batches import bounded
from provenance.match.candidates.prefilter import CELLS, sift, tokens_asked
from provenance.match.candidates.seed_hits import (
    CHAIN_FLOOR,
    HIT_COLUMNS,
    OF_ITEM,
    WORTH,
    doubled,
    fetch_items,
    seed_worths,
    tell_sources,
    weigh,
)
from provenance.match.candidates.seeds import NOTES, SEEN, gather, group_end
from provenance.match.index.postings_index import Index
from provenance.match.index.probe import Held, held
from provenance.match.scoring.corpus_sample import LENGTH, passage_hash
from provenance.model import (
    Int32s,
    Int64s,
    Positions,
    Shingles,
    Tokens,
    UInt8s,
    UInt32s,
    UInt64s,
)

_FEW = 32
_BITS = 9
_DIGITS = 1 << _BITS


@maker
def ascending(keys: Int64s) -> Int64s:
    """Give the places of the keys from the lowest to the highest; equal ones keep their order."""
    size = keys.size
    order, sorted_ = np.empty(size, np.int64), np.empty(size, np.int64)
    lowest, highest = np.int64(0), np.int64(0)
    for place in range(size):
        order[place] = place
        lowest = keys[place] if place == 0 else min(lowest, keys[place])
        highest = keys[place] if place == 0 else max(highest, keys[place])
    if size <= _FEW:
        _insert(keys, order)
        return order
    # Digit by digit, the lowest first; as unsigned numbers a difference cannot overflow.
    span = np.uint64(highest) - np.uint64(lowest)
    shift = np.uint64(0)
    starts = np.empty(_DIGITS + 1, np.int64)
    while shift < np.uint64(64) and span >> shift != np.uint64(0):
        starts[:] = 0
        for place in range(size):
            starts[_digit(keys[place], lowest, shift) + 1] += 1
        for digit in range(_DIGITS):
            starts[digit + 1] += starts[digit]
        for own in order:
            digit = _digit(keys[own], lowest, shift)
            sorted_[starts[digit]] = own
            starts[digit] += 1
        order, sorted_ = sorted_, order
        shift += np.uint64(_BITS)
    return order


@inlined
def _digit(key: Scalar, lowest: Scalar, shift: Scalar) -> Scalar:
    return np.int64(((np.uint64(key) - np.uint64(lowest)) >> shift) & np.uint64(_DIGITS - 1))


@inner
def _insert(keys: Int64s, order: Int64s) -> None:
    for place in range(1, order.size):
        at, own = np.int64(place), order[place]
        while at > 0 and keys[order[at - 1]] > keys[own]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = own


TEXT, ITEM, SIZE, FIRST, LAST, SCORE, RAREST = range(7)
"""Columns of a candidate's row, while it is in a kernel."""

COLUMNS = 7
_BLOCK = 16  # tokens
_RIVALS = 8  # candidates kept over the same stretch


@inlined
def _covers(rows: Int64s, strong: Scalar, weak: Scalar) -> Scalar:
    first = max(rows[strong, FIRST], rows[weak, FIRST])
    last = min(rows[strong, LAST], rows[weak, LAST])
    return 2 * (last - first + 1) > rows[weak, LAST] - rows[weak, FIRST] + 1


@maker
def prune(rows: Int64s, runs: Int32s, run_offsets: Int64s, before: Scalar, count: Scalar) -> Scalar:
    """Drop candidates over whose stretch `_RIVALS` stronger ones lie; the rest keep their order."""
    if count - before <= _RIVALS:
        return count
    kept = _unrivalled(rows, before, count)
    out = before
    for row in range(before, count):
        if not kept[row - before]:
            continue
        first, end = run_offsets[row], run_offsets[row + 1]
        for column in range(COLUMNS):
            rows[out, column] = rows[row, column]
        for run in range(end - first):
            for column in range(3):
                runs[run_offsets[out] + run, column] = runs[first + run, column]
        run_offsets[out + 1] = run_offsets[out] + end - first
        out += 1
    return out


@maker
def _unrivalled(rows: Int64s, before: Scalar, count: Scalar) -> Int64s:
    size = count - before
    keys = np.empty(size, np.int64)
    for row in range(size):
        keys[row] = -rows[before + row, SCORE]
    order = ascending(keys)
    kept = np.empty(size, np.int64)
    # Who covers more than half of a stretch covers its middle: only the kept ones that reach into
    # the middle's block of tokens are looked at, strongest first.
    blocks, links = np.int64(0), np.int64(0)
    for row in range(before, count):
        blocks = max(blocks, rows[row, LAST] // _BLOCK + 1)
        links += rows[row, LAST] // _BLOCK - rows[row, FIRST] // _BLOCK + 1
    heads = np.empty(blocks, np.int64)
    for block in range(blocks):
        heads[block] = -1
    nexts, members = np.empty(links, np.int64), np.empty(links, np.int64)
    used = 0
    for rank in range(size):
        weak = before + order[rank]
        rivals = 0
        link = heads[(rows[weak, FIRST] + rows[weak, LAST]) // 2 // _BLOCK]
        while link >= 0 and rivals < _RIVALS:
            rivals += _covers(rows, members[link], weak)
            link = nexts[link]
        kept[order[rank]] = rivals < _RIVALS
        if rivals == _RIVALS:
            continue
        for block in range(rows[weak, FIRST] // _BLOCK, rows[weak, LAST] // _BLOCK + 1):
            members[used], nexts[used], heads[block] = weak, heads[block], used
            used += 1
    return kept


MOST_HITS = 1 << 23
"""Hits of one text that are held at a time. A text that has more, as one of 10 MB that repeats a
phrase of a hundred items may, is looked through in several goes: what goes on from one to the next
is found by both."""


def scan(tokens: Tokens, seeds: Shingles, registry: Index, known: Held | None = None) -> Candidates:
    """Find candidate passages of a registry's items in texts.

    Parameters
    ----------
    tokens : Tokens
        Of the texts.
    seeds : Shingles
        Of the same texts, of the registry's seed width.
    registry : Index
        What to look for.
    known : Held or None
        Which of the seeds the registry holds, where that is known already.

    Returns
    -------
    Candidates
        Sorted by text; over one stretch only the strongest few. What parts them from the words
        beside them is not known here: it takes the text itself.
    """
    found = held(seeds, registry) if known is None else known
    parts = [
        _scan_texts(tokens, seeds, registry, some, before)
        for before, some in bounded(found, MOST_HITS)
    ]
    return parts[0] if len(parts) == 1 else concatenated(parts)


def _scan_texts(
    tokens: Tokens, seeds: Shingles, registry: Index, found: Held, before: int
) -> Candidates:
    """Scan some texts, of which the first is `before`: as many as `found` tells of."""
    holdings = registry.holdings
    ends = tokens.offsets[before : before + len(found.offsets)]
    codes = holdings.source_codes[: None if len(holdings.sources) > 1 else 0]
    rows, passages, runs, run_offsets = _scan_all(
        (tokens.hashes, ends),
        (seeds.hashes, seeds.positions),
        (found.places, found.firsts, found.lasts, found.offsets),
        (registry.bits, registry.public, codes, registry.least),
        (holdings.postings.items, holdings.postings.positions),
        (holdings.tokens, holdings.token_offsets),
        registry.longest,
        seed_worths(len(holdings.postings.items)),
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


def scan_needs_compiling() -> bool:
    """Return whether `scan`, which takes longest, was not compiled here yet, but can be kept."""
    return needs_compiling(_scan_all)


@kernel
def _scan_all(  # noqa: C901, PLR0913, PLR0915 (it grows the arrays that it fills: kernels have no lists)
    tokens: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int32s],
    found: tuple[Int64s, Int64s, Int64s, Int64s],
    tables: tuple[UInt8s, UInt64s, UInt8s, Int64s],
    postings: tuple[UInt32s, Positions],
    items: tuple[UInt32s, Int64s],
    longest: Scalar,
    worths: Int64s,
) -> tuple[Int64s, UInt64s, Int32s, Int64s]:
    token_hashes, token_offsets = tokens
    rows = np.empty((256, COLUMNS), np.int64)
    runs, run_offsets = np.empty((1024, 3), np.int32), np.empty(257, np.int64)
    run_offsets[0] = 0
    count = np.int64(0)  # not a literal, for which callees would be compiled once more
    hits, hit_offsets = (
        np.empty((4096, HIT_COLUMNS), np.int64),
        np.empty(len(token_offsets), np.int64),
    )
    begun = np.empty(CELLS, np.int64)
    scratch = scratch_for(longest)
    item_tokens, item_offsets = items
    bits, public, codes, least = tables
    found_offsets = found[3]
    known = public, item_offsets, bits, worths
    notes, seen = np.empty((len(found[0]), NOTES), np.int64), np.empty(SEEN, np.uint8)
    end = np.int64(0)
    while end < len(token_offsets) - 1:
        start, end = end, group_end(found_offsets, end)
        if found_offsets[start] == found_offsets[end]:
            continue
        hit_offsets[start] = 0
        hits = gather(
            (start, end), tokens, seeds, found, postings, known, (notes, seen), hits, hit_offsets
        )
        kept = hit_offsets[end]
        tell_sources(hits[:kept], found, codes, postings[0])
        fetch_items(hits[:kept], item_tokens, item_offsets)
        for text in range(start, end):
            if hit_offsets[text] == hit_offsets[text + 1]:
                continue
            document = token_hashes[token_offsets[text] : token_offsets[text + 1]]
            mine = hits[hit_offsets[text] : hit_offsets[text + 1]]
            weigh(mine, document, items, bits, worths)
            mine = mine[: sift(mine, document, items, bits, least, begun)]
            keys = np.empty(len(mine), np.int64)
            for hit in range(len(mine)):
                keys[hit] = mine[hit, OF_ITEM]
            order = ascending(keys)
            before = count
            place = np.int64(0)
            while place < len(mine):
                item = mine[order[place], OF_ITEM]
                is_alone = place + 1 == len(mine) or mine[order[place + 1], OF_ITEM] != item
                if is_alone and mine[order[place], WORTH] < CHAIN_FLOOR:
                    place += 1
                    continue
                own = item_tokens[item_offsets[item] : item_offsets[item + 1]]
                goes_on = place > 0 and mine[order[place - 1], OF_ITEM] == item
                place, paired, score, rare = chain(own, document, bits, mine, order, place, scratch)
                goes_on |= place < len(mine) and mine[order[place], OF_ITEM] == item
                if score < FLOOR or (not goes_on and paired < tokens_asked(own, least)):
                    continue
                pairs = scratch[4][:paired]
                if count == len(rows):
                    rows = doubled(rows)
                    run_offsets = doubled(run_offsets.reshape(-1, 1)).reshape(-1)
                while run_offsets[count] + len(pairs) > len(runs):
                    runs = doubled(runs)
                rows[count, TEXT], rows[count, ITEM], rows[count, SIZE] = text, item, document.size
                rows[count, FIRST], rows[count, LAST] = pairs[0, 1], pairs[len(pairs) - 1, 1]
                rows[count, SCORE], rows[count, RAREST] = score, rare
                run_offsets[count + 1] = _write_runs(pairs, runs, run_offsets[count])
                count += 1
            count = prune(rows, runs, run_offsets, before, count)
    passages = np.empty(count, np.uint64)
    for row in range(count):
        text = rows[row, TEXT]
        document = token_hashes[token_offsets[text] : token_offsets[text + 1]]
        passages[row] = passage_hash(document, rows[row, FIRST] // LENGTH)
    return rows[:count], passages, runs[: run_offsets[count]], run_offsets[: count + 1]


@inner
def _write_runs(pairs: Int32s, runs: Int32s, at: Scalar) -> Scalar:
    for row in range(len(pairs)):
        joins = (
            row > 0
            and pairs[row, 0] == pairs[row - 1, 0] + 1
            and pairs[row, 1] == pairs[row - 1, 1] + 1
        )
        if joins:
            runs[at - 1, 2] += 1
        else:
            runs[at, 0], runs[at, 1], runs[at, 2] = pairs[row, 0], pairs[row, 1], 1
            at += 1
    return at
