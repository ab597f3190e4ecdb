"""How likely a word is, by how often it was met, and behind what."""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, maker
from provenance.model import Floats

_DISCOUNT = 0.75
HEAPS, HEAPS_OF_PAIRS = 0.75, 0.8
"""Distinct followers of a token, and of a pair, grow as this power of its count (Heaps' law)."""

RAREST = 16.0
"""Bits of the rarest word."""

_VOCABULARY = 500_000.0

_OFTEN, _REMEMBERED = 1 << 12, 1 << 10
"""Contexts met less often have their powers in a table, and so many others are remembered: a power
takes long, and the words that are met most often come again and again."""

_ONE, _TWO = np.uint64(1), np.uint64(2)


@maker
def shares_of_new(heaps: Scalar) -> tuple[Floats, Floats]:
    """Give what falls to words not met before, behind what was met so often, or less.

    And room to remember what falls to them behind what is met more often.
    """
    shares = np.empty(_OFTEN, np.float64)
    for context in range(_OFTEN):
        shares[context] = _share_of_new(np.float64(context), heaps)
    return shares, np.zeros(2 * _REMEMBERED, np.float64)


@inlined
def _share_of_new(context: Scalar, heaps: Scalar) -> Scalar:
    followers = context**heaps
    return followers / (context + followers)


@inlined
def alone(count: Scalar, total: Scalar) -> Scalar:
    """Give the probability of a token, whatever stands before it."""
    return (count + 0.5) / (total + 0.5 * _VOCABULARY)


@inlined
def interpolated(
    shorter: Scalar, context: Scalar, whole: Scalar, shares: tuple[Floats, Floats], heaps: Scalar
) -> Scalar:
    """Interpolate with what is known of a longer context, discounted as Kneser and Ney did."""
    if context > 0:
        told, remembered = shares
        if context < _OFTEN:
            share = told[np.uint64(context)]
        else:
            row = _TWO * (np.uint64(context) % np.uint64(_REMEMBERED))
            if remembered[row] != context:
                remembered[row] = context
                remembered[row + _ONE] = _share_of_new(context, heaps)
            share = remembered[row + _ONE]
        shorter = share * shorter + (1 - share) * max(whole - _DISCOUNT, 0.0) / context
    return shorter


@inlined
def bits_of(probability: Scalar) -> Scalar:
    """Give the information of a word, of so many bits at most as the rarest word has."""
    return min(-np.log2(probability), RAREST)
