"""Gaps in copied passages: findings of one item that belong together, and what stands between."""

import numpy as np
import pyarrow as pa

from provenance.match.candidates.candidate_table import Candidates
from provenance.match.candidates.chaining import GAP_COST
from provenance.match.index.postings_index import BITS_SCALE
from provenance.model.content.fingerprints import Flags, Floats, Int64s
from provenance.pipeline.locate.claims import Claims

GAP_COLUMNS = ("claim", "text_number", "start", "end")
"""Columns of spans that gaps depend on."""

_BITS_PER_TOKEN = GAP_COST / BITS_SCALE


def passage_gaps(spans: pa.Table, claims: Claims) -> pa.Array:
    """Return the code points between each finding and the one before it, if that goes on here.

    Parameters
    ----------
    spans : pyarrow.Table
        Columns `GAP_COLUMNS` of the findings.
    claims : Claims
        The claims that the spans locate.

    Returns
    -------
    pyarrow.Array of int64
        Null where a passage begins.

    Notes
    -----
    Two neighbours are of one passage if they are different parts of one item, in any order, and if
    the words that are skipped, at the cost that alignments have for them, cost less than the score
    of the passage on either side. What stands in a gap is not copied, and part of no finding.
    """
    numbers, texts, starts, ends = (spans[name].to_numpy() for name in GAP_COLUMNS)
    order = np.lexsort((starts, texts))
    previous, following = order[:-1], order[1:]
    is_pair = (texts[previous] == texts[following]) & (numbers[previous] >= 0)
    is_pair &= numbers[following] >= 0
    previous, following = previous[is_pair], following[is_pair]
    left, right = numbers[previous], numbers[following]
    is_same = claims.registries[left] == claims.registries[right]
    is_same &= claims.candidates.items[left] == claims.candidates.items[right]
    previous, following = previous[is_same], following[is_same]
    is_joined = _are_joined(claims, numbers[previous], numbers[following])
    gaps, is_first = np.zeros(len(numbers), np.int64), np.ones(len(numbers), bool)
    previous, following = previous[is_joined], following[is_joined]
    gaps[following] = starts[following] - ends[previous]
    is_first[following] = False
    return pa.array(gaps, mask=is_first)


def _are_joined(claims: Claims, previous: Int64s, following: Int64s) -> Flags:
    """Return which pairs of neighbouring claims of one item are parts of one passage."""
    first, first_bits = _chosen_parts(claims, previous)
    second, second_bits = _chosen_parts(claims, following)
    forwards = second.item_starts.astype(np.int64) - first.item_ends
    backwards = first.item_starts.astype(np.int64) - second.item_ends
    item_gaps = np.maximum(forwards, backwards)  # negative where both have the same words
    text_gaps = second.firsts.astype(np.int64) - first.lasts - 1
    costs = np.where(item_gaps >= 0, _BITS_PER_TOKEN * (item_gaps + text_gaps), np.inf)
    is_next = previous[1:] == following[:-1]
    before = _running_scores(first_bits, costs, is_next)
    behind = _running_scores(second_bits[::-1], costs[::-1], is_next[::-1])[::-1]
    return np.asarray(costs <= np.minimum(before, behind))


def _running_scores(bits: Floats, costs: Floats, is_next: Flags) -> Floats:
    """Return the score of the passage up to the gap of each pair, as an alignment would have it.

    Parameters
    ----------
    bits, costs : ndarray of float64, shape (n,)
        Information of what is before the gap, and cost of the gap.
    is_next : ndarray of bool, shape (n - 1,)
        Whether the next pair begins where each ends.
    """
    scores = bits.copy()
    for place in np.flatnonzero(is_next).tolist():
        scores[place + 1] += max(scores[place] - costs[place], 0.0)
    return scores


def _chosen_parts(claims: Claims, numbers: Int64s) -> tuple[Candidates, Floats]:
    """Return what each claim was given of its match, and the information of that."""
    wholes = claims.candidates.take(numbers)
    parts, _ = wholes.within(claims.firsts[numbers], claims.lasts[numbers])
    return parts, claims.bits[numbers] * parts.matched / wholes.matched
