"""Strength: bits that say how rarely chance gives such a match."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.scoring.evalue import (
    SHIPPED_CHANCE,
    STRENGTH_THRESHOLD,
    chance_probabilities,
    expected_by_chance,
    fit_chance,
    is_reported,
    strength,
)
from provenance.model.content.chance import ChanceModel

ODDS = st.floats(-50, 50)
SIZES = st.integers(0, 10**13)


@given(st.lists(ODDS, min_size=2), SIZES)
def test_strength_keeps_the_order_of_the_odds(odds, size):
    found = strength(np.sort(odds), SHIPPED_CHANCE, size)
    assert (np.diff(found) >= 0).all()


@given(ODDS, st.integers(10**5, 10**12), st.integers(1, 60))
def test_a_registry_twice_as_large_lowers_strength_by_one_bit(odds, size, doublings):
    one = strength(np.array([odds]), SHIPPED_CHANCE, size)
    other = strength(np.array([odds]), SHIPPED_CHANCE, size << doublings)
    assert one - other == pytest.approx([doublings])


def test_registries_smaller_than_any_measured_do_not_raise_strength():
    odds = np.zeros(1)
    assert strength(odds, SHIPPED_CHANCE, 0) == strength(odds, SHIPPED_CHANCE, 25_000)


@given(ODDS, st.integers(10**5, 10**12), st.integers(1, 10**12))
def test_what_is_expected_is_the_law_of_chance(odds, size, tokens):
    law = SHIPPED_CHANCE.scale * size * tokens * np.exp(-SHIPPED_CHANCE.decay * odds)
    assert expected_by_chance(
        strength(np.array([odds]), SHIPPED_CHANCE, size), tokens
    ) == pytest.approx([law])


@given(
    st.lists(st.floats(STRENGTH_THRESHOLD, 200), min_size=1, max_size=50), st.integers(1, 10**12)
)
def test_chance_is_distributed_over_the_matches_the_weakest_first(strengths, tokens):
    found = chance_probabilities(np.sort(strengths), tokens)
    assert (np.diff(found) <= 0).all()
    assert ((found >= 0) & (found <= 1)).all()
    expected = expected_by_chance(np.sort(strengths), tokens)
    assert (found <= expected * (1 + 1e-9)).all()
    most = tokens / 2**STRENGTH_THRESHOLD
    assert found.sum() <= most * (1 + 1e-9)
    if np.minimum(expected, 1).sum() > most:
        assert found.sum() == pytest.approx(most)
        shared = found < 1
        assert np.allclose(found[shared] / expected[shared], (found / expected)[-1])


def test_a_strong_match_is_no_chance_match_because_it_is_the_only_one():
    assert chance_probabilities(np.array([60.0]), 10**6)[0] < 1e-11
    assert chance_probabilities(np.array([20.5]), 10**9)[0] == 1


def test_no_matches_have_no_chance_probabilities():
    assert len(chance_probabilities(np.zeros(0), 10**9)) == 0


@pytest.mark.parametrize("law", [ChanceModel(0.5, 2e-12, 0), ChanceModel(1.2, 1e-10, 0)])
def test_the_fitted_law_recovers_the_simulated_one(law):
    dice = np.random.default_rng(1)
    tokens, size, least = 10**8, 10**6, 2.0
    count = dice.poisson(law.scale * tokens * size * np.exp(-law.decay * least))
    odds = least + dice.exponential(1 / law.decay, count)

    found = fit_chance(odds, least, tokens, size)

    assert count > 20
    assert found.exceedances == count
    # Fewer matches than the belief in the shipped decay is worth leave the fit between the two.
    low, high = sorted([law.decay, SHIPPED_CHANCE.decay])
    assert low * 0.9 <= found.decay <= high * 1.1
    above = found.scale * tokens * size * np.exp(-found.decay * least)
    assert above == pytest.approx(count)


def test_no_match_at_all_leaves_the_decay_and_bounds_the_scale():
    found = fit_chance(np.zeros(0), 2.0, 10**8, 10**6)

    assert found.decay == pytest.approx(SHIPPED_CHANCE.decay)
    assert found.scale * 10**14 * np.exp(-found.decay * 2.0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("odds", "bits", "found"), [(0, 20, True), (-0.1, 40, False), (9, 19, False)]
)
def test_a_match_is_reported_if_it_is_rare_and_looks_like_a_copy(odds, bits, found):
    assert is_reported(np.array([float(odds)]), np.array([float(bits)])).tolist() == [found]
