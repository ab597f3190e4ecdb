"""Seed and extend: find the items of which a text holds a passage.

A *seed* is a shingle that a text shares with few items. Seeds of one item that lie near each other
make a chain; maximal runs of equal tokens, and small alignments between and beyond them, extend it
over words that were changed, dropped or put in. (Altschul et al., "Basic local alignment search
tool", 1990, for words instead of residues.)
"""

import numpy as np

from provenance.jit.decorators import Scalar, inner, kernel, needs_compiling
from provenance.match.bounding import bounded
from provenance.match.candidates import Candidates, concatenated
from provenance.match.chains import FLOOR, chain, scratch_for
from provenance.match.gathering import SEEN, gather, group_end
from provenance.match.hits import (
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
from provenance.match.lookup import Index
from provenance.match.notes import NOTES
from provenance.match.passages import LENGTH, passage_hash
from provenance.match.probing import Held, held
from provenance.match.pruning import (
    COLUMNS,
    FIRST,
    ITEM,
    LAST,
    RAREST,
    SCORE,
    SIZE,
    TEXT,
    prune,
)
from provenance.match.sifting import CELLS, sift, tokens_asked
from provenance.match.sorting import ascending
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
