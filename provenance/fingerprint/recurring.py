"""Words that were read letter by letter: most are met again, and are looked up then.

What is remembered is the token of a run of word bytes, or of the rest of one: whoever remembers it
answers for it that those bytes alone decide.
"""

import numpy as np

from provenance.compiled import Scalar, inlined
from provenance.instructions import load64
from provenance.model import UInt8s, UInt64s

LONGEST_KNOWN = 24
"""Bytes of the longest run that is remembered."""

_BITS = 12
ROOM = 4 << _BITS
"""Elements of a table of words, zero at first: in each row of four a run's bytes, then its hash."""

_SHIFT = np.uint64(64 - _BITS)
_WITHIN = np.repeat(np.array([0xFF, 0], np.uint8), LONGEST_KNOWN)
_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@inlined
def recall(met: UInt64s, view: UInt8s, start: Scalar, length: Scalar) -> Scalar:
    """Give the hash of a run that was remembered, 0 for any other; `view` has 64 bytes behind."""
    first, second, third = _bytes_of(view, start, length)
    row = _row_of(first, second, third)
    is_it = (met[row] == first) & (met[row + np.uint64(1)] == second)
    is_it &= met[row + np.uint64(2)] == third
    return met[row + np.uint64(3)] * np.uint64(is_it)


@inlined
def remember(met: UInt64s, view: UInt8s, start: Scalar, length: Scalar, hashed: Scalar) -> None:
    """Note the hash of a run in place of the one that stood in its row."""
    first, second, third = _bytes_of(view, start, length)
    row = _row_of(first, second, third)
    met[row], met[row + np.uint64(1)] = first, second
    met[row + np.uint64(2)], met[row + np.uint64(3)] = third, hashed


@inlined
def _bytes_of(view: UInt8s, start: Scalar, length: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    # Without a branch on how long a run is: nobody can guess that.
    behind = LONGEST_KNOWN - length
    first = load64(view, start) & load64(_WITHIN, behind)
    second = load64(view, start + 8) & load64(_WITHIN, behind + 8)
    return first, second, load64(view, start + 16) & load64(_WITHIN, behind + 16)


@inlined
def _row_of(first: Scalar, second: Scalar, third: Scalar) -> Scalar:
    mixed = (first * _MIX[0]) ^ (second * _MIX[1]) ^ (third * _MIX[2])
    return (mixed >> _SHIFT) << np.uint64(2)
