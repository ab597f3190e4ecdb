"""Text to tokens, normalisation 2: one pass over UTF-8 bytes.

What vanishes: links and the placeholders that datasets put for them, mentions, the mark of a
repost, apostrophes, marks over and under letters, case, and the difference between a sign and its
HTML character reference. What separates: everything that is neither letter nor digit. Characters
of scripts without spaces are tokens of their own, at a half or a quarter of a word's weight.

Plain ASCII words, nearly all there is in most corpora, are found by bit scans over masks of
sixty-four bytes each, and hashed eight at a time (`plainwords.read_plain`). So are all others where
much of a text is not ASCII and the processor can fold it many bytes at a time
(`foldruns.fold_runs`, `foldwords.read_folded`). What remains is read at once where it has an
apostrophe (`apostrophes.read_contracted`), was read before (`recurring.recall`) or is a token by
itself (`lone.read_lones`); words of other alphabets letter by letter (`letters.read_letters`), and
only what holds anything else character by character (`words.read_word`).
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np

from provenance.compiled import Scalar, is_compiled, kernel, was_compiled
from provenance.errors import InputError
from provenance.fingerprint.foldblocks import Folding
from provenance.fingerprint.foldruns import FOREIGN, SHORTEST, folding
from provenance.fingerprint.foreign import read_foreign_texts
from provenance.fingerprint.lanes import COUNT
from provenance.fingerprint.reading import Desk, desk, read_plain_texts
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
_MUCH = 1 << 20  # bytes to fold that are worth compiling what folds: seconds, once on a machine
_LOOKS = 256  # at single bytes of all texts


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
    others = np.empty(len(texts) if _pays_to_fold(texts) else 0, np.int64)
    room, into = desk(longest), _columns(int(texts.offsets[-1] - texts.offsets[0]), len(texts))
    parts, left, first = _parts(texts), [], 0
    for part in parts:
        end = first + len(part[1]) - 1
        found = _tokenise_all(part, room, into, offsets[first : end + 1], others[first:end])
        left.append(others[first : first + found])
        first = end
    made = _tokens(into, offsets)
    return _with_foreign(made, parts, left, room, longest) if any(map(len, left)) else made


def _pays_to_fold(texts: Texts) -> bool:
    """Whether much of texts is not ASCII, and what folds it is compiled, or will be worth that.

    What is folded stands among other tokens, mostly: all have to be put together then.
    """
    first, end = texts.offsets[[0, -1]].tolist()
    some = texts.data[first : end : max((end - first) // _LOOKS, 1)]
    are_short = end - first < SHORTEST * len(texts)
    if are_short or FOREIGN * int((some >= 0x80).sum()) <= len(some):
        return False
    return end - first >= _MUCH or is_compiled(_tokenise_foreign) or _is_at_hand()


@cache
def _is_at_hand() -> bool:
    # Once a process: whoever looks on the disk for each few texts looks long.
    return was_compiled(_tokenise_foreign)


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


def _tokens(into: Columns, offsets: Int64s) -> Tokens:
    hashes, starts, ends = into
    count = int(offsets[-1])
    return Tokens(hashes[:count], starts[:count], ends[:count], offsets)


def _with_foreign(
    made: Tokens, parts: Sequence[Part], left: Sequence[Int64s], room: Desk, longest: int
) -> Tokens:
    """Read the texts of each part that are left, and put them between the others."""
    sizes = np.concatenate([np.diff(bounds) for _, bounds in parts])
    shift = len(parts[0][1]) - 1
    which = np.concatenate([left[0], left[1] + shift])
    into = _columns(int(sizes[which].sum()), len(which))
    offsets, more, first = np.zeros(len(which) + 1, np.int64), (room, folding(longest)), 0
    for part, some in zip(parts, left, strict=True):
        if len(some):
            _tokenise_foreign(part, some, more, into, offsets[first : first + len(some) + 1])
        first += len(some)
    own, counts = _tokens(into, offsets), np.diff(made.offsets)
    counts[which] = np.diff(offsets)
    bounds = np.concatenate([[0], np.cumsum(counts)])
    if not len(made.hashes):
        return Tokens(own.hashes, own.starts, own.ends, bounds)
    both = _columns(2 * int(bounds[-1]), 0)
    _put(into, offsets, which, both, bounds)
    plain = made.hashes, made.starts, made.ends
    _put(plain, made.offsets, np.arange(len(counts)), both, bounds)
    return _tokens(both, bounds)


@kernel
def _tokenise_all(
    part: Part, room: Desk, tokens: Columns, offsets: Int64s, others: Int64s
) -> Scalar:
    # What makes no array counts no references, ten times the work of a word.
    return read_plain_texts(part, room, tokens, offsets, others)


@kernel
def _tokenise_foreign(
    part: Part,
    which: Int64s,
    room: tuple[Desk, Folding],
    tokens: Columns,
    offsets: Int64s,
) -> None:
    read_foreign_texts(part, which, room, tokens, offsets)


@kernel
def _put(tokens: Columns, own: Int64s, which: Int64s, into: Columns, offsets: Int64s) -> None:
    """Copy the tokens of some texts to where they stand among those of all."""
    (hashes, starts, ends), (all_hashes, all_starts, all_ends) = tokens, into
    for text in range(len(which)):
        shift = offsets[which[text]] - own[text]
        for place in range(own[text], own[text + 1]):
            at = place + shift
            all_hashes[at], all_starts[at], all_ends[at] = hashes[place], starts[place], ends[place]
