"""Mixture of the conditions that a corpus's items are in, inferred from appearances of findings.

Expectation-maximisation over planted items, whose condition is known, and findings, whose condition
is not; and the differences between sources in how their items are missed, cut and covered.
"""

from dataclasses import dataclass

import numpy as np

from provenance.model import Flags, Floats, Int64s

MIN_RECALL = 0.1
"""Recall below which a condition is *hidden*: too few findings to count its items by."""

_PRIOR_FINDINGS = 10.0
"""Weight, in findings, of the prior that items of every length were edited alike."""

_MAX_HIDDEN = 0.5  # largest share of the items of a length in hidden conditions
_UNSEEN_RATE = 1e-6  # of an appearance that no plant has


@dataclass(frozen=True, slots=True)
class PlantedItems:
    """Planted items and their findings.

    Parameters
    ----------
    sources : ndarray of int64, shape (n,)
        Source of each; 0 if all sources count as one.
    lengths, conditions : ndarray of int64, shape (n,)
        Class of its length, and the condition in which it was planted.
    appearances : ndarray of int64, shape (n,)
        Appearance of its finding; -1 if it was missed.
    masses, found_masses : ndarray of float64, shape (units, n)
        Planted size, and the size that its findings cover, in each unit; the first unit counts
        items: 1 each.
    """

    sources: Int64s
    lengths: Int64s
    conditions: Int64s
    appearances: Int64s
    masses: Floats
    found_masses: Floats


@dataclass(frozen=True, slots=True)
class DetectionTables:
    """Sums over planted items.

    Parameters
    ----------
    masses : ndarray of float64, shape (..., units, lengths, conditions)
        Planted mass; the leading axes are replicates.
    found_masses : ndarray of float64, shape (..., units, lengths, conditions, appearances)
        Found mass.
    """

    masses: Floats
    found_masses: Floats

    @property
    def appearance_rates(self) -> Floats:
        """Share of the items that were found with each appearance."""
        items = np.maximum(self.masses[..., 0, :, :], 1e-12)
        return np.asarray(self.found_masses[..., 0, :, :, :] / items[..., None])

    @property
    def recall(self) -> Floats:
        """Share of the items that were found, by length and condition."""
        return np.asarray(self.appearance_rates.sum(axis=-1))

    def with_more(
        self, found_count: Floats, missed_count: Floats, typical: "DetectionTables"
    ) -> "DetectionTables":
        """Add items of typical size: numbers of found and missed ones by length and condition."""
        mean = typical.masses / np.maximum(typical.masses[0], 1e-12)
        mean_found = (
            typical.found_masses
            / np.maximum(typical.found_masses[0].sum(axis=-1), 1e-12)[..., None]
        )
        return DetectionTables(
            self.masses + (found_count + missed_count)[..., None, :, :] * mean,
            self.found_masses + found_count[..., None, :, :, None] * mean_found,
        )


def tabulate(planted: PlantedItems, shape: tuple[int, ...], repeats: Floats) -> DetectionTables:
    """Sum planted items in replicates.

    Parameters
    ----------
    planted : PlantedItems
        The items.
    shape : tuple of int
        Number of length classes, and of appearances.
    repeats : ndarray of float64, shape (times, n)
        Weight of each item in each replicate.
    """
    lengths, appearances = shape
    conditions = int(planted.conditions.max(initial=0)) + 1
    room = lengths * conditions
    cells = planted.lengths * conditions + planted.conditions
    found_rows = np.flatnonzero(planted.appearances >= 0)
    places = cells[found_rows] * appearances + planted.appearances[found_rows]
    masses = [
        np.bincount(cells, repeat * mass, room) for repeat in repeats for mass in planted.masses
    ]
    found_masses = [
        np.bincount(places, repeat[found_rows] * mass[found_rows], room * appearances)
        for repeat in repeats
        for mass in planted.found_masses
    ]
    units = len(planted.masses)
    return DetectionTables(
        np.array(masses, np.float64).reshape(-1, units, lengths, conditions),
        np.array(found_masses, np.float64).reshape(-1, units, lengths, conditions, appearances),
    )


def fit_mixture(
    tables: DetectionTables,
    visible: Flags,
    counts: Floats,
    start: tuple[Floats, Floats] | None,
    steps: int,
) -> tuple[Floats, Floats]:
    """Return the likeliest mixture of conditions given the counts of appearances.

    Parameters
    ----------
    tables : DetectionTables
        Planted and found mass of each condition.
    visible : ndarray of bool, shape (lengths, conditions)
        Conditions that the mixture may contain.
    counts : ndarray of float64, shape (lengths, appearances)
        Findings by appearance.
    start : tuple of ndarray or None
        A mixture to start from.
    steps : int
        Number of EM steps.

    Returns
    -------
    overall : ndarray of float64, shape (conditions,)
        For all lengths together.
    by_length : ndarray of float64, shape (lengths, conditions)
        For each length.
    """
    is_planted = tables.masses[..., 0, :, :] > 0
    rates = tables.appearance_rates + _UNSEEN_RATE * tables.recall[..., None]
    if start is None:
        uniform = np.full(rates.shape[-2], 1 / rates.shape[-2])
        start = uniform, uniform
    overall, by_length = start
    for _ in range(steps):
        overall = _normalise(
            _expectation(overall[..., None, :], rates, is_planted, counts).sum(axis=-2)
        )
    rates = rates * visible[..., None]
    prior = _PRIOR_FINDINGS * overall[..., None, :] * visible
    for _ in range(steps):
        by_length = _normalise(_expectation(by_length, rates, visible, counts) + prior)
    return overall, by_length


def _expectation(mixture: Floats, rates: Floats, is_planted: Flags, counts: Floats) -> Floats:
    """Return the expected number of items, found or missed, of each condition by length."""
    joint = mixture[..., None] * rates
    total = joint.sum(axis=-2)
    ratio = counts / np.maximum(total, 1e-300) * (total > 0)
    found_items = (joint * ratio[..., None, :]).sum(axis=-1)
    recall = rates.sum(axis=-1)
    found_share = (mixture * recall).sum(axis=-1, keepdims=True)
    item_totals = (
        counts.sum(axis=-1, keepdims=True) / np.maximum(found_share, 1e-300) * (found_share > 0)
    )
    return np.asarray(
        found_items + item_totals * mixture * is_planted * (1 - np.minimum(recall, 1))
    )


def _normalise(values: Floats) -> Floats:
    total = values.sum(axis=-1, keepdims=True)
    uniform = np.full_like(values, 1 / values.shape[-1])
    return np.where(total > 0, values / np.maximum(total, 1e-300), uniform)


def finding_weights(
    tables: DetectionTables, visible: Flags, mixture: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return the mass that a unit of a finding's mass represents.

    Parameters
    ----------
    tables : DetectionTables
        Planted and found mass of each condition.
    visible : ndarray of bool, shape (lengths, conditions)
        Conditions that findings may represent.
    mixture : tuple of ndarray
        Result of `fit_mixture`.

    Returns
    -------
    mean : ndarray of float64, shape (..., units, lengths, appearances)
        Found and missed mass; 1 if unknown.
    variance : ndarray of float64, shape (..., units, lengths, appearances)
        Variance of that mass, as the number of missed items is random.
    """
    found_totals = tables.found_masses.sum(axis=-1)
    found_masses = tables.found_masses + _UNSEEN_RATE * found_totals[..., None]
    condition_weights = mixture[1] * visible / np.maximum(tables.masses[..., 0, :, :], 1e-12)
    share = condition_weights[..., None, :, :, None] * found_masses
    total = share.sum(axis=-2)
    share = share / np.maximum(total, 1e-300)[..., None, :]
    scale = (tables.masses / np.maximum(found_totals, 1e-12))[..., None]
    # A geometric number of items is missed before one is found: variance plus squared mean.
    square = np.maximum(2 * scale**2 - scale, scale**2)
    hidden = _hidden_factor(tables, visible, mixture)[..., None]
    # If no such items were planted, recall is unknown: findings represent themselves only.
    mean = np.where(total > 0, (share * scale).sum(axis=-2), 1.0)
    squares = np.where(total > 0, (share * square).sum(axis=-2), 1.0)
    return mean * hidden, np.maximum(squares - mean**2, 0) * hidden**2


def condition_shares(
    tables: DetectionTables, visible: Flags, mixture: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return the share of each condition, visible and hidden.

    Returns
    -------
    visible_shares, hidden_shares : ndarray of float64, shape (..., lengths, conditions)
        Shares of the items of each length; together they sum to 1.
    """
    overall, by_length = mixture
    hidden = overall[..., None, :] * (tables.masses[..., 0, :, :] > 0) * ~visible
    part = hidden.sum(axis=-1, keepdims=True)
    hidden = hidden * np.minimum(1, _MAX_HIDDEN / np.maximum(part, 1e-12))
    return by_length * visible * (1 - np.minimum(part, _MAX_HIDDEN)), hidden


def _hidden_factor(
    tables: DetectionTables, visible: Flags, mixture: tuple[Floats, Floats]
) -> Floats:
    """Return the mass of all items over that of items in visible conditions."""
    visible_shares, hidden_shares = condition_shares(tables, visible, mixture)
    mean = tables.masses / np.maximum(tables.masses[..., 0, :, :], 1e-12)[..., None, :, :]
    visible_mass = (visible_shares[..., None, :, :] * mean).sum(axis=-1)
    hidden_mass = (hidden_shares[..., None, :, :] * mean).sum(axis=-1)
    return np.asarray(
        1 + np.where(visible_mass > 0, hidden_mass / np.maximum(visible_mass, 1e-12), 0)
    )


_PRIOR_MISSES = 2.0
"""Weight, in misses, of the prior that items of all sources are missed alike."""

_PRIOR_FOUND = 30.0
"""Weight, in found plants, of the prior that findings of all sources have the same appearances."""


@dataclass(frozen=True, slots=True)
class MissCounts:
    """Missed plants of each source, if they had been edited as the corpus's items were.

    Parameters
    ----------
    missed, expected : ndarray of float64, shape (sources, lengths)
        Plants that were missed; and the expected number, by appearances of the found ones.
        Both include the prior that items of all sources are missed alike.
    usual : ndarray of float64, shape (sources, lengths)
        Expected misses for each plant that was found.
    found_counts : ndarray of float64, shape (sources, lengths)
        Plants that were found.
    """

    missed: Floats
    expected: Floats
    usual: Floats
    found_counts: Floats


def count_misses(
    planted: PlantedItems, condition_weights: Floats, missed_per_finding: Floats
) -> MissCounts:
    """Count the missed plants of each source.

    Parameters
    ----------
    planted : PlantedItems
        The items.
    condition_weights : ndarray of float64, shape (lengths, conditions)
        Share of each condition in the corpus.
    missed_per_finding : ndarray of float64, shape (lengths, appearances)
        Expected misses for a finding of each appearance, over all sources.
    """
    lengths, sources = len(missed_per_finding), int(planted.sources.max(initial=0)) + 1
    condition_cells = planted.lengths, planted.conditions
    planted_counts = np.zeros(condition_weights.shape)
    np.add.at(planted_counts, condition_cells, 1.0)
    scale = (
        planted_counts.sum(axis=1, keepdims=True)
        * condition_weights
        / np.maximum(planted_counts, 1.0)
    )
    count, is_found = scale[condition_cells], planted.appearances >= 0
    cells, shape = planted.sources * lengths + planted.lengths, (sources, lengths)

    def sum_by_cell(values: Floats) -> Floats:
        sums = np.bincount(cells, values, sources * lengths)
        return np.asarray(sums.reshape(shape), np.float64)

    # The values of missed plants are not used.
    expected_misses = missed_per_finding[planted.lengths, planted.appearances]
    missed, found_counts = sum_by_cell(count * ~is_found), sum_by_cell(count * is_found)
    expected = sum_by_cell(count * np.where(is_found, expected_misses, 0.0))
    overall_rate = expected.sum(axis=0) / np.maximum(found_counts.sum(axis=0), 1e-12)
    usual = (expected + _PRIOR_FOUND * overall_rate) / (found_counts + _PRIOR_FOUND)
    return MissCounts(missed + _PRIOR_MISSES, expected + _PRIOR_MISSES, usual, found_counts)


def coverage_ratios(planted: PlantedItems) -> Floats:
    """Return the mass of found plants of a source, over that expected if all sources were alike.

    Findings may leave out more at the edges of one source's items than of another's, such as
    addresses, names and signatures.

    Parameters
    ----------
    planted : PlantedItems
        The items.

    Returns
    -------
    ndarray of float64, shape (units, sources)
        1 for source 0.
    """
    is_found = planted.appearances >= 0
    cells = planted.lengths * (int(planted.conditions.max(initial=0)) + 1) + planted.conditions
    cells, sources = cells[is_found], planted.sources[is_found]
    room = int(planted.sources.max(initial=0)) + 1
    ratios = np.ones((len(planted.masses), room))
    for unit, (mass, found_mass) in enumerate(
        zip(planted.masses[:, is_found], planted.found_masses[:, is_found], strict=True)
    ):
        scale = np.bincount(cells, mass) / np.maximum(np.bincount(cells, found_mass), 1e-12)
        planted_mass, expected_mass = (
            np.bincount(sources, mass, room),
            np.bincount(sources, found_mass * scale[cells], room),
        )
        belief = _PRIOR_MISSES * mass.mean() if len(mass) else 1.0
        ratios[unit] = (planted_mass + belief) / (expected_mass + belief)
    ratios[:, 0] = 1
    return ratios


def source_reliability(counts: Floats, missed_per_finding: Floats, plants: MissCounts) -> Floats:
    """Return how far the appearances of a source's findings differ from others by more than chance.

    Parameters
    ----------
    counts : ndarray of float64, shape (sources, lengths, appearances)
        Findings.
    missed_per_finding : ndarray of float64, shape (lengths, appearances)
        Expected misses for a finding of each appearance.
    plants : MissCounts
        Misses of each source's plants.

    Returns
    -------
    ndarray of float64, shape (sources, lengths)
        0 if its items were edited as all others, 1 if its findings are taken at face value.

    Notes
    -----
    A few findings with a high weight decide the corrected share of a source, and their number in a
    small source is random. So the mean of misses per finding over a source's findings is shrunk
    towards the mean of its plants, as far as sources differ from that no more than by chance
    (DerSimonian and Laird's random effects, an empirical Bayes estimate).
    """
    number = counts.sum(axis=2)
    pooled = counts.sum(axis=0)
    part = pooled / np.maximum(pooled.sum(axis=1, keepdims=True), 1e-12)
    variance = (part * missed_per_finding**2).sum(axis=1) - (part * missed_per_finding).sum(
        axis=1
    ) ** 2
    is_informative = (number > 0) & (variance > 1e-12)
    source_means = (counts * missed_per_finding).sum(axis=2) / np.maximum(number, 1e-12)
    chance = variance * (1 / np.maximum(number, 1e-12) + 1 / (plants.found_counts + _PRIOR_FOUND))
    precision = is_informative / np.maximum(chance, 1e-12)
    total = np.maximum(precision.sum(axis=0), 1e-12)
    excess = (precision * (source_means - plants.usual) ** 2).sum(axis=0)
    excess = excess - np.maximum(is_informative.sum(axis=0) - 1, 0)
    between = np.maximum(excess, 0) / np.maximum(total - (precision**2).sum(axis=0) / total, 1e-12)
    return np.asarray(np.where(is_informative, between / np.maximum(between + chance, 1e-12), 1.0))
