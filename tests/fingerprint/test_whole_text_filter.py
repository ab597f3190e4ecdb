"""The filter of whole texts accepts all of its texts, and others at the rate that it states."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.fingerprint.whole_text_filter import WholeTextFilter, build_filter


def hashes(count, seed=0):
    return np.random.default_rng(seed).integers(0, 1 << 64, count, np.uint64)


@pytest.mark.parametrize("rate", [0.5, 0.1, 0.02, 0.01, 0.001])
@pytest.mark.parametrize("count", [100, 20_000])
def test_false_positives_are_as_rare_as_stated(rate, count):
    made, others = build_filter(hashes(count), rate), hashes(400_000, 1)
    assert made.contains(hashes(count)).all()
    assert made.contains(others).mean() == pytest.approx(rate, rel=0.12 if count > 100 else 0.35)
    assert len(made.words) * 64 / count < 1.1 * np.log2(1 / rate) / np.log(2) + 3


@given(st.lists(st.integers(0, (1 << 64) - 1), max_size=40))
def test_no_text_of_the_set_is_missed(values):
    texts = np.array(values, np.uint64)
    assert build_filter(texts, 0.01).contains(texts).all()


def test_neighbouring_hashes_are_independent():
    """An attacker may choose texts, but not the bits that they share."""
    texts = np.arange(10_000, dtype=np.uint64)
    assert build_filter(texts, 0.01).contains(texts + np.uint64(10_000)).mean() < 0.02


def test_the_order_of_a_million_texts_makes_no_difference():
    texts, others = hashes(2_100_000), hashes(2_100_000, 1)
    made, again = build_filter(texts, 0.1), build_filter(texts[::-1], 0.1)
    assert np.array_equal(again.words, made.words)
    assert made.contains(texts).all()
    assert np.array_equal(made.contains(others)[::-1], made.contains(others[::-1]))


def test_an_empty_filter_accepts_nothing():
    made = build_filter(hashes(0), 0.01)
    assert not made.contains(hashes(1000)).any()
    assert not WholeTextFilter(made.words, made.probes).contains(hashes(0)).any()
