"""What is inferred of conditions that are not seen, and of sources that differ."""

import numpy as np
import pytest

from provenance.match.estimation.em_mixture import PlantedItems
from provenance.match.estimation.recall_correction import (
    FindingObservations,
    correct_share,
    fit_correction,
)
from tests.match.planting import drawn_items, learnt_from, no_falsehood, sightings


def test_hidden_conditions_are_assumed_as_frequent_as_where_they_are_visible():
    dice = np.random.default_rng(12)
    recalls = np.array([[0.95, 0.8, 0.01], [0.99, 0.95, 0.6]])
    plants = drawn_items(dice, 20_000, [0.34, 0.33, 0.33], recalls=recalls)
    there = drawn_items(dice, 20_000, [0.6, 0.2, 0.2], recalls=recalls)
    learnt = learnt_from(plants, there, dice, no_falsehood(20))
    for unit in (0, 1):
        share = correct_share(learnt, sightings(there, unit), unit, 1e7, 10**5)
        assert share.share == pytest.approx(there.masses[unit].sum() / 1e7, rel=0.02)


def test_a_source_of_which_more_is_missed_is_corrected_by_more():
    dice = np.random.default_rng(13)

    def two_sources(count, mixture):
        base = np.array([[0.93, 0.75, 0.5], [0.97, 0.9, 0.6]])
        easy, difficult = (
            drawn_items(dice, count, mixture, recalls=1 - part * (1 - base)) for part in (0.6, 1.4)
        )
        parts = {
            name: np.concatenate([getattr(easy, name), getattr(difficult, name)], axis=-1)
            for name in ("lengths", "conditions", "appearances", "masses", "found_masses")
        }
        return PlantedItems(np.repeat([1, 2], count), **parts)

    plants, there = two_sources(8000, [0.5, 0.4, 0.1]), two_sources(8000, [0.5, 0.4, 0.1])
    learnt = learnt_from(plants, there, dice)
    for source, part in ((1, slice(0, 8000)), (2, slice(8000, None))):
        seen = sightings(there, 0)
        own = seen.sources == source
        columns = (getattr(seen, name)[own] for name in ("sources", "lengths", "appearances"))
        found = FindingObservations(*columns, seen.sizes[own], seen.false_shares[own])
        share = correct_share(learnt, found, 0, 1e5, 10**5)
        assert share.share == pytest.approx(there.masses[0][part].sum() / 1e5, rel=0.03)


def test_a_source_of_which_findings_leave_more_out_is_corrected_by_more():
    whole = np.zeros(2000, np.int64)
    sources = np.repeat([1, 2], 1000)
    masses = np.stack([np.ones(2000), np.full(2000, 10.0)])
    found = np.stack([np.ones(2000), np.where(sources == 1, 10.0, 8.0)])
    plants = PlantedItems(sources, whole, whole, whole, masses, found)
    learnt = fit_correction(
        plants, np.array([[[0.0]], [[100.0]], [[100.0]]]), no_falsehood(), np.random.default_rng(0)
    )
    for source, size in ((1, 10.0), (2, 8.0)):
        seen = np.zeros(100, np.int64)
        own = FindingObservations(seen + source, seen, seen, np.full(100, size), np.zeros(100))
        share = correct_share(learnt, own, 1, 10_000, 1000)
        assert share.share == pytest.approx(0.1, rel=0.005)
