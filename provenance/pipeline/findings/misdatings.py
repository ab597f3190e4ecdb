"""Findings that contradict the stated date of collection."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.rulings import Judgement, Scope
from provenance.model.results.origin import Origin
from provenance.model.results.result import Misdating
from provenance.model.rules.policy import Policy
from provenance.model.rules.terms import DateRange
from provenance.pipeline.findings.finding_table import FindingSet


def find_misdatings(finding_set: FindingSet, policy: Policy) -> tuple[Misdating, ...]:
    """Count the findings of items that were published after their stated collection.

    Parameters
    ----------
    finding_set : FindingSet
        Findings, with waivers.
    policy : Policy
        States when content was collected.
    """
    judgements = [judgement for _, judgement in finding_set.rulings.judgements]
    present = [judgements[code] for code in np.unique(finding_set.rulings.codes).tolist()]
    scopes = dict.fromkeys(each.scope for each in present if each.collected_too_early)
    return tuple(_misdating(finding_set, judgements, scope, policy) for scope in scopes)


def has_own_words(findings: pa.Table) -> pa.ChunkedArray:
    """Return a mask of the findings that can show that a date of collection is not right.

    They are of the item's own words, and neither contested nor waived.
    """
    is_quotation = pc.fill_null(pc.equal(findings["origin"], str(Origin.QUOTATION)), False)
    is_own = pc.invert(pc.or_(findings["contested"], is_quotation))
    return pc.and_(is_own, pc.is_null(findings["waiver"]))


def _misdating(
    finding_set: FindingSet, judgements: list[Judgement], scope: Scope, policy: Policy
) -> Misdating:
    findings, codes = finding_set.findings, finding_set.rulings.codes
    in_scope = np.array([each.scope == scope for each in judgements])[codes]
    is_late = np.array([each.collected_too_early for each in judgements])[codes] & in_scope
    published = findings["created_at"].filter(is_late)
    return Misdating(
        collection=scope.collection,
        stated=None if scope.row_dated else _stated(scope.collection, policy),
        findings=int(is_late.sum()),
        of_findings=int(in_scope.sum()),
        refuting=int((is_late & has_own_words(findings).to_numpy()).sum()),
        newest=pc.max(published).as_py().date(),
    )


def _stated(collection: str | None, policy: Policy) -> DateRange | None:
    own = (each.collected for each in policy.collections if each.name == collection)
    return next(own, None) or policy.circumstances.collected
