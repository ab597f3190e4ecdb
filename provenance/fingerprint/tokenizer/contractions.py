"""Rejoin contractions that a tokenizer split: `do n't` and `it 's` become `dont` and `its`."""

import numpy as np

from provenance.fingerprint.tokenizer.html_and_string_escapes import (
    AMPERSAND,
    BACKSLASH,
    TokenizerTables,
    is_word,
    unescape,
)
from provenance.fingerprint.tokenizer.unicode_tables import MENTION
from provenance.fingerprint.tokenizer.unicode_words import decode, fold_entry, read_word
from provenance.fingerprint.tokenizer.word_hash import append, finish
from provenance.jit.decorators import Scalar, inlined, kernel_part
from provenance.model.content.fingerprints import Int32s, UInt8s, UInt32s

QUOTE, SPACE = 0x27, 0x20

_SUFFIXES = tuple(
    np.uint64(int.from_bytes(text.encode(), "little"))
    for text in ("t", "s", "m", "d", "re", "ve", "ll")
)


LONGEST = 64
"""Bytes of the longest word that is rejoined: each suffix hashes the word again."""


@inlined
def may_be_split(hashes: UInt32s, starts: Int32s, ends: Int32s, last: Scalar) -> Scalar:
    """Return whether the token is a word that is short enough to be rejoined."""
    return (hashes[last] & np.uint32(1)) == 0 and ends[last] - starts[last] <= LONGEST


@inlined
def is_quote(byte: Scalar) -> Scalar:
    """Return whether an apostrophe may begin with this byte."""
    return byte in (QUOTE, 0xE2, AMPERSAND, BACKSLASH)


@kernel_part
def rejoin_contraction(  # noqa: PLR0913 (the arrays of one table)
    view: UInt8s,
    at: Scalar,
    end: Scalar,
    tables: TokenizerTables,
    hashes: UInt32s,
    starts: Int32s,
    ends: Int32s,
    last: Scalar,
) -> Scalar:
    """Rejoin a suffix to the last token: `it 's` and `don ' t` become `its` and `dont`.

    Returns
    -------
    int
        The offset after the suffix; `at` if there is none.
    """
    is_next = ends[last] == at - 1 and view[at - 1] == SPACE
    if not is_next or not may_be_split(hashes, starts, ends, last):
        return at
    place = _after_quote(view, at, end, tables)
    if place == at:
        return at
    if place < end and view[place] == SPACE:
        place += 1
    suffix, size = np.uint64(0), 0
    while place < end and size < 4 and is_word(view[place]):
        suffix |= np.uint64(view[place] | 0x20) << np.uint64(8 * size)
        size += 1
        place += 1
    if suffix not in _SUFFIXES or _word_continues(view, place, end, tables):
        return at
    append_suffix(view, tables, hashes, starts, ends, last, suffix, size)
    ends[last] = place
    return place


@kernel_part
def _after_quote(view: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables) -> Scalar:
    if view[at] == QUOTE:
        return at + 1
    if view[at] in (AMPERSAND, BACKSLASH):
        point, after = unescape(view, at, end, tables)
        return after if point in (0x27, 0x2018, 0x2019) else at
    is_curved = at + 2 < end and view[at + 1] == 0x80 and view[at + 2] in (0x98, 0x99)
    return at + 3 if is_curved else at


@kernel_part
def _word_continues(view: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables) -> Scalar:
    """Return whether the word continues after its ASCII letters: `'sé` is no suffix."""
    if at >= end:
        return False
    point, _ = decode(view, at, end)
    if point in (AMPERSAND, BACKSLASH):
        point, _ = unescape(view, at, end, tables)
    return fold_entry(point, tables) > MENTION


@kernel_part
def append_suffix(  # noqa: PLR0913 (the arrays of one table)
    view: UInt8s,
    tables: TokenizerTables,
    hashes: UInt32s,
    starts: Int32s,
    ends: Int32s,
    last: Scalar,
    suffix: Scalar,
    size: Scalar,
) -> None:
    """Hash a word again, with a suffix of `size` bytes."""
    first, stop = np.int64(starts[last]), np.int64(ends[last])
    _, state, rest, length, _, _, _ = read_word(view, first, stop, np.int64(0), tables)
    state, rest, length = append(state, rest, length, suffix, size)
    hashes[last] = finish(state, rest, length)
