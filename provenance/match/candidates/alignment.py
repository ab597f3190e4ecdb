"""Alignment of a few tokens: what seeds leave open between two runs, or beyond the last one."""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner
from provenance.jit.intrinsics import equal_sixteen, leading_zeros, trailing_zeros
from provenance.match.index.postings_index import BITS_SCALE, CELL_SHIFT
from provenance.model import Int32s, UInt8s, UInt32s

REACH = 16
"""Tokens of the item, and of the document, that one alignment spans at most."""

_SKIP = BITS_SCALE
"""A token skipped on either side costs a bit."""

OPEN_SKIP = 3 * BITS_SCALE
"""Beyond the last run it costs more: a common word some way off is nobody's."""


@inner
def align(
    item: UInt32s, document: UInt32s, bits: UInt8s, is_open: Scalar, table: Int32s, pairs: Int32s
) -> Scalar:
    """Match tokens of two short sequences in order, for the most information.

    Parameters
    ----------
    item, document : ndarray of uint32, at most `REACH` each
        Tokens. Views with a negative step align backwards.
    bits : ndarray of uint8
        Information of each cell of tokens.
    is_open : bool
        Whether the alignment may end anywhere; else both sequences are consumed.
    table : ndarray of int32, shape (REACH + 1, REACH + 1)
        Scratch.
    pairs : ndarray of int32, shape (REACH, 2)
        Matched places, from the last to the first.

    Returns
    -------
    int
        How many pairs.

    Notes
    -----
    Needleman and Wunsch's recurrence, where a match scores the token's own information and a
    skipped token costs one bit; open at the far end where `is_open`, and there it costs three.
    """
    rows, columns = item.size, document.size
    best, best_row, best_column = np.int32(0), 0, 0
    skip = OPEN_SKIP if is_open else _SKIP
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
    return _trace(table, best_row, best_column, skip, pairs)


@inner
def promise(item: UInt32s, document: UInt32s, bits: UInt8s, step: Scalar) -> Scalar:
    """Bound the information that an open alignment matches, in a tenth of its time.

    Parameters
    ----------
    item, document, bits : ndarray
        As of `align`, but not reversed.
    step : int
        1 or -1: whether the alignment begins at the item's first token, or at its last.

    Returns
    -------
    int
        No alignment matches more; where it is 0, there is none.

    Notes
    -----
    Of an alignment whose last match is the item's token at ``p``, no more tokens are matched than
    the ``n`` up to there that stand anywhere in the document. All others are skipped: of the item
    ``p + 1 - n``, and of the document at least ``d + 1 - n``, where ``d`` is the nearest place of
    that token. Where they cost as much as the ``n`` are worth, there is no such alignment.
    """
    information, best, count = np.int64(0), np.int64(0), np.int64(0)
    for place in range(item.size):
        token = item[np.uint64(place if step > 0 else item.size - 1 - place)]
        found = _places_of(token, document)
        if found == np.uint64(0):
            continue
        nearest = np.int64(trailing_zeros(found))
        if step < 0:
            nearest = document.size - 64 + np.int64(leading_zeros(found))
        count += 1
        information += np.int64(bits[token >> CELL_SHIFT])
        missed: Scalar = max(nearest + 1 - count, 0)
        skipped = place + 1 - count + missed
        if information > skipped * OPEN_SKIP:
            best = information
    return best


@inlined
def _places_of(token: Scalar, document: UInt32s) -> Scalar:
    """Give a mask of the places at which a token stands among `REACH` at most."""
    if document.size == REACH:
        return equal_sixteen(document, np.int64(0), token)
    found = np.uint64(0)
    for place in range(document.size):
        found |= np.uint64(document[np.uint64(place)] == token) << np.uint64(place)
    return found


@inner
def _trace(table: Int32s, row: Scalar, column: Scalar, skip: Scalar, pairs: Int32s) -> Scalar:
    count = 0
    while row > 0 and column > 0:
        score = table[row, column]
        # A skip is taken back only where it explains the score; else this pair was matched.
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
