"""Tables of candidates: parts of them."""

from dataclasses import replace

import numpy as np

from provenance.match.candidates.candidate_table import NO_CANDIDATES, Candidates
from provenance.model.content.fingerprints import BREAK, NO_BREAK


def candidates_of(*runs_of: list[tuple[int, int, int]]) -> Candidates:
    """Build candidates with these runs: token of the item, token of the text, length."""
    count, runs = len(runs_of), np.array([run for runs in runs_of for run in runs], np.int32)
    offsets = np.cumsum([0, *map(len, runs_of)])
    columns = {
        name: np.zeros(count, getattr(NO_CANDIDATES, name).dtype)
        for name in ("texts", "items", "sizes", "scores", "shared_by", "multi_source", "passages")
    }
    last = runs[offsets[1:] - 1]
    return replace(
        NO_CANDIDATES,
        **columns,
        firsts=runs[offsets[:-1], 1],
        lasts=last[:, 1] + last[:, 2] - 1,
        breaks=np.full((count, 2), BREAK, np.uint8),
        runs=runs,
        run_offsets=offsets,
    )


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
