"""Samples: their bootstrap by document, whose coverage is simulated."""

import numpy as np
import pytest

from provenance.match.estimation.bootstrap import (
    SampledDocuments,
    bootstrap_documents,
    percentile_interval,
)
from provenance.match.estimation.intervals import (
    NO_COPY_FOUND,
    NO_MORE,
    ChanceProbabilities,
    UpperEnd,
    sampled_share_interval,
)
from tests.match.estimation.simulated_corpora import drawn_of, world

WORLDS = {
    "many hits": {"files": 4, "each": 5000, "part": 0.05, "rate": 0.1},
    "few hits": {"files": 4, "each": 5000, "part": 0.004, "rate": 0.1},
    "small files": {"files": 400, "each": 10, "part": 0.05, "rate": 0.2},
    "whole documents": {"files": 10, "each": 400, "part": 0.5, "rate": 0.1, "whole": True},
    "nearly all of it": {"files": 4, "each": 1000, "part": 0.1, "rate": 0.8},
}


def no_chance(count):
    return ChanceProbabilities(np.zeros(count), np.zeros(count))


def bootstrapped(dice, rate, draws=200, **kinds):
    """Draw a world and a sample; say of both units whether the interval holds the truth."""
    everything = world(dice, **kinds)
    drawn, places = drawn_of(everything, dice, rate)
    hits = np.flatnonzero(everything.holds[places])
    if not len(hits):
        return [truth <= 3 / len(places) for truth in everything.shares]
    again = bootstrap_documents(drawn, hits, draws, dice)
    inside = []
    for unit, truth in enumerate(everything.shares):
        sizes = everything.content[places][hits] if unit else np.ones(len(hits))
        low, high = percentile_interval(again.shares(np.arange(len(hits)), unit, sizes))
        inside.append(low <= truth <= high)
    return inside


def test_the_bootstrap_s_interval_holds_the_truth_in_95_of_100_draws():
    dice = np.random.default_rng(20_250_301)
    inside = [bootstrapped(dice, **kinds) for kinds in WORLDS.values() for _ in range(120)]
    documents, tokens = np.mean(inside, axis=0)
    assert 0.93 <= documents <= 0.97
    assert 0.93 <= tokens <= 0.97


def test_the_uncalibrated_interval_of_a_sample_holds_the_truth_at_least_as_often():
    dice = np.random.default_rng(5)
    inside = []
    for turn in range(250):
        kinds = dict(list(WORLDS.values())[turn % len(WORLDS)])
        rate = kinds.pop("rate")
        everything = world(dice, **kinds)
        drawn, places = drawn_of(everything, dice, rate)
        recall = dice.uniform(0.7, 1)
        found = everything.holds[places] & (dice.random(len(places)) < recall)
        hits = np.flatnonzero(found)
        again = bootstrap_documents(drawn, hits, 150, dice)
        for unit, truth in enumerate(everything.shares):
            sizes = everything.content[places][hits] if unit else np.ones(len(hits))
            none = no_chance(len(hits))
            more = UpperEnd(1 / recall) if len(hits) else NO_COPY_FOUND
            interval = sampled_share_interval(again, hits, (sizes, none), unit, more, (0.0, 0.0))
            inside.append(interval.low <= truth <= interval.high)
    assert np.mean(inside) >= 0.95


def all_of(everything):
    count = len(everything.files)
    sizes = np.stack([np.ones(count), everything.sizes])
    return SampledDocuments(np.ones(count), everything.files, sizes)


def test_a_complete_reading_has_no_sampling_error():
    dice = np.random.default_rng(1)
    everything = world(dice, 5, 300, 0.1)
    hits = np.flatnonzero(everything.holds)
    again = bootstrap_documents(all_of(everything), hits, 100, dice)
    sizes = everything.content[hits]
    shares = again.shares(np.arange(len(hits)), 1, sizes)
    assert shares == pytest.approx(everything.shares[1], rel=1e-6)


def test_a_smaller_sample_has_a_wider_interval():
    dice = np.random.default_rng(2)
    everything = world(dice, 4, 5000, 0.1)
    widths = []
    for rate in (0.02, 0.2):
        drawn, places = drawn_of(everything, dice, rate)
        hits = np.flatnonzero(everything.holds[places])
        again = bootstrap_documents(drawn, hits, 300, dice)
        sizes = everything.content[places][hits]
        low, high = percentile_interval(again.shares(np.arange(len(hits)), 1, sizes))
        widths.append(high - low)
    assert widths[0] > 2 * widths[1]


@pytest.mark.parametrize("count", [1, 40, 3000])
def test_no_hit_in_n_documents_leaves_a_few_in_n(count):
    drawn = SampledDocuments(np.full(count, 7.0), np.zeros(count, np.int64), np.ones((2, count)))
    again = bootstrap_documents(drawn, np.zeros(0, np.int64), 100, np.random.default_rng(3))
    none = np.zeros(0, np.int64)
    interval = sampled_share_interval(
        again, none, (np.zeros(0), no_chance(0)), 1, NO_COPY_FOUND, (0.0, 0.0)
    )
    assert (interval.low, interval.high) == (0.0, pytest.approx(min(1.0, 3.75 / count)))


def test_documents_of_large_weight_are_as_uncertain_as_their_number():
    weights = np.concatenate([np.ones(1000), np.full(100, 100.0)])
    strata = np.repeat([0, 1], [1000, 100])
    drawn = SampledDocuments(weights, strata, np.ones((2, 1100)))
    again = bootstrap_documents(drawn, np.zeros(0, np.int64), 100, np.random.default_rng(3))
    assert 100 < again.effective_size < 125


def test_what_was_verified_in_a_sample_is_in_the_corpus():
    drawn = SampledDocuments(np.full(50, 100.0), np.zeros(50, np.int64), np.ones((2, 50)))
    again = bootstrap_documents(drawn, np.array([7]), 200, np.random.default_rng(4))
    finding = np.ones(1), no_chance(1)
    interval = sampled_share_interval(again, np.array([7]), finding, 0, UpperEnd(2.0), (0.0, 0.0))
    assert 1 / 5000 <= interval.low < 0.02 < interval.high


def test_without_documents_the_interval_is_0_to_1():
    drawn = SampledDocuments(np.zeros(0), np.zeros(0, np.int64), np.zeros((2, 0)))
    none = np.zeros(0, np.int64)
    again = bootstrap_documents(drawn, none, 100, np.random.default_rng(6))
    nothing = np.zeros(0), no_chance(0)
    interval = sampled_share_interval(again, none, nothing, 0, NO_MORE, (0.0, 0.0))
    assert (interval.low, interval.high) == (0.0, 1.0)
