"""Settle the origins of findings, once all findings of a corpus are known."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.match.estimation.own_shares import (
    estimate_own_shares,
    expected_own_share,
    own_probabilities,
)
from provenance.model.content.fingerprints import Floats, Int64s
from provenance.model.content.tables import FINDINGS
from provenance.model.results.origin import Origin, OriginReason
from provenance.model.rules.policy import OriginRule
from provenance.pipeline.findings.finding_table import (
    FindingSet,
    UnsettledFindings,
    ruling_columns,
)
from provenance.pipeline.findings.judging import SpanRulings, concatenate_rulings
from provenance.pipeline.findings.ownership import is_observed, own_evidence
from provenance.pipeline.scan.readings import RegistryIndex

_ITEM, _QUOTATION, _UNDECIDED = range(len(Origin))

_NAMES = pa.array([str(each) for each in Origin])

_OBSERVED = ["file", "source", "item", "tokens", "origin", "origin_reasons"]
"""Columns that origins depend on."""


def settle_origins(
    unsettled: UnsettledFindings,
    rule: OriginRule,
    registries: Sequence[RegistryIndex],
    own_share: float | None = None,
) -> FindingSet:
    """Decide whose words each finding's are, given all findings of a corpus.

    Parameters
    ----------
    unsettled : UnsettledFindings
        All findings of a corpus.
    rule : OriginRule
        How probable whose words they are must be.
    registries : sequence of RegistryIndex
        The registries that the corpus was matched against.
    own_share : float or None
        Share of the findings that are own words; None estimates it for each file.

    Returns
    -------
    FindingSet
        With columns `own_probability`, `origin` and `contested`, and rulings, that follow from it.

    Notes
    -----
    What a rule calls a quotation, or leaves open (`decide_origins`), is never the item's. All else
    is from `rule.own` on, and a quotation up to `rule.quoted`, but never only because other
    findings of its collection are: something must speak against the finding itself.
    """
    finding_set = unsettled.finding_set
    findings = finding_set.findings
    rows = np.flatnonzero(pc.is_valid(findings["origin"]).to_numpy())
    observed = findings.select(_OBSERVED).take(pa.array(rows))
    evidence = own_evidence(observed)
    if own_share is None:
        items = sum(each.registry.manifest.items for each in registries)
        shares = _estimate(observed, evidence, finding_set.corpus_tokens, items)
    else:
        shares = np.full(len(rows), own_share)
    codes, probabilities = _decide(observed, evidence, shares, rule)
    all_codes = np.full(len(findings), -1)
    all_codes[rows] = codes
    rulings = _choose_rulings(finding_set.rulings, unsettled.quotations, all_codes)
    own = np.zeros(len(findings))
    own[rows] = probabilities
    is_open = (all_codes == _UNDECIDED) & (own < rule.counted_from)
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


def _decide(
    findings: pa.Table, evidence: Floats, shares: Floats, rule: OriginRule
) -> tuple[Int64s, Floats]:
    """Return the origins of findings by content, as indices into `Origin`, and probabilities."""
    probabilities = own_probabilities(np.exp(evidence), shares)
    ruled = pc.index_in(findings["origin"], _NAMES).to_numpy()
    probabilities[ruled == _QUOTATION] = np.minimum(probabilities[ruled == _QUOTATION], rule.quoted)
    is_left_open = ruled == _UNDECIDED
    probabilities[is_left_open] = shares[is_left_open]
    is_quoted = (probabilities <= rule.quoted) & (evidence < 0)
    is_item = (probabilities >= rule.own) & ~is_left_open
    codes = np.where(is_item, _ITEM, _UNDECIDED)
    return np.where(is_quoted, _QUOTATION, codes), probabilities


def _estimate(findings: pa.Table, evidence: Floats, corpus_tokens: int, items: int) -> Floats:
    """Return the share of own words in the file of each finding; shards are one file."""
    files = _numbers(pc.replace_substring_regex(findings["file"], r"\d+", "0"))
    copies = np.stack([files, *(_numbers(findings[name]) for name in ("source", "item"))])
    _, groups, sizes = np.unique(copies, axis=1, return_inverse=True, return_counts=True)
    # Other instances of a form tell nothing of whether the collection has copies.
    is_form = is_observed(findings["origin_reasons"], OriginReason.FORM)
    weights = ~is_form / sizes[groups.ravel()]
    is_ruled = np.asarray(pc.equal(findings["origin"], str(Origin.QUOTATION)))
    expected = expected_own_share(float(weights[~is_ruled].sum()), corpus_tokens, items)
    return estimate_own_shares(evidence, weights, files, expected)


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
