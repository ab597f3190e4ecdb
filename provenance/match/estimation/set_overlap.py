"""Sizes and overlaps of sets of shingles, estimated from samples of their hashes, at 95 %.

A shingle is in a sketch of one in *s* if its hash is below a bound, which the hashes of overlapping
shingles are independently of each other. Of the *n* sampled shingles of a set, each is therefore in
the other set with the probability that is to be estimated: the number of shared ones, given *n*, is
hypergeometric. What varies is which shingles are sampled; the sets are fixed.
"""

import math

from provenance.match.estimation.intervals import poisson_interval
from provenance.model import Rate

_TAIL = 0.025


def set_size(sampled: int, scaled: int) -> Rate:
    """Estimate the size of a set.

    Parameters
    ----------
    sampled : int
        Elements in the sample.
    scaled : int
        One in this many is sampled.
    """
    if scaled == 1:
        return Rate(sampled, sampled, sampled)
    low, high = poisson_interval(sampled)
    return Rate(sampled * scaled, max(low * scaled, sampled), high * scaled)


def set_share(shared: int, sampled: int, scaled: int) -> Rate | None:
    """Estimate the share of a set that has a property, such as being in another set.

    Parameters
    ----------
    shared, sampled : int
        Elements in the sample that have it, and all of them.
    scaled : int
        One in this many elements of the set is sampled.

    Returns
    -------
    Rate or None
        With the exact binomial interval; None if nothing is sampled, as then nothing is known.

    Notes
    -----
    Clopper and Pearson, 1934. A sample of half of the set says more than a binomial one of its
    size: the numbers are multiplied by ``-scaled * log(1 - 1/scaled)``. With it the upper end is
    exact where nothing is shared, and the interval is wider than needed elsewhere, as a correction
    for the variance would multiply by ``scaled / (scaled - 1)``.
    """
    if not sampled:
        return None
    share = shared / sampled
    if scaled == 1:
        return Rate(share, share, share)
    more = -scaled * math.log1p(-1 / scaled)
    return Rate(share, *exact_interval(shared * more, sampled * more))


def exact_interval(successes: float, trials: float) -> tuple[float, float]:
    """Return the exact 95 % interval of a proportion, which covers it at least as often.

    Parameters
    ----------
    successes, trials : float
        Need not be whole; at least one trial.

    Examples
    --------
    >>> [round(end, 4) for end in exact_interval(0, 10)]
    [0.0, 0.3085]
    >>> [round(end, 4) for end in exact_interval(45, 50)]
    [0.7819, 0.9667]
    """
    failures = trials - successes
    low = beta_quantile(_TAIL, successes, failures + 1) if successes else 0.0
    high = beta_quantile(1 - _TAIL, successes + 1, failures) if failures else 1.0
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
