"""Which conditions a corpus's items are in, inferred from what its findings look like.

What sets the items of one source apart: how they are missed, cut, and covered.
"""

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


_ALIKE = 2.0
"""Misses' worth of belief that items of all sources are missed alike."""

_LIKELY = 30.0
"""Found plants' worth of belief that findings of all sources look alike."""


@dataclass(frozen=True, slots=True)
class Misses:
    """What was missed of each source's plants, had they been edited as the corpus's items were.

    Parameters
    ----------
    missed, expected : ndarray of float64, shape (sources, lengths)
        Plants that were missed; and that should have been, by what the found ones look like. Both
        with some belief that items of all sources are missed alike.
    usual : ndarray of float64, shape (sources, lengths)
        How many should have been, for each that was found.
    found : ndarray of float64, shape (sources, lengths)
        How many those were.
    """

    missed: Floats
    expected: Floats
    usual: Floats
    found: Floats


def misses(planted: Planted, often: Floats, more: Floats) -> Misses:
    """Count what was missed of each source's plants.

    Parameters
    ----------
    planted : Planted
        The items.
    often : ndarray of float64, shape (lengths, conditions)
        How often each condition occurs in the corpus.
    more : ndarray of float64, shape (lengths, looks)
        What was missed for a finding that looks so, over all sources.
    """
    lengths, sources = len(more), int(planted.sources.max(initial=0)) + 1
    own = planted.lengths, planted.conditions
    tried = np.zeros(often.shape)
    np.add.at(tried, own, 1.0)
    scale = tried.sum(axis=1, keepdims=True) * often / np.maximum(tried, 1.0)
    count, seen = scale[own], planted.looks >= 0
    cells, shape = planted.sources * lengths + planted.lengths, (sources, lengths)

    def summed(values: Floats) -> Floats:
        whole = np.bincount(cells, values, sources * lengths)
        return np.asarray(whole.reshape(shape), np.float64)

    stands = more[planted.lengths, planted.looks]  # of those that were missed, it is not used
    missed, found = summed(count * ~seen), summed(count * seen)
    expected = summed(count * np.where(seen, stands, 0.0))
    every = expected.sum(axis=0) / np.maximum(found.sum(axis=0), 1e-12)
    usual = (expected + _LIKELY * every) / (found + _LIKELY)
    return Misses(missed + _ALIKE, expected + _ALIKE, usual, found)


def covers(planted: Planted) -> Floats:
    """Give what found plants of a source hold, for what they would if all sources were alike.

    Findings may leave out more at the edges of one source's items than of another's: addresses,
    names, signs.

    Parameters
    ----------
    planted : Planted
        The items.

    Returns
    -------
    ndarray of float64, shape (units, sources)
        By mass, for the mass of their findings; 1 for source 0.
    """
    seen = planted.looks >= 0
    cells = planted.lengths * (int(planted.conditions.max(initial=0)) + 1) + planted.conditions
    cells, sources = cells[seen], planted.sources[seen]
    room = int(planted.sources.max(initial=0)) + 1
    ratios = np.ones((len(planted.masses), room))
    for unit, (mass, found) in enumerate(
        zip(planted.masses[:, seen], planted.found[:, seen], strict=True)
    ):
        scale = np.bincount(cells, mass) / np.maximum(np.bincount(cells, found), 1e-12)
        held, alike = (
            np.bincount(sources, mass, room),
            np.bincount(sources, found * scale[cells], room),
        )
        belief = _ALIKE * mass.mean() if len(mass) else 1.0
        ratios[unit] = (held + belief) / (alike + belief)
    ratios[:, 0] = 1
    return ratios


def ownness(counts: Floats, more: Floats, plants: Misses) -> Floats:
    """Tell how far what a source's findings look like is its own, and no chance.

    Parameters
    ----------
    counts : ndarray of float64, shape (sources, lengths, looks)
        Findings.
    more : ndarray of float64, shape (lengths, looks)
        What was missed for a finding that looks so.
    plants : Misses
        What is usual for findings of each source.

    Returns
    -------
    ndarray of float64, shape (sources, lengths)
        0 where its items were edited as all others, 1 where they speak for themselves.

    Notes
    -----
    A few findings that look as if much was missed decide what a source's share is corrected to,
    and of a small source chance decides how many there are. So the mean of `more` over a source's
    findings is drawn towards what is usual for its plants, as far as sources differ from that no
    more than chance lets them (DerSimonian and Laird's random effects, an empirical Bayes
    estimate).
    """
    number = counts.sum(axis=2)
    pooled = counts.sum(axis=0)
    part = pooled / np.maximum(pooled.sum(axis=1, keepdims=True), 1e-12)
    variance = (part * more**2).sum(axis=1) - (part * more).sum(axis=1) ** 2
    there = (number > 0) & (variance > 1e-12)
    own = (counts * more).sum(axis=2) / np.maximum(number, 1e-12)
    chance = variance * (1 / np.maximum(number, 1e-12) + 1 / (plants.found + _LIKELY))
    precision = there / np.maximum(chance, 1e-12)
    total = np.maximum(precision.sum(axis=0), 1e-12)
    apart = (precision * (own - plants.usual) ** 2).sum(axis=0)
    apart = apart - np.maximum(there.sum(axis=0) - 1, 0)
    between = np.maximum(apart, 0) / np.maximum(total - (precision**2).sum(axis=0) / total, 1e-12)
    return np.asarray(np.where(there, between / np.maximum(between + chance, 1e-12), 1.0))
