"""Weights of tokens in words, and which tokens of a matched run are evidence."""

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, inlined
from provenance.model.content.fingerprints import Flags, UInt32s

MAX_WORD_BITS = 16.0
"""Most bits of one word."""

_LIGHT = np.uint32(1)
_QUARTERS = 4


@inlined
def token_weight(token: Scalar) -> Scalar:
    """Return a token's weight in quarters of a word, from its lowest bit (see `Tokens`)."""
    return np.int64(_QUARTERS) >> np.int64(token & _LIGHT)


@inlined
def most_bits(token: Scalar) -> Scalar:
    """Return the most information that a token has: that of a word, of a cluster a quarter of it.

    A word has some four clusters, which tell each other much better than counts of two know.
    """
    light = token & _LIGHT
    return MAX_WORD_BITS / (np.int64(1) << np.int64(2 * ((token >> _LIGHT) & light)))


@allocating_part
def evidence_mask(
    tokens: UInt32s, stop_marks: Flags, first: Scalar, end: Scalar, weight: Scalar
) -> Flags:
    """Return which tokens of a matched run are evidence.

    Parameters
    ----------
    tokens : ndarray of uint32
        Tokens of all items.
    stop_marks : ndarray of bool, shape (end - first,)
        Whether a stop shingle begins at each token of the run.
    first, end : int
        The run, within `tokens`.
    weight : int
        Weight of a shingle, in quarters of a word.

    Returns
    -------
    ndarray of bool, shape (end - first,)
        False for tokens that are covered by stop shingles of the run only.
    """
    evidence = np.empty(end - first, np.bool_)
    for place in range(end - first):
        evidence[place] = True
    for is_evidence in range(2):  # tokens of other shingles are evidence, whatever else covers them
        for place in range(first, end):
            behind, total_weight = place, 0
            while behind < end and total_weight < weight:
                total_weight += token_weight(tokens[behind])
                behind += 1
            if total_weight < weight:
                break
            if stop_marks[place - first] != is_evidence:
                for covered in range(place - first, behind - first):
                    evidence[covered] = is_evidence
    return evidence
