"""Whole token sequences: which items say the same."""

import numpy as np

from provenance.jit.decorators import kernel
from provenance.model import Int64s, UInt32s, UInt64s

_MIX_1 = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xBF58476D1CE4E5B9)


def whole_hashes(tokens: UInt32s, offsets: Int64s) -> UInt64s:
    """Hash the whole token sequence of every item.

    Parameters
    ----------
    tokens : ndarray of uint32, shape (m,)
        Of all items.
    offsets : ndarray of int64, shape (n + 1,)
        Tokens of item `i` are `tokens[offsets[i]:offsets[i + 1]]`.

    Returns
    -------
    ndarray of uint64, shape (n,)
        One an item; with the number of tokens beside it, two that differ have the same one with
        a chance of ``2**-64``.
    """
    hashes = np.empty(len(offsets) - 1, np.uint64)
    _hash_all(tokens, offsets, hashes)
    return hashes


@kernel
def _hash_all(tokens: UInt32s, offsets: Int64s, hashes: UInt64s) -> None:
    for item in range(len(hashes)):
        state = (np.uint64(offsets[item + 1] - offsets[item]) + _MIX_2) * _MIX_1
        for place in range(offsets[item], offsets[item + 1]):
            state = (state ^ np.uint64(tokens[place])) * _MIX_1
            state ^= state >> np.uint64(29)
        state *= _MIX_2
        hashes[item] = state ^ (state >> np.uint64(32))
