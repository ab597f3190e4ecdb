"""Alignment of short token sequences: gaps between exact runs, and the ends beyond the last."""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel_part
from provenance.jit.intrinsics import equal_mask, leading_zeros, trailing_zeros
from provenance.match.index.postings_index import BITS_SCALE, CELL_SHIFT
from provenance.model.content.fingerprints import Int32s, UInt8s, UInt32s

MAX_ALIGNED = 16
"""Most tokens of the item, and of the document, that one alignment spans."""

_GAP_COST = BITS_SCALE
"""Cost of a token skipped on either side: one bit."""

_ONE = np.uint64(1)

OPEN_GAP_COST = 3 * BITS_SCALE
"""The same beyond the last run, where a common word at a distance is likely to be chance."""


@kernel_part
def align(
    item: UInt32s, document: UInt32s, bits: UInt8s, is_open: Scalar, table: Int32s, pairs: Int32s
) -> Scalar:
    """Align two short sequences for the most information.

    Parameters
    ----------
    item, document : ndarray of uint32, at most `MAX_ALIGNED` each
        Tokens. Views with a negative step align backwards.
    bits : ndarray of uint8
        Information of each cell of tokens.
    is_open : bool
        Whether the alignment may end anywhere; else both sequences are consumed.
    table : ndarray of int32, shape (MAX_ALIGNED + 1, MAX_ALIGNED + 1)
        Scratch.
    pairs : ndarray of int32, shape (MAX_ALIGNED, 2)
        Output: indices of matched tokens, from the last to the first.

    Returns
    -------
    int
        Number of pairs.

    Notes
    -----
    Needleman and Wunsch's recurrence, where a match scores the token's own information and a
    skipped token costs one bit; if `is_open`, the far end is free and a skip costs three bits.
    """
    rows, columns = item.size, document.size
    best, best_row, best_column = np.int32(0), 0, 0
    skip = OPEN_GAP_COST if is_open else _GAP_COST
    for column in range(columns + 1):
        table[0, column] = -skip * column
    for row in range(1, rows + 1):
        table[row, 0] = -skip * row
        for column in range(1, columns + 1):
            score = max(table[row - 1, column], table[row, column - 1]) - skip
            if item[row - 1] == document[column - 1]:
                gain = np.int32(bits[item[row - 1] >> CELL_SHIFT])
                score = max(score, table[row - 1, column - 1] + gain)
                if score > best:
                    best, best_row, best_column = score, row, column
            table[row, column] = score
    if not is_open:
        best_row, best_column = rows, columns
    return _trace_back(table, best_row, best_column, skip, pairs)


@kernel_part
def open_alignment_bound(
    tokens: UInt32s,
    item_stretch: tuple[Scalar, Scalar],
    document: UInt32s,
    stretch: tuple[Scalar, Scalar],
    bits: UInt8s,
    step: Scalar,
) -> tuple[Scalar, Scalar]:
    """Return upper bounds of an open alignment, in a tenth of its time.

    Parameters
    ----------
    tokens : ndarray of uint32
        Tokens of all items.
    item_stretch, stretch : (int, int)
        First token of the item, within `tokens`, and of the document; and the number of those that
        are aligned, at most `MAX_ALIGNED`.
    document : ndarray of uint32
        Tokens of the document.
    bits : ndarray of uint8
        Information of each cell of tokens.
    step : int
        1 or -1: whether the alignment goes on forwards or backwards from there.

    Returns
    -------
    information, words : int
        Of the matched tokens; 0 if there is no alignment.

    Notes
    -----
    An alignment whose last match is the item's token at ``p`` matches no more tokens than the ``n``
    up to there that occur anywhere in the document. All others are skipped: ``p + 1 - n`` of the
    item, and at least ``d + 1 - n`` of the document, where ``d`` is the nearest occurrence of that
    token. If the skips cost as much as the ``n`` tokens score, there is no such alignment.
    """
    (start, count), (near, room) = item_stretch, stretch
    information, best, matched, most = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    if count <= 0 or room <= 0:
        return best, most
    occurrences = _occurrences(tokens, item_stretch, document, stretch, step)
    while occurrences != np.uint64(0):
        place = np.int64(trailing_zeros(occurrences))
        if step < 0:
            place = np.int64(leading_zeros(occurrences)) - (64 - MAX_ALIGNED)
            occurrences &= ~(_ONE << np.uint64(MAX_ALIGNED - 1 - place))
        else:
            occurrences &= occurrences - _ONE
        token, nearest = tokens[np.uint64(start + step * place)], np.int64(0)
        while document[np.uint64(near + step * nearest)] != token:
            nearest += 1
        matched += 1
        information += np.int64(bits[token >> CELL_SHIFT])
        missed: Scalar = max(nearest + 1 - matched, 0)
        if information > (place + 1 - matched + missed) * OPEN_GAP_COST:
            best, most = information, matched
    return best, most


@inlined
def _occurrences(
    tokens: UInt32s,
    item_stretch: tuple[Scalar, Scalar],
    document: UInt32s,
    stretch: tuple[Scalar, Scalar],
    step: Scalar,
) -> Scalar:
    """Return a mask of the tokens of the item that occur in the document, in the item's order."""
    (start, count), (near, room) = item_stretch, stretch
    first = start if step > 0 else start - (MAX_ALIGNED - 1)
    mask = np.uint64(0)
    if first < 0 or first + MAX_ALIGNED > tokens.size:  # at either end of all items
        for place in range(count):
            for other in range(room):
                is_same = (
                    tokens[np.uint64(start + step * place)]
                    == document[np.uint64(near + step * other)]
                )
                mask |= np.uint64(is_same) << np.uint64(start + step * place - first)
        return mask
    for other in range(room):
        mask |= equal_mask(tokens, first, document[np.uint64(near + step * other)])
    if step > 0:
        return mask & ((_ONE << np.uint64(count)) - _ONE)
    return mask & ~((_ONE << np.uint64(MAX_ALIGNED - count)) - _ONE)


@kernel_part
def _trace_back(table: Int32s, row: Scalar, column: Scalar, skip: Scalar, pairs: Int32s) -> Scalar:
    count = 0
    while row > 0 and column > 0:
        score = table[row, column]
        # Trace a skip only if it explains the score; else this pair was matched.
        if score == table[row - 1, column] - skip:
            row -= 1
        elif score == table[row, column - 1] - skip:
            column -= 1
        else:
            row -= 1
            column -= 1
            pairs[count, 0], pairs[count, 1] = row, column
            count += 1
    return count
