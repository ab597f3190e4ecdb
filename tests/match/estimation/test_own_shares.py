"""Shares of own words by collection: laws, and simulated collections whose share is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.estimation.own_shares import (
    DEFAULT_SHARE,
    estimate_own_shares,
    own_probabilities,
)


def shares_of(findings: list[tuple[float, float, int]]) -> list[float]:
    return estimate_own_shares(*map(np.array, zip(*findings, strict=True))).tolist()


def simulated(own: int, quoted: int, seed: int) -> np.ndarray:
    """Return evidence of own and quoted findings: what it states is their ratio of likelihoods."""
    dice = np.random.default_rng(seed)
    centres = np.repeat([1.0, -1.0], [own, quoted])
    return 2 * (centres + dice.normal(size=own + quoted))  # normal densities a distance of 2 apart


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.98])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_share_of_a_large_collection_is_found(share, seed):
    own = round(2000 * share)
    evidence = simulated(own, 2000 - own, seed)
    shares = estimate_own_shares(evidence, np.ones(2000), np.zeros(2000, np.int64))
    assert np.ptp(shares) == 0
    assert shares[0] == pytest.approx(share, abs=0.04)


def test_probabilities_are_calibrated_in_each_of_several_collections():
    parts = [simulated(1900, 100, 3), simulated(100, 1900, 4), simulated(300, 300, 5)]
    evidence = np.concatenate(parts)
    collections = np.repeat([0, 1, 2], [len(part) for part in parts])
    is_own = np.concatenate(
        [np.arange(len(p)) < n for p, n in zip(parts, (1900, 100, 300), strict=True)]
    )
    shares = estimate_own_shares(evidence, np.ones(len(evidence)), collections)
    probabilities = own_probabilities(np.exp(evidence), shares)
    for number in range(3):
        mask = collections == number
        assert probabilities[mask].mean() == pytest.approx(is_own[mask].mean(), abs=0.08)
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        mask = (probabilities >= low) & (probabilities < low + 0.2)
        assert is_own[mask].mean() == pytest.approx(probabilities[mask].mean(), abs=0.12)


@given(
    st.lists(
        st.tuples(st.floats(-6, 6), st.sampled_from([1.0, 0.5, 0.25]), st.integers(0, 3)),
        min_size=1,
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_findings_does_not_matter(findings, dice):
    shuffled = [*findings]
    dice.shuffle(shuffled)
    results = [sorted(zip(rows, shares_of(rows), strict=True)) for rows in (findings, shuffled)]
    assert results[0] == results[1]
    assert all(0 < share < 1 for _, share in results[0])


def test_nothing_is_concluded_from_few_findings():
    few, more = (
        estimate_own_shares(np.full(n, -3.0), np.ones(n), np.zeros(n, np.int64)) for n in (19, 20)
    )
    assert set(few) == {DEFAULT_SHARE}
    assert more[0] < 0.4


def test_small_collections_are_like_the_corpus_and_large_ones_like_themselves():
    large, small = np.full(500, -4.0), np.full(2, 1.0)
    shares = estimate_own_shares(
        np.concatenate([large, small]), np.ones(502), np.repeat([0, 1], [500, 2])
    )
    assert shares[0] < shares[-1] < 0.2


def test_copies_count_once():
    evidence, collections = np.array([2.0] * 50 + [-3.0] * 30), np.zeros(80, np.int64)
    once = estimate_own_shares(evidence, np.r_[np.full(50, 1 / 50), np.ones(30)], collections)
    each = estimate_own_shares(evidence, np.ones(80), collections)
    assert once[0] < 0.25
    assert each[0] > 0.5


def test_nothing_is_estimated_from_nothing():
    nothing = np.zeros(0)
    assert not len(estimate_own_shares(nothing, nothing, np.zeros(0, np.int64)))


def test_more_evidence_and_a_larger_share_make_own_words_more_probable():
    ratios = np.exp(np.linspace(-5, 5, 11))
    rows = [own_probabilities(ratios, np.full(11, share)) for share in (0.1, 0.5, 0.9)]
    assert all((np.diff(row) > 0).all() for row in rows)
    assert (np.diff(rows, axis=0) > 0).all()
    assert rows[1][5] == pytest.approx(0.5)
