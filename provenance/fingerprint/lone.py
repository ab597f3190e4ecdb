"""Characters that are tokens by themselves: the hash of each, made once and looked up."""

from functools import cache

import numpy as np

from provenance.compiled import Scalar, inlined, kernel
from provenance.fingerprint.codepoints import ITSELF, LIMIT
from provenance.fingerprint.entities import Tables, tables
from provenance.fingerprint.hashing import finish
from provenance.fingerprint.letters import long_point
from provenance.fingerprint.words import QUARTER_WORD, decode, read_lone
from provenance.instructions import load64
from provenance.model import Int32s, UInt8s, UInt32s

_FOUR_BYTES = 0x10000  # code points from here on
_BLOCK = 64
_THREE, _THREE_BEGIN = np.uint64(0xC0C0F0), np.uint64(0x8080E0)
"""The bits that say so where a character of three bytes begins, and what they are."""

_SHORT = np.uint64(0x800)
"""Code points below are spelled with fewer bytes."""

_HALF, _QUARTER = np.uint64(1), np.uint64(3)


@inlined
def lighter(hashed: Scalar, weight: Scalar) -> Scalar:
    """Note in a token's hash that it weighs less than a word."""
    return (hashed & ~_QUARTER) | (_QUARTER if weight == QUARTER_WORD else _HALF)


@cache
def lone_hashes() -> UInt32s:
    """Give the hash of every character that is a token, and 0 of the others; once a process.

    Behind them stands of each block of sixty-four characters of three bytes whether it holds one.
    """
    hashes = np.zeros(LIMIT + _FOUR_BYTES // _BLOCK, np.uint32)
    _hash_all(tables(), hashes)
    hashes[LIMIT:] = hashes[:_FOUR_BYTES].reshape(-1, _BLOCK).any(axis=1)
    return hashes


@kernel
def _hash_all(tables: Tables, hashes: UInt32s) -> None:
    for point in range(LIMIT):
        if tables.folds[point] < 0 and tables.folds[point] != ITSELF:
            weight, state, rest, length = read_lone(point, np.int64(tables.folds[point]), tables)
            hashes[point] = lighter(finish(state, rest, length), weight)


@inlined
def may_be_lone(view: UInt8s, place: Scalar, hashes: UInt32s) -> Scalar:
    """Whether the character at `place` may be a token; none of one or two bytes is."""
    first, second = np.uint64(view[np.uint64(place)]), np.uint64(view[np.uint64(place + 1)])
    if first < np.uint64(0xE0):
        return False
    block = ((first & np.uint64(0x0F)) << np.uint64(6)) | (second & np.uint64(0x3F))
    return first >= np.uint64(0xF0) or hashes[np.uint64(LIMIT) + block] != 0


@inlined
def lone(view: UInt8s, place: Scalar, hashes: UInt32s) -> tuple[Scalar, Scalar]:
    """Give the hash of the character at `place`, 0 where it is no token, and its bytes."""
    point, size = decode(view, place, view.size)
    return (hashes[np.uint64(point)] if point < LIMIT else np.uint32(0)), size


@inlined
def read_lones(
    view: UInt8s,
    place: Scalar,
    stop: Scalar,
    hashes: UInt32s,
    tokens: tuple[UInt32s, Int32s, Int32s],
    count: Scalar,
) -> tuple[Scalar, Scalar]:
    """Read the tokens of three bytes with which a run begins, one after another.

    `view` has room for eight bytes from wherever one begins.

    Returns
    -------
    count, after : int
        How many tokens there are now, and where to go on.
    """
    into, starts, ends = tokens
    while place + 3 <= stop:
        text = load64(view, place)
        point = long_point(text)
        is_long = (text & _THREE == _THREE_BEGIN) & (point >= _SHORT)
        if not is_long or hashes[point] == 0:
            break
        at = np.uint64(count)
        into[at], starts[at], ends[at] = hashes[point], place, place + 3
        count, place = count + 1, place + 3
    return count, place
