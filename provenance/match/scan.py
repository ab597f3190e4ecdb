"""Seed and extend: find the items of which a text holds a passage.

A *seed* is a shingle that a text shares with few items. Seeds of one item that lie near each other
make a chain; maximal runs of equal tokens, and small alignments between and beyond them, extend it
over words that were changed, dropped or put in. (Altschul et al., "Basic local alignment search
tool", 1990, for words instead of residues.)
"""

import numpy as np

from provenance.compiled import Scalar, inlined, kernel
from provenance.match.align import REACH, align
from provenance.match.candidates import Candidates
from provenance.match.index import BITS_SCALE, Index, locate, probe
from provenance.match.passages import LENGTH, passage_hash
from provenance.model import Int32s, Int64s, Shingles, Tokens, UInt8s, UInt32s, UInt64s

COMMON = 100
"""A shingle that more items share is followed into the earliest few of them only."""

FLOOR = 40 * BITS_SCALE
"""Candidates of less information, token by token, are not kept."""

_EARLIEST = 8
_CHAIN_FLOOR = 28 * BITS_SCALE  # seeds of less are not worth an alignment
_TEXT_GAP = 24  # tokens between two runs of a chain, in the text
_ITEM_GAP = 48  # and in the item
_RIVALS = 8  # candidates kept over the same stretch
_SHIFT = np.uint32(12)


def scan(tokens: Tokens, seeds: Shingles, registry: Index) -> Candidates:
    """Find candidate passages of a registry's items in texts.

    Parameters
    ----------
    tokens : Tokens
        Of the texts.
    seeds : Shingles
        Of the same texts, of the registry's seed width.
    registry : Index
        What to look for.

    Returns
    -------
    Candidates
        Sorted by text; over one stretch only the strongest few.
    """
    holdings = registry.holdings
    columns = _scan_all(
        (tokens.hashes, tokens.offsets),
        (seeds.hashes, seeds.positions, seeds.offsets),
        (registry.filter, registry.directory, registry.shift, registry.bits),
        (holdings.postings.shingles, holdings.postings.items, holdings.postings.positions),
        (holdings.tokens, holdings.token_offsets),
        registry.longest,
    )
    return Candidates(*columns)


@kernel
def _scan_all(  # noqa: C901, PLR0915 (it grows the arrays that it fills: kernels have no lists)
    tokens: tuple[UInt32s, Int64s],
    seeds: tuple[UInt64s, Int64s, Int64s],
    tables: tuple[UInt64s, Int64s, Scalar, UInt8s],
    postings: tuple[UInt64s, UInt32s, UInt32s],
    items: tuple[UInt32s, Int64s],
    longest: Scalar,
) -> tuple[Int64s, UInt32s, Int32s, Int32s, Int32s, Int32s, Int32s, UInt64s, Int32s, Int64s]:
    token_hashes, token_offsets = tokens
    rows = np.empty((256, 7), np.int64)  # text, item, first, last, score, rarest, size of the text
    runs, run_offsets = np.empty((1024, 3), np.int32), np.zeros(257, np.int64)
    count = 0
    hits = np.empty((4096, 4), np.int64)  # item, place in the text, place in the item, items
    scratch = (
        np.empty((REACH + 1, REACH + 1), np.int32),
        np.empty((REACH, 2), np.int32),
        np.empty((REACH, 2), np.int32),
        np.empty((longest + REACH, 2), np.int32),
    )
    for text in range(len(token_offsets) - 1):
        hit_count, hits = _hits_of(seeds, text, tables, postings, hits)
        if hit_count == 0:
            continue
        document = token_hashes[token_offsets[text] : token_offsets[text + 1]]
        order = np.argsort(hits[:hit_count, 0], kind="mergesort")
        before = count
        place = 0
        while place < hit_count:
            item = hits[order[place], 0]
            own = items[0][items[1][item] : items[1][item + 1]]
            place, pairs, score, rare = _chain(
                own, document, tables[3], hits, order, place, scratch
            )
            if score < FLOOR:
                continue
            if count == len(rows):
                rows = _doubled(rows)
                run_offsets = _doubled(run_offsets.reshape(-1, 1)).reshape(-1)
            if run_offsets[count] + len(pairs) > len(runs):
                runs = _doubled(runs)
                while run_offsets[count] + len(pairs) > len(runs):
                    runs = _doubled(runs)
            rows[count, 0], rows[count, 1] = text, item
            rows[count, 2], rows[count, 3] = pairs[0, 1], pairs[-1, 1]
            rows[count, 4], rows[count, 5], rows[count, 6] = score, rare, document.size
            run_offsets[count + 1] = _write_runs(pairs, runs, run_offsets[count])
            count += 1
        count = _prune(rows, runs, run_offsets, before, count)
    rows = rows[:count]
    passages = np.empty(count, np.uint64)
    for row in range(count):
        text = rows[row, 0]
        document = token_hashes[token_offsets[text] : token_offsets[text + 1]]
        passages[row] = passage_hash(document, rows[row, 2] // LENGTH)
    return (
        rows[:, 0].copy(),
        rows[:, 1].astype(np.uint32),
        rows[:, 6].astype(np.int32),
        rows[:, 2].astype(np.int32),
        rows[:, 3].astype(np.int32),
        rows[:, 4].astype(np.int32),
        rows[:, 5].astype(np.int32),
        passages,
        runs[: run_offsets[count]].copy(),
        run_offsets[: count + 1].copy(),
    )


@kernel
def _doubled(table: Scalar) -> Scalar:
    larger = np.empty((2 * table.shape[0] + 1, table.shape[1]), table.dtype)
    larger[: table.shape[0]] = table
    return larger


@kernel
def _hits_of(
    seeds: tuple[UInt64s, Int64s, Int64s],
    text: Scalar,
    tables: tuple[UInt64s, Int64s, Scalar, UInt8s],
    postings: tuple[UInt64s, UInt32s, UInt32s],
    hits: Int64s,
) -> tuple[Scalar, Int64s]:
    """Look every shingle of a text up; `hits` comes back larger where it had to grow."""
    hashes, positions, offsets = seeds
    line_filter, directory, shift, _ = tables
    count = 0
    for seed in range(offsets[text], offsets[text + 1]):
        shingle = hashes[seed]
        if not probe(line_filter, shingle):
            continue
        first, last = locate(postings[0], directory, shift, shingle)
        sharing = last - first
        if sharing > COMMON:
            last = first + _EARLIEST
        while count + last - first > len(hits):
            hits = _doubled(hits)
        for posting in range(first, last):
            hits[count, 0] = postings[1][posting]
            hits[count, 1] = positions[seed]
            hits[count, 2] = postings[2][posting]
            hits[count, 3] = sharing
            count += 1
    return count, hits


@kernel
def _chain(  # noqa: C901, PLR0913, PLR0915 (one walk over the hits: its state is its point)
    item: UInt32s,
    document: UInt32s,
    bits: UInt8s,
    hits: Int64s,
    order: Int64s,
    place: Scalar,
    scratch: tuple[Int32s, Int32s, Int32s, Int32s],
) -> tuple[Scalar, Int32s, Scalar, Scalar]:
    """Chain the hits of one item from `place` on, as far as they go together.

    Returns
    -------
    place : int
        The first hit of the next chain.
    pairs : ndarray of int32, shape (m, 2)
        Matched tokens: place in the item, place in the text.
    score : int
        Their information; 0 where the chain was not worth an alignment.
    rarest : int
        Number of items that share its rarest seed.
    """
    number = hits[order[place], 0]
    pairs = scratch[3]
    count, score, rarest = 0, 0, np.int64(1 << 30)
    item_end, text_end = np.int64(0), np.int64(0)
    while place < len(order) and hits[order[place], 0] == number:
        at_text, at_item = hits[order[place], 1], hits[order[place], 2]
        if count:
            if at_text < text_end and at_text - at_item == text_end - item_end:
                rarest = min(rarest, hits[order[place], 3])
                place += 1
                continue
            if at_text - text_end > _TEXT_GAP or at_item - item_end > _ITEM_GAP:
                break
            if at_text >= text_end and at_item < item_end:
                break  # the item begins anew
        # The maximal run through this hit, within what the chain has left open.
        shift = max(text_end - at_text, item_end - at_item, 0)
        at_text, at_item = at_text + shift, at_item + shift
        low = min(at_text - text_end, at_item - item_end)
        back = 0
        while back < low and document[at_text - back - 1] == item[at_item - back - 1]:
            back += 1
        at_text, at_item = at_text - back, at_item - back
        length = 0
        while (
            at_text + length < document.size
            and at_item + length < item.size
            and document[at_text + length] == item[at_item + length]
        ):
            length += 1
        if length == 0:
            place += 1
            continue
        rarest = min(rarest, hits[order[place], 3])
        item_gap, text_gap = at_item - item_end, at_text - text_end
        if count and 0 < item_gap <= REACH and 0 < text_gap <= REACH:
            inner = align(
                item[item_end:at_item], document[text_end:at_text], bits, False, *scratch[:2]
            )
            for step in range(inner - 1, -1, -1):
                pairs[count, 0] = item_end + scratch[1][step, 0]
                pairs[count, 1] = text_end + scratch[1][step, 1]
                score += bits[item[pairs[count, 0]] >> _SHIFT]
                count += 1
        for step in range(length):
            pairs[count, 0], pairs[count, 1] = at_item + step, at_text + step
            score += bits[item[at_item + step] >> _SHIFT]
            count += 1
        item_end, text_end = at_item + length, at_text + length
        place += 1
    if score < _CHAIN_FLOOR or count == 0:
        return max(place, 1), pairs[:0], 0, rarest
    return place, *_beyond(item, document, bits, pairs[:count], score, scratch), rarest


@kernel
def _beyond(
    item: UInt32s,
    document: UInt32s,
    bits: UInt8s,
    pairs: Int32s,
    score: Scalar,
    scratch: tuple[Int32s, Int32s, Int32s, Int32s],
) -> tuple[Int32s, Scalar]:
    """Extend a chain at both ends."""
    table, left, right, _ = scratch
    item_at, text_at = np.int64(pairs[0, 0]), np.int64(pairs[0, 1])
    item_low, text_low = max(0, item_at - REACH), max(0, text_at - REACH)
    lefts = align(
        item[item_low:item_at][::-1], document[text_low:text_at][::-1], bits, True, table, left
    )
    item_end, text_end = np.int64(pairs[-1, 0]) + 1, np.int64(pairs[-1, 1]) + 1
    rights = align(
        item[item_end : item_end + REACH],
        document[text_end : text_end + REACH],
        bits,
        True,
        table,
        right,
    )
    whole = np.empty((lefts + len(pairs) + rights, 2), np.int32)
    for step in range(lefts):  # traced from the far end: already in text order
        whole[step, 0], whole[step, 1] = item_at - 1 - left[step, 0], text_at - 1 - left[step, 1]
        score += bits[item[whole[step, 0]] >> _SHIFT]
    whole[lefts : lefts + len(pairs)] = pairs
    for step in range(rights):
        row = lefts + len(pairs) + rights - 1 - step
        whole[row, 0], whole[row, 1] = item_end + right[step, 0], text_end + right[step, 1]
        score += bits[item[whole[row, 0]] >> _SHIFT]
    return whole, score


@kernel
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


@inlined
def _covers(rows: Int64s, strong: Scalar, weak: Scalar) -> Scalar:
    first = max(rows[strong, 2], rows[weak, 2])
    last = min(rows[strong, 3], rows[weak, 3])
    return 2 * (last - first + 1) > rows[weak, 3] - rows[weak, 2] + 1


@kernel
def _prune(
    rows: Int64s, runs: Int32s, run_offsets: Int64s, before: Scalar, count: Scalar
) -> Scalar:
    """Drop candidates over whose stretch `_RIVALS` stronger ones lie; the rest keep their order."""
    size = count - before
    if size <= _RIVALS:
        return count
    order = np.argsort(-rows[before:count, 4], kind="mergesort")
    kept = np.zeros(size, np.bool_)
    for rank in range(size):
        weak = before + order[rank]
        rivals = 0
        for stronger in range(rank):
            strong = order[stronger]
            if kept[strong] and _covers(rows, before + strong, weak):
                rivals += 1
                if rivals == _RIVALS:
                    break
        kept[order[rank]] = rivals < _RIVALS
    out = before
    for row in range(before, count):
        if not kept[row - before]:
            continue
        first, end = run_offsets[row], run_offsets[row + 1]
        rows[out] = rows[row]
        runs[run_offsets[out] : run_offsets[out] + end - first] = runs[first:end].copy()
        run_offsets[out + 1] = run_offsets[out] + end - first
        out += 1
    return out
