"""Attribution against every disjoint set there is."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from provenance.match.attribution import (
    MatchSpans,
    attribute_tokens,
    find_winners,
    part_strengths,
    union_lengths,
)
from provenance.match.scoring.classifier import MAX_BITS, SATURATION_TOKENS

NEVER = 1e9  # a threshold that no stretch cut short can reach
STRETCH = st.tuples(
    st.integers(0, 1), st.integers(0, 20), st.integers(0, 14), st.integers(1, 40).map(float)
)
STRETCHES = st.lists(STRETCH, max_size=9)


def stretches_of(rows, ranks=None):
    """Give stretches of (text, first, length - 1, strength), sorted by text."""
    rows = sorted(rows, key=lambda row: row[0])
    table = np.array(rows, np.float64).reshape(-1, 4)
    texts, firsts, sizes = table[:, :3].astype(np.int64).T
    order = np.arange(len(rows)) if ranks is None else np.array(ranks)
    runs = np.stack([firsts, firsts, sizes + 1], axis=1).astype(np.int32)
    offsets, ends = np.arange(len(rows) + 1), np.zeros((len(rows), 2), bool)
    none = np.zeros(len(rows))
    lasts = firsts + sizes
    return MatchSpans(texts, firsts, lasts, table[:, 3], none, none, order, runs, offsets, ends)


def attribute_by_strength(stretches, threshold):
    return attribute_tokens(stretches, stretches.strengths, threshold)


def overlap(one, other, firsts, lasts, texts):
    if texts[one] != texts[other]:
        return 0
    return max(0, min(lasts[one], lasts[other]) - max(firsts[one], firsts[other]) + 1)


def greatest_total(stretches):
    """Try every set of stretches."""
    count, best = len(stretches.texts), 0.0
    columns = (stretches.firsts, stretches.lasts, stretches.texts)
    for size in range(1, count + 1):
        for chosen in combinations(range(count), size):
            if not any(overlap(*pair, *columns) for pair in combinations(chosen, 2)):
                best = max(best, sum(stretches.strengths[place] for place in chosen))
    return best


def assert_disjoint(found, stretches):
    places = np.flatnonzero(found.is_selected)
    columns = (found.firsts, found.lasts, stretches.texts)
    assert not any(overlap(*pair, *columns) for pair in combinations(places, 2))


@settings(max_examples=200)
@given(STRETCHES)
def test_the_chosen_are_disjoint_and_of_the_greatest_total_strength(rows):
    stretches = stretches_of(rows)
    found = attribute_by_strength(stretches, NEVER)
    assert_disjoint(found, stretches)
    assert stretches.strengths[found.is_selected].sum() == greatest_total(stretches)
    assert found.firsts.tolist() == stretches.firsts.tolist()
    assert found.lasts.tolist() == stretches.lasts.tolist()


@settings(max_examples=200)
@given(STRETCHES, st.floats(1, 30))
def test_trimmed_matches_stay_disjoint_and_strong(rows, threshold):
    stretches = stretches_of(rows)
    scheduled, found = (
        attribute_by_strength(stretches, NEVER),
        attribute_by_strength(stretches, threshold),
    )
    assert_disjoint(found, stretches)
    assert (found.is_selected | ~scheduled.is_selected).all()
    cut = found.is_selected & ~scheduled.is_selected
    kept = (found.lasts - found.firsts + 1) / (stretches.lasts - stretches.firsts + 1)
    assert (kept[found.is_selected & ~cut] == 1).all()
    assert (kept[cut] < 1).all()
    assert (kept[cut] * stretches.strengths[cut] >= threshold).all()
    assert (found.firsts >= stretches.firsts).all()
    assert (found.lasts <= stretches.lasts).all()


@settings(max_examples=200)
@given(STRETCHES, st.sampled_from([1.0, 5.0, NEVER]))
def test_the_winner_is_the_chosen_match_that_overlaps_most(rows, threshold):
    stretches = stretches_of(rows)
    found = attribute_by_strength(stretches, threshold)
    columns = (found.firsts, found.lasts, stretches.texts)
    chosen = np.flatnonzero(found.is_selected)
    for place, winner in enumerate(found.winners):
        shared = {other: overlap(place, other, *columns) for other in chosen}
        if found.is_selected[place]:
            assert winner == place
        elif winner == -1:
            assert not any(shared.values())
        else:
            assert shared[winner] == max(shared.values()) > 0


def test_every_match_that_is_not_chosen_has_a_winner():
    found = attribute_by_strength(
        stretches_of([(0, 0, 9, 9.0), (0, 2, 3, 5.0), (0, 20, 3, 1.0)]), NEVER
    )
    assert found.winners.tolist() == [0, 0, 2]


@settings(max_examples=100)
@given(STRETCH, st.permutations(range(5)))
def test_of_equal_matches_the_one_of_the_lowest_rank_is_chosen(row, ranks):
    found = attribute_by_strength(stretches_of([row] * 5, ranks), NEVER)
    assert np.flatnonzero(found.is_selected).tolist() == [ranks.index(0)]
    assert set(found.winners.tolist()) == {ranks.index(0)}


@settings(max_examples=100)
@given(STRETCHES, st.randoms(use_true_random=False), st.sampled_from([2.0, NEVER]))
def test_the_order_of_matches_changes_nothing(rows, dice, threshold):
    rows = list({row[:3]: row for row in rows}.values())
    assume(len({row[3] for row in rows}) == len(rows))  # no ties: ranks settle those
    rows.sort(key=lambda row: row[0])
    shuffled = sorted(dice.sample(rows, len(rows)), key=lambda row: row[0])
    ranks = [rows.index(row) for row in shuffled]
    one = attribute_by_strength(stretches_of(rows), threshold)
    other = attribute_by_strength(stretches_of(shuffled, ranks), threshold)
    given_to = [
        {
            (*row, first, last)
            for row, chosen, first, last in zip(
                order, found.is_selected, found.firsts.tolist(), found.lasts.tolist(), strict=True
            )
            if chosen
        }
        for order, found in ((rows, one), (shuffled, other))
    ]
    assert given_to[0] == given_to[1]


@settings(max_examples=100)
@given(STRETCHES, st.sampled_from([1.0, NEVER]))
def test_winners_are_found_again_from_what_is_chosen(rows, threshold):
    stretches = stretches_of(rows)
    found = attribute_by_strength(stretches, threshold)
    again = find_winners(stretches.texts, found.firsts, found.lasts, found.is_selected)
    assert again.tolist() == found.winners.tolist()


@settings(max_examples=50)
@given(STRETCHES)
def test_texts_are_attributed_independently(rows):
    stretches = stretches_of(rows)
    together = attribute_by_strength(stretches, 5.0)
    for text in (0, 1):
        own = attribute_by_strength(stretches_of([row for row in rows if row[0] == text]), 5.0)
        assert own.is_selected.tolist() == together.is_selected[stretches.texts == text].tolist()


@pytest.mark.parametrize(
    ("weak", "threshold", "given_to_weak"),
    [
        ((0, 8, 9, 5.0), 3.0, (10, 17)),  # two of ten tokens are lost
        ((0, 6, 9, 5.0), 3.0, (10, 15)),
        ((0, 5, 9, 5.0), 3.0, None),  # what is left is too weak
        ((0, 8, 9, 5.0), 4.5, None),
        ((0, 0, 29, 5.0), 5.0, (10, 29)),  # twenty words are as strong as thirty
        ((0, 0, 28, 5.0), 5.0, None),
        ((0, 10, 9, 5.0), 3.0, (10, 19)),
    ],
)
def test_a_match_that_overlaps_a_stronger_one_keeps_the_rest(weak, threshold, given_to_weak):
    found = attribute_by_strength(stretches_of([(0, 0, 9, 50.0), weak]), threshold)
    assert found.is_selected.tolist() == [True, given_to_weak is not None]
    if given_to_weak:
        assert (found.firsts[1], found.lasts[1]) == given_to_weak


def test_words_that_do_not_match_do_not_make_the_rest_strong():
    stretches = stretches_of([(0, 0, 19, 50.0), (0, 10, 29, 5.0)])
    sparse = replace(stretches, runs=np.array([[0, 0, 20], [0, 10, 12], [12, 30, 10]], np.int32))
    sparse = replace(sparse, run_offsets=np.array([0, 1, 3]))
    assert attribute_by_strength(stretches, 4.0).is_selected.tolist() == [True, True]
    assert attribute_by_strength(sparse, 4.0).is_selected.tolist() == [True, False]


def test_a_match_with_a_fuller_rival_takes_nothing_from_the_rest_of_it():
    rows = [(0, 0, 59, 50.0), (0, 40, 49, 50.0), (0, 65, 9, 30.0)]
    stretches = stretches_of(rows)
    weights = stretches.strengths * [1.0, 1.0, 0.01]
    found = attribute_tokens(stretches, weights, 20.0)
    assert found.is_selected.tolist() == [True, True, False]
    assert (found.firsts[1], found.lasts[1]) == (60, 89)


def test_no_matches_give_an_empty_attribution():
    assert len(attribute_by_strength(stretches_of([]), 3.0).is_selected) == 0


HALF_OPEN = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 30), st.integers(0, 9)),
    max_size=15,
)


@settings(max_examples=200)
@given(HALF_OPEN)
def test_union_lengths_equal_those_of_sets(rows):
    keys, texts, starts, sizes = np.array(rows, np.int64).reshape(-1, 4).T
    covered = [
        {
            (text, unit)
            for own, text, start, size in rows
            if own == key
            for unit in range(start, start + size)
        }
        for key in range(5)
    ]
    lengths = union_lengths(keys, texts, starts, starts + sizes, 5)
    assert lengths.tolist() == list(map(len, covered))


@given(st.floats(20, 60), st.floats(0, 2000), st.floats(0.1, 1), st.integers(1, 300))
def test_parts_have_a_share_of_the_strength(limited, bits, slope, matched):
    excess = slope * max(bits - MAX_BITS, 0)
    most = min(matched, SATURATION_TOKENS)

    def strength_of(tokens):
        whole = (np.array([value]) for value in (limited + excess, bits, excess))
        strengths, excesses = part_strengths(*whole, np.array([tokens]), np.array([matched]))
        assert strengths[0] - excesses[0] == pytest.approx(limited * min(tokens / most, 1))
        return strengths[0]

    found = [strength_of(tokens) for tokens in range(matched + 1)]
    assert found[0] == 0
    assert found[-1] == pytest.approx(limited + excess)
    assert (np.diff(found) >= 0).all()
    # What is short is never strong for being a part of something long.
    few = int(matched * min(1.0, MAX_BITS / max(bits, 1.0)))
    assert strength_of(few) <= limited + 1e-9
