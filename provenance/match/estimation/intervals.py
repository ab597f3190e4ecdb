"""Confidence intervals of shares, proportions and counts, at 95 %."""

import math
from dataclasses import dataclass

import numpy as np

from provenance.match.estimation.bootstrap import BootstrapSample, percentile_interval
from provenance.model.content.fingerprints import Floats, Int64s

EXCESS_EDGE, MISSING_EDGE = 0.01, 0.05
"""Share of a span by which it may be too long, and too short. Spans of planted copies were as long
as the copies, within 0.1 %; those of copies in other order or full of typing errors up to 6 % too
short."""

UNMEASURED_MISSES = 0.03
"""Share by which more documents may have copies: of edits with which recall was not measured, up to
3 % more were missed than follows from those that were found."""


@dataclass(frozen=True, slots=True)
class ChanceProbabilities:
    """How far findings may be chance matches.

    Parameters
    ----------
    possible : ndarray of float64, shape (n,)
        Probability that chance gives a match as strong anywhere in the corpus.
    distributed : ndarray of float64, shape (n,)
        Share of each in the chance matches that are expected (`evalue.chance_probabilities`).
    """

    possible: Floats
    distributed: Floats


@dataclass(frozen=True, slots=True)
class UpperEnd:
    """How much more there may be than was found.

    Parameters
    ----------
    ratio : float
        Upper end of the ratio of what is there to what was found; at least 1.
    documents : float
        Documents with copies beside those.
    mean_ratio : float
        Mean of that ratio.
    """

    ratio: float = 1.0
    documents: float = 0.0
    mean_ratio: float = 1.0


NO_MORE = UpperEnd()
"""Nothing was missed."""

NO_COPY_FOUND = UpperEnd(documents=3.75)
"""If more documents had copies, some would have been found with a probability of 95 %, provided
that at least 55 % of copies are found."""


def none_found(recall: float) -> UpperEnd:
    """Return what there may be although nothing was found, for a recall; at least 55 % as a rule.

    Examples
    --------
    >>> round(none_found(0.5).documents, 2), none_found(0.9).documents
    (4.32, 3.75)
    """
    most = np.log(1 - 0.95) / np.log1p(-min(max(recall, 1e-3), 0.999))
    return UpperEnd(documents=max(NO_COPY_FOUND.documents, float(most)))


_CONFIDENCE = 0.975
_TWO_SIDED = 1.96


@dataclass(frozen=True, slots=True)
class ShareInterval:
    """Ends of a 95 % interval, as shares in [0, 1]."""

    low: float
    high: float


def share_interval(
    sizes: Floats,
    chances: ChanceProbabilities,
    total: float,
    documents: float,
    more: UpperEnd = NO_MORE,
    edges: tuple[float, float] = (EXCESS_EDGE, MISSING_EDGE),
) -> ShareInterval:
    """Return an interval of the true share that some findings represent.

    Parameters
    ----------
    sizes : ndarray of float64, shape (n,)
        Size of each finding, in any unit.
    chances : ChanceProbabilities
        How far each may be a chance match.
    total : float
        Size of the whole corpus, in the same unit.
    documents : float
        Number of all documents.
    more : UpperEnd
        What may have been missed.
    edges : (float, float)
        Share of a size by which it may be too large, and too small.

    Returns
    -------
    Interval
        ``[0, 1]`` if nothing was read.

    Notes
    -----
    Low, less the error of span ends: the larger of two bounds, each of which fails at most once in
    forty times. The size of the strongest findings, as many as chance gives none of with a
    probability of 0.975; and the size of all findings less that of the chance matches among them,
    whose number is Poisson, with 1.96 standard deviations and, since a finding is a copy as a whole
    or not at all, half a typical chance match.

    High: what was found, with what may have been missed and what spans lack at their ends.
    """
    if total <= 0 or documents <= 0:
        return ShareInterval(0.0, 1.0)
    share = float(sizes.sum()) / total
    low = _lower_bound(sizes, chances) * (1 - edges[0]) / total
    high = share * more.ratio * (1 + edges[1]) + more.documents / documents
    return ShareInterval(min(low, share), min(1.0, max(high, share)))


def sampled_share_interval(
    sample: BootstrapSample,
    documents: Int64s,
    findings: tuple[Floats, ChanceProbabilities],
    unit: int,
    more: UpperEnd,
    edges: tuple[float, float],
) -> ShareInterval:
    """Return an interval of a corpus's true share from findings in a sample of its documents.

    Parameters
    ----------
    sample : BootstrapSample
        The sample.
    documents : ndarray of int64, shape (n,)
        Document of each finding.
    findings : (ndarray of float64 of shape (n,), ChanceProbabilities)
        Size of each, and how far it may be a chance match.
    unit : int
        Unit of the sizes: 0 for whole documents.
    more : UpperEnd
        What may have been missed.
    edges : (float, float)
        As for `share_interval`.

    Notes
    -----
    The interval of the sample as if it were the whole corpus (`share_interval`) is widened to that
    of the bootstrap. Verified findings exist however little was read: their share of the whole
    corpus bounds the low end from below.
    """
    sizes, chances = findings
    total = float(sample.totals[unit])
    if not len(sizes) or total <= 0:
        return share_interval(sizes, chances, total, sample.effective_size, more)
    places = sample.places(documents)
    represented = sizes * sample.weights[places]
    unwidened = share_interval(represented, chances, total, sample.effective_size, more, edges)
    verified = share_interval(sizes, chances, total, sample.effective_size, more, edges)
    low, high = percentile_interval(sample.shares(places, unit, sizes))
    verified_ratio = unwidened.low * total / float(represented.sum())
    return ShareInterval(
        max(min(unwidened.low, low * verified_ratio), verified.low),
        max(unwidened.high, min(1.0, high * more.ratio * (1 + edges[1]))),
    )


def _lower_bound(sizes: Floats, chances: ChanceProbabilities) -> float:
    """Return the lower bound of the size of the findings that are copies."""
    order = np.argsort(chances.possible, kind="stable")
    all_copies = np.cumprod(1 - chances.possible[order]) >= _CONFIDENCE
    certain = float(sizes[order][all_copies].sum())
    if np.all(all_copies):
        return certain
    false_size = float((sizes * chances.distributed).sum())
    square = float((sizes**2 * chances.distributed).sum())
    less = false_size + _TWO_SIDED * np.sqrt(square) + square / max(false_size, 1e-300) / 2
    return max(certain, float(sizes.sum() - less))


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a proportion; [0, 1] without trials.

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(45, 50)]
    [0.786, 0.957]
    """
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, _TWO_SIDED**2 / trials
    middle = (share + square / 2) / (1 + square)
    half = _TWO_SIDED / (1 + square) * np.sqrt(share * (1 - share) / trials + square / trials / 4)
    low = 0.0 if successes == 0 else float(middle - half)
    return low, 1.0 if successes == trials else float(middle + half)


def clopper_pearson_interval(
    successes: float, trials: float, error: float = 0.05
) -> tuple[float, float]:
    """Return the exact interval of a proportion (Clopper and Pearson 1934).

    Parameters
    ----------
    successes, trials : float
        Need not be whole. Without trials, the interval is [0, 1].
    error : float
        Probability that the interval does not hold the proportion, at most.

    Examples
    --------
    >>> [round(end, 3) for end in clopper_pearson_interval(0, 50)]
    [0.0, 0.071]
    >>> [round(end, 3) for end in clopper_pearson_interval(45, 50)]
    [0.782, 0.967]
    """
    failures = trials - successes
    low = beta_quantile(error / 2, successes, failures + 1) if successes else 0.0
    high = beta_quantile(1 - error / 2, successes + 1, failures) if failures else 1.0
    return low, high


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Return a quantile of the beta distribution, by bisection."""
    low, high = 0.0, 1.0
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        if beta_distribution(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_distribution(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function, for `x` in (0, 1).

    Notes
    -----
    The continued fraction of DLMF 8.17.22, evaluated by Lentz's method; it converges in about
    the root of ``max(a, b)`` steps on the side of the mean that is chosen.
    """
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_distribution(1 - x, b, a)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(scale + a * math.log(x) + b * math.log1p(-x))
    fraction, numerator, denominator = 1.0, 1.0, 0.0
    for step in range(_MAX_STEPS):
        half = step // 2
        if step == 0:
            term = 1.0
        elif step % 2:
            term = -(a + half) * (a + b + half) * x / ((a + step - 1) * (a + step))
        else:
            term = half * (b - half) * x / ((a + step - 1) * (a + step))
        denominator = 1 / (1 + term * denominator or _TINY)
        numerator = 1 + term / numerator or _TINY
        fraction *= numerator * denominator
        if step and abs(numerator * denominator - 1) < _PRECISION:
            break
    return front * (fraction - 1) / a


_MAX_STEPS, _PRECISION, _TINY = 100_000, 1e-13, 1e-300


def poisson_interval(count: float) -> tuple[float, float]:
    """Return the 95 % interval of a Poisson mean, given a count.

    Garwood's (1936), in Wilson and Hilferty's approximation (1931).

    Examples
    --------
    >>> [round(end, 2) for end in poisson_interval(10)]
    [4.79, 18.39]
    """
    if not count:
        return 0.0, 3.69
    above = count + 1
    low = count * (1 - 1 / (9 * count) - _TWO_SIDED / (3 * np.sqrt(count))) ** 3
    high = above * (1 - 1 / (9 * above) + _TWO_SIDED / (3 * np.sqrt(above))) ** 3
    return float(max(low, 0.0)), float(high)
