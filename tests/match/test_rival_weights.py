"""Of several items that claim the same words, the one that matches most of them has the claim."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.attribution import rival_weights

MATCHES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(1, 20), st.floats(20, 90)),
    max_size=12,
)


def weighed(*matches):
    """Weigh matches of (text, first token, matched tokens, length of the stretch, strength)."""
    table = np.array(matches, np.float64).reshape(-1, 5)
    text, first, matched, length = table[:, :4].T.astype(np.int64)
    return rival_weights(text, first, first + length - 1, matched, table[:, 4]).tolist()


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
