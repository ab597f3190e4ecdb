"""Classify the separators around a passage: none, a break, or an ellipsis.

A copy usually begins and ends with a sentence, a line, a quotation or the text itself; a chance
match is usually inside a sentence.
"""

from functools import cache

import numpy as np

from provenance.fingerprint.tokenizer.html_and_string_escapes import (
    AMPERSAND,
    BACKSLASH,
    TokenizerTables,
    tokenizer_tables,
    unescape,
)
from provenance.fingerprint.tokenizer.unicode_tables import MENTION, categories, in_categories
from provenance.fingerprint.tokenizer.unicode_words import decode, fold_entry
from provenance.jit.decorators import Scalar, inlined, kernel, kernel_part
from provenance.model.content.fingerprints import (
    BREAK,
    ELLIPSIS,
    NO_BREAK,
    Int32s,
    Int64s,
    Texts,
    Tokens,
    UInt8s,
)

_LIMIT = 0x10000
_DOT, _ELLIPSES = 0x2E, (0x2026, 0x22EF, 0xFE19)
_BREAKS = '\n\r\v\f\x85.!?:|<>"\u3002\uff01\uff1f\uff0e\uff61\u037e\u061f\u06d4\u0964\u0965'
_CATEGORIES = ("Ps", "Pe", "Pi", "Pf", "So", "Sk", "Zl", "Zp")
_APOSTROPHES = "'`\u00b4\u2018\u2019"


def breaks(texts: Texts, tokens: Tokens, rows: Int64s, firsts: Int32s, lasts: Int32s) -> UInt8s:
    """Classify the separators before and after passages.

    Parameters
    ----------
    texts, tokens : Texts, Tokens
        The texts and their tokens.
    rows : ndarray of int64, shape (n,)
        Text of each passage.
    firsts, lasts : ndarray of int32, shape (n,)
        First and last token of each passage.

    Returns
    -------
    ndarray of uint8, shape (n, 2)
        `NO_BREAK`, `BREAK` or `ELLIPSIS`, before the first token and after the last. The start and
        end of the text are breaks, and so are dropped links, mentions and signs.
    """
    kinds = np.empty((len(rows), 2), np.uint8)
    _breaks_all(
        (texts.data, texts.offsets),
        (tokens.starts, tokens.ends, tokens.offsets),
        (rows, firsts, lasts),
        tokenizer_tables(),
        break_table(),
        kinds,
    )
    return kinds


@cache
def break_table() -> UInt8s:
    """Return, for each code point, whether it is a break; built once per process."""
    points = np.arange(_LIMIT)
    is_sign = in_categories(categories(points), _CATEGORIES) | np.isin(
        points, list(map(ord, _BREAKS))
    )
    is_sign[list(map(ord, _APOSTROPHES))] = False
    return is_sign.astype(np.uint8)


@kernel
def _breaks_all(
    texts: tuple[UInt8s, Int64s],
    tokens: tuple[Int32s, Int32s, Int64s],
    passages: tuple[Int64s, Int32s, Int32s],
    tables: TokenizerTables,
    is_break: UInt8s,
    kinds: UInt8s,
) -> None:
    data, text_offsets = texts
    starts, ends, offsets = tokens
    rows, firsts, lasts = passages
    for index in range(len(rows)):
        row, first, last = rows[index], firsts[index], lasts[index]
        view = data[text_offsets[row] : text_offsets[row + 1]]
        base, count = offsets[row], offsets[row + 1] - offsets[row]
        kinds[index, 0] = BREAK
        if first > 0:
            before, at = np.int64(ends[base + first - 1]), np.int64(starts[base + first])
            kinds[index, 0] = _between(view, before, at, tables, is_break)
        behind = view.size if last + 1 >= count else np.int64(starts[base + last + 1])
        kinds[index, 1] = _between(view, np.int64(ends[base + last]), behind, tables, is_break)
        if kinds[index, 1] == NO_BREAK and last + 1 >= count:
            kinds[index, 1] = BREAK


@kernel_part
def _between(
    view: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables, is_break: UInt8s
) -> Scalar:
    """Classify the bytes between two tokens."""
    kind, dots = NO_BREAK, 0
    while at < end:
        point, size = decode(view, at, end)
        after = at + size
        if point in (AMPERSAND, BACKSLASH):
            point, after = unescape(view, at, end, tables)
        dots = dots + 1 if point == _DOT else 0
        if dots == 2 or point in _ELLIPSES:
            return ELLIPSIS
        if _is_break(point, tables, is_break):
            kind = BREAK
        at = after
    return kind


@inlined
def _is_break(point: Scalar, tables: TokenizerTables, is_break: UInt8s) -> Scalar:
    # Letters outside a token belong to a link, a mention, or a placeholder.
    if point >= _LIMIT:
        return True
    entry = fold_entry(point, tables)
    return is_break[point] != 0 or entry >= MENTION or entry < 0
