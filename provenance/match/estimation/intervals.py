"""Confidence intervals of shares, proportions and counts, at 95 %."""

from dataclasses import dataclass

import numpy as np

from provenance.match.estimation.bootstrap import BootstrapSample, percentile_interval
from provenance.model import Floats, Int64s

LOW_RECALL = 0.80
"""Low end of the shipped detector's recall, over lengths and edits. The edits in a corpus are
unknown, so the worst plausible mixture is assumed."""

EDGE_ERROR = 0.03
"""Share of a span by which its two ends may be wrong."""

_CONFIDENCE = 0.95
_ONE_SIDED = 1.645
_TWO_SIDED = 1.96


@dataclass(frozen=True, slots=True)
class ShareInterval:
    """Ends of a 95 % interval, as shares in [0, 1]."""

    low: float
    high: float


def share_interval(
    sizes: Floats,
    chances: Floats,
    total: float,
    documents: tuple[int, float],
    edge: float = EDGE_ERROR,
) -> ShareInterval:
    """Return an interval of the true share that some findings represent.

    Parameters
    ----------
    sizes : ndarray of float64, shape (n,)
        Size of each finding, in any unit.
    chances : ndarray of float64, shape (n,)
        Probability that each is not a copy (`evalue.chance_probabilities`).
    total : float
        Size of the whole corpus, in the same unit.
    documents : (int, float)
        Number of documents with a finding, and of all documents.
    edge : float
        Share of a size by which it may be wrong; a document has no edges.

    Returns
    -------
    Interval
        ``[0, 1]`` if nothing was read.

    Notes
    -----
    Low: each finding is a copy with probability ``1 - chance``, independently. If all are copies
    with probability 0.95, their sum; else the mean of the sum less 1.645 standard deviations and,
    since a finding is a copy as a whole or not at all, half a typical chance finding. Less the
    error of span ends.

    High: the number of documents found is Poisson, thinned by the recall; the upper end of its
    interval (Garwood 1936, in Wilson and Hilferty's approximation) scales the share. A few large
    findings are as uncertain as a small number of them: the effective count,
    ``sum(size)**2 / sum(size**2)``, is used if it is lower. With no finding in n documents it is
    the rule of three, 3 / n, over the recall.
    """
    documents_found, documents_read = documents
    if total <= 0 or documents_read <= 0:
        return ShareInterval(0.0, 1.0)
    covered = float(sizes.sum())
    if not documents_found or not covered:
        return ShareInterval(0.0, min(1.0, 3 / LOW_RECALL / documents_read))
    share = covered / total
    low = _lower_bound(sizes, chances) * (1 - edge) / total
    count = min(documents_found, covered**2 / float((sizes**2).sum()))
    high = share * poisson_upper(count) / count / LOW_RECALL * (1 + edge)
    return ShareInterval(min(low, share), min(1.0, max(high, share)))


def sampled_share_interval(
    sample: BootstrapSample,
    documents: Int64s,
    findings: tuple[Floats, Floats],
    unit: int,
    edge: float,
) -> ShareInterval:
    """Return an interval of a corpus's true share from findings in a sample of its documents.

    Parameters
    ----------
    sample : BootstrapSample
        The sample.
    documents : ndarray of int64, shape (n,)
        Document of each finding.
    findings : (ndarray, ndarray) of float64, shape (n,)
        Size of each, and the probability that it is not a copy.
    unit : int
        Unit of the sizes: 0 for whole documents.
    edge : float
        Share of a size by which it may be wrong.

    Notes
    -----
    The interval of the sample as if it were the whole corpus (`share_interval`) is widened to that
    of the bootstrap. Verified findings exist however little was read: their share of the whole
    corpus bounds the low end from below.
    """
    sizes, chances = findings
    total = float(sample.totals[unit])
    if not len(sizes) or total <= 0:
        documents_read = 0 if total <= 0 else sample.effective_size
        return share_interval(sizes, chances, total, (0, documents_read), edge)
    places = sample.places(documents)
    represented = sizes * sample.weights[places]
    documents_found = len(np.unique(places))
    unwidened = share_interval(
        represented, chances, total, (documents_found, sample.sample_size), edge
    )
    verified = share_interval(sizes, chances, total, (documents_found, sample.sample_size), edge)
    low, high = percentile_interval(sample.shares(places, unit, sizes, lambda _: sizes))
    verified_ratio = unwidened.low * total / float(represented.sum())
    return ShareInterval(
        max(min(unwidened.low, low * verified_ratio), verified.low),
        max(unwidened.high, min(1.0, high / LOW_RECALL * (1 + edge))),
    )


def _lower_bound(sizes: Floats, chances: Floats) -> float:
    """Return the lower bound of the size of the findings that are copies."""
    covered = float(sizes.sum())
    if np.prod(1 - chances) >= _CONFIDENCE:
        return covered
    false_size = float((sizes * chances).sum())
    typical = float((sizes**2 * chances).sum()) / false_size
    spread = float(np.sqrt((sizes**2 * chances * (1 - chances)).sum()))
    return max(0.0, covered - false_size - _ONE_SIDED * spread - typical / 2)


def poisson_upper(count: float) -> float:
    """Return the upper end of the 95 % interval of a Poisson mean, given a count.

    Examples
    --------
    >>> round(poisson_upper(10), 1)
    18.4
    """
    above = count + 1
    return float(above * (1 - 1 / (9 * above) + _TWO_SIDED / (3 * np.sqrt(above))) ** 3)


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


def poisson_interval(count: int) -> tuple[float, float]:
    """Return the 95 % interval of a Poisson mean, given a count.

    Examples
    --------
    >>> [round(end, 2) for end in poisson_interval(10)]
    [4.79, 18.39]
    """
    if not count:
        return 0.0, 3.69
    low = count * (1 - 1 / (9 * count) - _TWO_SIDED / (3 * np.sqrt(count))) ** 3
    return float(max(low, 0.0)), poisson_upper(count)
