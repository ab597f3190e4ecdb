"""In what condition an item was found, as far as the finding itself shows.

Nobody knows what was done to an item on its way into a corpus, but the finding tells how much of
it is left, whether it broke off before its end, and whether it is all there is of its text.

Matches that chance did not make: words that somebody quoted.
"""

import numpy as np

from provenance.match.candidates.candidate_table import Candidates
from provenance.model import LENGTHS, Flags, Int64s

_COVERS = (0.5, 0.65, 0.8, 0.9)
"""Parts of an item between which it is told how much of it is left."""

_ALONE = 0.8
"""Part of a text from which an item is all there is of it."""

_LEFT = len(_COVERS) + 1

RESEMBLING = 2 * (2 * _LEFT + 1)
"""The look of a text that resembles an item as a whole."""

LOOKS = RESEMBLING + 1
"""How many ways there are to look."""


def length_classes(tokens: Int64s) -> Int64s:
    """Give the place in `LENGTHS` of items of so many tokens."""
    edges = np.array([length.least for length in LENGTHS])
    return np.searchsorted(edges, tokens, "right").astype(np.int64) - 1


def looks(candidates: Candidates, lengths: Int64s) -> Int64s:
    """Tell in what condition each match shows its item.

    Parameters
    ----------
    candidates : Candidates
        Matches.
    lengths : ndarray of int64, shape (n,)
        Tokens of the item of each.

    Returns
    -------
    ndarray of int64, shape (n,)
        Below `LOOKS`: whole and unbroken, or how much is left, and whether it is the end that is
        gone; each for items within a text and for those that are all of it.
    """
    matched = candidates.matched
    whole = (matched == lengths) & (candidates.longest == lengths)
    left = np.searchsorted(_COVERS, matched / np.maximum(lengths, 1), "right")
    look = np.where(whole, 0, 1 + left + _LEFT * _cut(candidates, lengths, matched))
    alone = matched >= _ALONE * candidates.sizes
    return np.asarray(look + (2 * _LEFT + 1) * alone, np.int64)


def _cut(candidates: Candidates, lengths: Int64s, matched: Int64s) -> Flags:
    """Tell whether most of what is missing is missing at the end."""
    tail = lengths - candidates.ends
    return np.asarray((tail > 0) & (2 * tail >= lengths - matched), np.bool_)


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
