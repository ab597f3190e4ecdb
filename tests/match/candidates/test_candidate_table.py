"""Tables of candidates: parts of them."""

import numpy as np

from provenance.match.candidates.candidate_table import NO_CANDIDATES
from provenance.model.content.fingerprints import BREAK, NO_BREAK
from tests.match.candidate_runs import candidates_of


def test_a_part_has_the_runs_between_two_tokens():
    candidates = candidates_of([(0, 10, 5), (7, 16, 4)], [(3, 20, 2)], [(0, 12, 6)])
    parts, indices = candidates.within(np.array([12, 0, 12]), np.array([17, 19, 30]))
    assert indices.tolist() == [0, 2]
    assert parts.runs.tolist() == [[2, 12, 3], [7, 16, 2], [0, 12, 6]]
    assert parts.run_offsets.tolist() == [0, 2, 3]
    assert (parts.firsts.tolist(), parts.lasts.tolist()) == ([12, 12], [17, 17])
    assert parts.matched.tolist() == [5, 6]
    assert parts.breaks.tolist() == [[NO_BREAK, NO_BREAK], [BREAK, BREAK]]
    assert (candidates.breaks == BREAK).all()


def test_nothing_has_no_parts():
    nothing = np.zeros(0, np.int64)
    parts, indices = NO_CANDIDATES.within(nothing, nothing)
    assert (len(parts), len(indices)) == (0, 0)


def test_tokens_that_two_candidates_match_are_counted_between_two_tokens():
    candidates = candidates_of([(0, 10, 5), (7, 16, 4)], [(3, 12, 6)], [(0, 30, 6)])
    left, right = np.array([0, 1, 0, 2]), np.array([1, 0, 0, 1])
    lows, highs = np.zeros(4, np.int64), np.full(4, 99)
    assert candidates.shared_tokens(left, right, lows, highs).tolist() == [5, 5, 9, 0]
    assert candidates.shared_tokens(left, right, lows + 13, lows + 16).tolist() == [3, 3, 3, 0]
