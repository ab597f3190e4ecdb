"""Filter of whole texts: whether a text may be one of a set, with a chosen rate of false positives.

A Bloom filter of hashes of all tokens of each text (Bloom, "Space/time trade-offs in hash coding
with allowable errors", 1970). It gives no false negatives. Without the texts, nobody can tell a hit
from a false positive.
"""

import math
from dataclasses import dataclass

import numpy as np

from provenance.model.content.fingerprints import Flags, UInt64s

_WORD_BITS = 64
_STEP, _MIX_1, _MIX_2 = (
    np.uint64(value) for value in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class WholeTextFilter:
    """A Bloom filter.

    Parameters
    ----------
    words : ndarray of uint64, shape (w,)
        Its bits.
    probes : int
        Number of bits that are set for each text.
    """

    words: UInt64s
    probes: int

    def contains(self, hashes: UInt64s) -> Flags:
        """Return which texts, given by their hashes, may be in the set."""
        found = np.ones(len(hashes), np.bool_)
        for first in range(0, len(hashes), _CHUNK):
            chunk = hashes[first : first + _CHUNK]
            for probe in range(self.probes):
                words, bits = _place(chunk, probe, len(self.words))
                found[first : first + _CHUNK] &= self.words[words] & bits != 0
        return found


def build_filter(hashes: UInt64s, false_positive_rate: float) -> WholeTextFilter:
    """Build the smallest filter with a rate of false positives.

    Parameters
    ----------
    hashes : ndarray of uint64
        A hash of each text.
    false_positive_rate : float
        Expected share of other texts that the filter accepts, in (0, 1).
    """
    probes = max(1, round(-math.log2(false_positive_rate)))
    # Bits for which so many probes give the rate: p = (1 - exp(-probes n / bits)) ** probes.
    load = -math.log1p(-(false_positive_rate ** (1 / probes)))
    bits = probes * max(len(hashes), 1) / load
    words = np.zeros(math.ceil(bits / _WORD_BITS), np.uint64)
    for first in range(0, len(hashes), _CHUNK):
        for probe in range(probes):
            np.bitwise_or.at(words, *_place(hashes[first : first + _CHUNK], probe, len(words)))
    return WholeTextFilter(words, probes)


def _place(hashes: UInt64s, probe: int, words: int) -> tuple[UInt64s, UInt64s]:
    """Return the word, and the bit in it, of a probe of each text (splitmix64)."""
    mixed = hashes + np.uint64((probe + 1) * int(_STEP) & (1 << 64) - 1)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    mixed ^= mixed >> np.uint64(31)
    bits = np.uint64(1) << (mixed & np.uint64(_WORD_BITS - 1))
    return (mixed >> np.uint64(6)) % np.uint64(words), bits
