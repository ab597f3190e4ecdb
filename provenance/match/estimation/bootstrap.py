"""Some documents drawn of a corpus: what each stands for, and the bootstrap over them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.model import Flags, Floats, Int64s

_ENOUGH = 20
"""Documents from which a stratum is resampled by itself; smaller neighbours are taken together, for
within a few documents hardly anything varies."""

_CELLS = 4e7
"""Weights that are kept at most: of very many documents, fewer draws say as much."""

_LEAST_DRAWS = 100
_VARIATION, _BELIEF = 0.6, 2.0
"""Squared coefficient of variation that what documents hold is believed to have, and for how many
documents that belief counts."""

_UNSEEN = 0.5  # documents of either kind that may lie beyond those that were drawn (Jeffreys)
_FULLER = 0.8  # spread, on the scale of logarithms, of what such a document holds


@dataclass(frozen=True, slots=True)
class Drawn:
    """Documents that were drawn of a corpus.

    Parameters
    ----------
    weights : ndarray of float64, shape (n,)
        Documents of the corpus for which each stands.
    strata : ndarray of int64, shape (n,)
        Whence each was drawn, from 0 on; neighbours have numbers next to each other.
    sizes : ndarray of float64, shape (units, n)
        What each holds; the first unit counts documents: 1 each.
    """

    weights: Floats
    strata: Int64s
    sizes: Floats


@dataclass(frozen=True, slots=True)
class Resampled:
    """Documents that were drawn, and drawn again and again.

    Parameters
    ----------
    read : int
        Documents that were drawn.
    effective : float
        As many, if each stood for equally many (Kish).
    hits : ndarray of int64, shape (m,)
        Those of which something was found, in order.
    weights : ndarray of float64, shape (m,)
        Documents of the corpus for which each of them stands.
    again : ndarray of float32, shape (draws, m)
        The same, each time that all were drawn again.
    held : ndarray of float64, shape (units, m)
        What each of them holds.
    totals : ndarray of float64, shape (units,)
        The whole corpus, as far as the documents tell.
    drawn_totals : ndarray of float64, shape (draws, units)
        The same, each time.
    unseen : ndarray of float64, shape (2, draws)
        Documents that were not drawn, for one that was: with findings, by what they hold, for the
        fullest; and without.
    """

    read: int
    effective: float
    hits: Int64s
    weights: Floats
    again: NDArray[np.float32]
    held: Floats
    totals: Floats
    drawn_totals: Floats
    unseen: Floats

    def places(self, documents: Int64s) -> Int64s:
        """Find documents among those of which something was found."""
        return np.searchsorted(self.hits, documents).astype(np.int64)

    def shares(
        self, places: Int64s, unit: int, mean: Floats, masses: Callable[[int], Floats]
    ) -> Floats:
        """Give the share that some findings make up, each time that documents are drawn again.

        Parameters
        ----------
        places : ndarray of int64, shape (n,)
            Where each finding stands, among the hits.
        unit : int
            What is counted.
        mean : ndarray of float64, shape (n,)
            What each finding stands for in its document.
        masses : callable
            Gives the same for each draw, as uncertain as it is.

        Returns
        -------
        ndarray of float64, shape (draws,)

        Notes
        -----
        Few hits tell little of how many there are: half a document with findings, and half a
        typical one without, are added to each draw, with weights as random as the others'. So the
        draws of a share that few documents make up are those of Jeffreys's posterior. Nor do few
        hits tell how much one may hold: the half document holds as much as the fullest, more or
        less, and draws are spread, on the scale of log-odds, as Student's quantile is to the
        normal one, as far as hits differ in what they hold.
        """
        own, rows = np.unique(places, return_inverse=True)
        parts = self.weights[own] * np.bincount(rows, mean)
        fullest = int(np.argmax(parts))
        whole = float(self.weights[own[fullest]] * self.held[unit, own[fullest]])
        without = self.totals[unit] / self.read
        share = np.empty(len(self.again))
        for turn, weights in enumerate(self.again):
            more, less = self.unseen[:, turn]
            found = float((weights[places] * masses(turn)).sum()) + more * parts[fullest]
            total = self.drawn_totals[turn, unit] + more * max(whole, parts[fullest])
            share[turn] = found / max(total + less * without, 1e-300)
        centre = float(parts.sum() / self.totals[unit])
        return _stretched(np.clip(share, 0.0, 1.0), centre, _stretch(parts))


def _stretch(parts: Floats) -> float:
    """Tell how much farther than they seem the ends of a sum of a few unequal parts lie."""
    count = len(parts)
    varied = count * parts.var() / max(float(parts.mean()) ** 2, 1e-300)
    variation = (varied + _BELIEF * _VARIATION) / (count + _BELIEF - 1)
    due = variation / (1 + variation)
    return float(np.sqrt(1 + due * (_student(max(count - 1, 1)) ** 2 - 1)))


def _student(degrees: int) -> float:
    """Give the 97.5th percentile of Student's distribution, in normal ones; at most 3."""
    z = 1.96
    more = (z**3 + z) / 4 / degrees + (5 * z**5 + 16 * z**3 + 3 * z) / 96 / degrees**2
    return min(1 + more / z, 3.0)


def _stretched(shares: Floats, centre: float, stretch: float) -> Floats:
    if not 0 < centre < 1:
        return shares
    inside = np.clip(shares, 1e-300, 1 - 1e-16)
    odds, middle = np.log(inside) - np.log1p(-inside), np.log(centre) - np.log1p(-centre)
    return np.asarray(1 / (1 + np.exp(-np.clip(middle + stretch * (odds - middle), -700, 700))))


def ends(draws: Floats) -> tuple[float, float]:
    """Give the 95 % interval of what was drawn, as wide as its coverage needs with few draws."""
    low, high = np.percentile(draws, (2.5, 97.5), method="weibull").tolist()
    return low, high


def resampled(drawn: Drawn, hits: Int64s, draws: int, dice: np.random.Generator) -> Resampled:
    """Draw documents again and again, each stratum by itself.

    Parameters
    ----------
    drawn : Drawn
        The documents.
    hits : ndarray of int64
        Those of which something was found, in order.
    draws : int
        How often; less often where there are very many hits.
    dice : numpy.random.Generator
        Thrown for it.

    Notes
    -----
    Rubin's bootstrap: each document counts with an exponential weight, scaled so that those of a
    stratum stand for all of it. Where part ``f`` of a stratum of ``n`` was drawn, weights differ
    from 1 by ``sqrt((1 - f) * n / (n - 1))`` of what they would (Rao and Wu): who has read
    everything samples nothing. Documents without findings count only by their sums, so theirs are
    drawn as sums: a gamma number of documents, and what they hold beside.
    """
    draws = max(_LEAST_DRAWS, min(draws, int(_CELLS / max(len(hits), 1))))
    strata = _pooled(drawn.strata)
    rooms = int(strata.max(initial=-1)) + 1
    stands = np.bincount(strata, drawn.weights, rooms)
    count = np.bincount(strata, minlength=rooms)
    spread = np.sqrt(
        np.maximum(1 - count / np.maximum(stands, 1e-12), 0) * count / np.maximum(count - 1, 1)
    )
    bare = np.ones(len(strata), bool)
    bare[hits] = False
    rest = _Rest.of(drawn, bare, strata, rooms)
    own, weights, held = strata[hits], drawn.weights[hits], drawn.sizes[:, hits]
    again = np.empty((draws, len(hits)), np.float32)
    totals = np.empty((draws, len(drawn.sizes)))
    for turn in range(draws):
        lot = np.maximum(1 + spread[own] * (dice.standard_exponential(len(hits)) - 1), 0) * weights
        others, hold = rest.drawn(spread, dice)
        scale = stands / np.maximum(others + np.bincount(own, lot, rooms), 1e-12)
        again[turn] = lot * scale[own]
        totals[turn] = (hold * scale).sum(axis=1) + (held * again[turn]).sum(axis=1)
    left = np.sqrt(max(0.0, 1 - len(strata) / max(float(stands.sum()), 1e-12)))
    squares = float((drawn.weights**2).sum())
    return Resampled(
        len(strata),
        float(drawn.weights.sum()) ** 2 / squares if squares else 0.0,
        hits,
        weights,
        again,
        held,
        (drawn.sizes * drawn.weights).sum(axis=1),
        totals,
        left * _unseen(draws, dice),
    )


def _unseen(draws: int, dice: np.random.Generator) -> Floats:
    unseen: Floats = dice.standard_gamma(_UNSEEN, (2, draws))
    unseen[0] *= np.exp(_FULLER * dice.standard_normal(draws))
    return unseen


@dataclass(frozen=True, slots=True)
class _Rest:
    """Documents without findings, summed up stratum by stratum."""

    count: Floats  # of documents that they stand for
    square: Floats  # of the weights
    means: Floats  # what one holds, by unit and stratum
    spreads: Floats  # of what they hold beside

    @classmethod
    def of(cls, drawn: Drawn, bare: Flags, strata: Int64s, rooms: int) -> "_Rest":
        own, weights, sizes = strata[bare], drawn.weights[bare], drawn.sizes[:, bare]
        count = np.bincount(own, weights, rooms).astype(np.float64)
        squares = np.bincount(own, weights**2, rooms).astype(np.float64)
        means = np.array([np.bincount(own, weights * size, rooms) for size in sizes])
        means = means / np.maximum(count, 1e-12)
        beside = [
            np.bincount(own, (weights * (size - mean[own])) ** 2, rooms)
            for size, mean in zip(sizes, means, strict=True)
        ]
        return cls(count, squares, means, np.sqrt(beside))

    def drawn(self, spread: Floats, dice: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw for how many they stand, and what these hold, in every stratum."""
        variance = spread**2 * self.square
        shape = self.count**2 / np.maximum(variance, 1e-12)
        varied = np.where(
            variance > 0, dice.standard_gamma(shape) * variance / np.maximum(self.count, 1e-12), 0.0
        )
        others = np.where(variance > 0, varied, self.count)
        noise = dice.standard_normal(len(spread)) * spread
        return others, np.maximum(others * self.means + noise * self.spreads, 0.0)


def _pooled(strata: Int64s) -> Int64s:
    """Take neighbouring strata together until each has enough documents."""
    sizes = np.bincount(strata)
    rooms, room, filled = np.empty(len(sizes), np.int64), 0, 0
    for stratum, size in enumerate(sizes.tolist()):
        if filled >= _ENOUGH:
            room, filled = room + 1, 0
        rooms[stratum] = room
        filled += size
    if filled < _ENOUGH and room:
        rooms[rooms == room] = room - 1
    return rooms[strata]
