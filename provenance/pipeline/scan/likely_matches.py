"""Select passages that are likely to be reported, before they are scored."""

from collections.abc import Sequence

import numpy as np

from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.postings_index import PostingsIndex
from provenance.model.content.fingerprints import Int64s

_MIN_COVERAGE, _MIN_MATCHED_TOKENS = 0.25, 8
"""Share of an item that a match covers, and matched tokens; either makes a match likely. One in six
chance candidates is, and one in thousands of reported ones is not."""


def select_likely_passages(
    candidates_by_registry: Sequence[Candidates], indexes: Sequence[PostingsIndex]
) -> tuple[Int64s, Int64s, Int64s]:
    """Return the passages that are likely to be reported.

    Parameters
    ----------
    candidates_by_registry : sequence of Candidates
        Candidates of each registry.
    indexes : sequence of PostingsIndex
        The registries.

    Returns
    -------
    texts, firsts, lasts : ndarray of int64
        The text of each, numbered as in the candidates, and its first and last token.
    """
    spans = [np.zeros((0, 3), np.int64)]
    for candidates, index in zip(candidates_by_registry, indexes, strict=True):
        offsets, items = index.arrays.token_offsets, candidates.items.astype(np.int64)
        lengths = offsets[items + 1] - offsets[items]  # only of these items: there may be millions
        matched = candidates.matched
        is_likely = (matched >= _MIN_COVERAGE * lengths) | (matched >= _MIN_MATCHED_TOKENS)
        columns = (candidates.texts, candidates.firsts, candidates.lasts)
        spans.append(np.stack([column[is_likely] for column in columns], axis=1))
    texts, firsts, lasts = np.concatenate(spans).T
    return texts, firsts, lasts
