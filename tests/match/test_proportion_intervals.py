"""Parts that were counted, and their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.estimation.intervals import poisson_interval, wilson_interval
from tests.match.oracles import rogan_gladen


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


def test_rogan_and_gladen_undo_what_a_detector_does():
    for true in (0.0, 0.1, 0.6, 1.0):
        observed = true * 0.8 + (1 - true) * 0.05
        assert rogan_gladen(observed, 0.8, 0.05) == pytest.approx(true)
    assert rogan_gladen(0.01, 0.8, 0.05) == 0
