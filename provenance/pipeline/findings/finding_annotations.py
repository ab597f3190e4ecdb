"""What is said of findings beside their source: what their rows declare, and marked items."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.rulings import Judge, withhold
from provenance.model.content.fingerprints import Flags, Int64s
from provenance.model.content.tables import FINDINGS
from provenance.model.results.result import Observation, ObservationKind, WaiverOutcome
from provenance.model.rules.policy import WaiverReason, WithdrawnRule
from provenance.model.rules.terms import Verdict
from provenance.pipeline.findings.finding_table import FindingSet, UnsettledFindings
from provenance.pipeline.findings.judging import SpanRulings, number_pairs
from provenance.pipeline.scan.readings import ReadingBatch, text_bases
from provenance.pipeline.scan.row_metadata import NO_DECLARATIONS, OPT_OUT
from provenance.registry.items.item_keys import url_sites
from provenance.registry.side_tables.marks import MarkedItems

_OPTED_OUT = "opted out "
"""How `WithheldContent` begins the reason of an opt-out."""


@dataclass(frozen=True, slots=True)
class RowDeclarations:
    """What the rows of some parts declare.

    Parameters
    ----------
    texts : ndarray of int64, shape (n,)
        Number of each text in the corpus, in order.
    declared : pyarrow.Table
        Of schema `DECLARED_SCHEMA`, one row for each.
    """

    texts: Int64s
    declared: pa.Table

    @classmethod
    def of(cls, batch: ReadingBatch) -> "RowDeclarations":
        """Return the declarations of the rows of some readings."""
        texts, tables = [np.zeros(0, np.int64)], [NO_DECLARATIONS]
        for reading, base in zip(batch.readings, text_bases(batch.readings), strict=True):
            texts.append(reading.declared["text"].to_numpy() + base + batch.texts)
            tables.append(reading.declared)
        return cls(np.concatenate(texts), pa.concat_tables(tables))

    def columns(self, texts: Int64s) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
        """Return the licence that the row of each text declares, and why it is withheld."""
        places = np.searchsorted(self.texts, texts)
        is_known = np.zeros(len(texts), np.bool_)
        inside = places < len(self.texts)
        is_known[inside] = self.texts[places[inside]] == texts[inside]
        rows = pa.array(places, mask=~is_known)
        return self.declared["licence"].take(rows), self.declared["withheld"].take(rows)


def annotate_findings(
    unsettled: UnsettledFindings,
    rows: RowDeclarations,
    marked: MarkedItems,
    judge: Judge,
    withdrawn: WithdrawnRule,
) -> UnsettledFindings:
    """Fill the columns `row_licence`, `withheld` and `marked` of findings.

    Parameters
    ----------
    unsettled : UnsettledFindings
        Findings in some parts of the corpus.
    rows : RowDeclarations
        What the rows of these parts declare.
    marked : MarkedItems
        The marked items of all registries.
    judge : Judge
        Rules under the circumstances of the policy.
    withdrawn : WithdrawnRule
        Whether withheld documents are forbidden.

    Returns
    -------
    UnsettledFindings
        With rulings that count the objections of owners, on all findings of a withheld document.
    """
    finding_set = unsettled.finding_set
    findings = finding_set.findings
    texts = finding_set.spans["text_number"].to_numpy()[finding_set.finding_rows]
    licences, withheld = rows.columns(texts)
    columns = {"row_licence": licences, "withheld": withheld}
    if len(marked):
        sites = pc.fill_null(url_sites(findings["url"]), "")
        columns["marked"] = pa.array(marked.mask(findings["source"], sites, findings["item"]))
    is_withheld = np.array(withheld.is_valid())
    rulings, quotations = finding_set.rulings, unsettled.quotations
    contested = unsettled.contested
    if is_withheld.any():
        forbid = withdrawn is WithdrawnRule.FORBID
        rulings = _withhold(rulings, is_withheld, judge, forbid=forbid)
        quotations = _withhold(quotations, is_withheld, judge, forbid=forbid)
        if forbid:
            contested = {origin: mask & ~is_withheld for origin, mask in contested.items()}
    for name, column in columns.items():
        place = FINDINGS.get_field_index(name)
        findings = findings.set_column(place, FINDINGS.field(name), column)
    annotated = replace(finding_set, findings=findings, rulings=rulings)
    return UnsettledFindings(annotated, quotations, contested)


def _withhold(
    rulings: SpanRulings, is_withheld: Flags, judge: Judge, *, forbid: bool
) -> SpanRulings:
    objection = judge.rule(OPT_OUT)
    places = np.flatnonzero(is_withheld)
    codes, inverse = np.unique(rulings.codes[places], return_inverse=True)
    withheld = [
        (source, withhold(judgement, objection, forbid=forbid))
        for source, judgement in (rulings.judgements[code] for code in codes.tolist())
    ]
    numbers, judgements = number_pairs([*rulings.judgements, *withheld])
    count = len(rulings.judgements)
    new_codes = numbers[:count][rulings.codes]
    new_codes[places] = numbers[count:][inverse]
    return replace(rulings, codes=new_codes, judgements=judgements)


def without_marked(finding_set: FindingSet) -> FindingSet:
    """Return the findings that count: those of items that their owner did not plant."""
    is_marked = finding_set.findings["marked"].to_numpy()
    if not is_marked.any():
        return finding_set
    kept = np.flatnonzero(~is_marked)
    marked_rows = finding_set.finding_rows[is_marked]
    holders = finding_set.holders
    return replace(
        finding_set,
        holders=holders.take(np.flatnonzero(~np.isin(holders.rows, marked_rows))),
        finding_rows=finding_set.finding_rows[kept],
        findings=finding_set.findings.filter(pa.array(~is_marked)),
        rulings=finding_set.rulings.take(kept),
        appearances=finding_set.appearances.take(kept),
    )


def observe(
    finding_set: FindingSet, judge: Judge, waivers: Sequence[WaiverOutcome] = ()
) -> tuple[Observation, ...]:
    """Return what is observed beside the shares, in the order of `ObservationKind`.

    Parameters
    ----------
    finding_set : FindingSet
        All findings.
    judge : Judge
        Rules under the circumstances of the policy.
    waivers : sequence of WaiverOutcome
        Some of them are disputes.
    """
    findings = finding_set.findings
    is_opted_out = pc.starts_with(findings["withheld"], _OPTED_OUT)
    counted = pc.and_not(pc.invert(findings["contested"]), findings["marked"])
    kinds = {
        ObservationKind.WITHDRAWN: (pc.invert(is_opted_out), None, None),
        ObservationKind.OPTED_OUT: (is_opted_out, None, None),
        ObservationKind.MARKED_ITEM: (findings["marked"], "source", "item"),
        ObservationKind.CONTRADICTED_LICENCE: (
            pc.and_(_is_contradicted(finding_set, judge), counted),
            "source",
            "row_licence",
        ),
    }
    return (
        *(
            observation
            for kind, (mask, source, detail) in kinds.items()
            for observation in _observations(
                finding_set, kind, np.array(pc.fill_null(mask, False)), source, detail
            )
        ),
        *_disputed(finding_set, waivers),
    )


def _disputed(finding_set: FindingSet, waivers: Sequence[WaiverOutcome]) -> Iterator[Observation]:
    """Yield what is disputed, by source and by whom."""
    disputes: dict[tuple[str | None, str], list[str]] = {}
    for each in waivers:
        if each.waiver.reason is WaiverReason.DISPUTED:
            key = each.waiver.source, each.waiver.approver
            disputes.setdefault(key, []).append(each.waiver.id)
    for (source, approver), ids in sorted(disputes.items()):
        mask = np.array(pc.is_in(finding_set.findings["waiver"], value_set=pa.array(ids)))
        for observed in _observations(finding_set, ObservationKind.DISPUTED, mask, None, None):
            yield replace(observed, source=source, detail=approver)


def _is_contradicted(finding_set: FindingSet, judge: Judge) -> pa.ChunkedArray:
    """Return which findings of a source are forbidden, though their row declares a licence."""
    findings = finding_set.findings
    of_source = pc.is_in(findings["evidence"], pa.array(["content", "resemblance", "link"]))
    is_forbidden = pc.equal(findings["verdict"], str(Verdict.FORBIDDEN))
    licences = pc.unique(findings["row_licence"].filter(pc.and_(of_source, is_forbidden)))
    laxer = [
        licence
        for licence in licences.drop_null().to_pylist()
        if judge.rule(licence).ruling.verdict in {Verdict.PERMITTED, Verdict.RESTRICTED}
    ]
    is_laxer = pc.is_in(findings["row_licence"], pa.array(laxer, pa.string()))
    return pc.and_(pc.and_(of_source, is_forbidden), is_laxer)


def _observations(
    finding_set: FindingSet,
    kind: ObservationKind,
    mask: Flags,
    source: str | None,
    detail: str | None,
) -> Iterator[Observation]:
    rows = np.flatnonzero(mask)
    if not len(rows):
        return
    own = finding_set.findings.take(pa.array(rows))
    spans = finding_set.spans.take(pa.array(finding_set.finding_rows[rows]))
    groups: dict[tuple[str | None, str | None], list[int]] = {}
    names = [
        [None] * len(rows) if name is None else own[name].to_pylist() for name in (source, detail)
    ]
    for place, key in enumerate(zip(*names, strict=True)):
        groups.setdefault(key, []).append(place)
    documents, tokens = (spans[name].to_numpy() for name in ("document_number", "span_tokens"))
    for key in sorted(groups, key=lambda key: (key[0] or "", key[1] or "")):
        places = groups[key]
        yield Observation(kind, *key, len(np.unique(documents[places])), int(tokens[places].sum()))
