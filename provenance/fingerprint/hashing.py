"""The hash of a word, as its folded bytes come: what it is so far, and how to lengthen it.

A word that is being read is its `state`, the hash of its full words of eight bytes; `rest`, the
bytes behind them; and `length`, how many bytes it has in all.
"""

import numpy as np

from provenance.compiled import Scalar, inlined
from provenance.instructions import load64
from provenance.model import UInt8s

LOWER = np.uint64(0x2020202020202020)
"""Makes lower-case letters of eight ASCII letters; digits have that bit already."""

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

_MIX_1 = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xBF58476D1CE4E5B9)


@inlined
def absorb(state: Scalar, word: Scalar) -> Scalar:
    """Mix eight full bytes of a word into its hash; with operators alone, as `mixed`."""
    state = (state ^ word) * _MIX_1
    return state ^ (state >> np.uint64(32))


@inlined
def finish(state: Scalar, rest: Scalar, length: Scalar) -> Scalar:
    """Mix in the last bytes, fewer than eight, and the length; give a 32-bit hash, bit 0 clear."""
    return mixed(state ^ rest ^ (np.uint64(length) << np.uint64(56)))


@inlined
def mixed(state: Scalar) -> Scalar:
    """Mix all that a word is; written with operators alone, for `lanes.Lanes` too."""
    state *= _MIX_1
    state ^= state >> np.uint64(32)
    state *= _MIX_2
    state ^= state >> np.uint64(29)
    return (state >> np.uint64(32)) & np.uint64(0xFFFFFFFE)


@inlined
def append(
    state: Scalar, rest: Scalar, length: Scalar, word: Scalar, count: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Lengthen a folded word by up to eight bytes; those of `word` beyond `count` are zero."""
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
    """Lengthen a folded word by a stretch of ASCII letters and digits."""
    while place < stop:
        count = min(stop - place, 8)
        word = (load64(data, place) | LOWER) & (_ALL >> np.uint64(64 - 8 * count))
        state, rest, length = append(state, rest, length, word, count)
        place += count
    return state, rest, length
