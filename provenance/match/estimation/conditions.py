"""Appearance of a finding: what it shows of the condition of its item.

The edits to an item on its way into a corpus are unknown, but a finding shows how much of the item
is left, whether its end is missing, and whether it is all of its text. The class of such findings
is called their *appearance*.
"""

import numpy as np

from provenance.match.candidates.candidate_table import Candidates
from provenance.model.content.fingerprints import Flags, Int64s
from provenance.model.results.calibration import LENGTHS

_COVERAGE_EDGES = (0.5, 0.65, 0.8, 0.9)
"""Edges of the classes of coverage: matched share of the item."""

_MOST_OF_TEXT = 0.8
"""Minimum share of a text that a match covers if it counts as all of it."""

_COVERAGE_CLASSES = len(_COVERAGE_EDGES) + 1

NEAR_DUPLICATE_APPEARANCE = 2 * (2 * _COVERAGE_CLASSES + 1)
"""Appearance of a near-duplicate: a text that resembles an item as a whole."""

APPEARANCES = NEAR_DUPLICATE_APPEARANCE + 1
"""Number of appearances."""


def length_classes(tokens: Int64s) -> Int64s:
    """Return the index in `LENGTHS` of items, by their number of tokens."""
    edges = np.array([length.min_tokens for length in LENGTHS])
    return np.searchsorted(edges, tokens, "right").astype(np.int64) - 1


def appearance_classes(candidates: Candidates, lengths: Int64s) -> Int64s:
    """Return the appearance of each match.

    Parameters
    ----------
    candidates : Candidates
        Matches.
    lengths : ndarray of int64, shape (n,)
        Tokens of each match's item.

    Returns
    -------
    ndarray of int64, shape (n,)
        Below `APPEARANCES`: complete in one run, or the class of coverage and whether the end is
        missing; each for items within a text and for items that are all of it.
    """
    matched = candidates.matched
    is_complete = (matched == lengths) & (candidates.longest_run == lengths)
    coverage = np.searchsorted(_COVERAGE_EDGES, matched / np.maximum(lengths, 1), "right")
    appearance = np.where(
        is_complete,
        0,
        1 + coverage + _COVERAGE_CLASSES * _is_cut_at_end(candidates, lengths, matched),
    )
    fills_text = matched >= _MOST_OF_TEXT * candidates.sizes
    return np.asarray(appearance + (2 * _COVERAGE_CLASSES + 1) * fills_text, np.int64)


def _is_cut_at_end(candidates: Candidates, lengths: Int64s, matched: Int64s) -> Flags:
    """Return whether most of the missing tokens are at the end."""
    tail = lengths - candidates.item_ends
    return np.asarray((tail > 0) & (2 * tail >= lengths - matched), np.bool_)


_QUOTED_RUN = 8
"""Length of a run of words that two authors do not write independently."""

_QUOTED_TOKENS, _QUOTED_SHARE = 9, 0.6
"""Matched tokens, and share of the item, that are not a coincidence either."""


def is_quotation(candidates: Candidates, lengths: Int64s) -> Flags:
    """Return which matches are real quotations, in either direction.

    Parameters
    ----------
    candidates : Candidates
        Matches with texts that should have no copies.
    lengths : ndarray of int64, shape (n,)
        Tokens of each match's item.
    """
    matched = candidates.matched
    is_long = (matched >= _QUOTED_TOKENS) & (matched >= _QUOTED_SHARE * lengths)
    return np.asarray((candidates.longest_run >= _QUOTED_RUN) | is_long)
