"""Seed and extend: find the items of which a text holds a passage.

A *seed* is a shingle that a text shares with few items. Seeds of one item that lie near each other
make a chain; maximal runs of equal tokens, and small alignments between and beyond them, extend it
over words that were changed, dropped or put in. (Altschul et al., "Basic local alignment search
tool", 1990, for words instead of residues.)
"""

import numpy as np

from provenance.compiled import Scalar, cached_as, inlined, inner, kernel
from provenance.match.align import REACH
from provenance.match.candidates import Candidates
from provenance.match.chains import CHAIN_FLOOR, FLOOR, chain
from provenance.match.lookup import CELL_SHIFT, Index, is_public
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

COMMON = 100
"""A shingle that more items share is followed into the earliest few of them only."""

_EARLIEST = 8
_LOOKED_AT = 16  # postings, for their sources
_SHARED = 2  # items that share a shingle before anybody asks whether it is everybody's


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
    holdings = registry.holdings
    found = held(seeds, registry) if known is None else known
    rows, passages, runs, run_offsets = _scan_all(
        (tokens.hashes, tokens.offsets),
        (seeds.hashes, seeds.positions),
        (found.places, found.firsts, found.lasts, found.offsets),
        (registry.bits, registry.public, registry.holdings.source_codes),
        (holdings.postings.items, holdings.postings.positions),
        (holdings.tokens, holdings.token_offsets),
        registry.longest,
    )
    text, item, size, first, last, score, rarest = rows.T
    return Candidates(
        text.copy(),
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


def compiled_as() -> str:
    """Give how the path of the compiled files of `scan` begins: it takes longest to compile."""
    return cached_as(_scan_all)


@kernel
def _scan_all(  # noqa: C901, PLR0913, PLR0915 (it grows the arrays that it fills: kernels have no lists)
    tokens: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int32s],
    found: tuple[Int64s, Int64s, Int64s, Int64s],
    tables: tuple[UInt8s, UInt64s, UInt8s],
    postings: tuple[UInt32s, Positions],
    items: tuple[UInt32s, Int64s],
    longest: Scalar,
) -> tuple[Int64s, UInt64s, Int32s, Int64s]:
    token_hashes, token_offsets = tokens
    rows = np.empty((256, COLUMNS), np.int64)
    runs, run_offsets = np.empty((1024, 3), np.int32), np.zeros(257, np.int64)
    count = np.int64(0)  # not a literal, for which callees would be compiled once more
    # Item, place in the text, place in the item; twice the items that share the seed, and one more
    # where they are of several sources; information of the equal tokens around it.
    hits = np.empty((4096, 5), np.int64)
    scratch = (
        np.empty((REACH + 1, REACH + 1), np.int32),
        np.empty((REACH, 2), np.int32),
        np.empty((REACH, 2), np.int32),
        np.empty((longest + REACH, 2), np.int32),
        np.empty((longest + 3 * REACH, 2), np.int32),
    )
    item_tokens, item_offsets = items
    bits, found_offsets = tables[0], found[3]
    for text in range(len(token_offsets) - 1):
        if found_offsets[text] == found_offsets[text + 1]:
            continue
        hit_count, hits = _hits_of(seeds, found, text, tables, postings, hits)
        if hit_count == 0:
            continue
        document = token_hashes[token_offsets[text] : token_offsets[text + 1]]
        keys = np.empty(hit_count, np.int64)
        for hit in range(hit_count):
            keys[hit] = hits[hit, 0]
        order = ascending(keys)
        _weigh(hits, hit_count, document, item_tokens, item_offsets, bits)
        before = count
        place = np.int64(0)
        while place < hit_count:
            item = hits[order[place], 0]
            is_alone = place + 1 == hit_count or hits[order[place + 1], 0] != item
            if is_alone and hits[order[place], 4] < CHAIN_FLOOR:
                place += 1
                continue
            own = item_tokens[item_offsets[item] : item_offsets[item + 1]]
            place, paired, score, rare = chain(own, document, bits, hits, order, place, scratch)
            if score < FLOOR:
                continue
            pairs = scratch[4][:paired]
            if count == len(rows):
                rows = _doubled(rows)
                run_offsets = _doubled(run_offsets.reshape(-1, 1)).reshape(-1)
            if run_offsets[count] + len(pairs) > len(runs):
                runs = _doubled(runs)
                while run_offsets[count] + len(pairs) > len(runs):
                    runs = _doubled(runs)
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


@kernel
def _doubled(table: Scalar) -> Scalar:
    # Element by element: a slice assignment would have numba compile broadcasting for seconds.
    larger = np.empty((2 * table.shape[0] + 1, table.shape[1]), table.dtype)
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            larger[row, column] = table[row, column]
    return larger


@kernel
def _hits_of(
    seeds: tuple[UInt64s, Int32s],
    found: tuple[Int64s, Int64s, Int64s, Int64s],
    text: Scalar,
    tables: tuple[UInt8s, UInt64s, UInt8s],
    postings: tuple[UInt32s, Positions],
    hits: Int64s,
) -> tuple[Scalar, Int64s]:
    """Give the postings of a text's seeds; `hits` comes back larger where it had to grow."""
    hashes, positions = seeds
    places, firsts, lasts, offsets = found
    _, public, codes = tables
    items, item_positions = postings
    count = 0
    for index in range(offsets[text], offsets[text + 1]):
        seed, first, last = places[index], firsts[index], lasts[index]
        sharing = last - first
        if sharing >= _SHARED and is_public(public, hashes[seed]):
            continue
        across = _is_of_several(codes, items, first, min(last, first + _LOOKED_AT))
        if sharing > COMMON:
            last = first + _EARLIEST
        while count + last - first > len(hits):
            hits = _doubled(hits)
        for posting in range(first, last):
            hits[count, 0] = items[posting]
            hits[count, 1] = positions[seed]
            hits[count, 2] = item_positions[posting]
            hits[count, 3] = sharing * 2 + across
            count += 1
    return count, hits


@inner
def _weigh(
    hits: Int64s,
    count: Scalar,
    document: UInt32s,
    tokens: UInt32s,
    offsets: Int64s,
    bits: UInt8s,
) -> None:
    """Weigh the run of equal tokens around each hit: one after the other, so none waits."""
    for hit in range(count):
        at, own = hits[hit, 1], hits[hit, 2]
        first = offsets[hits[hit, 0]]
        size = offsets[hits[hit, 0] + 1] - first
        score, back, on = 0, 1, 0
        while back <= min(at, own) and document[at - back] == tokens[first + own - back]:
            score += bits[document[at - back] >> CELL_SHIFT]
            back += 1
        room = min(document.size - at, size - own)
        while on < room and document[at + on] == tokens[first + own + on]:
            score += bits[document[at + on] >> CELL_SHIFT]
            on += 1
        hits[hit, 4] = score


@inlined
def _is_of_several(codes: UInt8s, items: UInt32s, first: Scalar, last: Scalar) -> Scalar:
    several = 0
    for posting in range(first + 1, last):
        several |= codes[items[posting]] != codes[items[first]]
    return several


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
