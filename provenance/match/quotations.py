"""Matches that chance did not make: words that somebody quoted."""

import numpy as np

from provenance.match.candidates import Candidates
from provenance.model import Flags, Int64s

_RUN = 8
"""Words in a row that nobody writes by chance as another did."""

_WORDS, _PART = 9, 0.6
"""Nor so many words of an item that are so much of it, in their order."""


def are_quotations(candidates: Candidates, lengths: Int64s) -> Flags:
    """Tell which matches are real quotations, whoever quoted whom.

    Parameters
    ----------
    candidates : Candidates
        Matches with what a text should not hold.
    lengths : ndarray of int64, shape (n,)
        Tokens of the item of each.
    """
    matched = candidates.matched
    is_long = (matched >= _WORDS) & (matched >= _PART * lengths)
    return np.asarray((candidates.longest >= _RUN) | is_long)
