"""Siblings: matches of one item that follow each other in a text, its lines in another order."""

import numpy as np

from provenance.match.candidates import Candidates
from provenance.model import Floats, Int64s

_APART = 24  # tokens of the text between two of them
_LONGEST = 64.0  # words of the item: a longer one may share several phrases with a page by chance


def siblings(candidates: Candidates, length: Floats) -> Int64s:
    """Give siblings among the matches one number.

    Parameters
    ----------
    candidates : Candidates
        All of a corpus.
    length : ndarray of float64, shape (n,)
        Words of the item of each.

    Returns
    -------
    ndarray of int64, shape (n,)
        Two that follow each other are siblings where they hold different parts of the item.
    """
    groups = np.arange(len(candidates))
    several = _several(candidates)
    if not len(several):
        return groups
    columns = candidates.firsts, candidates.items, candidates.texts
    order = several[np.lexsort([column[several] for column in columns])]
    one, other = order[:-1], order[1:]
    heads, ends = candidates.heads, candidates.ends
    goes_on = (
        (candidates.texts[one] == candidates.texts[other])
        & (candidates.items[one] == candidates.items[other])
        & (candidates.firsts[other] - candidates.lasts[one] <= _APART)
        & ((heads[other] >= ends[one]) | (ends[other] <= heads[one]))
        & (length[other] <= _LONGEST)
    )
    places = np.arange(1, len(order)) * ~goes_on
    groups[order] = order[np.maximum.accumulate(np.concatenate([[0], places]))]
    return groups


def _several(candidates: Candidates) -> Int64s:
    """List the matches that are not the only one of their item in their text: few, mostly."""
    keys = candidates.texts.astype(np.uint64) << np.uint64(32) | candidates.items
    order = np.argsort(keys)
    is_same = keys[order[1:]] == keys[order[:-1]]
    several = np.zeros(len(candidates), bool)
    several[order[1:][is_same]] = several[order[:-1][is_same]] = True
    return np.flatnonzero(several)


def together(groups: Int64s, values: Floats) -> Floats:
    """Give each match what it and its siblings sum up to."""
    return np.asarray(np.bincount(groups, values)[groups], np.float64)
