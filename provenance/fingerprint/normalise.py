"""Text to tokens, normalisation 2: one pass over UTF-8 bytes.

What vanishes: links and the placeholders that datasets put for them, mentions, the mark of a
repost, apostrophes, marks over and under letters, case, and the difference between a sign and its
HTML character reference. What separates: everything that is neither letter nor digit. Characters
of scripts without spaces are tokens of their own, at a half or a quarter of a word's weight.

Plain ASCII words, nearly all there is in most corpora, are found by bit scans over masks of
sixty-four bytes each, and hashed eight at a time (`plainwords.read_plain`). What remains is read at
once where it has an apostrophe (`apostrophes.read_contracted`), was read before
(`recurring.recall`) or is a token by itself (`lone.read_lones`); words of other alphabets letter by
letter (`letters.read_letters`), and only what holds anything else character by character
(`words.read_word`).
"""

import unicodedata
from typing import TypeAlias

import numpy as np

from provenance.compiled import kernel
from provenance.errors import InputError
from provenance.fingerprint.lanes import COUNT
from provenance.fingerprint.reading import Desk, desk, read_texts
from provenance.fingerprint.runs import BLOCK
from provenance.model import (
    Int32s,
    Int64s,
    Parameters,
    Texts,
    Tokens,
    UInt8s,
    UInt32s,
)

Columns: TypeAlias = tuple[UInt32s, Int32s, Int32s]
"""Hashes, starts and ends of tokens."""

Part: TypeAlias = tuple[UInt8s, Int64s]
"""Some bytes, and where in them texts stand."""

_TOO_LONG = 1 << 31  # places in a text are 32-bit


def parameters() -> Parameters:
    """Give the parameters of the fingerprints that this version makes."""
    return Parameters(unicode=unicodedata.unidata_version)


def tokenise(texts: Texts) -> Tokens:
    """Turn texts into tokens.

    Parameters
    ----------
    texts : Texts
        Any number of texts, each shorter than 2 GiB.

    Returns
    -------
    Tokens
        Their tokens, in text order.

    Raises
    ------
    InputError
        If a text has 2 GiB or more.
    """
    longest = int(np.diff(texts.offsets).max(initial=0))
    if longest >= _TOO_LONG:
        raise InputError(f"a text has {longest:,} bytes", remedy="cut texts of 2 GiB into several")
    offsets = np.zeros(len(texts) + 1, np.int64)
    room, into = desk(longest), _columns(int(texts.offsets[-1] - texts.offsets[0]), len(texts))
    first = 0
    for part in _parts(texts):
        end = first + len(part[1]) - 1
        _tokenise_all(part, room, into, offsets[first : end + 1])
        first = end
    hashes, starts, ends = into
    count = int(offsets[-1])
    return Tokens(hashes[:count], starts[:count], ends[:count], offsets)


def _columns(size: int, count: int) -> Columns:
    """Make room for the tokens of so many texts of so many bytes in all."""
    # No token takes fewer than two bytes but one, and eight are written at once.
    most = size // 2 + count + COUNT
    return np.empty(most, np.uint32), np.empty(most, np.int32), np.empty(most, np.int32)


def _parts(texts: Texts) -> tuple[Part, Part]:
    """Part the last texts from the others, and move them to where there is room behind them."""
    last = int(np.searchsorted(texts.offsets[1:], len(texts.data) - BLOCK, "right"))
    moved = np.zeros(int(texts.offsets[-1] - texts.offsets[last]) + BLOCK, np.uint8)
    moved[:-BLOCK] = texts.data[texts.offsets[last] : texts.offsets[-1]]
    first, rest = texts.offsets[: last + 1], texts.offsets[last:] - texts.offsets[last]
    return (texts.data, first), (moved, rest)


@kernel
def _tokenise_all(part: Part, room: Desk, tokens: Columns, offsets: Int64s) -> None:
    # What makes no array counts no references, ten times the work of a word.
    read_texts(part, room, tokens, offsets)
