"""Of several items that claim the same words, the one that matches most of them has the claim."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.attribution import MatchSpans, rival_weights

MATCHES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(1, 20), st.floats(20, 90)),
    max_size=12,
)


def weighed(*matches, item_ends=None):
    """Weigh matches of (text, first token, matched tokens, length of the stretch, strength).

    A gap is behind all matched tokens but the last.
    """
    table = np.array(matches, np.float64).reshape(-1, 5)
    text, first, matched, length = table[:, :4].T.astype(np.int64)
    last, count = first + length - 1, len(table)
    runs = np.stack([[first, first, matched - 1], [last, last, np.ones_like(last)]])
    runs = runs.transpose(2, 0, 1).reshape(-1, 3).astype(np.int32)
    flags = np.zeros((count, 2), bool) if item_ends is None else np.array(item_ends)
    offsets = np.arange(0, 2 * count + 1, 2)
    none, order = np.zeros(count), np.arange(count)
    spans = MatchSpans(text, first, last, table[:, 4], none, none, order, runs, offsets, flags)
    return rival_weights(spans).tolist()


def test_the_fuller_of_two_has_the_strength_of_the_stronger():
    assert weighed((0, 5, 12, 12, 60.0), (0, 4, 13, 14, 50.0)) == [0.6, 60.0]


def test_a_longer_stretch_full_of_gaps_is_no_fuller():
    assert weighed((0, 5, 12, 12, 60.0), (0, 1, 13, 32, 50.0))[0] == 60.0


def test_equally_full_rivals_weigh_the_same():
    assert weighed((0, 5, 12, 12, 60.0), (0, 5, 12, 12, 41.0)) == [60.0, 60.0]


def test_a_short_match_within_a_long_one_does_not_win():
    assert weighed((0, 0, 40, 50, 90.0), (0, 10, 8, 8, 30.0)) == [90.0, 0.3]


def test_neighbours_and_other_texts_are_no_rivals():
    matches = (0, 0, 10, 10, 30.0), (0, 8, 12, 12, 40.0), (1, 0, 20, 20, 50.0)
    assert weighed(*matches) == [30.0, 40.0, 50.0]


WHOLE, INNER = (True, True), (False, False)


@pytest.mark.parametrize(
    ("tail", "gap", "ends", "whole_wins"),
    [
        (1, 0, INNER, True),
        (2, 0, INNER, True),
        (1, 9, INNER, True),  # even if the tail makes the stretch much longer
        (4, 0, INNER, False),  # three words in a row are no chance
        (3, 9, INNER, True),  # unless they are apart
        (2, 0, (False, True), False),  # nor is what ends its own item
    ],
)
def test_a_word_that_goes_on_by_chance_does_not_outdo_a_whole_item(tail, gap, ends, whole_wins):
    whole, longer = (0, 5, 12, 12, 60.0), (0, 5, 12 + tail, 12 + tail + gap, 60.0)
    expected = [60.0, 0.6] if whole_wins else [0.6, 60.0]
    assert weighed(whole, longer, item_ends=[WHOLE, ends]) == pytest.approx(expected)
    before = (0, 5 - tail, 12 + tail, 12 + tail, 60.0)
    if not gap:
        ends = ends[::-1]
        assert weighed(before, whole, item_ends=[ends, WHOLE]) == pytest.approx(expected[::-1])


def test_a_part_of_an_item_is_outdone_by_one_that_goes_on():
    part, longer = (0, 5, 12, 12, 60.0), (0, 5, 13, 13, 60.0)
    assert weighed(part, longer, item_ends=[(True, False), INNER]) == [0.6, 60.0]


def test_a_tail_takes_nothing_from_a_match_that_is_fuller_without_it():
    whole, longer = (0, 5, 10, 12, 60.0), (0, 5, 13, 13, 60.0)
    assert weighed(whole, longer, item_ends=[WHOLE, INNER]) == [0.6, 60.0]


@given(MATCHES)
def test_weights_equal_those_of_comparing_every_pair(drawn):
    matches = sorted((text, first, size, size, bits) for text, first, size, bits in drawn)
    found = weighed(*matches)
    for place, (text, first, size, _, bits) in enumerate(matches):
        outdone, best = False, bits
        for other_text, other_first, other_size, _, other_bits in matches:
            shared = min(first + size, other_first + other_size) - max(first, other_first)
            if other_text != text or shared < 0.8 * min(size, other_size):
                continue
            if other_size > size + 0.5:
                outdone = outdone or shared >= 0.8 * size
            elif shared >= 0.8 * other_size:
                best = max(best, other_bits)
        assert found[place] == (0.01 * bits if outdone else best)


def test_no_match_has_no_weight():
    assert weighed() == []
