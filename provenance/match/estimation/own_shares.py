"""Shares of findings that are their items' own words, estimated for each collection.

A copy of a source comes with others, and a quotation comes alone: how many of the findings of a
collection look like copies tells how probable it is that the next one is.
"""

import numpy as np

from provenance.model.content.fingerprints import Floats, Int64s

DEFAULT_SHARE = 0.8
"""Share of own words where there is nothing to estimate it from."""

_PRIOR_WEIGHT = 10.0
"""Number of findings that the default counts as, and in a collection the share of all."""

MIN_FINDINGS = 20
"""Number of findings of a corpus from which its share is estimated."""

_STEPS = 50


def estimate_own_shares(evidence: Floats, weights: Floats, collections: Int64s) -> Floats:
    """Return, for each finding, the share of own words among the findings of its collection.

    Parameters
    ----------
    evidence : ndarray of float64, shape (n,)
        Logarithm of how much more often own words look like each finding than quotations do.
    weights : ndarray of float64, shape (n,)
        How many findings each counts as: copies count once together.
    collections : ndarray of int64, shape (n,)
        Number of the collection of each, from 0.

    Returns
    -------
    ndarray of float64, shape (n,)
        Between 0 and 1. They do not depend on the order of the findings. Of fewer than
        `MIN_FINDINGS` nothing is concluded.

    Notes
    -----
    Expectation-maximisation for the weights of a mixture of two known densities (Dempster, Laird
    and Rubin 1977), first of all findings together, then of each collection, shrunk towards that
    of all.
    """
    if weights.sum() < MIN_FINDINGS:
        return np.full(len(evidence), DEFAULT_SHARE)
    order = np.lexsort((weights, evidence, collections))
    ratios, sizes, owners = np.exp(evidence[order]), weights[order], collections[order]
    together = np.zeros_like(owners)
    corpus = _estimate(ratios, sizes, together, np.array([DEFAULT_SHARE]))
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


def _estimate(ratios: Floats, sizes: Floats, owners: Int64s, prior: Floats) -> Floats:
    shares, totals = prior, np.bincount(owners, sizes, len(prior)) + _PRIOR_WEIGHT
    for _ in range(_STEPS):
        own = own_probabilities(ratios, shares[owners])
        shares = (np.bincount(owners, sizes * own, len(prior)) + _PRIOR_WEIGHT * prior) / totals
    return shares
