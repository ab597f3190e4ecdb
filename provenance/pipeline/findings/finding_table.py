"""Build the table of findings from located spans: items, rulings, measures and alternatives."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.content_circumstances import CircumstanceJudges
from provenance.judge.precedence import NO_RULE
from provenance.match.scoring.evalue import chance_probabilities, expected_by_chance
from provenance.model.content.fingerprints import Flags, Floats, Int64s
from provenance.model.content.row_selection import take_rows
from provenance.model.content.tables import FINDINGS
from provenance.model.results.origin import Origin
from provenance.model.rules.terms import Verdict
from provenance.pipeline.findings.alternatives import DescribedSpans, alternatives, describe_spans
from provenance.pipeline.findings.finding_appearances import (
    FindingAppearances,
    concatenate_appearances,
)
from provenance.pipeline.findings.finding_origins import ORIGIN_COLUMNS, find_origins
from provenance.pipeline.findings.judging import (
    SpanRulings,
    add_copy_holders,
    concatenate_rulings,
    rule_spans,
)
from provenance.pipeline.findings.passage_gaps import GAP_COLUMNS, passage_gaps
from provenance.pipeline.findings.quoted_works import quoted_works, rule_quotations
from provenance.pipeline.locate.backgrounds import Background
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.excerpts import build_item_excerpts
from provenance.pipeline.locate.item_marks import MARK_COLUMNS
from provenance.pipeline.scan.readings import RegistryIndex
from provenance.report.files.findings_parquet import finding_order

_CERTAIN_STRENGTH = 100.0
"""Strength of evidence that cannot be chance: an address, or the resemblance of whole texts."""

_SLICE_RUN_ROWS = 100
"""Mean length of runs of chosen rows from which slicing is used instead of copying."""

_SPAN_COLUMNS = (
    "document",
    "file",
    "row",
    "field",
    "start",
    "end",
    "byte_start",
    "byte_end",
    "evidence",
    "declared",
    "excerpt",
    "excerpt_start",
    "marks",
)
"""Columns of findings copied from their spans."""

_ITEM_KEY_COLUMNS = ("registry", "number", "claim")
"""Columns of spans that identify the item to be shown, and the part of it that matched."""

_ITEM_COLUMNS = {
    "source": "source",
    "item": "item",
    "url": "url",
    "created_at": "created_at",
    "item_tokens": "length",
}
"""Columns of findings copied from their items, and their names there."""


_SIZE_COLUMNS = (
    "document_number",
    "text_number",
    "first_token",
    "span_tokens",
    "byte_start",
    "byte_end",
    "evidence",
)
"""Columns of spans that shares are computed from."""


@dataclass(frozen=True, eq=False)
class FindingSet:
    """Findings of a check, with the spans they were made from.

    Parameters
    ----------
    spans : pyarrow.Table
        Place, size and evidence of every span: columns `_SIZE_COLUMNS` of `SPANS`.
    holders : SpanRulings
        Every source that holds a span, chosen or not: by its item, or by an item with the same
        words.
    finding_rows : ndarray of int64
        Rows of `spans` that are findings.
    findings : pyarrow.Table
        Of schema `FINDINGS`, one row per entry of `finding_rows`; sorted within each part.
    rulings : SpanRulings
        Source and ruling of each finding.
    appearances : FindingAppearances
        How each compares to its item.
    corpus_tokens : int
        Tokens of the whole corpus; the number of chance matches grows with it.
    threshold : float
        Strength from which matches were reported.
    """

    spans: pa.Table
    holders: SpanRulings
    finding_rows: Int64s
    findings: pa.Table
    rulings: SpanRulings
    appearances: FindingAppearances
    corpus_tokens: int
    threshold: float

    @cached_property
    def chance_probabilities(self) -> Floats:
        """Probability that each finding is a chance match, given all of them."""
        strengths = self.findings["strength"].to_numpy()
        return chance_probabilities(strengths, self.corpus_tokens, self.threshold)


@dataclass(frozen=True, eq=False)
class UnsettledFindings:
    """Findings whose origins are not settled: those depend on all findings of a corpus.

    Parameters
    ----------
    finding_set : FindingSet
        The findings, as if all were items' own words.
    quotations : SpanRulings
        Ruling of each, if it is a quotation.
    contested : mapping of Origin to ndarray of bool, shape (n,)
        Whether each is contested, by what its origin will be; undecided words if they do not count.
    """

    finding_set: FindingSet
    quotations: SpanRulings
    contested: Mapping[Origin, Flags]


def concatenate_unsettled(
    parts: Sequence[UnsettledFindings], findings: pa.Table
) -> UnsettledFindings:
    """Return the findings of several parts of a corpus, judged by one judge; at least one part.

    Parameters
    ----------
    parts : sequence of UnsettledFindings
        The parts; their tables of findings are not looked at.
    findings : pyarrow.Table
        The tables of all parts.
    """
    sets = [part.finding_set for part in parts]
    counts = [len(each.spans) for each in sets]
    bases = np.cumsum([0, *counts])
    finding_set = FindingSet(
        pa.concat_tables([each.spans for each in sets]),
        concatenate_rulings([each.holders for each in sets], counts),
        np.concatenate([each.finding_rows + base for each, base in zip(sets, bases, strict=False)]),
        findings,
        concatenate_rulings([each.rulings for each in sets], counts),
        concatenate_appearances([each.appearances for each in sets]),
        sets[0].corpus_tokens,
        sets[0].threshold,
    )
    return UnsettledFindings(
        finding_set,
        concatenate_rulings([part.quotations for part in parts], counts),
        {origin: np.concatenate([part.contested[origin] for part in parts]) for origin in Origin},
    )


def without_table(unsettled: UnsettledFindings) -> UnsettledFindings:
    """Return findings without their table, for which memory may not suffice."""
    finding_set = replace(unsettled.finding_set, findings=FINDINGS.empty_table())
    return replace(unsettled, finding_set=finding_set)


def build_findings(  # noqa: PLR0913 (what was located, with what it is described and judged)
    spans: pa.Table,
    claims: Claims,
    registries: Sequence[RegistryIndex],
    circumstances: CircumstanceJudges,
    corpus_tokens: int,
    threads: int = 1,
    backgrounds: Sequence[Background] = (),
) -> UnsettledFindings:
    """Describe and judge everything that was located in some parts of a corpus.

    Parameters
    ----------
    spans : pyarrow.Table
        Of schema `SPANS`.
    claims : Claims
        The claims that the spans locate.
    registries : sequence of RegistryIndex
        The registries of the claims.
    circumstances : CircumstanceJudges
        Judges by the circumstances of the policy.
    corpus_tokens : int
        Tokens of the whole corpus.
    threads : int
        Number of threads that read and compare items.
    backgrounds : sequence of Background
        The backgrounds that the spans were looked up in.
    """
    # Where no day of collection is stated, the strictest of all days counts: no date is needed.
    is_dated = circumstances.have_stated_days(spans["labels"])
    items = describe_spans(spans, registries, is_dated)
    span_rulings = rule_spans(items, spans, circumstances)
    holders = add_copy_holders(span_rulings, items, spans, circumstances)
    finding_rows = np.flatnonzero(spans["chosen"].to_numpy())
    strengths = _strengths(spans, claims)[finding_rows]
    item_columns = _item_columns(items, finding_rows)
    excerpts = build_item_excerpts(
        _take_rows(spans, finding_rows, _ITEM_KEY_COLUMNS), claims, registries, threads
    )
    marks = {name: excerpts.pop(name) for name in MARK_COLUMNS.names}
    origins = find_origins(
        _take_rows(spans, finding_rows, ORIGIN_COLUMNS),
        claims,
        registries,
        marks,
        _take_rows(items.rows, finding_rows, ("created_at", "link")),
        threads,
    )
    works = quoted_works(spans, finding_rows, backgrounds)
    rulings = span_rulings.take(finding_rows)
    quotations = rule_quotations(
        rulings,
        origins.codes >= 0,
        works,
        _take_rows(spans, finding_rows, ("file", "address", "labels")),
        circumstances,
    )
    is_held = _contested_mask(spans, holders, rulings, origins.quoting)
    contested = {
        Origin.ITEM: is_held,
        Origin.QUOTATION: is_held & ~_denied_mask(quotations, works),
        Origin.UNDECIDED: is_held | ((origins.codes >= 0) & ~rulings.permitted),
    }
    findings = _finding_table(
        {
            **dict(
                zip(
                    _SPAN_COLUMNS,
                    _take_rows(spans, finding_rows, _SPAN_COLUMNS).columns,
                    strict=True,
                )
            ),
            **item_columns,
            **ruling_columns(rulings),
            **_matched_columns(spans, claims, finding_rows),
            "gap": passage_gaps(_take_rows(spans, finding_rows, GAP_COLUMNS), claims),
            "strength": strengths,
            "expected": expected_by_chance(strengths, corpus_tokens),
            "contested": is_held,
            **origins.columns(),
            "quoted_work": works["item"],
            "quoted_url": pc.coalesce(works["url"], origins.linked_pages),
            "alternatives": alternatives(spans, claims, items, finding_rows),
            **excerpts,
        },
        len(finding_rows),
    )
    order = finding_order(findings)
    if order is not None:
        findings, places = take_rows(findings, order), order.to_numpy().astype(np.int64)
        finding_rows, rulings = finding_rows[places], rulings.take(places)
        quotations = quotations.take(places)
        contested = {origin: mask[places] for origin, mask in contested.items()}
    finding_set = FindingSet(
        spans.select(list(_SIZE_COLUMNS)),
        holders,
        finding_rows,
        findings,
        rulings,
        FindingAppearances.of(spans, finding_rows, claims, registries),
        corpus_tokens,
        registries[0].index.threshold,
    )
    return UnsettledFindings(finding_set, quotations, contested)


_LATER = (
    *("waiver", "state", "copies", "occurrences", "row_licence", "withheld"),
    "own_probability",
)
"""Columns that depend on all findings of a corpus, on the policy, or on what rows declare."""


def _finding_table(columns: Mapping[str, object], count: int) -> pa.Table:
    """Put the columns of findings in their order; those of `_LATER` are still null."""
    unfilled = {name: pa.nulls(count, FINDINGS.field(name).type) for name in _LATER}
    all_columns = {**columns, **unfilled, "marked": pa.repeat(False, count)}
    return pa.table({name: all_columns[name] for name in FINDINGS.names}, schema=FINDINGS)


def _take_rows(table: pa.Table, indices: Int64s, names: Sequence[str]) -> pa.Table:
    """Return some rows in order, without copying where they form long runs."""
    selected = table.select(list(names))
    gaps = np.flatnonzero(np.diff(indices) != 1) + 1
    if len(gaps) < len(indices) // _SLICE_RUN_ROWS:
        runs = np.split(indices, gaps)
        return pa.concat_tables([selected.slice(run[0], len(run)) for run in runs])
    is_kept = np.zeros(len(table), bool)
    is_kept[indices] = True
    return selected.filter(pa.array(is_kept))


def _item_columns(items: DescribedSpans, indices: Int64s) -> dict[str, pa.ChunkedArray]:
    selected = _take_rows(items.rows, indices, tuple(_ITEM_COLUMNS.values()))
    return dict(zip(_ITEM_COLUMNS, selected.columns, strict=True))


def ruling_columns(span_rulings: SpanRulings) -> dict[str, pa.Array]:
    """Return the columns of findings that follow from their rulings."""
    judgements = [judgement for _, judgement in span_rulings.judgements]
    values = [judgement.ruling for judgement in judgements]
    collections = [judgement.scope.collection for judgement in judgements]
    return {
        "verdict": span_rulings.column([str(ruling.verdict) for ruling in values], pa.string()),
        "basis": span_rulings.column([ruling.basis for ruling in values], pa.string()),
        "terms": span_rulings.column([ruling.terms for ruling in values], pa.string()),
        "collection": span_rulings.column(collections, pa.string()),
    }


def _strengths(spans: pa.Table, claims: Claims) -> Floats:
    numbers = spans["claim"].to_numpy()
    strengths = np.full(len(spans), _CERTAIN_STRENGTH)
    strengths[numbers >= 0] = claims.strengths[numbers[numbers >= 0]]
    return strengths


def _matched_columns(spans: pa.Table, claims: Claims, indices: Int64s) -> dict[str, object]:
    """Return the matched tokens within each finding, and their information.

    A claim that was cut short lost some of them.
    """
    counts: Int64s = spans["span_tokens"].to_numpy()[indices].astype(np.int64)
    bits = np.zeros(len(indices))
    claim_numbers = spans["claim"].to_numpy()[indices]
    rows = np.flatnonzero(claim_numbers >= 0)
    bits[rows] = claims.bits[claim_numbers[rows]]
    candidates = claims.candidates.take(claim_numbers[rows])
    owners = np.repeat(np.arange(len(rows)), np.diff(candidates.run_offsets))
    starts = np.maximum(candidates.runs[:, 1], claims.firsts[claim_numbers[rows]][owners])
    ends = candidates.runs[:, 1] + candidates.runs[:, 2]
    ends = np.minimum(ends, claims.lasts[claim_numbers[rows]][owners] + 1)
    counts[rows] = np.bincount(owners, np.maximum(ends - starts, 0), len(rows))
    return {"tokens": counts, "bits": bits}


def _contested_mask(
    spans: pa.Table, holders: SpanRulings, rulings: SpanRulings, is_quoting: Flags
) -> Flags:
    """Return which non-permitted findings a permitted source or a background holds too.

    An item that quotes the words does not hold them: `is_quoting` has such claims.
    """
    texts = spans["text_number"].to_numpy()
    starts, ends = spans["byte_start"].to_numpy(), spans["byte_end"].to_numpy()
    claims = spans["claim"].to_numpy()[holders.rows]
    is_held = holders.permitted & ~np.append(is_quoting, False)[claims]  # -1: no claim
    permitted_spans: dict[int, list[tuple[int, int]]] = {}
    for row in holders.rows[is_held].tolist():
        permitted_spans.setdefault(int(texts[row]), []).append((int(starts[row]), int(ends[row])))
    spans_by_text = {
        text: (sorted(spans_of), max(end - start for start, end in spans_of))
        for text, spans_of in permitted_spans.items()
    }
    contested: Flags = (spans["background"].to_numpy() >= 0)[rulings.rows] & ~rulings.permitted
    is_undecided = (
        ~contested & ~rulings.permitted & np.isin(texts[rulings.rows], list(spans_by_text))
    )
    for index in np.flatnonzero(is_undecided).tolist():
        start, end = int(starts[rulings.rows[index]]), int(ends[rulings.rows[index]])
        spans_of, longest = spans_by_text[int(texts[rulings.rows[index]])]
        half = (end - start) / 2
        # Only spans that start within `longest` of this one can overlap it.
        low, high = bisect_left(spans_of, (start - longest,)), bisect_right(spans_of, (end,))
        contested[index] = any(
            min(last, end) - max(first, start) >= half for first, last in spans_of[low:high]
        )
    return contested


_DENIALS = (Verdict.FORBIDDEN, Verdict.UNKNOWN)


def _denied_mask(quotations: SpanRulings, works: pa.Table) -> Flags:
    """Return which findings, if they are quotations, a background's terms forbid or leave open."""
    denies = [
        judgement.ruling.verdict in _DENIALS and judgement.ruling.basis != NO_RULE
        for _, judgement in quotations.judgements
    ]
    return np.asarray(np.array(denies, bool)[quotations.codes] & pc.is_valid(works["item"]))
