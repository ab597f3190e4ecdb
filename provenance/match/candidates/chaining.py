"""Chains: what the seeds of one item make together, extended over words that were edited."""

import numpy as np

from provenance.jit.decorators import Scalar, inner, maker
from provenance.match.candidates.alignment import REACH, align, promise
from provenance.match.candidates.seed_hits import (
    CHAIN_FLOOR,
    IN_ITEM,
    IN_TEXT,
    OF_ITEM,
    SHARING,
)
from provenance.match.index.postings_index import BITS_SCALE, CELL_SHIFT
from provenance.model import Int32s, Int64s, UInt8s, UInt32s

FLOOR = 40 * BITS_SCALE
"""Candidates of less information, token by token, are not kept."""

_TEXT_GAP = 24  # tokens between two runs of a chain, in the text
_ITEM_GAP = 48  # and in the item
_SKIP = 2 * BITS_SCALE  # what a token between two runs costs
_OPEN = np.bool_(True)  # of NumPy: a literal would have numba compile an alignment of its own


@maker
def scratch_for(longest: Scalar) -> tuple[Int32s, Int32s, Int32s, Int32s, Int32s]:
    """Make what `chain` writes into, for items of so many tokens at most."""
    return (
        np.empty((REACH + 1, REACH + 1), np.int32),
        np.empty((REACH, 2), np.int32),
        np.empty((REACH, 2), np.int32),
        np.empty((longest + REACH, 2), np.int32),
        np.empty((longest + 3 * REACH, 2), np.int32),
    )


@inner
def chain(  # noqa: C901, PLR0913, PLR0915 (one walk over the hits: its state is its point)
    item: UInt32s,
    document: UInt32s,
    bits: UInt8s,
    hits: Int64s,
    order: Int64s,
    place: Scalar,
    scratch: tuple[Int32s, Int32s, Int32s, Int32s, Int32s],
) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Chain the hits of one item from `place` on, as far as they go together.

    Returns
    -------
    place : int
        The first hit of the next chain.
    count : int
        Matched tokens, now in the last of `scratch`: place in the item, place in the text.
    score : int
        Their information; 0 where the chain was not worth an alignment.
    rarest : int
        What its rarest seed's hit says of how many items share it.
    """
    number = hits[order[place], OF_ITEM]
    pairs = scratch[3]
    count, score, rarest = 0, 0, np.int64(1 << 30)
    item_end, text_end = np.int64(0), np.int64(0)
    while place < len(order) and hits[order[place], OF_ITEM] == number:
        at_text, at_item = hits[order[place], IN_TEXT], hits[order[place], IN_ITEM]
        if count:
            if at_text < text_end and at_text - at_item == text_end - item_end:
                rarest = min(rarest, hits[order[place], SHARING])
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
        rarest = min(rarest, hits[order[place], SHARING])
        item_gap, text_gap = at_item - item_end, at_text - text_end
        if count and 0 < item_gap <= REACH and 0 < text_gap <= REACH:
            # A step of one makes of these the views that `_beyond` has: one compilation for both.
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
        item_end, text_end = at_item + length, at_text + length
        place += 1
    if score < CHAIN_FLOOR or count == 0:
        return place, 0, 0, rarest
    first, end, score = _dearest(item, bits, pairs[:count])
    count, score = _beyond(item, document, bits, pairs[first:end], score, scratch)
    return place, count, score, rarest


@inner
def _dearest(item: UInt32s, bits: UInt8s, pairs: Int32s) -> tuple[Scalar, Scalar, Scalar]:
    """Choose the part of a chain that is worth most: its bits, less two for each skipped token.

    A seed that chance put some way behind a copy is worth less than the words between.
    """
    # Where a part begins, its information, and what it is worth.
    begun, own, total = 0, np.int64(0), np.int64(0)
    first, end, best, information = 0, 0, np.int64(-1), np.int64(0)
    for place in range(len(pairs)):
        gain = np.int64(bits[item[pairs[place, 0]] >> CELL_SHIFT])
        skipped = np.int64(0)
        if place:
            skipped += pairs[place, 0] - pairs[place - 1, 0] - 1
            skipped += pairs[place, 1] - pairs[place - 1, 1] - 1
        total -= skipped * _SKIP
        if place and total < 0:
            begun, own, total = place, np.int64(0), np.int64(0)
        own += gain
        total += gain
        if total > best:
            first, end, best, information = begun, place + 1, total, own
    return first, end, information


@inner
def _beyond(
    item: UInt32s,
    document: UInt32s,
    bits: UInt8s,
    pairs: Int32s,
    score: Scalar,
    scratch: tuple[Int32s, Int32s, Int32s, Int32s, Int32s],
) -> tuple[Scalar, Scalar]:
    """Extend a chain at both ends; it is in the last of `scratch` then."""
    table, left, right, _, whole = scratch
    item_at, text_at = np.int64(pairs[0, 0]), np.int64(pairs[0, 1])
    item_low, text_low = max(0, item_at - REACH), max(0, text_at - REACH)
    item_end, text_end = np.int64(pairs[-1, 0]) + 1, np.int64(pairs[-1, 1]) + 1
    item_high, text_high = item_end + REACH, text_end + REACH
    before = promise(item[item_low:item_at], document[text_low:text_at], bits, np.int64(-1))
    behind = promise(item[item_end:item_high], document[text_end:text_high], bits, np.int64(1))
    lefts, rights = 0, 0
    # Most of what chance gives ends here: nothing beside it could make it a candidate.
    if score + before + behind >= FLOOR:
        if before:
            lefts = align(
                item[item_low:item_at][::-1],
                document[text_low:text_at][::-1],
                bits,
                _OPEN,
                table,
                left,
            )
            lefts = _without_strays(left, lefts)
        if behind:
            rights = align(
                item[item_end:item_high:1],
                document[text_end:text_high:1],
                bits,
                _OPEN,
                table,
                right,
            )
            rights = _without_strays(right, rights)
    for step in range(lefts):  # traced from the far end: already in text order
        whole[step, 0], whole[step, 1] = item_at - 1 - left[step, 0], text_at - 1 - left[step, 1]
        score += bits[item[whole[step, 0]] >> CELL_SHIFT]
    for step in range(len(pairs)):
        whole[lefts + step, 0], whole[lefts + step, 1] = pairs[step, 0], pairs[step, 1]
    for step in range(rights):
        row = lefts + len(pairs) + rights - 1 - step
        whole[row, 0], whole[row, 1] = item_end + right[step, 0], text_end + right[step, 1]
        score += bits[item[whole[row, 0]] >> CELL_SHIFT]
    return lefts + len(pairs) + rights, score


@inner
def _without_strays(pairs: Int32s, count: Scalar) -> Scalar:
    """Drop lone words some way off from the far end of an alignment, which stands first.

    Whatever comes behind a copy that was cut short has a word of the item now and then.
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
