"""What sets a source apart: how its items are missed, and whether chance made them look so."""

import numpy as np
import pytest

from provenance.match.estimation.em_mixture import (
    PlantedItems,
    count_misses,
    coverage_ratios,
    source_reliability,
)

WHOLE, CUT = 0, 1
MORE = np.array([[0.0, 3.0]])  # a cut item is found once in four
EVEN = np.array([[0.5, 0.5]])


def planted(*groups):
    """Plants: (source, condition, look or -1 where it was missed, how many)."""
    rows = np.array([row[:3] for *row, count in groups for _ in range(count)], np.int64)
    found = (rows[:, 2] >= 0).astype(np.float64)
    sources, conditions, looks = rows.T
    masses = np.stack([np.ones(len(rows)), np.full(len(rows), 12.0)])
    return PlantedItems(sources, 0 * sources, conditions, looks, masses, found * masses)


ALIKE = planted(
    *((source, WHOLE, WHOLE, 400) for source in (1, 2)),
    *((source, CUT, CUT, 100) for source in (1, 2)),
    *((source, CUT, -1, 300) for source in (1, 2)),
)


def test_plants_missed_as_their_appearances_imply_are_missed_as_expected():
    plants = count_misses(ALIKE, EVEN, MORE)
    assert plants.missed[1:, 0] == pytest.approx(plants.expected[1:, 0])
    assert plants.usual[1:, 0] == pytest.approx([0.6, 0.6])


def test_plants_count_as_often_as_the_corpus_holds_their_condition():
    plants = count_misses(ALIKE, np.array([[0.9, 0.1]]), MORE)
    assert plants.usual[1:, 0] == pytest.approx([60 / 740, 60 / 740])
    assert plants.found_counts[1, 0] == pytest.approx(740)


def test_a_source_whose_items_are_missed_more_often_is_recognised():
    hard = planted(
        (1, WHOLE, WHOLE, 400), (1, CUT, CUT, 100), (1, CUT, -1, 300),
        (2, WHOLE, WHOLE, 400), (2, CUT, CUT, 40), (2, CUT, -1, 360),
    )  # fmt: skip
    plants = count_misses(hard, EVEN, MORE)
    ratio = plants.missed[:, 0] / plants.expected[:, 0]
    assert ratio[1] == pytest.approx(1)
    assert ratio[2] == pytest.approx(3, rel=0.1)


def counted(*looks):
    return np.array([[[0, 0]], *([list(each)] for each in looks)], np.float64)


def test_findings_of_usual_appearance_are_not_taken_at_face_value():
    plants = count_misses(ALIKE, EVEN, MORE)
    assert source_reliability(counted((400, 100), (80, 20)), MORE, plants)[1:, 0] == pytest.approx(
        0
    )


def test_findings_unlikely_by_chance_are_taken_at_face_value():
    plants = count_misses(ALIKE, EVEN, MORE)
    own = source_reliability(counted((4000, 1000), (5000, 0)), MORE, plants)
    assert (own[1:, 0] > 0.5).all()
    assert own[2, 0] > 0.9


def test_reliability_is_between_0_and_1():
    dice = np.random.default_rng(0)
    plants = count_misses(ALIKE, EVEN, MORE)
    for _ in range(200):
        counts = counted(*dice.integers(0, 50, (2, 2)))
        own = source_reliability(counts, MORE, plants)
        assert ((own >= 0) & (own <= 1)).all()


def test_a_source_whose_findings_leave_out_more_is_recognised():
    plants = planted((1, WHOLE, WHOLE, 300), (2, WHOLE, WHOLE, 300))
    plants.found_masses[1, plants.sources == 2] = 9.0
    ratios = coverage_ratios(plants)
    assert ratios[0] == pytest.approx(1)
    assert ratios[1, 0] == 1
    assert ratios[1, 2] / ratios[1, 1] == pytest.approx(12 / 9, rel=0.05)
