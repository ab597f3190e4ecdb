"""Which conditions a corpus's items are in, inferred from what its findings look like."""

from dataclasses import dataclass

import numpy as np

from provenance.model import Flags, Floats, Int64s

SIGHT = 0.1
"""Recall below which a condition is beyond sight."""

_PULL = 10.0
"""Findings' worth of belief that items of every length were edited alike."""

_HIDDEN = 0.5  # part of the items of a length that may be thought to be beyond sight
_UNSEEN = 1e-6  # a look that no plant had says nothing about its condition


@dataclass(frozen=True, slots=True)
class Planted:
    """Items that were planted, and what was found of them.

    Parameters
    ----------
    sources : ndarray of int64, shape (n,)
        Whose each is; 0 where all sources count as one.
    lengths, conditions : ndarray of int64, shape (n,)
        Class of its length, and what was done to it.
    looks : ndarray of int64, shape (n,)
        What its finding looks like; -1 where it was missed.
    masses, found : ndarray of float64, shape (units, n)
        What was planted and what its findings cover, in each unit; the first counts items: 1 each.
    """

    sources: Int64s
    lengths: Int64s
    conditions: Int64s
    looks: Int64s
    masses: Floats
    found: Floats


@dataclass(frozen=True, slots=True)
class Tables:
    """Planted items, summed up.

    Parameters
    ----------
    masses : ndarray of float64, shape (..., units, lengths, conditions)
        What was planted; any number of times, each with other items.
    found : ndarray of float64, shape (..., units, lengths, conditions, looks)
        What was found of it.
    """

    masses: Floats
    found: Floats

    @property
    def looks(self) -> Floats:
        """Part of the items that was found and looks so."""
        items = np.maximum(self.masses[..., 0, :, :], 1e-12)
        return np.asarray(self.found[..., 0, :, :, :] / items[..., None])

    @property
    def recall(self) -> Floats:
        """Part of the items that was found, by length and condition."""
        return np.asarray(self.looks.sum(axis=-1))

    def with_more(self, found: Floats, missed: Floats, typical: "Tables") -> "Tables":
        """Add items of a typical mass, so many by length and condition, found or missed."""
        mean = typical.masses / np.maximum(typical.masses[0], 1e-12)
        seen = typical.found / np.maximum(typical.found[0].sum(axis=-1), 1e-12)[..., None]
        return Tables(
            self.masses + (found + missed)[..., None, :, :] * mean,
            self.found + found[..., None, :, :, None] * seen,
        )


def tables(planted: Planted, shape: tuple[int, ...], repeats: Floats) -> Tables:
    """Sum planted items up, any number of times.

    Parameters
    ----------
    planted : Planted
        The items.
    shape : tuple of int
        How many classes of lengths there are, and how many looks.
    repeats : ndarray of float64, shape (times, n)
        How often each item counts, each time.
    """
    lengths, looks = shape
    conditions = int(planted.conditions.max(initial=0)) + 1
    room = lengths * conditions
    cells = planted.lengths * conditions + planted.conditions
    seen = np.flatnonzero(planted.looks >= 0)
    places = cells[seen] * looks + planted.looks[seen]
    masses = [
        np.bincount(cells, repeat * mass, room) for repeat in repeats for mass in planted.masses
    ]
    found = [
        np.bincount(places, repeat[seen] * mass[seen], room * looks)
        for repeat in repeats
        for mass in planted.found
    ]
    units = len(planted.masses)
    return Tables(
        np.array(masses, np.float64).reshape(-1, units, lengths, conditions),
        np.array(found, np.float64).reshape(-1, units, lengths, conditions, looks),
    )


def mixtures(
    tables: Tables,
    visible: Flags,
    counts: Floats,
    start: tuple[Floats, Floats] | None,
    steps: int,
) -> tuple[Floats, Floats]:
    """Find the likeliest mixture of conditions for what was counted.

    Parameters
    ----------
    tables : Tables
        What is found of each condition.
    visible : ndarray of bool, shape (lengths, conditions)
        Which of them the mixture may hold.
    counts : ndarray of float64, shape (lengths, looks)
        Findings, by what they look like.
    start : tuple of ndarray or None
        A mixture near by, where one is known.
    steps : int
        How often it is improved.

    Returns
    -------
    shared : ndarray of float64, shape (conditions,)
        For all lengths together.
    each : ndarray of float64, shape (lengths, conditions)
        For each.
    """
    tried = tables.masses[..., 0, :, :] > 0
    rates = tables.looks + _UNSEEN * tables.recall[..., None]
    if start is None:
        even = np.full(rates.shape[-2], 1 / rates.shape[-2])
        start = even, even
    shared, each = start
    for _ in range(steps):
        shared = _normal(_expected(shared[..., None, :], rates, tried, counts).sum(axis=-2))
    rates = rates * visible[..., None]
    believed = _PULL * shared[..., None, :] * visible
    for _ in range(steps):
        each = _normal(_expected(each, rates, visible, counts) + believed)
    return shared, each


def _expected(mixture: Floats, rates: Floats, tried: Flags, counts: Floats) -> Floats:
    """Share out what is there, found or missed, among the conditions of each length."""
    joint = mixture[..., None] * rates
    total = joint.sum(axis=-2)
    ratio = counts / np.maximum(total, 1e-300) * (total > 0)
    found = (joint * ratio[..., None, :]).sum(axis=-1)
    recall = rates.sum(axis=-1)
    seen = (mixture * recall).sum(axis=-1, keepdims=True)
    there = counts.sum(axis=-1, keepdims=True) / np.maximum(seen, 1e-300) * (seen > 0)
    return np.asarray(found + there * mixture * tried * (1 - np.minimum(recall, 1)))


def _normal(values: Floats) -> Floats:
    total = values.sum(axis=-1, keepdims=True)
    even = np.full_like(values, 1 / values.shape[-1])
    return np.where(total > 0, values / np.maximum(total, 1e-300), even)


def weights(
    tables: Tables, visible: Flags, mixture: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Give what a unit of a finding's mass stands for.

    Parameters
    ----------
    tables : Tables
        What is found of each condition.
    visible : ndarray of bool, shape (lengths, conditions)
        Conditions that findings may stand for.
    mixture : tuple of ndarray
        How often each occurs, as `mixtures` gives it.

    Returns
    -------
    mean : ndarray of float64, shape (..., units, lengths, looks)
        The found and the missed; 1 where nothing is known.
    variance : ndarray of float64, shape (..., units, lengths, looks)
        By how much chance, which missed more or fewer, may have changed it.
    """
    whole = tables.found.sum(axis=-1)
    found = tables.found + _UNSEEN * whole[..., None]
    often = mixture[1] * visible / np.maximum(tables.masses[..., 0, :, :], 1e-12)
    share = often[..., None, :, :, None] * found
    total = share.sum(axis=-2)
    share = share / np.maximum(total, 1e-300)[..., None, :]
    scale = (tables.masses / np.maximum(whole, 1e-12))[..., None]
    # Until an item is found, a geometric number of others is missed: its variance, and its square.
    square = np.maximum(2 * scale**2 - scale, scale**2)
    more = _beyond_sight(tables, visible, mixture)[..., None]
    # Of items that nobody planted nothing is known: their findings stand for themselves.
    mean = np.where(total > 0, (share * scale).sum(axis=-2), 1.0)
    squares = np.where(total > 0, (share * square).sum(axis=-2), 1.0)
    return mean * more, np.maximum(squares - mean**2, 0) * more**2


def everything(
    tables: Tables, visible: Flags, mixture: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Tell how often each condition occurs, seen and beyond sight.

    Returns
    -------
    seen, hidden : ndarray of float64, shape (..., lengths, conditions)
        Parts of the items of each length; together 1.
    """
    shared, each = mixture
    hidden = shared[..., None, :] * (tables.masses[..., 0, :, :] > 0) * ~visible
    part = hidden.sum(axis=-1, keepdims=True)
    hidden = hidden * np.minimum(1, _HIDDEN / np.maximum(part, 1e-12))
    return each * visible * (1 - np.minimum(part, _HIDDEN)), hidden


def _beyond_sight(tables: Tables, visible: Flags, mixture: tuple[Floats, Floats]) -> Floats:
    """Give what is there, for what is there in conditions that can be seen."""
    seen, hidden = everything(tables, visible, mixture)
    mean = tables.masses / np.maximum(tables.masses[..., 0, :, :], 1e-12)[..., None, :, :]
    there = (seen[..., None, :, :] * mean).sum(axis=-1)
    missing = (hidden[..., None, :, :] * mean).sum(axis=-1)
    return np.asarray(1 + np.where(there > 0, missing / np.maximum(there, 1e-12), 0))
