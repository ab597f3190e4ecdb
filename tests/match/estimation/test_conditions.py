"""What a finding shows of its item's condition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.candidates.candidate_table import NO_CANDIDATES, Candidates
from provenance.match.estimation.conditions import (
    APPEARANCES,
    NEAR_DUPLICATE_APPEARANCE,
    appearance_classes,
    length_classes,
)
from provenance.model.results.calibration import LENGTHS


def candidate(*runs, size=200):
    """A match of these runs: place in the item, length; the text goes on without a gap."""
    rows, at = [], 10
    for place, length in runs:
        rows.append((place, at, length))
        at += length
    one = np.zeros(1, np.int32)
    return Candidates(
        np.zeros(1, np.int64),
        np.zeros(1, np.uint32),
        np.full(1, size, np.int32),
        one,
        one,
        one,
        one,
        np.zeros(1, np.uint8),
        np.zeros(1, np.uint64),
        np.zeros((1, 2), np.uint8),
        np.array(rows, np.int32),
        np.array([0, len(rows)]),
    )


def look(length, *runs, size=200):
    return int(appearance_classes(candidate(*runs, size=size), np.array([length]))[0])


def test_whole_cut_and_changed_items_have_different_appearances():
    whole = look(20, (0, 20))
    inserted = look(20, (0, 8), (8, 12))
    changed = look(20, (0, 8), (11, 9))
    cut = look(20, (0, 14))
    halved = look(20, (0, 10))
    beheaded = look(20, (6, 14))
    assert len({whole, inserted, changed, cut, halved, beheaded}) == 6


def test_a_gap_before_the_missing_end_does_not_hide_that_it_is_missing():
    assert look(20, (0, 5), (6, 8)) == look(20, (0, 13))


def test_an_item_that_is_all_of_its_text_has_an_appearance_of_its_own():
    assert look(20, (0, 20), size=21) != look(20, (0, 20), size=200)
    assert look(20, (0, 20), size=25) == look(20, (0, 20), size=20)


@given(
    st.integers(4, 300),
    st.integers(0, 50),
    st.integers(1, 300),
    st.integers(0, 300),
    st.integers(1, 300),
)
def test_every_match_has_an_appearance(length, start, first, gap, more):
    first = min(first, length)
    second = min(more, length - min(start + first + gap, length))
    runs = [(start, first)] + ([(start + first + gap, second)] if second > 0 else [])
    assert 0 <= look(length + start, *runs) < NEAR_DUPLICATE_APPEARANCE < APPEARANCES


def test_no_matches_have_no_appearances():
    assert appearance_classes(NO_CANDIDATES, np.zeros(0, np.int64)).tolist() == []


@pytest.mark.parametrize(
    ("tokens", "name"),
    [(1, "0-4"), (4, "0-4"), (5, "5-7"), (7, "5-7"), (8, "8-14"), (99, "30-99"), (5000, "100+")],
)
def test_lengths_fall_into_their_classes(tokens, name):
    assert LENGTHS[length_classes(np.array([tokens]))[0]].name == name
