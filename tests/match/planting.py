"""Items in conditions, and a detector of known faults: what a correction is tried on."""

import numpy as np

from provenance.match.estimation.em_mixture import PlantedItems
from provenance.match.estimation.recall_correction import (
    FalseFindings,
    FindingObservations,
    fit_correction,
)

LENGTHS, CONDITIONS, LOOKS = 2, 3, 4
PATTERNS = np.array(
    [  # of the items found in each condition: how often they look so
        [0.94, 0.04, 0.01, 0.01],
        [0.10, 0.60, 0.25, 0.05],
        [0.00, 0.05, 0.25, 0.70],
    ]
)
RECALLS = np.array([[0.93, 0.75, 0.30], [0.995, 0.93, 0.60]])
COVERS = np.array([0.99, 0.95, 0.9])


def drawn_items(dice, count, mixture, longer=0.6, patterns=PATTERNS, recalls=RECALLS):
    """Draw items in their conditions, and let a detector of known faults look for them."""
    lengths = (dice.random(count) < longer).astype(np.int64)
    conditions = dice.choice(CONDITIONS, count, p=mixture)
    tokens = np.rint(np.where(lengths, dice.uniform(15, 40, count), dice.uniform(5, 14, count)))
    found = dice.random(count) < recalls[lengths, conditions]
    cumulated = np.cumsum(patterns, axis=1)[conditions]
    looks = (dice.random(count)[:, None] > cumulated).sum(axis=1).clip(0, LOOKS - 1)
    covered = tokens * (1 - (1 - COVERS[conditions]) * dice.random(count) * 2)
    masses = np.stack([np.ones(count), tokens])
    return PlantedItems(
        np.zeros(count, np.int64),
        lengths,
        conditions,
        np.where(found, looks, -1),
        masses,
        np.stack([found, covered * found]),
    )


def sightings(items, unit=1, doubts=None):
    seen = np.flatnonzero(items.appearances >= 0)
    doubts = np.zeros(len(seen)) if doubts is None else doubts
    return FindingObservations(
        items.sources[seen],
        items.lengths[seen],
        items.appearances[seen],
        items.found_masses[unit][seen],
        doubts,
    )


def counts_of(items, sources=1):
    seen = items.appearances >= 0
    counts = np.zeros((sources, LENGTHS, LOOKS))
    np.add.at(counts, (items.sources[seen], items.lengths[seen], items.appearances[seen]), 1.0)
    return counts


def no_falsehood(draws=300):
    return FalseFindings(0.0, np.zeros(draws))


def learnt_from(plants, corpus, dice, false=None):
    sources = int(plants.sources.max()) + 1
    return fit_correction(plants, counts_of(corpus, sources), false or no_falsehood(), dice)
