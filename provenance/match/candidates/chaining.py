"""Chains of the seeds of one item, extended over edited words."""

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, kernel_part
from provenance.match.candidates.alignment import MAX_ALIGNED, align, open_alignment_bound
from provenance.match.candidates.seed_hits import (
    HIT_FIRST_SEED,
    HIT_ITEM,
    HIT_ITEM_POSITION,
    HIT_LAST_SEED,
    HIT_POSITION,
    HIT_SHARED_BY,
    MIN_CHAIN_SCORE,
)
from provenance.match.index.postings_index import BITS_SCALE, CELL_SHIFT
from provenance.model.content.fingerprints import Int32s, Int64s, UInt8s, UInt32s

MIN_CANDIDATE_SCORE = 40 * BITS_SCALE
"""Least unigram information of a candidate, in units of 1 / `BITS_SCALE` bit."""

MAX_TEXT_GAP, MAX_ITEM_GAP = 24, 48
"""Most tokens of the text, and of the item, between two runs of a chain."""

GAP_COST = 2 * BITS_SCALE
"""Cost of each of these tokens."""

_OPEN_ENDED = np.bool_(True)  # NumPy's: numba would compile the alignment anew for a literal


@allocating_part
def allocate_scratch(longest: Scalar) -> tuple[Int32s, Int32s, Int32s, Int32s, Int32s]:
    """Allocate the arrays that `chain_hits` writes to, for items of up to `longest` tokens."""
    return (
        np.empty((MAX_ALIGNED + 1, MAX_ALIGNED + 1), np.int32),
        np.empty((MAX_ALIGNED, 2), np.int32),
        np.empty((MAX_ALIGNED, 2), np.int32),
        np.empty((longest + MAX_ALIGNED, 2), np.int32),
        np.empty((longest + 3 * MAX_ALIGNED, 2), np.int32),
    )


@kernel_part
def chain_hits(  # noqa: C901, PLR0912, PLR0915 (one pass over the hits, with much state)
    items: tuple[UInt32s, Int64s],
    document: UInt32s,
    bits: UInt8s,
    hits: Int64s,
    place: Scalar,
    scratch: tuple[Int32s, Int32s, Int32s, Int32s, Int32s],
) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Chain the hits of one item from `place` on, as far as they go together.

    Returns
    -------
    place : int
        First hit of the next chain.
    count : int
        Matched tokens, now in the last of `scratch`: index in the item, index in the text.
    score : int
        Their information; 0 if the chain was too weak to be aligned.
    rarest : int
        `HIT_SHARED_BY` of its rarest seed.
    """
    tokens, offsets = items
    number, first_hit = hits[place, HIT_ITEM], place
    item = tokens[offsets[number] : offsets[number + 1]]
    pairs = scratch[3]
    count, score, rarest = 0, 0, np.int64(1 << 30)
    item_end, text_end, last_length = np.int64(0), np.int64(0), np.int64(0)
    while place < len(hits) and hits[place, HIT_ITEM] == number:
        at_text = hits[place, HIT_POSITION]
        at_item = min(hits[place, HIT_ITEM_POSITION], item.size)  # else it was tampered with
        if count:
            if at_text < text_end and at_text - at_item == text_end - item_end:
                rarest = min(rarest, hits[place, HIT_SHARED_BY])
                place += 1
                continue
            if at_text - text_end > MAX_TEXT_GAP or at_item - item_end > MAX_ITEM_GAP:
                break
            if at_text >= text_end and at_item < item_end:
                break  # another copy of the item begins
        # The maximal run through this hit, after the chain's end.
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
            last_seed = hits[place, HIT_LAST_SEED] - hits[place, HIT_FIRST_SEED]
            if count and hits[place, HIT_POSITION] + last_seed >= text_end:
                break  # its run goes on behind the chain, but elsewhere in the item
            place += 1
            continue
        if count and (at_text == text_end or at_item == item_end):
            # Where a word repeats, either run may have it: the longer one gets it.
            back = 0
            while back < last_length and document[at_text - back - 1] == item[at_item - back - 1]:
                back += 1
            if length + back > last_length:
                at_text, at_item, length = at_text - back, at_item - back, length + back
                text_end, item_end, count = text_end - back, item_end - back, count - back
                for step in range(back):
                    score -= bits[item[at_item + step] >> CELL_SHIFT]
        item_gap, text_gap = at_item - item_end, at_text - text_end
        is_aligned = 0 < item_gap <= MAX_ALIGNED and 0 < text_gap <= MAX_ALIGNED
        cost = (max(item_gap, 0) + max(text_gap, 0)) * GAP_COST
        if count and not is_aligned and cost > score:
            break  # the best segment would leave out all before the gap
        rarest = min(rarest, hits[place, HIT_SHARED_BY])
        if count and is_aligned:
            # A step of one gives views as `_extend_chain` has them: one compilation for both.
            inner = align(
                item[item_end:at_item:1], document[text_end:at_text:1], bits, False, *scratch[:2]
            )
            for step in range(inner - 1, -1, -1):
                pairs[count, 0] = item_end + scratch[1][step, 0]
                pairs[count, 1] = text_end + scratch[1][step, 1]
                score += bits[item[pairs[count, 0]] >> CELL_SHIFT]
                count += 1
        for step in range(length):
            pairs[count, 0], pairs[count, 1] = at_item + step, at_text + step
            score += bits[item[at_item + step] >> CELL_SHIFT]
            count += 1
        item_end, text_end, last_length = at_item + length, at_text + length, np.int64(length)
        place += 1
    if score < MIN_CHAIN_SCORE or count == 0:
        return place, 0, 0, rarest
    first, end, score = _best_segment(item, bits, pairs[:count])
    # What the best segment leaves out behind it may be the next chain.
    while place - 1 > first_hit and hits[place - 1, HIT_POSITION] > pairs[end - 1, 1]:
        place -= 1
    count, score = _extend_chain(
        (tokens, offsets[number], item), document, bits, pairs[first:end], score, scratch
    )
    return place, count, score, rarest


@kernel_part
def _best_segment(item: UInt32s, bits: UInt8s, pairs: Int32s) -> tuple[Scalar, Scalar, Scalar]:
    """Return the segment of a chain that scores most: its information less two bits per skip.

    A seed that matches by chance some way after a copy scores less than the skipped words cost.
    """
    # Start of the current segment, its information, and its score.
    start, segment_bits, total = 0, np.int64(0), np.int64(0)
    first, end, best, information = 0, 0, np.int64(-1), np.int64(0)
    for place in range(len(pairs)):
        gain = np.int64(bits[item[pairs[place, 0]] >> CELL_SHIFT])
        skipped = np.int64(0)
        if place:
            skipped += pairs[place, 0] - pairs[place - 1, 0] - 1
            skipped += pairs[place, 1] - pairs[place - 1, 1] - 1
        total -= skipped * GAP_COST
        if place and total < 0:
            start, segment_bits, total = place, np.int64(0), np.int64(0)
        segment_bits += gain
        total += gain
        if total > best:
            first, end, best, information = start, place + 1, total, segment_bits
    return first, end, information


@kernel_part
def _extend_chain(
    items: tuple[UInt32s, Scalar, UInt32s],
    document: UInt32s,
    bits: UInt8s,
    pairs: Int32s,
    score: Scalar,
    scratch: tuple[Int32s, Int32s, Int32s, Int32s, Int32s],
) -> tuple[Scalar, Scalar]:
    """Extend a chain at both ends; the result is in the last of `scratch`.

    `items` are the tokens of all items, the index of the item's first, and those of the item.
    """
    tokens, first, item = items
    table, left, right, _, chain = scratch
    item_at, text_at = np.int64(pairs[0, 0]), np.int64(pairs[0, 1])
    item_low: Scalar = max(0, item_at - MAX_ALIGNED)
    text_low: Scalar = max(0, text_at - MAX_ALIGNED)
    item_end, text_end = np.int64(pairs[-1, 0]) + 1, np.int64(pairs[-1, 1]) + 1
    item_high, text_high = item_end + MAX_ALIGNED, text_end + MAX_ALIGNED
    before, _ = open_alignment_bound(
        tokens,
        (first + item_at - 1, item_at - item_low),
        document,
        (text_at - 1, text_at - text_low),
        bits,
        np.int64(-1),
    )
    behind, _ = open_alignment_bound(
        tokens,
        (first + item_end, min(item.size - item_end, MAX_ALIGNED)),
        document,
        (text_end, min(document.size - text_end, MAX_ALIGNED)),
        bits,
        np.int64(1),
    )
    lefts, rights = 0, 0
    # Most chance matches end here: no extension could make them a candidate.
    if score + before + behind >= MIN_CANDIDATE_SCORE:
        if before:
            lefts = align(
                item[item_low:item_at][::-1],
                document[text_low:text_at][::-1],
                bits,
                _OPEN_ENDED,
                table,
                left,
            )
            lefts = _drop_outliers(left, lefts)
        if behind:
            rights = align(
                item[item_end:item_high:1],
                document[text_end:text_high:1],
                bits,
                _OPEN_ENDED,
                table,
                right,
            )
            rights = _drop_outliers(right, rights)
    for step in range(lefts):  # traced from the far end: already in text order
        chain[step, 0], chain[step, 1] = item_at - 1 - left[step, 0], text_at - 1 - left[step, 1]
        score += bits[item[chain[step, 0]] >> CELL_SHIFT]
    for step in range(len(pairs)):
        chain[lefts + step, 0], chain[lefts + step, 1] = pairs[step, 0], pairs[step, 1]
    for step in range(rights):
        row = lefts + len(pairs) + rights - 1 - step
        chain[row, 0], chain[row, 1] = item_end + right[step, 0], text_end + right[step, 1]
        score += bits[item[chain[row, 0]] >> CELL_SHIFT]
    return lefts + len(pairs) + rights, score


@kernel_part
def _drop_outliers(pairs: Int32s, count: Scalar) -> Scalar:
    """Drop isolated words at the far end of an alignment, which is listed first.

    The text after a truncated copy occasionally has a word of the item by chance.
    """
    strays = 0
    while strays < count:
        item_gap, text_gap = pairs[strays, 0], pairs[strays, 1]
        if strays + 1 < count:
            item_gap -= pairs[strays + 1, 0] + 1
            text_gap -= pairs[strays + 1, 1] + 1
        if item_gap <= 1 and text_gap <= 1:
            break
        strays += 1
    for step in range(count - strays):
        pairs[step, 0], pairs[step, 1] = pairs[step + strays, 0], pairs[step + strays, 1]
    return count - strays
