"""Shares of findings that are their items' own words, estimated for each collection.

A copy of a source comes with others, and a quotation comes alone: whether a corpus has more
findings than any text has anyway, and how many of those of a collection look like copies, tells how
probable it is that the next one is.
"""

from statistics import NormalDist

import numpy as np

from provenance.model.content.fingerprints import Floats, Int64s

DEFAULT_SHARE = 0.8
"""Share of own words among findings that are more than any text has, or in a single text."""

COMMON_RATE = 1.6
"""Findings that are nobody's own words, and that no rule knows, per million tokens of a corpus and
million items of the registries: median of twelve collections of pages (docs/formulas.md)."""

_COMMON_SPREAD = 1.9
"""Standard deviation of the natural logarithm of that rate, among the same."""

_NONE_OWN = 0.5
"""Probability of a corpus without any own words, before anything is found."""

_PRIOR_WEIGHT = 10.0
"""Number of findings that what is expected counts as, and in a collection the share of all."""

MIN_FINDINGS = 20
"""Number of findings from which their evidence tells what kind of collections they are of."""

_STEPS = 50


def expected_own_share(found: float, corpus_tokens: int, items: int) -> float:
    """Return which share of the findings is own words, by their number alone.

    Parameters
    ----------
    found : float
        Number of findings that no rule calls a quotation; copies count once together.
    corpus_tokens : int
        Size of the corpus.
    items : int
        Number of items of the registries.

    Returns
    -------
    float
        Between 0 and `DEFAULT_SHARE`: low where as many are found as in any text of that size.

    Notes
    -----
    The findings are a Poisson process with two rates. That of common words is log-normal, with the
    median and the spread of collections of pages. That of own words is zero, or else its logarithm
    is uniform. The share is `DEFAULT_SHARE` of the mean share of the second in the posterior
    distribution of both, on a grid.
    """
    median = COMMON_RATE * max(corpus_tokens, 1) / 1e6 * max(items, 1) / 1e6
    deviations = np.linspace(-3.0, 3.0, 25)
    own = np.concatenate([[0.0], np.logspace(-1.0, 9.0, 81)])
    own_prior = np.concatenate([[_NONE_OWN], np.full(81, (1 - _NONE_OWN) / 81)])
    own_rates, common_rates = np.meshgrid(own, median * np.exp(_COMMON_SPREAD * deviations))
    rates = own_rates + common_rates
    logarithms = found * np.log(rates) - rates + np.log(own_prior) - deviations[:, None] ** 2 / 2
    weights = np.exp(logarithms - logarithms.max())
    return DEFAULT_SHARE * float((weights * own_rates / rates).sum() / weights.sum())


def estimate_own_shares(
    evidence: Floats, weights: Floats, collections: Int64s, expected: float
) -> Floats:
    """Return, for each finding, the share of own words among the findings of its collection.

    Parameters
    ----------
    evidence : ndarray of float64, shape (n,)
        Logarithm of how much more often own words look like each finding than quotations do.
    weights : ndarray of float64, shape (n,)
        How many findings each counts as: copies count once together.
    collections : ndarray of int64, shape (n,)
        Number of the collection of each, from 0.
    expected : float
        Share that is expected before the evidence is looked at.

    Returns
    -------
    ndarray of float64, shape (n,)
        Between 0 and 1. They do not depend on the order of the findings. Of fewer than
        `MIN_FINDINGS` the evidence is not looked at.

    Notes
    -----
    Expectation-maximisation for the weights of a mixture of two known densities (Dempster, Laird
    and Rubin 1977), first of all findings together, then of each collection, shrunk towards that
    of all.
    """
    if weights.sum() < MIN_FINDINGS:
        return np.full(len(evidence), expected)
    order = np.lexsort((weights, evidence, collections))
    ratios, sizes, owners = np.exp(evidence[order]), weights[order], collections[order]
    together = np.zeros_like(owners)
    corpus = _estimate(ratios, sizes, together, np.array([expected]))
    start = np.full(int(collections.max(initial=-1)) + 1, corpus[0])
    return _estimate(ratios, sizes, owners, start)[collections]


def own_probabilities(ratios: Floats, shares: Floats) -> Floats:
    """Return the probability of own words: Bayes' rule with the share as prior probability.

    Parameters
    ----------
    ratios : ndarray of float64, shape (n,)
        How much more often own words look like each finding than quotations do.
    shares : ndarray of float64, shape (n,)
        Shares of own words, as `estimate_own_shares` returns them.
    """
    return np.asarray(ratios * shares / (ratios * shares + 1 - shares))


def own_size(sizes: Floats, probabilities: Floats, groups: Int64s, confidence: float) -> float:
    """Return how much of some findings is own words, at least, with a confidence.

    Parameters
    ----------
    sizes : ndarray of float64, shape (n,)
        Size of each finding, in any unit.
    probabilities : ndarray of float64, shape (n,)
        Probability of own words.
    groups : ndarray of int64, shape (n,)
        Number of each finding's group. In a group all words are own or none are.
    confidence : float
        Probability with which at least so much is own words, from 0.5 on.

    Notes
    -----
    A group is as probable as its most probable finding; groups are independent. The larger of two
    bounds: the size of the most probable groups, as many as are all own words with the confidence;
    and, if any group is with that confidence, the quantile of a normal distribution with the mean
    and variance of the size of own words.
    """
    _, owners = np.unique(groups, return_inverse=True)
    totals = np.asarray(np.bincount(owners, sizes), np.float64)
    best = np.zeros(len(totals))
    np.maximum.at(best, owners, probabilities)
    order = np.lexsort((totals, -best))  # sums do not depend on the order of the findings
    totals, best = totals[order], best[order]
    if 1 - np.prod(1 - best) < confidence:
        return 0.0
    certain = totals[np.cumprod(best) >= confidence].sum()
    deviation = np.sqrt((totals**2 * best * (1 - best)).sum())
    below = NormalDist().inv_cdf(confidence)
    return float(max(certain, (totals * best).sum() - below * deviation))


def _estimate(ratios: Floats, sizes: Floats, owners: Int64s, prior: Floats) -> Floats:
    shares, totals = prior, np.bincount(owners, sizes, len(prior)) + _PRIOR_WEIGHT
    for _ in range(_STEPS):
        own = own_probabilities(ratios, shares[owners])
        shares = (np.bincount(owners, sizes * own, len(prior)) + _PRIOR_WEIGHT * prior) / totals
    return shares
