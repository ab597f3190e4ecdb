"""Intervals of shares: what was verified, and what the detector may have missed or made up.

Parts that were counted, and their intervals.
"""

from dataclasses import dataclass

import numpy as np

from provenance.match.estimation.bootstrap import Resampled, ends
from provenance.model import Floats, Int64s

RECALL_LOW = 0.80
"""Low end of the detector's shipped recall, over lengths and edits; `provenance` does not yet know
how the content of *this* corpus was edited, so the worst plausible mixture counts."""

EDGE_ERROR = 0.03
"""Part of a span by which its two ends may be wrong."""

_SURE = 0.95
_ONE_SIDED = 1.645
_TWO_SIDED = 1.96


@dataclass(frozen=True, slots=True)
class Interval:
    """Ends of a 95 % interval, as shares in [0, 1]."""

    low: float
    high: float


def interval(
    sizes: Floats,
    chances: Floats,
    total: float,
    documents: tuple[int, float],
    edge: float = EDGE_ERROR,
) -> Interval:
    """Bound the true share that some findings stand for.

    Parameters
    ----------
    sizes : ndarray of float64, shape (n,)
        What each finding covers, in some unit.
    chances : ndarray of float64, shape (n,)
        Probability that each is no copy at all (`regression.chance`).
    total : float
        The whole corpus, in the same unit.
    documents : (int, float)
        Documents with a finding, and all documents.
    edge : float
        Part of a size by which it may be wrong; a document has no edges.

    Returns
    -------
    Interval
        ``[0, 1]`` where nothing was read.

    Notes
    -----
    Low: each finding is a coin that is a copy with ``1 - chance``. Where all are copies with
    probability 0.95, their sum; else the sum's mean less 1.645 standard deviations and, since coins
    fall whole, half a typical loss. Less the error of span ends.

    High: the documents found are a Poisson count of those that hold content, thinned by the recall;
    the upper end of its interval (Garwood 1936, in Wilson and Hilferty's approximation) scales the
    share. A few large findings tell as little as a few: the count is the effective one,
    ``sum(size)**2 / sum(size**2)``, where that is lower. With no finding in n documents it is the
    rule of three, 3 / n, over the recall.
    """
    found, read = documents
    if total <= 0 or read <= 0:
        return Interval(0.0, 1.0)
    covered = float(sizes.sum())
    if not found or not covered:
        return Interval(0.0, min(1.0, 3 / RECALL_LOW / read))
    share = covered / total
    low = _surely(sizes, chances) * (1 - edge) / total
    count = min(found, covered**2 / float((sizes**2).sum()))
    high = share * poisson_upper(count) / count / RECALL_LOW * (1 + edge)
    return Interval(min(low, share), min(1.0, max(high, share)))


def sampled_interval(
    sampled: Resampled, documents: Int64s, findings: tuple[Floats, Floats], unit: int, edge: float
) -> Interval:
    """Bound the true share of a corpus that some findings in a sample of its documents stand for.

    Parameters
    ----------
    sampled : Resampled
        The documents that were drawn.
    documents : ndarray of int64, shape (n,)
        Where each finding stands.
    findings : (ndarray, ndarray) of float64, shape (n,)
        What each covers, and the probability that it is no copy.
    unit : int
        What is counted: 0 for whole documents.
    edge : float
        Part of a size by which it may be wrong.

    Notes
    -----
    The ends of what was verified in the sample, taken as if it were the whole (`interval`), are
    opened to those of the bootstrap. What was verified is there, however little was looked at: its
    part of the whole corpus is the least that the low end can be.
    """
    sizes, chances = findings
    total = float(sampled.totals[unit])
    if not len(sizes) or total <= 0:
        read = 0 if total <= 0 else sampled.effective
        return interval(sizes, chances, total, (0, read), edge)
    places = sampled.places(documents)
    stands = sizes * sampled.weights[places]
    found_in = len(np.unique(places))
    plain = interval(stands, chances, total, (found_in, sampled.read), edge)
    there = interval(sizes, chances, total, (found_in, sampled.read), edge)
    low, high = ends(sampled.shares(places, unit, sizes, lambda _: sizes))
    sure = plain.low * total / float(stands.sum())
    return Interval(
        max(min(plain.low, low * sure), there.low),
        max(plain.high, min(1.0, high / RECALL_LOW * (1 + edge))),
    )


def _surely(sizes: Floats, chances: Floats) -> float:
    """Give the lower end of what the findings cover that are copies."""
    covered = float(sizes.sum())
    if np.prod(1 - chances) >= _SURE:
        return covered
    lost = float((sizes * chances).sum())
    typical = float((sizes**2 * chances).sum()) / lost
    spread = float(np.sqrt((sizes**2 * chances * (1 - chances)).sum()))
    return max(0.0, covered - lost - _ONE_SIDED * spread - typical / 2)


def poisson_upper(count: float) -> float:
    """Give the upper end of the 95 % interval of a Poisson mean of which `count` were seen.

    Examples
    --------
    >>> round(poisson_upper(10), 1)
    18.4
    """
    above = count + 1
    return float(above * (1 - 1 / (9 * above) + _TWO_SIDED / (3 * np.sqrt(above))) ** 3)


_Z = 1.96


def wilson(found: int, tried: int) -> tuple[float, float]:
    """Give Wilson's 95 % interval of a proportion; all of [0, 1] where nothing was tried.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(45, 50)]
    [0.786, 0.957]
    """
    if not tried:
        return 0.0, 1.0
    share, square = found / tried, _Z**2 / tried
    middle = (share + square / 2) / (1 + square)
    half = _Z / (1 + square) * np.sqrt(share * (1 - share) / tried + square / tried / 4)
    low = 0.0 if found == 0 else float(middle - half)
    return low, 1.0 if found == tried else float(middle + half)


def poisson(count: int) -> tuple[float, float]:
    """Give the 95 % interval of a Poisson mean of which `count` were seen.

    Examples
    --------
    >>> [round(end, 2) for end in poisson(10)]
    [4.79, 18.39]
    """
    if not count:
        return 0.0, 3.69
    low = count * (1 - 1 / (9 * count) - _Z / (3 * np.sqrt(count))) ** 3
    return float(max(low, 0.0)), poisson_upper(count)
