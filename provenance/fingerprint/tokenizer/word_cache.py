"""A small direct-mapped cache from the bytes of a word to its hash.

Words that are read letter by letter mostly recur. The caller guarantees that the bytes alone
determine the hash.
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined
from provenance.jit.intrinsics import load64
from provenance.model.content.fingerprints import UInt8s, UInt64s

MAX_CACHED_BYTES = 24
"""Bytes of the longest word that is cached."""

_BITS = 12
CACHE_SIZE = 4 << _BITS
"""Elements of a cache, initially zero. A row of four is the bytes of a word, then its hash."""

_SHIFT = np.uint64(64 - _BITS)
_WITHIN = np.repeat(np.array([0xFF, 0], np.uint8), MAX_CACHED_BYTES)
_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@inlined
def cached_hash(cache: UInt64s, view: UInt8s, start: Scalar, length: Scalar) -> Scalar:
    """Return the hash of a cached word, 0 for any other.

    `view` is followed by at least 64 readable bytes.
    """
    first, second, third = _bytes_of(view, start, length)
    row = _row_of(first, second, third)
    is_it = (cache[row] == first) & (cache[row + np.uint64(1)] == second)
    is_it &= cache[row + np.uint64(2)] == third
    return cache[row + np.uint64(3)] * np.uint64(is_it)


@inlined
def cache_hash(cache: UInt64s, view: UInt8s, start: Scalar, length: Scalar, hashed: Scalar) -> None:
    """Store the hash of a word, in place of the one in its row."""
    first, second, third = _bytes_of(view, start, length)
    row = _row_of(first, second, third)
    cache[row], cache[row + np.uint64(1)] = first, second
    cache[row + np.uint64(2)], cache[row + np.uint64(3)] = third, hashed


@inlined
def _bytes_of(view: UInt8s, start: Scalar, length: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    # Without a branch on the length, which is unpredictable.
    behind = MAX_CACHED_BYTES - length
    first = load64(view, start) & load64(_WITHIN, behind)
    second = load64(view, start + 8) & load64(_WITHIN, behind + 8)
    return first, second, load64(view, start + 16) & load64(_WITHIN, behind + 16)


@inlined
def _row_of(first: Scalar, second: Scalar, third: Scalar) -> Scalar:
    mixed = (first * _MIX[0]) ^ (second * _MIX[1]) ^ (third * _MIX[2])
    return (mixed >> _SHIFT) << np.uint64(2)
