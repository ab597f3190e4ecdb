"""Settle the origins of findings, once all findings of a corpus are known."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.match.estimation.own_shares import estimate_own_shares, own_probabilities
from provenance.model.content.fingerprints import Floats, Int64s
from provenance.model.content.tables import FINDINGS
from provenance.model.results.origin import Origin, OriginReason
from provenance.model.rules.policy import UndecidedRule
from provenance.pipeline.findings.finding_table import (
    FindingSet,
    UnsettledFindings,
    ruling_columns,
)
from provenance.pipeline.findings.judging import SpanRulings, concatenate_rulings
from provenance.pipeline.findings.ownership import (
    OWN_PROBABILITY,
    QUOTED_PROBABILITY,
    is_observed,
    own_evidence,
)

_ITEM, _QUOTATION, _UNDECIDED = range(len(Origin))

_NAMES = pa.array([str(each) for each in Origin])

_EVEN = 0.5
"""Highest probability of own words where a rule leaves it open."""

_COUNTED_FROM = {
    UndecidedRule.COUNT: 0.0,
    UndecidedRule.PROBABLE: _EVEN,
    UndecidedRule.CONTEST: np.inf,
}
"""Probability of own words from which undecided ones count."""

_OBSERVED = ["file", "source", "item", "tokens", "origin", "origin_reasons"]
"""Columns that origins depend on."""


def settle_origins(
    unsettled: UnsettledFindings, undecided: UndecidedRule, own_share: float | None = None
) -> FindingSet:
    """Decide whose words each finding's are, given all findings of a corpus.

    Parameters
    ----------
    unsettled : UnsettledFindings
        All findings of a corpus.
    undecided : UndecidedRule
        Which findings of undecided origin count.
    own_share : float or None
        Share of the findings that are own words; None estimates it for each file.

    Returns
    -------
    FindingSet
        With columns `own_probability`, `origin` and `contested`, and rulings, that follow from it.

    Notes
    -----
    What a rule calls a quotation, or leaves open (`decide_origins`), is never the item's. All else
    is from `OWN_PROBABILITY` on, and a quotation up to `QUOTED_PROBABILITY`, but never only because
    other findings of its collection are: something must speak against the finding itself.
    """
    finding_set = unsettled.finding_set
    findings = finding_set.findings
    rows = np.flatnonzero(pc.is_valid(findings["origin"]).to_numpy())
    codes, probabilities = _decide(findings.select(_OBSERVED).take(pa.array(rows)), own_share)
    all_codes = np.full(len(findings), -1)
    all_codes[rows] = codes
    rulings = _choose_rulings(finding_set.rulings, unsettled.quotations, all_codes)
    own = np.zeros(len(findings))
    own[rows] = probabilities
    is_open = (all_codes == _UNDECIDED) & (own < _COUNTED_FROM[undecided])
    contested = np.select(
        [all_codes == _QUOTATION, is_open],
        [unsettled.contested[Origin.QUOTATION], unsettled.contested[Origin.UNDECIDED]],
        unsettled.contested[Origin.ITEM],
    )
    columns = {
        "own_probability": pa.array(own, mask=all_codes < 0),
        "origin": _NAMES.take(pa.array(all_codes, mask=all_codes < 0)),
        "contested": pa.array(contested),
        **ruling_columns(rulings),
    }
    for name, column in columns.items():
        place = FINDINGS.get_field_index(name)
        findings = findings.set_column(place, FINDINGS.field(name), column)
    return replace(finding_set, findings=findings, rulings=rulings)


def _decide(findings: pa.Table, own_share: float | None) -> tuple[Int64s, Floats]:
    """Return the origins of findings by content, as indices into `Origin`, and probabilities."""
    evidence = own_evidence(findings)
    if own_share is None:
        shares = _estimate(findings, evidence)
    else:
        shares = np.full(len(findings), own_share)
    probabilities = own_probabilities(np.exp(evidence), shares)
    ruled = pc.index_in(findings["origin"], _NAMES).to_numpy()
    probabilities[ruled == _QUOTATION] = np.minimum(
        probabilities[ruled == _QUOTATION], QUOTED_PROBABILITY
    )
    is_left_open = ruled == _UNDECIDED
    probabilities[is_left_open] = np.minimum(shares[is_left_open], _EVEN)
    is_quoted = (probabilities <= QUOTED_PROBABILITY) & (evidence < 0)
    codes = np.where(probabilities >= OWN_PROBABILITY, _ITEM, _UNDECIDED)
    return np.where(is_quoted, _QUOTATION, codes), probabilities


def _estimate(findings: pa.Table, evidence: Floats) -> Floats:
    """Return the share of own words in the file of each finding; shards are one file."""
    files = _numbers(pc.replace_substring_regex(findings["file"], r"\d+", "0"))
    copies = np.stack([files, *(_numbers(findings[name]) for name in ("source", "item"))])
    _, groups, sizes = np.unique(copies, axis=1, return_inverse=True, return_counts=True)
    # Other instances of a form tell nothing of whether the collection has copies.
    is_form = is_observed(findings["origin_reasons"], OriginReason.FORM)
    return estimate_own_shares(evidence, ~is_form / sizes[groups.ravel()], files)


def _choose_rulings(items: SpanRulings, quotations: SpanRulings, codes: Int64s) -> SpanRulings:
    """Return the rulings of quotations for findings that are, and those of items for the others."""
    both = concatenate_rulings([items, quotations], [0, 0])
    as_items, as_quotations = np.split(both.codes, 2)
    return replace(
        both, rows=items.rows, codes=np.where(codes == _QUOTATION, as_quotations, as_items)
    )


def _numbers(column: pa.ChunkedArray) -> Int64s:
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return np.asarray(encoded.indices.to_numpy(), np.int64)
