"""Corpora without any copy, of a million to a billion words: gates that allow nothing pass."""

import numpy as np
import pytest

from provenance.match.estimation.intervals import ChanceProbabilities, share_interval
from provenance.match.scoring.evalue import (
    STRENGTH_THRESHOLD,
    chance_probabilities,
    chance_threshold,
    expected_by_chance,
)

SIZES = (10**6, 10**7, 10**8, 10**9)


def chance_matches(random, tokens, threshold, rate=1.0):
    """Draw the matches that chance gives: their strengths, and sizes in tokens."""
    count = random.poisson(rate * tokens / 2**threshold)
    strengths = threshold + random.exponential(1 / np.log(2), count)
    return strengths, np.ceil(random.lognormal(2.2, 0.4, count))


def low_end(strengths, sizes, tokens, threshold=STRENGTH_THRESHOLD):
    chances = ChanceProbabilities(
        np.minimum(expected_by_chance(strengths, tokens), 1.0),
        chance_probabilities(strengths, tokens, threshold),
    )
    return share_interval(sizes, chances, float(tokens), tokens / 500).low * tokens


@pytest.mark.parametrize("tokens", SIZES)
@pytest.mark.parametrize("chance", [0.1, 1.0, 10.0])
def test_a_clean_corpus_fails_a_gate_at_most_once_in_twenty_times(tokens, chance):
    random, threshold = np.random.default_rng(tokens), chance_threshold(chance)
    lows = [
        low_end(*chance_matches(random, tokens, threshold), tokens, threshold) for _ in range(400)
    ]
    # Four standard deviations of 400 draws above 5 %.
    assert np.mean(np.array(lows) > 0) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize("tokens", SIZES)
def test_as_rare_as_chance_is_in_real_texts_it_hardly_ever_fails(tokens):
    random = np.random.default_rng(tokens)
    lows = [
        low_end(*chance_matches(random, tokens, STRENGTH_THRESHOLD, 0.57), tokens)
        for _ in range(400)
    ]
    assert np.mean(np.array(lows) > 0) <= 0.04


@pytest.mark.parametrize("tokens", SIZES)
@pytest.mark.parametrize("copies", [1, 20])
def test_copies_that_cannot_be_chance_count_whatever_else_chance_gives(tokens, copies):
    random = np.random.default_rng(tokens)
    for _ in range(50):
        strengths, sizes = chance_matches(random, tokens, STRENGTH_THRESHOLD)
        strengths = np.concatenate([strengths, np.full(copies, 70.0)])
        sizes = np.concatenate([sizes, np.full(copies, 30.0)])
        assert low_end(strengths, sizes, tokens) >= 0.98 * 30 * copies


def test_many_weak_copies_count_though_each_of_them_may_be_chance():
    random, tokens = np.random.default_rng(5), 10**8
    strengths, sizes = chance_matches(random, tokens, STRENGTH_THRESHOLD)
    weak = np.full(400, STRENGTH_THRESHOLD + 3.0)
    low = low_end(
        np.concatenate([strengths, weak]), np.concatenate([sizes, np.full(400, 9.0)]), tokens
    )
    assert 0.6 * 3600 < low <= 3600 * 1.1
