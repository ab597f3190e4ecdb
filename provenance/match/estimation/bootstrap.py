"""Bootstrap over a stratified sample of a corpus's documents."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.model.content.fingerprints import Flags, Floats, Int64s

_MIN_STRATUM = 20
"""Least documents of a stratum that is resampled by itself; smaller neighbours are merged, since a
few documents hardly vary."""

_MAX_WEIGHTS = 4e7
"""Limit on stored weights: with very many documents, fewer draws are as precise."""

_MIN_DRAWS = 100
_PRIOR_VARIATION, _PRIOR_DOCUMENTS = 0.6, 2.0
"""Prior squared coefficient of variation of matched sizes, and its weight in documents."""

_UNSEEN_DOCUMENTS = 0.5  # with and without findings, added to the sample (Jeffreys)
_UNSEEN_SPREAD = 0.8  # standard deviation of the logarithm of the matched size of such a document


@dataclass(frozen=True, slots=True)
class SampledDocuments:
    """A sample of a corpus's documents.

    Parameters
    ----------
    weights : ndarray of float64, shape (n,)
        Documents of the corpus that each represents.
    strata : ndarray of int64, shape (n,)
        Stratum of each, from 0 on; neighbouring strata have consecutive numbers.
    sizes : ndarray of float64, shape (units, n)
        Size of each; the first unit counts documents: 1 each.
    """

    weights: Floats
    strata: Int64s
    sizes: Floats


@dataclass(frozen=True, slots=True)
class BootstrapSample:
    """A sample of documents, and its bootstrap replicates.

    Parameters
    ----------
    sample_size : int
        Number of sampled documents.
    effective_size : float
        Effective sample size (Kish).
    with_findings : ndarray of int64, shape (m,)
        Documents with findings, ascending.
    weights : ndarray of float64, shape (m,)
        Documents of the corpus that each of them represents.
    replicates : ndarray of float32, shape (draws, m)
        The same in each replicate.
    sizes : ndarray of float64, shape (units, m)
        Sizes of the documents with findings.
    totals : ndarray of float64, shape (units,)
        Estimated size of the whole corpus.
    replicate_totals : ndarray of float64, shape (draws, units)
        The same in each replicate.
    unseen : ndarray of float64, shape (2, draws)
        Number of documents added for those not sampled: with findings, relative to the document
        with the largest matched size; and without.
    """

    sample_size: int
    effective_size: float
    with_findings: Int64s
    weights: Floats
    replicates: NDArray[np.float32]
    sizes: Floats
    totals: Floats
    replicate_totals: Floats
    unseen: Floats

    def places(self, documents: Int64s) -> Int64s:
        """Return the indices of documents among those with findings."""
        return np.searchsorted(self.with_findings, documents).astype(np.int64)

    def shares(self, places: Int64s, unit: int, sizes: Floats) -> Floats:
        """Return the share that some findings make up in each replicate.

        Parameters
        ----------
        places : ndarray of int64, shape (n,)
            Index of each finding's document among those with findings.
        unit : int
            Unit of the share.
        sizes : ndarray of float64, shape (n,)
            Size of each finding.

        Returns
        -------
        ndarray of float64, shape (draws,)

        Notes
        -----
        A few documents with findings say little about their number: half a document with findings,
        and half a typical one without, are added to each replicate, with weights as random as the
        others'. So replicates of a share that few documents make up follow Jeffreys's posterior.
        Nor do they show how large the matched size of a document may be: the half document has
        about that of the document with the largest, and replicates are spread on the scale of
        log-odds by the ratio of Student's quantile to the normal one, as far as documents differ in
        matched size.
        """
        unique_places, rows = np.unique(places, return_inverse=True)
        parts = self.weights[unique_places] * np.bincount(rows, sizes)
        largest = int(np.argmax(parts))
        largest_size = float(
            self.weights[unique_places[largest]] * self.sizes[unit, unique_places[largest]]
        )
        mean_size = self.totals[unit] / self.sample_size
        share = np.empty(len(self.replicates))
        for draw, weights in enumerate(self.replicates):
            added_matched, added_unmatched = self.unseen[:, draw]
            covered = float((weights[places] * sizes).sum()) + added_matched * parts[largest]
            total = self.replicate_totals[draw, unit] + added_matched * max(
                largest_size, parts[largest]
            )
            share[draw] = covered / max(total + added_unmatched * mean_size, 1e-300)
        centre = float(parts.sum() / self.totals[unit])
        return _widen_draws(np.clip(share, 0.0, 1.0), centre, _widening(parts))


def _widening(parts: Floats) -> float:
    """Return the factor by which the interval of a sum of a few unequal parts is widened."""
    count = len(parts)
    varied = count * parts.var() / max(float(parts.mean()) ** 2, 1e-300)
    variation = (varied + _PRIOR_DOCUMENTS * _PRIOR_VARIATION) / (count + _PRIOR_DOCUMENTS - 1)
    due = variation / (1 + variation)
    return float(np.sqrt(1 + due * (_student_ratio(max(count - 1, 1)) ** 2 - 1)))


def _student_ratio(degrees: int) -> float:
    """Return the 97.5th percentile of Student's distribution over the normal one; at most 3."""
    z = 1.96
    excess = (z**3 + z) / 4 / degrees + (5 * z**5 + 16 * z**3 + 3 * z) / 96 / degrees**2
    return min(1 + excess / z, 3.0)


def _widen_draws(shares: Floats, centre: float, stretch: float) -> Floats:
    if not 0 < centre < 1:
        return shares
    inside = np.clip(shares, 1e-300, 1 - 1e-16)
    odds, middle = np.log(inside) - np.log1p(-inside), np.log(centre) - np.log1p(-centre)
    return np.asarray(1 / (1 + np.exp(-np.clip(middle + stretch * (odds - middle), -700, 700))))


def percentile_interval(draws: Floats) -> tuple[float, float]:
    """Return the 95 % interval of draws, with Weibull's plotting positions."""
    low, high = np.percentile(draws, (2.5, 97.5), method="weibull").tolist()
    return low, high


def bootstrap_documents(
    sample: SampledDocuments, hits: Int64s, draws: int, rng: np.random.Generator
) -> BootstrapSample:
    """Draw bootstrap replicates of a sample, stratum by stratum.

    Parameters
    ----------
    sample : SampledDocuments
        The sample.
    hits : ndarray of int64
        Documents with findings, ascending.
    draws : int
        Number of replicates; fewer if very many documents have findings.
    rng : numpy.random.Generator
        Source of randomness.

    Notes
    -----
    Rubin's Bayesian bootstrap: each document has an exponential weight, scaled so that those of a
    stratum represent all of it. Where a share ``f`` of a stratum was sampled, ``n`` documents, the
    deviation of weights from 1 is multiplied by ``sqrt((1 - f) * n / (n - 1))`` (Rao and Wu): a
    corpus that is read completely has no sampling error. Documents without findings count only by
    their sums, so these are drawn as sums: a gamma number of documents, and their sizes.
    """
    draws = max(_MIN_DRAWS, min(draws, int(_MAX_WEIGHTS / max(len(hits), 1))))
    strata = _merge_small_strata(sample.strata)
    stratum_count = int(strata.max(initial=-1)) + 1
    stratum_weights = np.bincount(strata, sample.weights, stratum_count)
    count = np.bincount(strata, minlength=stratum_count)
    spread = np.sqrt(
        np.maximum(1 - count / np.maximum(stratum_weights, 1e-12), 0)
        * count
        / np.maximum(count - 1, 1)
    )
    unmatched = np.ones(len(strata), bool)
    unmatched[hits] = False
    rest = _UnmatchedDocuments.of(sample, unmatched, strata, stratum_count)
    hit_strata, weights, hit_sizes = strata[hits], sample.weights[hits], sample.sizes[:, hits]
    replicates = np.empty((draws, len(hits)), np.float32)
    totals = np.empty((draws, len(sample.sizes)))
    for draw in range(draws):
        draw_weights = (
            np.maximum(1 + spread[hit_strata] * (rng.standard_exponential(len(hits)) - 1), 0)
            * weights
        )
        other_counts, other_sizes = rest.draw(spread, rng)
        scale = stratum_weights / np.maximum(
            other_counts + np.bincount(hit_strata, draw_weights, stratum_count), 1e-12
        )
        replicates[draw] = draw_weights * scale[hit_strata]
        totals[draw] = (other_sizes * scale).sum(axis=1) + (hit_sizes * replicates[draw]).sum(
            axis=1
        )
    finite_correction = np.sqrt(
        max(0.0, 1 - len(strata) / max(float(stratum_weights.sum()), 1e-12))
    )
    squares = float((sample.weights**2).sum())
    return BootstrapSample(
        len(strata),
        float(sample.weights.sum()) ** 2 / squares if squares else 0.0,
        hits,
        weights,
        replicates,
        hit_sizes,
        (sample.sizes * sample.weights).sum(axis=1),
        totals,
        finite_correction * _draw_unseen(draws, rng),
    )


def _draw_unseen(draws: int, rng: np.random.Generator) -> Floats:
    unseen: Floats = rng.standard_gamma(_UNSEEN_DOCUMENTS, (2, draws))
    unseen[0] *= np.exp(_UNSEEN_SPREAD * rng.standard_normal(draws))
    return unseen


@dataclass(frozen=True, slots=True)
class _UnmatchedDocuments:
    """Documents without findings, summed by stratum."""

    count: Floats  # documents that they represent
    square: Floats  # sum of squared weights
    means: Floats  # mean size by unit and stratum
    spreads: Floats  # of the sums of sizes

    @classmethod
    def of(
        cls, sample: SampledDocuments, unmatched: Flags, strata: Int64s, stratum_count: int
    ) -> "_UnmatchedDocuments":
        document_strata, weights, sizes = (
            strata[unmatched],
            sample.weights[unmatched],
            sample.sizes[:, unmatched],
        )
        count = np.bincount(document_strata, weights, stratum_count).astype(np.float64)
        squares = np.bincount(document_strata, weights**2, stratum_count).astype(np.float64)
        means = np.array(
            [np.bincount(document_strata, weights * size, stratum_count) for size in sizes]
        )
        means = means / np.maximum(count, 1e-12)
        variances = [
            np.bincount(
                document_strata, (weights * (size - mean[document_strata])) ** 2, stratum_count
            )
            for size, mean in zip(sizes, means, strict=True)
        ]
        return cls(count, squares, means, np.sqrt(variances))

    def draw(self, spread: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw the number of documents that they represent, and their sizes, in every stratum."""
        variance = spread**2 * self.square
        shape = self.count**2 / np.maximum(variance, 1e-12)
        random_counts = np.where(
            variance > 0, rng.standard_gamma(shape) * variance / np.maximum(self.count, 1e-12), 0.0
        )
        counts = np.where(variance > 0, random_counts, self.count)
        noise = rng.standard_normal(len(spread)) * spread
        return counts, np.maximum(counts * self.means + noise * self.spreads, 0.0)


def _merge_small_strata(strata: Int64s) -> Int64s:
    """Merge neighbouring strata until each has enough documents."""
    sizes = np.bincount(strata)
    merged, stratum_number, document_count = np.empty(len(sizes), np.int64), 0, 0
    for stratum, size in enumerate(sizes.tolist()):
        if document_count >= _MIN_STRATUM:
            stratum_number, document_count = stratum_number + 1, 0
        merged[stratum] = stratum_number
        document_count += size
    if document_count < _MIN_STRATUM and stratum_number:
        merged[merged == stratum_number] = stratum_number - 1
    return merged[strata]
