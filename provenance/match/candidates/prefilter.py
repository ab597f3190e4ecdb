"""Prefilter of hits: drop those that cannot become a candidate before hits are sorted and aligned.

Nearly all chance hits are a single run of a few words of some item. A candidate needs more matched
words next to the run, and most hits have none there. Many items share a phrase, so the words of the
text are read once for all of them. A phrase scores at most the information of its frequency in the
registry (`seed_hits.max_seed_bits`), not the sum of its words.

A large registry has some item for nearly every phrase of a few rare words: such a match
differs from chance only if the item has little more text (`detectability.min_match_tokens`).
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel_part
from provenance.jit.intrinsics import trailing_zeros
from provenance.match.candidates.alignment import MAX_ALIGNED, OPEN_GAP_COST
from provenance.match.candidates.chaining import MIN_CANDIDATE_SCORE
from provenance.match.candidates.seed_hits import (
    HIT_BITS,
    HIT_COLUMNS,
    HIT_ITEM,
    HIT_ITEM_POSITION,
    HIT_LENGTH,
    HIT_POSITION,
    HIT_START,
    MIN_CHAIN_SCORE,
    hash_cell,
)
from provenance.match.index.postings_index import CELL_SHIFT
from provenance.match.index.stop_shingles import token_weight
from provenance.match.scoring.features import MIN_COPY_WORDS
from provenance.model import Int64s, UInt8s, UInt32s

RUN_CELLS = 1 << 12
"""Cells that record where items' runs begin; with more items than cells, fewer hits are dropped."""

_NONE, _MULTIPLE = np.int64(-1), np.int64(-2)
_ONE = np.uint64(1)
_BACKWARD, _FORWARD = np.int64(-1), np.int64(1)
_EXACT_TOKENS = 4  # tokens of the text that are compared one by one


@kernel_part
def prefilter_hits(
    hits: Int64s,
    document: UInt32s,
    items: tuple[UInt32s, Int64s],
    bits: UInt8s,
    min_tokens: Int64s,
    run_cells: Int64s,
) -> Scalar:
    """Move hits of a text that may become a candidate to the front, and return their number.

    Parameters
    ----------
    hits : ndarray of int64, shape (n, HIT_COLUMNS)
        Scored hits of one text; those that stay keep their order.
    document : ndarray of uint32
        Tokens of the text.
    items : (ndarray, ndarray)
        Tokens of all items, and their offsets.
    bits : ndarray of uint8
        Information of each cell of tokens.
    min_tokens : ndarray of int64
        Least tokens of an item's only candidate (`detectability.min_match_tokens`); empty for no
        limit.
    run_cells : ndarray of int64, shape (RUN_CELLS,)
        Scratch.
    """
    tokens, offsets = items
    shift = _record_runs(hits, run_cells)
    kept_count, first, last = np.int64(0), np.int64(-1), np.int64(-1)
    before = behind = (np.uint64(0), np.uint64(0))
    for hit in range(len(hits)):
        score, length = hits[hit, HIT_BITS], hits[hit, HIT_LENGTH]
        is_single = run_cells[hash_cell(hits[hit, HIT_ITEM], shift)] != _MULTIPLE
        if is_single and (
            score < MIN_CANDIDATE_SCORE or (min_tokens.size and length < MIN_COPY_WORDS)
        ):
            if score < MIN_CHAIN_SCORE:
                continue
            begin, end = hits[hit, HIT_START], hits[hit, HIT_START] + length
            left, right = min(begin, MAX_ALIGNED), min(document.size - end, MAX_ALIGNED)
            if begin != first or end != last:
                before = _token_bitmaps(document, begin - 1, left, _BACKWARD)
                behind = _token_bitmaps(document, end, right, _FORWARD)
                first, last = begin, end
            item = offsets[hits[hit, HIT_ITEM]]
            size = offsets[hits[hit, HIT_ITEM] + 1] - item
            item_at = hits[hit, HIT_ITEM_POSITION] - hits[hit, HIT_POSITION] + begin
            gain, extra_tokens = _extension_bound(
                tokens,
                item + item_at - 1,
                min(item_at, MAX_ALIGNED),
                document,
                begin - 1,
                left,
                before,
                bits,
                _BACKWARD,
            )
            score, length = score + gain, length + extra_tokens
            item_at += hits[hit, HIT_LENGTH]
            gain, extra_tokens = _extension_bound(
                tokens,
                item + item_at,
                min(size - item_at, MAX_ALIGNED),
                document,
                end,
                right,
                behind,
                bits,
                _FORWARD,
            )
            score, length = score + gain, length + extra_tokens
            if score < MIN_CANDIDATE_SCORE or length < required_tokens(
                tokens[item : item + size], min_tokens
            ):
                continue
        for column in range(HIT_COLUMNS):
            hits[kept_count, column] = hits[hit, column]
        kept_count += 1
    return kept_count


@inlined
def required_tokens(item: UInt32s, min_tokens: Int64s) -> Scalar:
    """Return the least number of tokens of an item's only candidate in a text."""
    if not min_tokens.size:
        return np.int64(0)
    quarters, place, most = np.int64(0), np.int64(0), np.int64(min_tokens.size - 1)
    while place < item.size and quarters < most:
        quarters += token_weight(item[np.uint64(place)])
        place += 1
    return min_tokens[min(quarters, most)]


@inlined
def _record_runs(hits: Int64s, run_cells: Int64s) -> Scalar:
    """Record where the only run of each item begins, or that it has several."""
    size, shift = np.int64(16), np.uint64(60)
    while size < 4 * len(hits) and size < RUN_CELLS:
        size, shift = 2 * size, shift - _ONE
    for cell in range(size):
        run_cells[cell] = _NONE
    for hit in range(len(hits)):
        cell = hash_cell(hits[hit, HIT_ITEM], shift)
        begin = hits[hit, HIT_START]
        run = begin << 32 | hits[hit, HIT_ITEM_POSITION] - hits[hit, HIT_POSITION] + begin
        run_cells[cell] = run if run_cells[cell] in (_NONE, run) else _MULTIPLE
    return shift


@inlined
def _token_bitmaps(
    document: UInt32s, near: Scalar, count: Scalar, step: Scalar
) -> tuple[Scalar, Scalar]:
    """Return two bitmaps of the nearest tokens; a token absent from either is not among them."""
    high, low = np.uint64(0), np.uint64(0)
    for place in range(count):
        token = document[np.uint64(near + step * place)]
        high |= _ONE << _high_bits(token)
        low |= _ONE << _low_bits(token)
    return high, low


@inlined
def _high_bits(token: Scalar) -> Scalar:
    return np.uint64(token >> np.uint32(26))


@inlined
def _low_bits(token: Scalar) -> Scalar:
    return np.uint64((token >> np.uint32(20)) & np.uint32(63))


@inlined
def _extension_bound(  # noqa: PLR0913 (a stretch of the item, and one of the text)
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
    """Return upper bounds of the information and tokens that an alignment beyond a run matches.

    As `alignment.open_alignment_bound`, but for a token it is only known whether it is among the
    nearest few of the text, or perhaps beyond them.
    """
    high, low = window
    occurrences = np.uint64(0)
    for other in range(count):
        token = tokens[np.uint64(start + step * other)]
        occurrences |= (
            (high >> _high_bits(token)) & (low >> _low_bits(token)) & _ONE
        ) << np.uint64(other)
    information, matched = np.int64(0), np.int64(0)
    best = most = np.int64(0)
    while occurrences != np.uint64(0):
        place = np.int64(trailing_zeros(occurrences))
        occurrences &= occurrences - _ONE
        token, nearest = tokens[np.uint64(start + step * place)], np.int64(0)
        last = min(room, _EXACT_TOKENS)
        while nearest < last and document[np.uint64(near + step * nearest)] != token:
            nearest += 1
        matched += 1
        information += np.int64(bits[token >> CELL_SHIFT])
        missed: Scalar = max(nearest + 1 - matched, 0)
        if information > (place + 1 - matched + missed) * OPEN_GAP_COST:
            best, most = information, matched
    return best, most
