"""Sizes and overlaps of sets of shingles, estimated from samples of their hashes, at 95 %.

A shingle is in a sketch of one in *s* if its hash is below a bound, which the hashes of overlapping
shingles are independently of each other. Of the *n* sampled shingles of a set, each is therefore in
the other set with the probability that is to be estimated: the number of shared ones, given *n*, is
hypergeometric. What varies is which shingles are sampled; the sets are fixed.
"""

import math

from provenance.match.estimation.intervals import clopper_pearson_interval, poisson_interval
from provenance.model.results.control import Rate


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
    return Rate(share, *clopper_pearson_interval(shared * more, sampled * more))
