"""Intervals: honest ends, and a coverage that is simulated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.estimation.intervals import LOW_RECALL, poisson_upper, share_interval

FINDINGS = st.lists(st.tuples(st.floats(0.5, 50), st.floats(0, 0.9)), max_size=30)


def interval_of(findings, total, found, read):
    sizes = np.array([size for size, _ in findings], np.float64)
    chances = np.array([chance for _, chance in findings], np.float64)
    return share_interval(sizes, chances, total, (found, read))


@settings(max_examples=300)
@given(FINDINGS, st.floats(1, 10), st.integers(0, 1000))
def test_the_ends_are_in_order_and_hold_the_share(findings, spare, more):
    covered = sum(size for size, _ in findings)
    total = covered * spare + (not findings)
    ends = interval_of(findings, total, len(findings), len(findings) + more)
    assert 0 <= ends.low <= ends.high <= 1
    assert ends.low <= covered / total <= ends.high * (1 + 1e-12) + (not findings)


@pytest.mark.parametrize("read", [1, 2, 10, 300, 10**7])
def test_no_finding_in_n_documents_is_the_rule_of_three_over_the_recall(read):
    ends = interval_of([], 1000.0, 0, read)
    assert ends.low == 0
    assert ends.high == min(1.0, 3 / LOW_RECALL / read) > 0


def test_nothing_read_gives_the_interval_from_0_to_1():
    for total, read in ((0.0, 0), (0.0, 5), (10.0, 0)):
        ends = interval_of([], total, 0, read)
        assert (ends.low, ends.high) == (0.0, 1.0)


def test_findings_that_may_be_chance_lower_the_low_end():
    sure = interval_of([(10, 0.0)] * 20, 1000, 20, 100)
    unsure = interval_of([(10, 0.2)] * 20, 1000, 20, 100)
    assert unsure.low < sure.low
    assert unsure.high == sure.high


def test_more_documents_give_a_narrower_interval():
    few = interval_of([(10, 0.02)] * 5, 1000, 5, 100)
    many = interval_of([(10, 0.02)] * 500, 100_000, 500, 10_000)
    assert few.low < many.low < 0.05 < many.high < few.high


@pytest.mark.parametrize(("count", "exact"), [(1, 5.572), (3, 8.767), (10, 18.39), (100, 121.63)])
def test_the_upper_end_of_a_poisson_mean_is_garwood_s(count, exact):
    assert poisson_upper(count) == pytest.approx(exact, rel=0.01)


def draw_corpus(dice, *, spread=0.6, sizes_of=(200, 2000, 20_000)):
    """Draw a corpus of which the truth is known, and what a detector of known faults says of it."""
    read = int(dice.choice(sizes_of))
    content = dice.random(read) < dice.choice([0.0, 0.002, 0.02, 0.2])
    lengths = dice.lognormal(5, spread, read)
    covered = np.where(content, lengths * dice.uniform(0.1, 1.0, read), 0.0)
    found = content & (dice.random(read) < dice.uniform(LOW_RECALL, 1.0))
    # Each finding is chance with a probability that its strength tells: most are sure copies.
    chances = 1 / (1 + np.exp(dice.uniform(2.5, 12, found.sum())))
    sizes = covered[found]
    lost = dice.random(len(sizes)) < chances
    truth = (covered.sum() - sizes[lost].sum()) / lengths.sum()
    return truth, share_interval(sizes, chances, lengths.sum(), (int(found.sum()), read))


@pytest.mark.parametrize("spread", [0.0, 0.6, 1.5])
def test_the_interval_covers_the_truth_as_often_as_it_says(spread):
    dice = np.random.default_rng(20_240_501)
    draws = [draw_corpus(dice, spread=spread) for _ in range(300)]
    covered = [ends.low <= truth <= ends.high for truth, ends in draws]
    assert np.mean(covered) >= 0.93


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10, 40])
@pytest.mark.parametrize("odds", [2.5, 3.5, 6.0])
def test_the_low_end_of_a_few_findings_is_below_the_expected_copies(count, odds):
    dice = np.random.default_rng(count)
    chance = 1 / (1 + np.exp(odds))
    low = interval_of([(10, chance)] * count, 1000, count, 100).low
    true = 10 * dice.binomial(count, 1 - chance, 2000) / 1000
    assert np.mean(low <= true) >= 0.93


def test_a_few_large_findings_are_as_uncertain_as_a_small_number():
    dice = np.random.default_rng(3)
    covered = []
    for _ in range(300):
        sizes = dice.lognormal(0, 2, dice.poisson(30))
        found = sizes[dice.random(len(sizes)) < LOW_RECALL]
        ends = share_interval(found, np.zeros(len(found)), 10_000.0, (len(found), 3000))
        covered.append(sizes.sum() / 10_000 <= ends.high)
    assert np.mean(covered) >= 0.93


def test_the_interval_is_no_wider_than_necessary():
    dice = np.random.default_rng(7)
    draws = [draw_corpus(dice, sizes_of=(2000, 20_000)) for _ in range(200)]
    widths = [(ends.high - ends.low) / truth for truth, ends in draws if truth > 0.05]
    assert len(widths) > 30
    assert np.median(widths) < 0.7
