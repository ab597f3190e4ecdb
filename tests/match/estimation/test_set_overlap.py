"""Intervals of shares and sizes of sets hold the truth at least 95 times of 100."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.estimation.set_overlap import set_share, set_size


@given(st.integers(0, 300), st.integers(0, 300), st.sampled_from([1, 2, 1000]))
def test_an_interval_holds_the_estimate(one, other, scaled):
    shared, sampled = sorted((one, other))
    share = set_share(shared, sampled, scaled)
    if not sampled:
        assert share is None
    else:
        assert 0 <= share.low <= share.value <= share.high <= 1
        assert share.value == shared / sampled
        assert (share.high == share.low) == (scaled == 1)


@pytest.mark.parametrize(
    "scaled", [2, 1000, *(pytest.param(each, marks=pytest.mark.long) for each in (3, 10))]
)
@pytest.mark.parametrize("size", [3, 30, 3000])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.05, 0.5, 0.97, 1.0])
def test_a_share_is_covered_95_times_of_100(scaled, size, share):
    """Of sets of which about `size` elements are sampled, when something is."""
    dice = np.random.default_rng(1)
    inside = round(size * scaled * share)
    true = inside / (size * scaled)
    shared = dice.binomial(inside, 1 / scaled, 1000)
    others = dice.binomial(size * scaled - inside, 1 / scaled, 1000)
    covered = []
    for (one, other), times in Counter(zip(shared.tolist(), others.tolist(), strict=True)).items():
        if (rate := set_share(one, one + other, scaled)) is not None:
            covered += [rate.low <= true <= rate.high] * times
    assert np.mean(covered) >= 0.94  # 1.5 standard errors below 0.95


@pytest.mark.parametrize("scaled", [2, 1000])
@pytest.mark.parametrize("size", [4, 500, 40_000])
def test_a_size_is_covered_95_times_of_100(scaled, size):
    sampled = np.random.default_rng(1).binomial(size * scaled, 1 / scaled, 1000)
    rates = [set_size(int(count), scaled) for count in sampled]
    assert np.mean([rate.low <= size * scaled <= rate.high for rate in rates]) >= 0.94


def test_where_nothing_is_shared_the_upper_end_is_what_one_in_forty_samples_would_miss():
    """Each element is in the sample with a probability of 1/2: more than 5.3 are hardly missed."""
    assert set_share(0, 100, 2).high * 200 == pytest.approx(np.log(0.025) / np.log(0.5), rel=0.03)


def test_what_is_not_sampled_is_exact():
    assert set_size(7, 1).low == set_size(7, 1).high == 7
    assert set_share(1, 4, 1).low == set_share(1, 4, 1).high == 0.25
