"""Passages that are likely to be reported, known by what they look like before they are weighed."""

from collections.abc import Sequence

import numpy as np

from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import PostingsIndex
from provenance.model import Int64s

_COVER, _MATCHED = 0.25, 8
"""Part of an item that a match covers, or tokens that match, from which it is likely. One candidate
in six that chance gives is, and one in thousands that are reported is not."""


def likely(
    found: Sequence[Candidates], indexes: Sequence[PostingsIndex]
) -> tuple[Int64s, Int64s, Int64s]:
    """Give the passages that are likely to be reported.

    Parameters
    ----------
    found : sequence of Candidates
        What each registry gave.
    indexes : sequence of Index
        The registries.

    Returns
    -------
    texts, firsts, lasts : ndarray of int64
        The text of each, as the candidates count them, and its first and last token.
    """
    spans = [np.zeros((0, 3), np.int64)]
    for candidates, index in zip(found, indexes, strict=True):
        offsets, items = index.holdings.token_offsets, candidates.items.astype(np.int64)
        lengths = offsets[items + 1] - offsets[items]  # of few: there may be millions
        matched = candidates.matched
        chosen = (matched >= _COVER * lengths) | (matched >= _MATCHED)
        columns = (candidates.texts, candidates.firsts, candidates.lasts)
        spans.append(np.stack([column[chosen] for column in columns], axis=1))
    texts, firsts, lasts = np.concatenate(spans).T
    return texts, firsts, lasts
