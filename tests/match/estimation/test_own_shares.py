"""Shares of own words by collection: laws, and simulated collections whose share is known."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.estimation.own_shares import (
    DEFAULT_SHARE,
    estimate_own_shares,
    expected_own_share,
    own_probabilities,
    own_size,
)


def shares_of(findings: list[tuple[float, float, int]]) -> list[float]:
    return estimate_own_shares(*map(np.array, zip(*findings, strict=True)), DEFAULT_SHARE).tolist()


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
    shares = estimate_own_shares(evidence, np.ones(2000), np.zeros(2000, np.int64), DEFAULT_SHARE)
    assert np.ptp(shares) == 0
    assert shares[0] == pytest.approx(share, abs=0.04)


def test_probabilities_are_calibrated_in_each_of_several_collections():
    parts = [simulated(1900, 100, 3), simulated(100, 1900, 4), simulated(300, 300, 5)]
    evidence = np.concatenate(parts)
    collections = np.repeat([0, 1, 2], [len(part) for part in parts])
    is_own = np.concatenate(
        [np.arange(len(p)) < n for p, n in zip(parts, (1900, 100, 300), strict=True)]
    )
    shares = estimate_own_shares(evidence, np.ones(len(evidence)), collections, DEFAULT_SHARE)
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


def test_the_evidence_of_few_findings_is_not_looked_at():
    few, more = (
        estimate_own_shares(np.full(n, -3.0), np.ones(n), np.zeros(n, np.int64), 0.7)
        for n in (19, 20)
    )
    assert set(few) == {0.7}
    assert more[0] < 0.4


def exact_own_size(
    sizes: np.ndarray, probabilities: np.ndarray, groups: np.ndarray, confidence: float
) -> float:
    """Return the quantile itself, over all cases of which groups are own words."""
    names = np.unique(groups)
    best = [probabilities[groups == name].max() for name in names]
    totals = np.array([sizes[groups == name].sum() for name in names])
    cases = []
    for flags in product((False, True), repeat=len(names)):
        chances = [p if flag else 1 - p for p, flag in zip(best, flags, strict=True)]
        cases.append((float(totals[list(flags)].sum()), float(np.prod(chances))))
    cases.sort(reverse=True)
    reached = np.cumsum([chance for _, chance in cases]) >= confidence - 1e-12
    return cases[int(np.argmax(reached))][0]


FOUND = st.lists(
    st.tuples(st.floats(1, 50), st.floats(0, 0.999), st.integers(0, 5)), min_size=1, max_size=9
)


@given(FOUND, st.sampled_from([0.5, 0.8, 0.95]))
def test_something_is_own_words_as_soon_as_the_exact_distribution_says(findings, confidence):
    sizes, probabilities, groups = map(np.array, zip(*findings, strict=True))
    least = own_size(sizes, probabilities, groups, confidence)
    if exact_own_size(sizes, probabilities, groups, confidence) == 0:
        assert least == 0
    assert 0 <= least <= sizes.sum() + 1e-9


def test_of_many_groups_as_much_is_own_words_as_the_exact_distribution_says():
    dice = np.random.default_rng(8)
    for confidence in (0.8, 0.95):
        sizes, probabilities = dice.integers(5, 40, 14).astype(float), dice.random(14)
        groups = np.arange(14)
        least = own_size(sizes, probabilities, groups, confidence)
        exact = exact_own_size(sizes, probabilities, groups, confidence)
        assert least == pytest.approx(exact, abs=0.05 * sizes.sum())


def test_a_single_finding_counts_from_the_confidence_on_and_its_copies_are_no_more_certain():
    def least(probabilities: list[float], groups: list[int], confidence: float = 0.8) -> float:
        sizes = np.full(len(groups), 7.0)
        return own_size(sizes, np.array(probabilities), np.array(groups, np.int64), confidence)

    assert least([0.8], [0]) == 7
    assert least([0.79], [0]) == 0
    assert least([0.79] * 9, [3] * 9) == 0
    assert 0 < least([0.6] * 2, [0, 1]) < 14
    assert least([1.0] * 9, [*range(9)], 0.95) == 63
    assert least([], []) == 0


def test_small_collections_are_like_the_corpus_and_large_ones_like_themselves():
    large, small = np.full(500, -4.0), np.full(2, 1.0)
    shares = estimate_own_shares(
        np.concatenate([large, small]), np.ones(502), np.repeat([0, 1], [500, 2]), DEFAULT_SHARE
    )
    assert shares[0] < shares[-1] < 0.2


def test_copies_count_once():
    evidence, collections = np.array([2.0] * 50 + [-3.0] * 30), np.zeros(80, np.int64)
    once = estimate_own_shares(
        evidence, np.r_[np.full(50, 1 / 50), np.ones(30)], collections, DEFAULT_SHARE
    )
    each = estimate_own_shares(evidence, np.ones(80), collections, DEFAULT_SHARE)
    assert once[0] < 0.25
    assert each[0] > 0.5


def test_nothing_is_estimated_from_nothing():
    nothing = np.zeros(0)
    assert not len(estimate_own_shares(nothing, nothing, np.zeros(0, np.int64), DEFAULT_SHARE))


def test_more_evidence_and_a_larger_share_make_own_words_more_probable():
    ratios = np.exp(np.linspace(-5, 5, 11))
    rows = [own_probabilities(ratios, np.full(11, share)) for share in (0.1, 0.5, 0.9)]
    assert all((np.diff(row) > 0).all() for row in rows)
    assert (np.diff(rows, axis=0) > 0).all()
    assert rows[1][5] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("found", "tokens", "items", "least", "most"),
    [
        (1, 50_000, 100, 0.75, 0.8),  # a post in a few pages, of a small registry
        (4, 500_000, 2_500_000, 0.0, 0.2),  # as much as any pages have of as many posts
        (100, 5_000_000, 50_000, 0.7, 0.8),
        (60_000, 1_300_000, 2_500_000, 0.75, 0.8),  # a dataset of posts
        (0, 10**9, 10**9, 0.0, 0.1),
        (5, 0, 0, 0.79, 0.8),
    ],
)
def test_more_is_own_words_where_more_is_found_than_any_text_has(found, tokens, items, least, most):
    assert least <= expected_own_share(found, tokens, items) <= most


def test_more_findings_in_less_text_and_fewer_items_are_more_probably_own_words():
    for tokens, items in ((10**6, 10**6), (10**7, 10**5)):
        shares = [expected_own_share(n, tokens, items) for n in (1, 10, 100, 10**4)]
        assert (np.diff(shares) > 0).all()
        assert expected_own_share(10, 10 * tokens, items) < shares[1]
        assert expected_own_share(10, tokens, 10 * items) < shares[1]
