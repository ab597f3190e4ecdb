"""What sets the items of one source apart: how they are missed, cut, and covered."""

from dataclasses import dataclass

import numpy as np

from provenance.match.mixtures import Planted
from provenance.model import Floats

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
