"""Copies that were missed: the sampler against an exact posterior, and a simulated coverage."""

import itertools
import math

import numpy as np
import pytest

from provenance.match.estimation.conditions import APPEARANCES
from provenance.match.estimation.missed_copies import (
    PlantCounts,
    RecallTable,
    draw_missed_copies,
)
from provenance.match.estimation.shipped_recall import measured_recall
from provenance.model.results.calibration import LENGTHS
from provenance.read.shipped_plants import load_shipped_plants

PRIOR = np.array([0.8, 0.5])
RATES = np.array([[0.85, 0.05, 0.0], [0.05, 0.1, 0.15]])
"""Of two conditions: one nearly always found, one found three times in ten."""


def small_table():
    rates = np.zeros((1, len(LENGTHS), 2, APPEARANCES))
    rates[0, 2, :, :3] = RATES
    prior = np.zeros(len(LENGTHS))
    prior[2] = 1.0
    return RecallTable(rates, np.ones((len(LENGTHS), 2)), prior, PRIOR)


def counts_of(numbers, length=2):
    counts = np.zeros((len(LENGTHS), APPEARANCES), np.int64)
    counts[length, : len(numbers)] = numbers
    return counts


def negative_binomial(found, recall, most):
    """Return the probability of each number of missed copies, by recall."""
    numbers = np.arange(most)
    ways = [math.lgamma(found + number) - math.lgamma(number + 1) for number in numbers]
    log = np.array(ways) - math.lgamma(found) + numbers * np.log(1 - recall)[:, None]
    return np.exp(log + found * np.log(recall)[:, None]).T


def exact_posterior(numbers, most=400):
    """Return the probability of each number of missed copies, by quadrature over the mixture."""
    mixture = (np.arange(4000) + 0.5) / 4000
    conditions = np.stack([mixture, 1 - mixture], axis=1)
    seen = conditions @ RATES
    recall = seen.sum(axis=1)
    log_weight = ((PRIOR - 1) * np.log(conditions)).sum(axis=1)
    log_weight += (np.array(numbers) * np.log(seen / recall[:, None] + 1e-300)).sum(axis=1)
    weight = np.exp(log_weight - log_weight.max())
    missed = negative_binomial(sum(numbers), recall, most)
    return (missed * (weight / weight.sum())).sum(axis=1)


@pytest.mark.parametrize("numbers", [(1, 0, 0), (0, 0, 2), (3, 1, 0), (2, 1, 2), (30, 2, 1)])
def test_the_draws_are_those_of_the_exact_posterior(numbers):
    table, random = small_table(), np.random.default_rng(3)
    drawn = np.concatenate(
        [draw_missed_copies(table, counts_of(numbers), random).sum(axis=(1, 2)) for _ in range(150)]
    )
    exact = exact_posterior(numbers)
    steps = np.arange(len(exact))
    assert drawn.mean() == pytest.approx((exact * steps).sum(), rel=0.08, abs=0.05)
    for quantile in (0.5, 0.9, 0.975):
        at_most = np.cumsum(exact)[int(np.quantile(drawn, quantile, method="inverted_cdf"))]
        assert at_most == pytest.approx(quantile, abs=0.06) or at_most - quantile < max(exact)


def test_what_is_always_found_has_no_misses():
    table = RecallTable(
        np.where(np.arange(APPEARANCES) == 0, 1.0, 0.0) * np.ones((1, len(LENGTHS), 2, 1)),
        np.ones((len(LENGTHS), 2)),
        np.ones(len(LENGTHS)),
        PRIOR,
    )
    assert not draw_missed_copies(table, counts_of([5]), np.random.default_rng(1)).any()


def shipped(least_odds=4.0):
    return RecallTable.of(PlantCounts.of(load_shipped_plants(), least_odds))


def test_a_higher_threshold_finds_less_and_nothing_that_a_lower_one_misses():
    recalls = [shipped(odds).recall for odds in (0.0, 2.0, 4.0, 8.0)]
    for lower, higher in itertools.pairwise(recalls):
        assert (lower >= higher).all()
    assert recalls[0].sum() > recalls[-1].sum()


def test_items_too_short_to_be_found_are_none_of_those_that_may_have_been_missed():
    missed = draw_missed_copies(shipped(), counts_of([3]), np.random.default_rng(1))
    assert missed.any()
    assert not missed[:, 0].any()


def test_the_shipped_recall_falls_with_what_was_done_to_a_copy():
    recall = {
        (each.edit, each.length): each.recall for each in measured_recall(load_shipped_plants(), 4)
    }
    for length in ("8+", "5-7"):
        for chain in (
            ("verbatim", "changed 10%", "changed 20%"),
            ("verbatim", "cut to 70%", "cut to 50%"),
            ("verbatim", "excerpt of 70%", "excerpt of 50%", "excerpt of 35%"),
        ):
            values = [recall[edit, length] for edit in chain]
            assert values == sorted(values, reverse=True)
    assert recall["verbatim", "8+"] > 0.99
    assert recall["light", "8+"] > 0.99
    assert recall["excerpt of 35%", "8+"] < 0.5


@pytest.mark.parametrize("copies", [3, 10, 60])
def test_the_number_of_copies_is_at_most_the_upper_end_as_often_as_it_says(copies):
    table, random = shipped(), np.random.default_rng(copies)
    lengths = np.arange(1, len(LENGTHS))
    held = []
    for _ in range(150):
        mixture = random.dirichlet(np.full(table.rates.shape[2], 0.5))
        places = random.choice(lengths, copies, p=random.dirichlet(np.full(len(lengths), 1.0)))
        conditions = random.choice(len(mixture), copies, p=mixture)
        counts = np.zeros((len(LENGTHS), APPEARANCES), np.int64)
        for length, condition in zip(places, conditions, strict=True):
            rates = np.append(table.rates[0, length, condition], 0)
            rates[-1] = max(0.0, 1 - rates.sum())
            appearance = random.choice(APPEARANCES + 1, p=rates / rates.sum())
            if appearance < APPEARANCES:
                counts[length, appearance] += 1
        if not counts.any():
            continue
        missed = draw_missed_copies(table, counts, random).sum(axis=(1, 2))
        held.append(counts.sum() + np.percentile(missed, 97.5) >= copies)
    assert len(held) > 100
    assert np.mean(held) >= 0.95


def test_a_few_plants_make_the_recall_uncertain_and_many_do_not():
    planted = np.zeros((len(LENGTHS), 2))
    found = np.zeros((len(LENGTHS), 2, APPEARANCES))
    planted[2], found[2, :, :3] = 1, RATES

    def table(plants):
        counts = PlantCounts(
            planted * plants, found * plants, planted * plants, np.array([True, False])
        )
        return RecallTable.draw(counts, np.random.default_rng(1))

    spreads = [table(plants).recall[:, 2, 1].std() for plants in (10, 1000)]
    assert spreads[0] > 5 * spreads[1]
    expected = np.broadcast_to(RATES.sum(axis=1), (25, 2))
    assert table(100_000).recall[:, 2] == pytest.approx(expected, abs=0.01)


def test_conditions_of_which_little_was_planted_are_filled_up_with_another_measurement():
    shipped = PlantCounts.of(load_shipped_plants(), 4.0)
    more = shipped.planted.shape[1] + 1
    own = PlantCounts(
        np.zeros((len(LENGTHS), more)),
        np.zeros((len(LENGTHS), more, APPEARANCES)),
        np.zeros((len(LENGTHS), more)),
        np.zeros(more, bool),
    )
    own.planted[3, 0], own.planted[2, 0], own.found[2, 0, 0] = 50, 15, 15
    together = own.filled_up(shipped)
    assert together.planted[1:, 1:-1] == pytest.approx(np.full((len(LENGTHS) - 1, more - 2), 20))
    assert together.planted[[2, 3], 0] == pytest.approx([20, 50])
    assert not together.planted[:, -1].any()
    known, expected = (RecallTable.of(each).recall[0] for each in (together, shipped))
    assert known[1:, 1:-1] == pytest.approx(expected[1:, 1:])
    assert known[2, 0] == pytest.approx(0.75 + 0.25 * expected[2, 0], abs=0.01)
    assert not known[3, 0]
