"""Intervals of shares: what was verified, and what the detector may have missed or made up."""

from dataclasses import dataclass

import numpy as np

from provenance.model import Floats

RECALL_LOW = 0.80
"""Low end of the detector's shipped recall, over lengths and edits; `provenance` does not yet know
how the content of *this* corpus was edited, so the worst plausible mixture counts."""

EDGE_ERROR = 0.03
"""Part of a span by which its two ends may be wrong."""

_ONE_SIDED = 1.645
_TWO_SIDED = 1.96


@dataclass(frozen=True, slots=True)
class Interval:
    """Ends of a 95 % interval, as shares in [0, 1]."""

    low: float
    high: float


def interval(sizes: Floats, chances: Floats, total: float, documents: tuple[int, int]) -> Interval:
    """Bound the true share that some findings stand for.

    Parameters
    ----------
    sizes : ndarray of float64, shape (n,)
        What each finding covers, in some unit.
    chances : ndarray of float64, shape (n,)
        Probability that each is no copy at all (`strength.chance`).
    total : float
        The whole corpus, in the same unit.
    documents : tuple of int
        Documents with a finding, and all documents.

    Returns
    -------
    Interval
        ``[0, 1]`` where nothing was read.

    Notes
    -----
    Low: each finding is a coin that is a copy with ``1 - chance``; the sum's mean less 1.645
    standard deviations, less the error of span ends. High: the documents found are a Poisson
    count of those that hold content, thinned by the recall; the upper end of its interval (Garwood
    1936, in Wilson and Hilferty's approximation) scales the share. With no finding in n documents
    that is the rule of three, 3 / n, over the recall.
    """
    found, read = documents
    if total <= 0 or read <= 0:
        return Interval(0.0, 1.0)
    share = float(sizes.sum()) / total
    mean = float((sizes * (1 - chances)).sum())
    spread = float(np.sqrt((sizes**2 * chances * (1 - chances)).sum()))
    low = max(0.0, mean - _ONE_SIDED * spread) * (1 - EDGE_ERROR) / total
    if not found:
        return Interval(0.0, min(1.0, 3 / RECALL_LOW / read))
    upper = poisson_upper(found) / RECALL_LOW
    high = share * upper / found * (1 + EDGE_ERROR)
    return Interval(min(low, share), min(1.0, max(high, share)))


def poisson_upper(count: int) -> float:
    """Give the upper end of the 95 % interval of a Poisson mean of which `count` were seen.

    Examples
    --------
    >>> round(poisson_upper(10), 1)
    18.4
    """
    above = count + 1
    return float(above * (1 - 1 / (9 * above) + _TWO_SIDED / (3 * np.sqrt(above))) ** 3)
