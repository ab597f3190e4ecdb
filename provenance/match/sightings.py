"""Findings, each taken for what it stands for: corrected shares with their intervals."""

from dataclasses import dataclass

import numpy as np

from provenance.match.correction import Correction
from provenance.match.sampling import Resampled, ends
from provenance.model import Corrected, Flags, Floats, Int64s

_WIDER = 1.15
"""How much more what was missed varies than its conditions say, which are themselves inferred: with
1, intervals of documents held the truth in 94.0 % of 1280 simulated draws."""

_IMAGINED = 2.0  # findings beyond those that are there, for what few of them cannot show


@dataclass(frozen=True, slots=True)
class Sightings:
    """Findings to be corrected.

    Parameters
    ----------
    sources, lengths, looks : ndarray of int64, shape (n,)
        Whose the item is, as in `Planted`; class of its length; and what the finding looks like: -1
        where it stands for itself alone, as an address does.
    sizes : ndarray of float64, shape (n,)
        What each covers, in some unit.
    doubts : ndarray of float64, shape (n,)
        Its part of all falsehood; they add up to 1 over all findings of the corpus.
    """

    sources: Int64s
    lengths: Int64s
    looks: Int64s
    sizes: Floats
    doubts: Floats


def corrected(
    learnt: Correction, findings: Sightings, unit: int, total: float, documents: int
) -> Corrected:
    """Correct the share that some findings make up.

    Parameters
    ----------
    learnt : Correction
        What findings stand for.
    findings : Sightings
        Any of the corpus's findings.
    unit : int
        What their sizes are counted in: 0 for whole documents.
    total : float
        The whole corpus, in that unit.
    documents : int
        Documents of the corpus.

    Returns
    -------
    Corrected
        ``[0, 1]`` where nothing was read; from 0 to the rule of three over the recall where nothing
        was found.

    Notes
    -----
    The interval holds the uncertainty of the weights, of the number of false findings, and of the
    number missed: a finding in a condition of recall ``r`` stands for a geometric number of items,
    of variance ``(1 - r) / r**2``, and more where several conditions look so. All of the corpus was
    read, so nothing else is uncertain: for a detector that misses nothing, the share is what was
    found.
    """
    if total <= 0 or documents <= 0:
        return Corrected(0.0, 0.0, 1.0)
    if not findings.sizes.sum():
        return _nothing(learnt, documents)
    weighed = _Weighed.of(learnt, findings, unit)
    known, sizes = weighed.known, findings.sizes
    drawn = learnt.drawn[:, unit].reshape(len(learnt.drawn), -1)
    found = np.bincount(weighed.cells[known], sizes[known], drawn.shape[1])
    doubtful = np.bincount(weighed.cells[known], (sizes * findings.doubts)[known], drawn.shape[1])
    likely = drawn @ found - learnt.false.drawn * (drawn @ doubtful) + sizes[~known].sum()
    likely = likely + weighed.luck(learnt, unit, np.ones(len(sizes)))
    return _ends(float(weighed.sizes.sum()) / total, likely / total)


def corrected_sample(
    learnt: Correction, findings: Sightings, places: Int64s, unit: int, sampled: Resampled
) -> Corrected:
    """Correct the share of a corpus that some findings in a sample of its documents make up.

    Parameters
    ----------
    learnt : Correction
        What findings stand for.
    findings : Sightings
        Any of the sample's findings.
    places : ndarray of int64, shape (n,)
        Where each stands, among the documents with findings.
    unit : int
        What their sizes are counted in: 0 for whole documents.
    sampled : Resampled
        The documents that were drawn.

    Returns
    -------
    Corrected
        As `corrected` gives it.

    Notes
    -----
    Each finding counts for the documents for which its own stands. Which documents were drawn is
    one more uncertainty, held by drawing them again. What was missed by chance is uncertain as in
    the whole corpus: what more of it there is in a sample, the documents' own weights hold.
    """
    total = float(sampled.totals[unit])
    if total <= 0 or not sampled.read:
        return Corrected(0.0, 0.0, 1.0)
    if not findings.sizes.sum():
        return _nothing(learnt, sampled.effective)
    weighed = _Weighed.of(learnt, findings, unit)
    stands = sampled.weights[places]

    def masses(turn: int) -> Floats:
        weights = np.where(weighed.known, learnt.drawn[turn, unit].ravel()[weighed.cells], 1.0)
        doubts = np.minimum(findings.doubts * learnt.false.drawn[turn], 1.0)
        return np.asarray(findings.sizes * weights * (1 - doubts))

    likely = sampled.shares(places, unit, weighed.sizes, masses)
    luck = weighed.luck(learnt, unit, stands)[: len(likely)]
    return _ends(float((weighed.sizes * stands).sum()) / total, likely + luck / total)


def _nothing(learnt: Correction, documents: float) -> Corrected:
    return Corrected(0.0, 0.0, min(1.0, 3 / max(learnt.recall, 1e-12) / documents))


def _ends(share: float, likely: Floats) -> Corrected:
    share = min(1.0, max(0.0, share))
    low, high = ends(likely)
    return Corrected(share, max(0.0, min(low, share)), min(1.0, max(high, share)))


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Findings with their weights; `sizes` is what each stands for in its document."""

    known: Flags
    cells: Int64s
    covers: Floats
    weights: Floats
    variances: Floats
    doubts: Floats

    @classmethod
    def of(cls, learnt: Correction, findings: Sightings, unit: int) -> "_Weighed":
        known = findings.looks >= 0
        lengths, looks = learnt.weights.shape[-2:]
        cells = (findings.sources * lengths + findings.lengths) * looks + findings.looks
        cells = np.where(known, cells, 0)
        return cls(
            known,
            cells,
            findings.sizes,
            np.where(known, learnt.weights[unit].ravel()[cells], 1.0),
            np.where(known, learnt.variances[unit].ravel()[cells], 0.0),
            np.minimum(findings.doubts * learnt.false.expected, 1.0),
        )

    @property
    def sizes(self) -> Floats:
        return np.asarray(self.covers * self.weights * (1 - self.doubts))

    def luck(self, learnt: Correction, unit: int, stands: Floats) -> Floats:
        """Draw what chance left out of the corpus and put into it, beyond what is expected."""
        covers, sure = self.covers * stands, self.covers * stands * (1 - self.doubts)
        # A few findings do not show every condition that their kind is in: some more are imagined.
        sure = np.append(sure, _IMAGINED * covers.mean() * self.known.any())
        more = np.append(np.maximum(self.weights - 1, 0), learnt.typical[0, unit])
        typical = (self.covers**2).mean() / self.covers.mean()
        spread = np.append(self.covers * self.variances, typical * learnt.typical[1, unit])
        missed = float((sure * more).sum()), float(_WIDER * (sure * spread).sum())
        squares = stands * (self.covers * self.weights) ** 2
        made_up = float((squares * self.doubts * (1 - self.doubts)).sum())
        luck = _unlucky(missed, learnt.noise[0])
        return np.asarray(luck + np.sqrt(made_up) * learnt.noise[1])


def _unlucky(missed: tuple[float, float], noise: Floats) -> Floats:
    """Draw by how much more, or less, was missed than is expected, from its mean and variance."""
    mean, variance = missed
    if not mean or not variance:
        return np.zeros(len(noise))
    # A sum of geometric numbers is nearly gamma (Wilson and Hilferty): few leave a long tail.
    degrees = 9 * mean**2 / variance
    drawn = mean * np.maximum(1 - 1 / degrees + noise / np.sqrt(degrees), 0) ** 3
    return np.asarray(drawn - mean)
