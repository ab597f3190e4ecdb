"""Intervals of shares: honest ends. How often they hold the truth: `test_missed_copies`."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.estimation.intervals import (
    NO_COPY_FOUND,
    NO_MORE,
    ChanceProbabilities,
    UpperEnd,
    share_interval,
)

FINDINGS = st.lists(st.tuples(st.floats(0.5, 50), st.floats(0, 0.9)), max_size=30)


def interval_of(findings, total, read, more=NO_MORE):
    sizes = np.array([size for size, _ in findings], np.float64)
    chances = np.array([chance for _, chance in findings], np.float64)
    return share_interval(sizes, ChanceProbabilities(chances, chances), total, read, more)


@settings(max_examples=300)
@given(FINDINGS, st.floats(1, 10), st.integers(0, 1000), st.floats(1, 3))
def test_the_ends_are_in_order_and_hold_the_share(findings, spare, more, ratio):
    covered = sum(size for size, _ in findings)
    total = covered * spare + (not findings)
    ends = interval_of(findings, total, len(findings) + more, UpperEnd(ratio, 0.0))
    assert 0 <= ends.low <= ends.high <= 1
    assert ends.low <= covered / total <= ends.high * (1 + 1e-12) + (not findings)


@pytest.mark.parametrize("read", [1, 2, 10, 300, 10**7])
def test_no_copy_found_in_n_documents_leaves_a_few_of_them(read):
    ends = interval_of([], 1000.0, read, NO_COPY_FOUND)
    assert ends.low == 0
    assert ends.high == min(1.0, 3.75 / read) > 0


def test_copies_that_may_have_been_missed_raise_the_high_end_only():
    plain = interval_of([(10, 0.0)] * 5, 1000, 100)
    more = interval_of([(10, 0.0)] * 5, 1000, 100, UpperEnd(1.5, 2.0))
    assert more.low == plain.low
    assert more.high == pytest.approx(1.5 * plain.high + 2 / 100)


def test_nothing_read_gives_the_interval_from_0_to_1():
    for total, read in ((0.0, 0), (0.0, 5), (10.0, 0)):
        ends = interval_of([], total, read)
        assert (ends.low, ends.high) == (0.0, 1.0)


def test_findings_that_may_be_chance_lower_the_low_end():
    sure = interval_of([(10, 0.0)] * 20, 1000, 100)
    unsure = interval_of([(10, 0.2)] * 20, 1000, 100)
    assert unsure.low < sure.low
    assert unsure.high == sure.high


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10, 40])
@pytest.mark.parametrize("odds", [2.5, 3.5, 6.0])
def test_the_low_end_of_a_few_findings_is_below_the_expected_copies(count, odds):
    dice = np.random.default_rng(count)
    chance = 1 / (1 + np.exp(odds))
    low = interval_of([(10, chance)] * count, 1000, 100).low
    true = 10 * dice.binomial(count, 1 - chance, 2000) / 1000
    assert np.mean(low <= true) >= 0.93
