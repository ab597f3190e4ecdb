"""Evidence for and against an item's author as the author of a finding's words."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags, Floats
from provenance.model.results.origin import Origin, OriginReason

_INTERCEPT = -0.71

_LENGTH_WEIGHT = 0.31
"""Of the binary logarithm of the matched tokens."""

_REASON_WEIGHTS: Mapping[OriginReason, float] = {
    OriginReason.ITEM_QUOTES: -2.32,
    OriginReason.ITEM_VERSE: -0.26,
    OriginReason.ITEM_ATTRIBUTES: -1.70,
    OriginReason.OTHER_AUTHORS: -1.38,
    OriginReason.BACKGROUND: -2.31,
    OriginReason.DOCUMENT_CONTINUES: -2.22,
    OriginReason.DOCUMENT_ATTRIBUTES: -2.16,
    OriginReason.LINK_TEXT: -1.96,
    OriginReason.TAGGED: 2.32,
}
"""Logistic regression by `benchmarks.fit_ownership`, as are the two above."""

_HEADLINE_WEIGHT = -1.6
"""Logarithm of 0.08 / 0.40: the shares of 874 short posts, of Reddit and Hacker News, that were no
titles of links, and of 1,366 that were, which are written like the title of a page."""

_RULED_EVIDENCE = -4.0
"""Evidence of findings that are quotations by a rule (`decide_origins`)."""


def own_evidence(findings: pa.Table) -> Floats:
    """Return how much more often an item's own words look like each finding than others' words do.

    Parameters
    ----------
    findings : pyarrow.Table
        Columns `origin`, `origin_reasons` and `tokens` of `FINDINGS`; all by content.

    Returns
    -------
    ndarray of float64, shape (n,)
        Natural logarithm of the ratio of likelihoods: 0 where a finding tells nothing.
    """
    lengths = np.log2(np.maximum(findings["tokens"].to_numpy(), 1))
    evidence = _INTERCEPT + _LENGTH_WEIGHT * lengths
    for reason, weight in _REASON_WEIGHTS.items():
        evidence += weight * is_observed(findings["origin_reasons"], reason)
    evidence += _HEADLINE_WEIGHT * is_observed(findings["origin_reasons"], OriginReason.HEADLINE)
    is_ruled = np.asarray(pc.equal(findings["origin"], str(Origin.QUOTATION)))
    return np.where(is_ruled, _RULED_EVIDENCE, evidence)


def is_observed(reasons: pa.ChunkedArray, reason: OriginReason) -> Flags:
    """Return which lists of reasons have one."""
    lists = reasons.combine_chunks()
    is_reason = pc.equal(pc.list_flatten(lists), str(reason)).to_numpy(zero_copy_only=False)
    flags = np.zeros(len(lists), bool)
    flags[pc.list_parent_indices(lists).to_numpy()[is_reason]] = True
    return flags
