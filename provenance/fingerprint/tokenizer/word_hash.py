"""The incremental hash of a word's folded bytes.

The hash of the first bytes of a word consists of `state`, the hash of its complete groups of eight
bytes; `rest`, the bytes after them; and `length`, the number of bytes so far.
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined
from provenance.jit.intrinsics import load64
from provenance.model.content.fingerprints import UInt8s

LOWER = np.uint64(0x2020202020202020)
"""Lower-cases eight ASCII letters; digits have that bit already."""

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

_MIX_1 = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xBF58476D1CE4E5B9)


@inlined
def absorb(state: Scalar, word: Scalar) -> Scalar:
    """Mix eight bytes into the state; only operators are used, so that it works on `Lanes`."""
    state = (state ^ word) * _MIX_1
    return state ^ (state >> np.uint64(32))


@inlined
def finish(state: Scalar, rest: Scalar, length: Scalar) -> Scalar:
    """Return the 32-bit hash, whose bit 0 is clear, from the state, last bytes and length."""
    return final_mix(state ^ rest ^ (np.uint64(length) << np.uint64(56)))


@inlined
def final_mix(state: Scalar) -> Scalar:
    """Return the final mix of a hash; only operators are used, so that it works on `Lanes`."""
    state *= _MIX_1
    state ^= state >> np.uint64(32)
    state *= _MIX_2
    state ^= state >> np.uint64(29)
    return (state >> np.uint64(32)) & np.uint64(0xFFFFFFFE)


@inlined
def append(
    state: Scalar, rest: Scalar, length: Scalar, word: Scalar, count: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Append up to eight folded bytes; those of `word` beyond `count` are zero."""
    used = np.uint64(8 * (length & 7))
    rest |= word << used
    if (length & 7) + count >= 8:
        state = absorb(state, rest)
        rest = (word >> np.uint64(1)) >> (np.uint64(63) - used)
    return state, rest, length + count


@inlined
def append_plain(
    data: UInt8s, place: Scalar, stop: Scalar, state: Scalar, rest: Scalar, length: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Append a range of ASCII letters and digits."""
    while place < stop:
        count = min(stop - place, 8)
        word = (load64(data, place) | LOWER) & (_ALL >> np.uint64(64 - 8 * count))
        state, rest, length = append(state, rest, length, word, count)
        place += count
    return state, rest, length
