"""Shares corrected for what the detector misses and makes up: Rogan and Gladen's, by condition.

Rogan and Gladen correct a share by ``(observed - false) / (recall - false)``. That takes one recall
for everything; but whole copies are found nearly always and short, cut ones seldom, so the answer
would depend on which of them a corpus holds. Here each finding stands for itself and for the items
in its condition that were missed: it counts ``1 / recall`` (Horvitz and Thompson), and which recall
that is, is inferred from what the finding looks like.

What is assumed: items are planted as the registry has them, so the lengths within a class are those
of the corpus; what was done to a corpus's items is a mixture of the conditions that were planted;
a finding that looks so comes from each of them as often as the mixture says, whatever its source;
and a false finding is likelier the weaker its match. A condition of which hardly anything is found
(`SIGHT`), such as a post of six words cut in half, leaves no trace to be counted by: it is taken to
be as frequent as in items of other lengths, where it does.
"""

from dataclasses import dataclass

import numpy as np

from provenance.match.mixtures import (
    SIGHT,
    Planted,
    Tables,
    everything,
    mixtures,
    tables,
    weights,
)
from provenance.match.peculiarities import covers, misses, ownness
from provenance.model import Floats

_STEPS, _FEWER = 150, 30
_BEYOND = 0.5  # missed plants that may lie beyond those that were tried (Jeffreys)


@dataclass(frozen=True, slots=True)
class Falsehood:
    """How many findings are no copies.

    Parameters
    ----------
    expected : float
        In the whole corpus.
    drawn : ndarray of float64, shape (draws,)
        The same, as uncertain as it was measured.
    """

    expected: float
    drawn: Floats


@dataclass(frozen=True, slots=True)
class Correction:
    """What a finding stands for.

    Parameters
    ----------
    weights : ndarray of float64, shape (units, sources, lengths, looks)
        Mass of items that are there, for the mass of a finding.
    variances : ndarray of float64, shape (units, sources, lengths, looks)
        Of that mass, by the chance that missed some.
    drawn : ndarray of float64, shape (draws, units, sources, lengths, looks)
        The weights, as uncertain as a finite number of plants and findings leaves them.
    typical : ndarray of float64, shape (2, units)
        What was missed for a finding, on average, and its variance.
    noise : ndarray of float64, shape (2, draws)
        Standard normal numbers, for what chance left out of the corpus and put into it.
    recall : float
        Of all planted items.
    false : Falsehood
        Of all findings.
    """

    weights: Floats
    variances: Floats
    drawn: Floats
    typical: Floats
    noise: Floats
    recall: float
    false: Falsehood


def learn(
    planted: Planted, counts: Floats, false: Falsehood, dice: np.random.Generator
) -> Correction:
    """Learn from planted items what findings stand for.

    Parameters
    ----------
    planted : Planted
        Some of each condition that the corpus may hold.
    counts : ndarray of float64, shape (sources, lengths, looks)
        Findings of the corpus, by what they look like.
    false : Falsehood
        How many of them are none.
    dice : numpy.random.Generator
        Thrown for the uncertainty.

    Notes
    -----
    With ``R[c, o]`` the part of the items planted in condition ``c`` that were found and look like
    ``o``, the mixture ``m`` of conditions is the likeliest one for the looks that were counted,
    given that an item was found (expectation and maximisation over found and missed items), first
    for all lengths together, then for each, pulled a little towards the first. A finding that looks
    like ``o`` weighs ``sum(p(c | o) / recall(c))``, where ``p(c | o)`` is proportional to
    ``m[c] * R[c, o]``: its sum over findings is without bias for the items that are there. For
    tokens and bytes, ``R`` and the recall are what findings cover of what was planted, so the parts
    of spans that findings leave out count too.

    Of ``n`` plants of which ``f`` were found, ``(n + 1) / (f + 1)`` has the mean of ``1 / recall``;
    so one found plant is added to each condition. Each draw weighs plants and findings anew
    (Rubin's bootstrap), with two found plants more, which gives it the same mean, and half a missed
    one in conditions of which none was missed; and learns the mixture again.

    Items of one source may be harder to tell than those of another, at the same length. The part of
    a weight that stands for what was missed is multiplied by how often a source's plants were
    missed, for how often they should have been (`misses`); and a source of which findings leave out
    more at the edges, by that (`covers`). What its own findings look like counts as far as it
    differs from others' by more than chance; else each stands for what is usual
    (`ownness`).
    """
    count, draws = len(planted.lengths), len(false.drawn)
    pooled, shape = counts.sum(axis=0), counts.shape[1:]
    once, often = np.ones((1, count)), dice.standard_exponential((draws, count))
    tried = tables(planted, shape, once)
    tried = Tables(tried.masses[0], tried.found[0])
    visible, perfect = tried.recall >= SIGHT, tried.recall >= 1
    first = tried.with_more(visible.astype(np.float64), np.zeros(visible.shape), tried)
    start = mixtures(first, visible, pooled, None, _STEPS)
    room = draws, *visible.shape
    found: Floats = dice.standard_gamma(2.0, room)
    missed: Floats = dice.standard_gamma(_BEYOND, room)
    again = tables(planted, shape, often).with_more(found * visible, missed * perfect, tried)
    seen = dice.standard_gamma(pooled, (draws, *shape))
    mean, variance = weights(first, visible, start)
    drawn, _ = weights(again, visible, mixtures(again, visible, seen, start, _FEWER))
    more = np.maximum(mean[0] - 1, 0)
    seen_often, hidden_often = everything(first, visible, start)
    plants = misses(planted, seen_often + hidden_often, more)
    luck = plants.missed / plants.expected
    lucks = dice.standard_gamma(plants.missed, (draws, *luck.shape)) / plants.expected
    luck[0] = lucks[:, 0] = 1
    edges = covers(planted)[:, :, None, None]
    masses = _masses(tried)
    typical = np.maximum(_average(mean, masses * pooled)[0], 1e-12)
    own = _Own(ownness(counts, more, plants), plants.usual / typical)
    return Correction(
        _by_source(mean, luck, own, masses * pooled) * edges,
        variance[:, None] * luck[..., None],
        _by_source(drawn, lucks, own, masses * seen[:, None]) * edges,
        _typical(mean, variance, pooled),
        dice.standard_normal((2, draws)),
        float((planted.looks >= 0).mean()) if count else 0.0,
        false,
    )


def _masses(tried: Tables) -> Floats:
    """Give the mass of a finding that looks so, by unit."""
    found = tried.found.sum(axis=-2)
    every = found.sum(axis=-1, keepdims=True) / np.maximum(
        found[:1].sum(axis=-1, keepdims=True), 1e-12
    )
    return np.asarray(np.where(found[:1] > 0, found / np.maximum(found[:1], 1e-12), every))


@dataclass(frozen=True, slots=True)
class _Own:
    """How far findings of a source are its own, and how much more than others they usually say."""

    part: Floats
    usual: Floats


def _typical(mean: Floats, variance: Floats, counts: Floats) -> Floats:
    """Average over all findings what is missed for each, and its variance."""
    share = counts / max(float(counts.sum()), 1e-12)
    more = np.maximum(mean - 1, 0)
    return np.array([(more * share).sum(axis=(1, 2)), (variance * share).sum(axis=(1, 2))])


def _by_source(mean: Floats, luck: Floats, own: _Own, masses: Floats) -> Floats:
    """Let what was missed be more where more of a source's items are missed.

    As far as a source is not its own, each of its findings stands for what is usual at its length.
    """
    more = np.maximum(mean - 1, 0)
    usual = (own.usual * _average(mean, masses)[..., None, :])[..., None]
    part = own.part[:, :, None]
    mixed = part * more[..., None, :, :] + (1 - part) * usual
    mixed = mixed * luck[..., None, :, :, None]
    return np.asarray(np.minimum(mean, 1)[..., None, :, :] + mixed)


def _average(mean: Floats, masses: Floats) -> Floats:
    """Give what was missed for a finding of each length, whatever it looks like."""
    more = np.maximum(mean - 1, 0)
    return np.asarray((more * masses).sum(axis=-1) / np.maximum(masses.sum(axis=-1), 1e-12))
