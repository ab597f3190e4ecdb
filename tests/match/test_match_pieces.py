"""Matches are split where others may have the words between two of their runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.candidates.candidate_table import Candidates
from provenance.match.match_pieces import split_matches
from provenance.model.content.fingerprints import BREAK, NO_BREAK
from tests.match.candidate_runs import runs_of

RUNS = st.lists(
    st.tuples(st.integers(0, 25), st.integers(1, 12)), min_size=1, max_size=5
)  # gap before the run, and its length
MATCHES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60), RUNS), max_size=8)


def candidates(*matches):
    """Make matches of (text, [(first token, length), …])."""
    count = len(matches)
    runs = [(7 * place, *run) for _, own in matches for place, run in enumerate(own)]
    offsets = np.append(0, np.cumsum([len(own) for _, own in matches], dtype=np.int64))
    return Candidates(
        np.array([text for text, _ in matches], np.int64),
        np.arange(count, dtype=np.uint32),
        np.full(count, 500, np.int32),
        np.array([own[0][0] for _, own in matches], np.int32),
        np.array([own[-1][0] + own[-1][1] - 1 for _, own in matches], np.int32),
        np.full(count, 99, np.int32),
        np.ones(count, np.int32),
        np.zeros(count, np.uint8),
        np.zeros(count, np.uint64),
        np.full((count, 2), BREAK, np.uint8),
        np.array(runs, np.int32).reshape(-1, 3),
        offsets,
    )


def pieces(*matches):
    """Return (match, [(first token, length), …]) of each piece."""
    found, owners = split_matches(candidates(*matches))
    for place in range(len(found)):
        runs = runs_of(found, place)
        assert (found.firsts[place], found.lasts[place]) == (
            runs[0, 1],
            runs[-1, 1] + runs[-1, 2] - 1,
        )
    return [
        (owner, [(start, length) for _, start, length in runs_of(found, place).tolist()])
        for place, owner in enumerate(owners.tolist())
    ]


def expected(*matches):
    """Split as `split_matches` does, a match and a gap at a time."""
    spans = [(text, runs[0][0], runs[-1][0] + runs[-1][1]) for text, runs in matches]

    def is_filled(owner, start, end):
        return any(
            number != owner
            and text == matches[owner][0]
            and min(last, end) - max(first, start) >= 0.8 * (last - first)
            for number, (text, first, last) in enumerate(spans)
        )

    return [
        (owner, piece)
        for owner, (_, runs) in enumerate(matches)
        for piece in _pieces_of(runs, lambda start, end, owner=owner: is_filled(owner, start, end))
    ]


def _pieces_of(runs, is_filled):
    own, anchor, before = [[]], None, runs[0][0]
    for start, length in runs:
        if start - before > 16:
            own.append([])
        before = start + length
        if length >= 3:
            end = sum(anchor) if anchor else start
            if start - end >= 3 and is_filled(end, start):
                while anchor not in own[-1]:
                    own.pop()
                own[-1] = own[-1][: own[-1].index(anchor) + 1]
                own.append([])
            anchor = (start, length)
        own[-1].append((start, length))
    return own


def laid_out(drawn):
    """Place runs one behind the other; there is a gap before each but the first."""
    matches = []
    for text, first, runs in sorted(drawn, key=lambda match: match[:2]):
        own, end = [], first
        for gap, length in runs:
            own.append((end + gap + 1 if own else first, length))
            end = sum(own[-1])
        matches.append((text, own))
    return matches


@given(MATCHES)
def test_pieces_are_those_of_looking_at_every_gap(drawn):
    matches = laid_out(drawn)
    assert pieces(*matches) == expected(*matches)


def test_a_match_within_a_gap_has_it():
    around, inner = (0, [(0, 20), (32, 20)]), (0, [(21, 10)])
    assert pieces(around, inner) == [(0, [(0, 20)]), (0, [(32, 20)]), (1, [(21, 10)])]
    assert pieces(around, (1, [(21, 10)]))[0] == (0, [(0, 20), (32, 20)])
    assert pieces(around, (0, [(15, 10)]))[0] == (0, [(0, 20), (32, 20)])


def test_a_word_that_both_have_by_chance_is_left_to_the_inner_match():
    around, inner = (0, [(0, 20), (25, 1), (32, 20)]), (0, [(19, 13)])
    assert pieces(around, inner) == [(0, [(0, 20)]), (0, [(32, 20)]), (1, [(19, 13)])]


@pytest.mark.parametrize(("gap", "count"), [(16, 1), (17, 2)])
def test_a_long_gap_is_no_part_of_a_match(gap, count):
    assert len(pieces((0, [(0, 20), (20 + gap, 20)]))) == count


def test_pieces_have_breaks_where_the_match_has():
    found, _ = split_matches(candidates((0, [(0, 9), (40, 9), (80, 9)])))
    assert found.breaks.tolist() == [[BREAK, NO_BREAK], [NO_BREAK, NO_BREAK], [NO_BREAK, BREAK]]


def test_no_match_has_no_piece():
    assert pieces() == []
