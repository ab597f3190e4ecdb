"""Corrected shares: what Rogan and Gladen say, and intervals whose coverage is simulated."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.estimation.em_mixture import PlantedItems
from provenance.match.estimation.recall_correction import (
    FalseFindings,
    FindingObservations,
    correct_share,
    fit_correction,
)
from tests.match.oracles import rogan_gladen
from tests.match.planting import (
    LENGTHS,
    LOOKS,
    counts_of,
    drawn_items,
    learnt_from,
    no_falsehood,
    sightings,
)


def test_the_interval_holds_the_truth_in_95_of_100_draws_without_bias():
    dice = np.random.default_rng(11)
    inside, errors = {0: [], 1: []}, {0: [], 1: []}
    for _ in range(640):
        plants = drawn_items(dice, 1500, [0.34, 0.33, 0.33], longer=0.5)
        there = drawn_items(dice, int(dice.integers(300, 2000)), dice.dirichlet([3, 1.5, 1]))
        learnt = learnt_from(plants, there, dice, no_falsehood(150))
        for unit in (0, 1):
            truth = there.masses[unit].sum() / 1e5
            share = correct_share(learnt, sightings(there, unit), unit, 1e5, 5000)
            inside[unit].append(share.low <= truth <= share.high)
            errors[unit].append(share.share / truth - 1)
    for unit in (0, 1):
        assert 0.93 <= np.mean(inside[unit]) <= 0.97
        assert abs(np.mean(errors[unit])) < 0.01


def test_a_mixture_other_than_the_plants_gives_no_bias():
    dice = np.random.default_rng(5)
    plants = drawn_items(dice, 40_000, [0.34, 0.33, 0.33])
    for mixture in ([1, 0, 0], [0.05, 0.05, 0.9], [0.3, 0.6, 0.1]):
        there = drawn_items(dice, 40_000, mixture)
        learnt = learnt_from(plants, there, dice, no_falsehood(20))
        share = correct_share(learnt, sightings(there), 1, 1e7, 10**5)
        assert share.share == pytest.approx(there.masses[1].sum() / 1e7, rel=0.02)
        raw = sightings(there).sizes.sum() / there.masses[1].sum()
        assert raw < 0.99


def test_a_part_of_the_findings_is_corrected_as_well_as_all():
    dice = np.random.default_rng(6)
    plants = drawn_items(dice, 20_000, [0.34, 0.33, 0.33])
    there = drawn_items(dice, 20_000, [0.5, 0.3, 0.2])
    learnt = learnt_from(plants, there, dice, no_falsehood(20))
    mine = dice.random(20_000) < 0.3
    own = replace(
        there,
        sources=there.sources[mine],
        lengths=there.lengths[mine],
        conditions=there.conditions[mine],
        appearances=there.appearances[mine],
        masses=there.masses[:, mine],
        found_masses=there.found_masses[:, mine],
    )
    share = correct_share(learnt, sightings(own), 1, 1e6, 10**4)
    assert share.low <= own.masses[1].sum() / 1e6 <= share.high
    assert share.share == pytest.approx(own.masses[1].sum() / 1e6, rel=0.02)


def test_with_one_condition_the_correction_equals_rogan_and_gladen():
    one = np.zeros(1000, np.int64)
    looks = np.where(np.arange(1000) < 800, 0, -1)
    found = (looks == 0).astype(np.float64)
    plants = PlantedItems(one, one, one, looks, np.ones((1, 1000)), found[None])
    # A thousand documents hold it among ten thousand; of the others one in a hundred looks so.
    read, true, false_rate = 10_000, 1000, 0.01
    observed = true * 0.8 + (read - true) * false_rate
    false = FalseFindings((read - true) * false_rate, np.full(50, (read - true) * false_rate))
    dice = np.random.default_rng(0)
    learnt = fit_correction(plants, np.array([[[observed]]]), false, dice)
    seen = np.zeros(int(observed), np.int64)
    findings = FindingObservations(
        seen, seen, seen, np.ones(len(seen)), np.full(len(seen), 1 / len(seen))
    )
    share = correct_share(learnt, findings, 0, read, read)
    assert share.share == pytest.approx(rogan_gladen(observed / read, 0.8, false_rate), rel=1e-3)
    assert share.share == pytest.approx(true / read, rel=1e-3)
    assert share.low < share.share < share.high


def perfect(count):
    whole = np.zeros(count, np.int64)
    mass = np.stack([np.ones(count), np.full(count, 12.0)])
    return PlantedItems(whole, whole, whole, whole, mass, mass)


def test_a_perfect_detector_s_share_is_what_was_found():
    learnt = learnt_from(perfect(2000), perfect(300), np.random.default_rng(1))
    share = correct_share(learnt, sightings(perfect(300)), 1, 36_000, 1000)
    assert share.share == pytest.approx(0.1, abs=1e-6)
    assert share.low == pytest.approx(share.share, rel=1e-3)
    assert share.share < share.high < 0.101  # two thousand plants do not prove that none is missed


def test_few_plants_give_a_wide_interval():
    narrow = learnt_from(perfect(2000), perfect(300), np.random.default_rng(1))
    wide = learnt_from(perfect(20), perfect(300), np.random.default_rng(1))
    few, many = (
        correct_share(learnt, sightings(perfect(300)), 1, 36_000, 1000) for learnt in (wide, narrow)
    )
    assert few.high - few.low > 10 * (many.high - many.low)


def test_nothing_found_is_the_rule_of_three_over_the_recall():
    dice = np.random.default_rng(2)
    plants = drawn_items(dice, 1000, [1, 0, 0])
    nothing = drawn_items(dice, 0, [1, 0, 0])
    learnt = learnt_from(plants, nothing, dice)
    share = correct_share(learnt, sightings(nothing), 1, 1e6, 500)
    assert (share.share, share.low) == (0.0, 0.0)
    assert share.high == pytest.approx(3 / 500 / learnt.recall)
    unread = correct_share(learnt, sightings(nothing), 1, 0.0, 0)
    assert (unread.low, unread.high) == (0.0, 1.0)


def test_an_appearance_that_no_plant_had_is_corrected_by_the_mixture():
    dice = np.random.default_rng(3)
    plants = drawn_items(dice, 5000, [1, 0, 0])
    there = drawn_items(dice, 200, [1, 0, 0])
    odd = replace(there, appearances=np.where(there.appearances >= 0, LOOKS - 1, -1))
    blind = replace(plants, appearances=np.minimum(plants.appearances, LOOKS - 2))
    learnt = learnt_from(blind, odd, dice)
    share = correct_share(learnt, sightings(odd, 0), 0, 1000, 1000)
    assert share.share == pytest.approx(0.2, rel=0.1)


def test_addresses_count_as_themselves():
    dice = np.random.default_rng(4)
    plants = drawn_items(dice, 1000, [0, 0, 1])
    learnt = learnt_from(plants, plants, dice)
    none = np.full(3, -1, np.int64)
    share = correct_share(
        learnt,
        FindingObservations(np.zeros(3, np.int64), none, none, np.full(3, 10.0), np.zeros(3)),
        1,
        100,
        10,
    )
    assert (share.share, share.low, share.high) == pytest.approx((0.3, 0.3, 0.3))


def test_false_findings_lower_a_share_and_widen_its_interval_downwards():
    dice = np.random.default_rng(7)
    plants, there = perfect(2000), perfect(100)
    doubts = np.full(100, 0.01)
    sure = learnt_from(plants, there, dice)
    unsure = learnt_from(plants, there, dice, FalseFindings(20.0, 20 * dice.gamma(20, 1 / 20, 300)))
    whole = correct_share(sure, sightings(there, 1, doubts), 1, 12_000, 100)
    part = correct_share(unsure, sightings(there, 1, doubts), 1, 12_000, 100)
    assert whole.share == pytest.approx(0.1, rel=1e-6)
    assert part.share == pytest.approx(0.08, rel=1e-6)
    assert part.low < 0.075


FOUND = st.lists(
    st.tuples(st.integers(0, LENGTHS - 1), st.integers(-1, LOOKS - 1), st.floats(0.1, 50)),
    min_size=1,
    max_size=30,
)
LEARNT = fit_correction(
    drawn_items(np.random.default_rng(8), 2000, [0.4, 0.3, 0.3]),
    counts_of(drawn_items(np.random.default_rng(9), 1000, [0.6, 0.3, 0.1])),
    FalseFindings(2.0, np.linspace(1, 3, 60)),
    np.random.default_rng(10),
)


def share_of(found, total=2000.0):
    lengths, looks, sizes = (np.array(column) for column in zip(*found, strict=True))
    return correct_share(
        LEARNT,
        FindingObservations(0 * lengths, lengths, looks, sizes, np.full(len(sizes), 0.01)),
        1,
        total,
        99,
    )


@settings(max_examples=200)
@given(FOUND, st.randoms(use_true_random=False))
def test_ends_are_in_order_and_findings_in_any(found, random):
    share = share_of(found)
    assert 0 <= share.low <= share.share <= share.high <= 1
    shuffled = random.sample(found, len(found))
    again = share_of(shuffled)
    assert (again.share, again.low, again.high) == pytest.approx(
        (share.share, share.low, share.high)
    )


@settings(max_examples=200)
@given(FOUND, FOUND)
def test_more_findings_give_no_smaller_share(found, more):
    assert share_of(found + more).share >= share_of(found).share - 1e-12
