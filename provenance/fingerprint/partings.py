"""What parts a passage from the words before it and behind it: nothing, a break, or an ellipsis.

A copy mostly stands where a sentence, a line, a quotation or the text itself begins and ends; a
phrase that chance put there mostly runs on in its sentence.
"""

from functools import cache

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel
from provenance.fingerprint.codepoints import MENTION, are_of, categories
from provenance.fingerprint.entities import AMPERSAND, Tables, tables
from provenance.fingerprint.escapes import BACKSLASH, undone
from provenance.fingerprint.words import decode, fold_of
from provenance.model import ELLIPSIS, PARTED, RUN_ON, Int32s, Int64s, Texts, Tokens, UInt8s

_LIMIT = 0x10000
_DOT, _ELLIPSES = 0x2E, (0x2026, 0x22EF, 0xFE19)
_PARTING = '\n\r\v\f\x85.!?:|<>"\u3002\uff01\uff1f\uff0e\uff61\u037e\u061f\u06d4\u0964\u0965'
_CATEGORIES = ("Ps", "Pe", "Pi", "Pf", "So", "Sk", "Zl", "Zp")
_APOSTROPHES = "'`\u00b4\u2018\u2019"


def breaks(texts: Texts, tokens: Tokens, rows: Int64s, firsts: Int32s, lasts: Int32s) -> UInt8s:
    """Tell how passages are parted from what stands around them.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        Texts, and their tokens.
    rows : ndarray of int64, shape (n,)
        Which text each passage is in.
    firsts, lasts : ndarray of int32, shape (n,)
        Its first and its last token.

    Returns
    -------
    ndarray of uint8, shape (n, 2)
        Before the first token, and behind the last: `RUN_ON`, `PARTED` or `ELLIPSIS`. A text's own
        beginning and end part, and so does whatever is dropped there: an address, a name, a sign.
    """
    found = np.empty((len(rows), 2), np.uint8)
    _breaks_all(
        (texts.data, texts.offsets),
        (tokens.starts, tokens.ends, tokens.offsets),
        (rows, firsts, lasts),
        tables(),
        parting(),
        found,
    )
    return found


@cache
def parting() -> UInt8s:
    """Tell of each code point whether it parts what stands on either side of it."""
    points = np.arange(_LIMIT)
    is_sign = are_of(categories(points), _CATEGORIES) | np.isin(points, list(map(ord, _PARTING)))
    is_sign[list(map(ord, _APOSTROPHES))] = False
    return is_sign.astype(np.uint8)


@kernel
def _breaks_all(
    texts: tuple[UInt8s, Int64s],
    tokens: tuple[Int32s, Int32s, Int64s],
    passages: tuple[Int64s, Int32s, Int32s],
    tables: Tables,
    parting: UInt8s,
    found: UInt8s,
) -> None:
    data, text_offsets = texts
    starts, ends, offsets = tokens
    rows, firsts, lasts = passages
    for index in range(len(rows)):
        row, first, last = rows[index], firsts[index], lasts[index]
        view = data[text_offsets[row] : text_offsets[row + 1]]
        base, count = offsets[row], offsets[row + 1] - offsets[row]
        found[index, 0] = PARTED
        if first > 0:
            before, at = np.int64(ends[base + first - 1]), np.int64(starts[base + first])
            found[index, 0] = _between(view, before, at, tables, parting)
        behind = view.size if last + 1 >= count else np.int64(starts[base + last + 1])
        found[index, 1] = _between(view, np.int64(ends[base + last]), behind, tables, parting)
        if found[index, 1] == RUN_ON and last + 1 >= count:
            found[index, 1] = PARTED


@inner
def _between(view: UInt8s, at: Scalar, end: Scalar, tables: Tables, parting: UInt8s) -> Scalar:
    """Tell what the bytes between two tokens are."""
    kind, dots = RUN_ON, 0
    while at < end:
        point, size = decode(view, at, end)
        after = at + size
        if point in (AMPERSAND, BACKSLASH):
            point, after = undone(view, at, end, tables)
        dots = dots + 1 if point == _DOT else 0
        if dots == 2 or point in _ELLIPSES:
            return ELLIPSIS
        if _is_parting(point, tables, parting):
            kind = PARTED
        at = after
    return kind


@inlined
def _is_parting(point: Scalar, tables: Tables, parting: UInt8s) -> Scalar:
    # Letters that are no token belong to an address, a name, or its placeholder.
    if point >= _LIMIT:
        return True
    return parting[point] != 0 or fold_of(point, tables) >= MENTION or fold_of(point, tables) < 0
