"""Copies that a check missed: their number, given the copies that it found.

Whether a copy is found depends on its length and on what was done to it, its *condition*: whole
posts are nearly always found, short excerpts often missed. What was done to a corpus's copies is
unknown, but those that were found show it: their appearance (`conditions`) tells how much of the
item is there. So the mixture of lengths and conditions is inferred from the findings, and with it
the number of copies that were missed.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from provenance.match.estimation.conditions import APPEARANCES
from provenance.model.content.fingerprints import Flags, Floats, Int64s
from provenance.model.results.calibration import LENGTHS, SLIGHT_EDITS, PlantedOutcomes

_SLIGHT_PRIOR, _OTHER_PRIOR = 0.3, 0.1
"""Weight of each condition in the prior, in copies: a few findings do not show all conditions."""

_LENGTH_PRIOR = 1.0
"""Mean weight of each class of length in the prior, in copies."""

_CHAINS, _FIRST_STEPS, _STEPS = 25, 6, 8
"""Parallel chains of the sampler, steps until they have forgotten their start, and steps kept."""

_UNSEEN_RATE = 1e-5
"""Share of the found items of a condition with an appearance that no planted one has."""

_LEAST_RECALL = 1e-3

_ENOUGH_PLANTS = 20.0
"""Plants of each length and condition up to which those of another measurement are added."""

_UNSEEN_MISSES = 0.5
"""Missed plants added to those of each length and condition (Jeffreys)."""


@dataclass(frozen=True, slots=True, eq=False)
class PlantCounts:
    """Counts of planted items, by length and condition.

    Parameters
    ----------
    planted : ndarray of float64, shape (lengths, conditions)
        Planted items.
    found : ndarray of float64, shape (lengths, conditions, appearances)
        Those found with each appearance.
    tokens : ndarray of float64, shape (lengths, conditions)
        Size of what was planted, altogether.
    is_slight : ndarray of bool, shape (conditions,)
        Whether a condition leaves nearly all of an item as it was.
    """

    planted: Floats
    found: Floats
    tokens: Floats
    is_slight: Flags

    @classmethod
    def of(
        cls, plants: PlantedOutcomes, least_odds: float, weights: Floats | None = None
    ) -> "PlantCounts":
        """Count planted items of which those of some log-odds and more count as found.

        Parameters
        ----------
        plants : PlantedOutcomes
            The planted items.
        least_odds : float
            Log-odds from which matches count as found.
        weights : ndarray of float64 or None
            What each planted item counts; 1 by default.
        """
        shape = len(LENGTHS), len(plants.condition_keys), APPEARANCES
        cells = plants.lengths * shape[1] + plants.conditions
        room = shape[0] * shape[1]
        weights = np.ones(len(cells)) if weights is None else weights
        is_found = plants.odds >= least_odds
        places = cells[is_found] * APPEARANCES + plants.appearances[is_found]

        def count(places: Int64s, weights: Floats, size: int) -> Floats:
            return np.bincount(places, weights, size).astype(np.float64)

        return cls(
            count(cells, weights, room).reshape(shape[:2]),
            count(places, weights[is_found], room * APPEARANCES).reshape(shape),
            count(cells, weights * plants.tokens, room).reshape(shape[:2]),
            np.array([family == SLIGHT_EDITS for family, _ in plants.condition_keys]),
        )

    def filled_up(self, other: "PlantCounts") -> "PlantCounts":
        """Fill up lengths and conditions of which little was planted with another measurement.

        Parameters
        ----------
        other : PlantCounts
            The other measurement, of the first conditions of this one.
        """
        more = ((0, 0), (0, self.planted.shape[1] - other.planted.shape[1]))
        added = np.maximum(_ENOUGH_PLANTS - self.planted, 0)
        rate = added / np.pad(np.maximum(other.planted, 1), more, constant_values=1)
        return PlantCounts(
            self.planted + rate * np.pad(other.planted, more),
            self.found + rate[..., None] * np.pad(other.found, (*more, (0, 0))),
            self.tokens + rate * np.pad(other.tokens, more),
            self.is_slight,
        )


@dataclass(frozen=True, eq=False)
class RecallTable:
    """Recall of planted items, by length and condition; one table, or one for each chain.

    Parameters
    ----------
    rates : ndarray of float64, shape (1 or chains, lengths, conditions, appearances)
        Share of the planted items that are found with each appearance.
    tokens : ndarray of float64, shape (lengths, conditions)
        Mean size of what was planted.
    length_prior : ndarray of float64, shape (lengths,)
        Prior weight of each length, in copies; 0 if items of that length cannot be found.
    condition_prior : ndarray of float64, shape (conditions,)
        Prior weight of each condition.
    """

    rates: Floats
    tokens: Floats
    length_prior: Floats
    condition_prior: Floats

    @classmethod
    def of(cls, counts: PlantCounts) -> "RecallTable":
        """Return the observed rates; for so many planted items that they are certain."""
        return cls._of(counts, (counts.found / np.maximum(counts.planted, 1)[..., None])[None])

    @classmethod
    def draw(cls, counts: PlantCounts, rng: np.random.Generator) -> "RecallTable":
        """Draw the rates for each chain, from their posterior given a few planted items."""
        shape = counts.found.shape
        missed = np.maximum(counts.planted - counts.found.sum(axis=-1), 0) + _UNSEEN_MISSES
        found_draws = rng.standard_gamma(np.broadcast_to(counts.found, (_CHAINS, *shape)))
        missed_draws = rng.standard_gamma(np.broadcast_to(missed, (_CHAINS, *shape[:2])))
        rates = found_draws / (found_draws.sum(axis=-1) + missed_draws)[..., None]
        return cls._of(counts, rates)

    @classmethod
    def _of(cls, counts: PlantCounts, rates: Floats) -> "RecallTable":
        of_length = counts.planted.sum(axis=1)
        of_length[0] = 0  # too short to be distinguished from chance
        total = max(float(of_length.sum()), 1.0)
        return cls(
            rates + _UNSEEN_RATE * rates.sum(axis=-1, keepdims=True),
            counts.tokens / np.maximum(counts.planted, 1),
            _LENGTH_PRIOR * np.count_nonzero(of_length) * of_length / total,
            np.where(counts.is_slight, _SLIGHT_PRIOR, _OTHER_PRIOR),
        )

    @cached_property
    def recall(self) -> Floats:
        """Share of the planted items that are found, shape (1 or chains, lengths, conditions)."""
        return np.asarray(np.minimum(self.rates.sum(axis=-1), 1.0))


def draw_missed_copies(table: RecallTable, counts: Int64s, rng: np.random.Generator) -> Int64s:
    """Draw the number of copies that were missed, given those that were found.

    Parameters
    ----------
    table : RecallTable
        Recall by length and condition.
    counts : ndarray of int64, shape (lengths, appearances)
        Found copies; at least one.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of int64, shape (draws, lengths, conditions)

    Notes
    -----
    Let the copies be of length ``l`` with probability ``λ[l]``, and independently in condition
    ``c`` with probability ``m[c]``. A copy is found with appearance ``o`` with probability
    ``R[l, c, o]``, so ``k`` found copies come with a negative binomial number of missed ones, if
    nothing is known beforehand of the number of copies (a prior of ``1 / n``). λ and m have
    Dirichlet priors. A Gibbs sampler draws in turn the condition of each found copy, the number,
    lengths and conditions of the missed ones, and λ and m (data augmentation; Tanner and Wong,
    1987). Found and missed copies of a condition that is hardly ever found tell little of each
    other, so that their number follows from copies of other lengths in the same condition.
    """
    lengths, appearances = np.nonzero(counts)
    numbers = counts[lengths, appearances]
    found, by_length = int(numbers.sum()), counts.sum(axis=1)
    likelihoods = np.moveaxis(table.rates[:, lengths, :, appearances], 0, 1)
    misses = 1 - table.recall
    likeliest = numbers @ _normalise(table.condition_prior * likelihoods)
    conditions = _dirichlet(
        np.broadcast_to(table.condition_prior + likeliest, (_CHAINS, likeliest.shape[-1])), rng
    )
    length_shares = _dirichlet(
        np.broadcast_to(table.length_prior + by_length, (_CHAINS, len(by_length))), rng
    )
    draws = []
    for step in range(_FIRST_STEPS + _STEPS):
        given_appearance = _normalise(conditions[:, None, :] * likelihoods)
        found_conditions = rng.multinomial(
            np.broadcast_to(numbers, (_CHAINS, len(numbers))), given_appearance
        ).sum(axis=1)
        joint = (length_shares[:, :, None] * conditions[:, None, :] * misses).reshape(_CHAINS, -1)
        missed_share = joint.sum(axis=1)
        number = rng.negative_binomial(found, np.clip(1 - missed_share, _LEAST_RECALL, 1.0))
        missed = rng.multinomial(number, _normalise(joint)).reshape(_CHAINS, *misses.shape[1:])
        conditions = _dirichlet(table.condition_prior + found_conditions + missed.sum(axis=1), rng)
        length_shares = _dirichlet(table.length_prior + by_length + missed.sum(axis=2), rng)
        if step >= _FIRST_STEPS:
            draws.append(missed)
    return np.concatenate(draws).astype(np.int64)


def _dirichlet(weights: Floats, rng: np.random.Generator) -> Floats:
    """Draw from a Dirichlet distribution for each row; weights may be 0."""
    return _normalise(rng.standard_gamma(weights))


def _normalise(values: Floats) -> Floats:
    """Divide by the sum over the last axis, so that it is at most 1; uniform if all are 0."""
    total = values.sum(axis=-1, keepdims=True)
    shares = np.where(total > 0, values / np.where(total > 0, total, 1.0), 1 / values.shape[-1])
    # `multinomial` refuses sums that rounding made larger than 1.
    return np.asarray(shares / np.maximum(shares.sum(axis=-1, keepdims=True), 1.0))
