"""Sifting: hits that promise no candidate go, before anything is sorted, chained or aligned.

Nearly all that chance gives is a single run of a few words of some item. What a candidate needs
beyond them must stand beside them, and a look at the words there tells that most have nothing. Many
items share a phrase, so that the words of the text are looked at once for all of these. A phrase is
worth here what the registry knows of it (`hits.seed_worths`), not what its words are one by one.

A large registry holds some item for nearly every phrase of a few rare words: however rare they are,
such a match is told from chance only where the item says little more (`reach.least_tokens`).
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner
from provenance.jit.intrinsics import trailing_zeros
from provenance.match.candidates.alignment import OPEN_SKIP, REACH
from provenance.match.candidates.chaining import FLOOR
from provenance.match.candidates.seed_hits import (
    BEGIN,
    CHAIN_FLOOR,
    HIT_COLUMNS,
    IN_ITEM,
    IN_TEXT,
    LENGTH,
    OF_ITEM,
    WORTH,
    cell_of,
)
from provenance.match.index.postings_index import CELL_SHIFT
from provenance.match.index.stop_shingles import weight_of
from provenance.match.scoring.features import LEAST
from provenance.model import Int64s, UInt8s, UInt32s

CELLS = 1 << 12
"""Room for where the runs of so many items begin; where there are more, fewer hits are dropped."""

_NONE, _SEVERAL = np.int64(-1), np.int64(-2)
_ONE = np.uint64(1)
_BACK, _ON = np.int64(-1), np.int64(1)
_NEAR = 4  # words of the text that are looked at one by one


@inner
def sift(
    hits: Int64s,
    document: UInt32s,
    items: tuple[UInt32s, Int64s],
    bits: UInt8s,
    least: Int64s,
    begun: Int64s,
) -> Scalar:
    """Move the hits of a text that may make a candidate to the front; give how many they are.

    Parameters
    ----------
    hits : ndarray of int64, shape (n, HIT_COLUMNS)
        Of one text, weighed; those that stay keep their order.
    document : ndarray of uint32
        Tokens of the text.
    items : (ndarray, ndarray)
        Tokens of all items, and their offsets.
    bits : ndarray of uint8
        Information of each cell of tokens.
    least : ndarray of int64
        How few tokens an item's only candidate may have (`reach.least_tokens`); empty where
        nothing is asked.
    begun : ndarray of int64, shape (CELLS,)
        Scratch.
    """
    tokens, offsets = items
    shift = _find_runs(hits, begun)
    kept, first, last = np.int64(0), np.int64(-1), np.int64(-1)
    before = behind = (np.uint64(0), np.uint64(0))
    for hit in range(len(hits)):
        worth, length = hits[hit, WORTH], hits[hit, LENGTH]
        is_alone = begun[cell_of(hits[hit, OF_ITEM], shift)] != _SEVERAL
        if is_alone and (worth < FLOOR or (least.size and length < LEAST)):
            if worth < CHAIN_FLOOR:
                continue
            begin, end = hits[hit, BEGIN], hits[hit, BEGIN] + length
            left, right = min(begin, REACH), min(document.size - end, REACH)
            if begin != first or end != last:
                before = _window(document, begin - 1, left, _BACK)
                behind = _window(document, end, right, _ON)
                first, last = begin, end
            item = offsets[hits[hit, OF_ITEM]]
            size = offsets[hits[hit, OF_ITEM] + 1] - item
            own = hits[hit, IN_ITEM] - hits[hit, IN_TEXT] + begin
            gain, more = _promise(
                tokens,
                item + own - 1,
                min(own, REACH),
                document,
                begin - 1,
                left,
                before,
                bits,
                _BACK,
            )
            worth, length = worth + gain, length + more
            own += hits[hit, LENGTH]
            gain, more = _promise(
                tokens, item + own, min(size - own, REACH), document, end, right, behind, bits, _ON
            )
            worth, length = worth + gain, length + more
            if worth < FLOOR or length < tokens_asked(tokens[item : item + size], least):
                continue
        for column in range(HIT_COLUMNS):
            hits[kept, column] = hits[hit, column]
        kept += 1
    return kept


@inlined
def tokens_asked(item: UInt32s, least: Int64s) -> Scalar:
    """Give how few tokens an item's only candidate in a text may have."""
    if not least.size:
        return np.int64(0)
    quarters, place, most = np.int64(0), np.int64(0), np.int64(least.size - 1)
    while place < item.size and quarters < most:
        quarters += weight_of(item[np.uint64(place)])
        place += 1
    return least[min(quarters, most)]


@inlined
def _find_runs(hits: Int64s, begun: Int64s) -> Scalar:
    """Enter where the only run of each item begins, or that there are several."""
    size, shift = np.int64(16), np.uint64(60)
    while size < 4 * len(hits) and size < CELLS:
        size, shift = 2 * size, shift - _ONE
    for cell in range(size):
        begun[cell] = _NONE
    for hit in range(len(hits)):
        cell = cell_of(hits[hit, OF_ITEM], shift)
        begin = hits[hit, BEGIN]
        run = begin << 32 | hits[hit, IN_ITEM] - hits[hit, IN_TEXT] + begin
        begun[cell] = run if begun[cell] in (_NONE, run) else _SEVERAL
    return shift


@inlined
def _window(document: UInt32s, near: Scalar, count: Scalar, step: Scalar) -> tuple[Scalar, Scalar]:
    """Give bits of the tokens from one on; whoever has others is not among them."""
    high, low = np.uint64(0), np.uint64(0)
    for place in range(count):
        token = document[np.uint64(near + step * place)]
        high |= _ONE << _high(token)
        low |= _ONE << _low(token)
    return high, low


@inlined
def _high(token: Scalar) -> Scalar:
    return np.uint64(token >> np.uint32(26))


@inlined
def _low(token: Scalar) -> Scalar:
    return np.uint64((token >> np.uint32(20)) & np.uint32(63))


@inlined
def _promise(  # noqa: PLR0913 (a stretch of the item, and one of the text)
    tokens: UInt32s,
    start: Scalar,
    count: Scalar,
    document: UInt32s,
    near: Scalar,
    room: Scalar,
    window: tuple[Scalar, Scalar],
    bits: UInt8s,
    step: Scalar,
) -> tuple[Scalar, Scalar]:
    """Bound the information that an alignment beyond a run matches, as `align.promise` does.

    And the number of its tokens. It knows of a token only whether it is among the nearest few of
    the text, or perhaps behind.
    """
    high, low = window
    found = np.uint64(0)
    for other in range(count):
        token = tokens[np.uint64(start + step * other)]
        found |= ((high >> _high(token)) & (low >> _low(token)) & _ONE) << np.uint64(other)
    information, matched = np.int64(0), np.int64(0)
    best = most = np.int64(0)
    while found != np.uint64(0):
        place = np.int64(trailing_zeros(found))
        found &= found - _ONE
        token, nearest = tokens[np.uint64(start + step * place)], np.int64(0)
        last = min(room, _NEAR)
        while nearest < last and document[np.uint64(near + step * nearest)] != token:
            nearest += 1
        matched += 1
        information += np.int64(bits[token >> CELL_SHIFT])
        missed: Scalar = max(nearest + 1 - matched, 0)
        if information > (place + 1 - matched + missed) * OPEN_SKIP:
            best, most = information, matched
    return best, most
