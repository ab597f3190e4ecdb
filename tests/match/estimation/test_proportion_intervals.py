"""Parts that were counted, and their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.estimation.intervals import (
    beta_distribution,
    beta_quantile,
    clopper_pearson_interval,
    poisson_interval,
    wilson_interval,
)


@given(st.integers(0, 200), st.integers(0, 200))
def test_wilson_s_interval_holds_the_proportion(one, other):
    found, tried = sorted((one, other))
    low, high = wilson_interval(found, tried)
    assert 0 <= low <= (found / tried if tried else 0.5) <= high <= 1
    assert (low == 0) == (found == 0)
    assert (high == 1) == (found == tried)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_wilson_s_interval_covers_95_of_100(share):
    found = np.random.default_rng(1).binomial(200, share, 1000)
    held = [low <= share <= high for low, high in (wilson_interval(int(n), 200) for n in found)]
    assert 0.93 <= np.mean(held) <= 0.985


GARWOOD = [(0, 0, 3.69), (1, 0.025, 5.57), (10, 4.8, 18.4)]


@pytest.mark.parametrize(("count", "low", "high"), GARWOOD)
def test_a_poisson_interval_is_garwood_s(count, low, high):
    assert poisson_interval(count) == pytest.approx((low, high), abs=0.1)


# Of tables of the binomial: 3 of 10, 0 of 20, 7 of 7.
KNOWN = [(3, 10, 0.0667, 0.6525), (0, 20, 0, 0.1684), (7, 7, 0.5904, 1)]


@pytest.mark.parametrize(("successes", "trials", "low", "high"), KNOWN)
def test_the_exact_interval_is_clopper_s_and_pearson_s(successes, trials, low, high):
    assert clopper_pearson_interval(successes, trials) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(("a", "b"), [(0.5, 3), (3, 0.5), (12, 40), (2000, 1e6), (5e5, 5e5)])
def test_the_beta_distribution_is_what_draws_follow(a, b):
    draws = np.random.default_rng(1).beta(a, b, 100_000)
    for probability in (0.025, 0.5, 0.975):
        quantile = beta_quantile(probability, a, b)
        assert np.mean(draws < quantile) == pytest.approx(probability, abs=0.006)
        assert beta_distribution(quantile, a, b) == pytest.approx(probability, abs=1e-6)
