"""Weights of tokens in words, and which tokens of a matched run are evidence."""

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, inlined
from provenance.model.content.fingerprints import Flags, UInt32s

_LIGHT = np.uint32(1)
_QUARTERS = 4


@inlined
def token_weight(token: Scalar) -> Scalar:
    """Return a token's weight in quarters of a word, which its lower bits encode (see `Tokens`)."""
    light = token & _LIGHT
    return np.int64(_QUARTERS) >> np.int64(light + ((token >> _LIGHT) & light))


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
