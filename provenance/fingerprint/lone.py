"""Characters that are tokens by themselves: the hash of each, made once and looked up."""

from functools import cache

import numpy as np

from provenance.compiled import Scalar, inlined, kernel
from provenance.fingerprint.codepoints import ITSELF, LIMIT
from provenance.fingerprint.entities import Tables, tables
from provenance.fingerprint.hashing import finish
from provenance.fingerprint.words import QUARTER_WORD, decode, read_lone
from provenance.model import UInt8s, UInt32s

_HALF, _QUARTER = np.uint64(1), np.uint64(3)


@inlined
def lighter(hashed: Scalar, weight: Scalar) -> Scalar:
    """Note in a token's hash that it weighs less than a word."""
    return (hashed & ~_QUARTER) | (_QUARTER if weight == QUARTER_WORD else _HALF)


@cache
def lone_hashes() -> UInt32s:
    """Give the hash of every character that is a token, and 0 of the others; once a process."""
    hashes = np.zeros(LIMIT, np.uint32)
    _hash_all(tables(), hashes)
    return hashes


@kernel
def _hash_all(tables: Tables, hashes: UInt32s) -> None:
    for point in range(LIMIT):
        if tables.folds[point] < 0 and tables.folds[point] != ITSELF:
            weight, state, rest, length = read_lone(point, np.int64(tables.folds[point]), tables)
            hashes[point] = lighter(finish(state, rest, length), weight)


@inlined
def may_be_lone(first: Scalar) -> Scalar:
    """Whether a character that begins with this byte may be a token.

    None below U+0800 is, and from U+B000 to U+DFFF there is nothing but Hangul.
    """
    return first >= 0xE0 and (first < 0xEB or first > 0xED)


@inlined
def lone(view: UInt8s, place: Scalar, hashes: UInt32s) -> tuple[Scalar, Scalar]:
    """Give the hash of the character at `place`, 0 where it is no token, and its bytes."""
    point, size = decode(view, place, view.size)
    return (hashes[np.uint64(point)] if point < LIMIT else np.uint32(0)), size
