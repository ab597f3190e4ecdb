"""Compute shares: sums over disjoint findings, with confidence intervals and an upper bound."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.rulings import WHOLE_CORPUS, Judgement, Scope
from provenance.match.attribution import union_lengths
from provenance.match.estimation.bootstrap import BootstrapSample
from provenance.match.estimation.intervals import (
    EXCESS_EDGE,
    MISSING_EDGE,
    NO_MORE,
    UNMEASURED_MISSES,
    ChanceProbabilities,
    ShareInterval,
    UpperEnd,
    none_found,
    sampled_share_interval,
    share_interval,
)
from provenance.match.estimation.missed_copies import PlantCounts, RecallTable
from provenance.match.estimation.own_shares import own_size
from provenance.model.content.fingerprints import Flags, Floats, Int64s
from provenance.model.results.calibration import CorrectedShare
from provenance.model.results.origin import Origin
from provenance.model.results.shares import OTHER_CONTENT, Estimate, Share
from provenance.model.rules.policy import DEFAULT_ORIGINS, OriginRule, Unit
from provenance.model.rules.terms import Verdict
from provenance.pipeline.findings.finding_table import FindingSet
from provenance.pipeline.findings.judging import SpanRulings
from provenance.pipeline.findings.missed_findings import MissedFindings, ShippedRecall
from provenance.pipeline.findings.share_correction import ShareCorrector
from provenance.pipeline.scan.readings import Counts

ShareKey = tuple[str, str]
"""A kind of share and its key: ("source", "x")."""


@dataclass(frozen=True, slots=True)
class _SpanSizes:
    """Sizes of spans in every unit, one element per row; a document counts as one."""

    documents: Int64s
    texts: Int64s
    tokens: Int64s
    bytes: Int64s
    byte_starts: Int64s


@dataclass(frozen=True, slots=True)
class MeasuredCorpus:
    """The corpus that shares refer to: its size, its sample and the correction that applies.

    Parameters
    ----------
    counts : Counts
        Size of what was checked.
    sample : BootstrapSample or None
        Its documents, where it is a sample of the corpus.
    corrector : ShareCorrector or None
        What a calibration says of the findings, where there is one.
    recall : PlantCounts or None
        Plants of the shipped detector; None if only lower ends of intervals are needed.
    origins : OriginRule
        Whose words lower ends count, and how sure of that they are.
    """

    counts: Counts
    sample: BootstrapSample | None = None
    corrector: ShareCorrector | None = None
    recall: PlantCounts | None = None
    origins: OriginRule = DEFAULT_ORIGINS

    def total(self, unit: Unit) -> float:
        """Return the size of the whole corpus in a unit."""
        if self.sample is None:
            return float(getattr(self.counts, str(unit)))
        return float(self.sample.totals[list(Unit).index(unit)])

    def weights(self, documents: Int64s) -> Floats:
        """Return the number of documents of the corpus that each sampled document represents."""
        if self.sample is None:
            return np.ones(len(documents))
        return self.sample.weights[self.sample.places(documents)]

    def interval(
        self,
        documents: Int64s,
        sizes: Floats,
        chances: ChanceProbabilities,
        unit: Unit,
        more: UpperEnd,
    ) -> ShareInterval:
        """Return the confidence interval of the share of some findings."""
        edges = EXCESS_EDGE, MISSING_EDGE
        if unit is Unit.DOCUMENTS:
            edges = 0.0, UNMEASURED_MISSES
        if self.sample is not None:
            place = list(Unit).index(unit)
            findings = sizes, chances
            return sampled_share_interval(self.sample, documents, findings, place, more, edges)
        documents_read = self.counts.documents
        return share_interval(sizes, chances, self.total(unit), documents_read, more, edges)


@dataclass(frozen=True, slots=True)
class _ShareInputs:
    """All findings of a check, ready to be summed.

    Parameters
    ----------
    finding_set : FindingSet
        The findings.
    corpus : MeasuredCorpus
        The corpus.
    sizes : _SpanSizes
        Sizes of all spans.
    origins : ndarray of int64, shape (n,)
        Index into `Origin`, or `_NO_ORIGIN`, of each finding.
    own : ndarray of float64, shape (n,)
        Probability with which each counts by its origin.
    groups : ndarray of int64, shape (n,)
        Number of each one's item: all copies of it are its own words, or none.
    missed, calibrated : MissedFindings or None
        What was missed, by the shipped plants and by a calibration.
    """

    finding_set: FindingSet
    corpus: MeasuredCorpus
    sizes: _SpanSizes
    origins: Int64s
    own: Floats
    groups: Int64s
    missed: MissedFindings | None
    calibrated: MissedFindings | None


def _share_inputs(finding_set: FindingSet, corpus: MeasuredCorpus) -> _ShareInputs:
    origins, sizes = _origin_codes(finding_set.findings), _span_sizes(finding_set)
    missed, calibrated, tokens = None, None, sizes.tokens[finding_set.finding_rows]
    if corpus.recall is not None:
        recall = ShippedRecall(RecallTable.of(corpus.recall))
        missed = MissedFindings.of(recall, finding_set.appearances, tokens)
    if corpus.corrector is not None:
        measured = corpus.corrector.recall
        calibrated = replace(
            MissedFindings.of(measured, finding_set.appearances, tokens),
            none_found=none_found(measured.overall),
        )
    own = _own_probabilities(finding_set.findings, origins, corpus.origins)
    groups = _number_items(finding_set.findings)
    return _ShareInputs(finding_set, corpus, sizes, origins, own, groups, missed, calibrated)


def _own_probabilities(findings: pa.Table, origins: Int64s, rule: OriginRule) -> Floats:
    """Return the probability with which each finding counts by its origin."""
    own = pc.fill_null(findings["own_probability"], 1.0).to_numpy()
    is_undecided = origins == _UNDECIDED
    # The verdict on a quotation is that on the quoted work.
    is_certain = (origins == _QUOTATION) | (is_undecided & (rule.counted_from == 0.0))
    is_ignored = is_undecided & (own < rule.counted_from)
    return np.select([is_certain, is_ignored], [1.0, 0.0], own)


def _number_items(findings: pa.Table) -> Int64s:
    """Return a number of the source and the item of each finding."""
    columns = (findings[name].combine_chunks() for name in ("source", "item"))
    source, item = (
        np.asarray(each.dictionary_encode("encode").indices, np.int64) for each in columns
    )
    return source * (len(findings) + 1) + item


def compute_shares(
    finding_set: FindingSet,
    measured_corpus: MeasuredCorpus,
    sources: Iterable[str],
    collections: Sequence[str] = (),
) -> tuple[Share, ...]:
    """Sum findings by source, verdict, terms, basis, evidence, origin and collection.

    Quotations count for no source. Lower ends of intervals count what is the items' own words with
    the probability from which origins are decided (`own_size`).

    Parameters
    ----------
    finding_set : FindingSet
        All findings.
    measured_corpus : MeasuredCorpus
        The corpus.
    sources : iterable of str
        Sources that get a row even without findings.
    collections : sequence of str
        Names of the policy's collections, which get a row too.
    """
    inputs = _share_inputs(finding_set, measured_corpus)
    names, evidence = _evidence_kinds(finding_set.spans)
    findings = _SpanGroups.of(finding_set.rulings, names, evidence, inputs.origins)
    no_origins = np.full(len(finding_set.holders.rows), _NO_ORIGIN)
    holders = _SpanGroups.of(finding_set.holders, names, evidence, no_origins)
    keys = {("source", source) for source in sources}
    keys |= {("verdict", str(verdict)) for verdict in Verdict}
    keys |= {("origin", str(origin)) for origin in Origin}
    keys |= {("collection", name) for name in collections}
    is_divided = bool(collections) or _is_divided(finding_set.rulings)
    keys |= {key for key in findings.keys if is_divided or key[0] != "collection"}
    estimates: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[Estimate, ...]] = {}
    shares = []
    for key in sorted(keys):
        finding_groups, holder_groups = findings.under(key), holders.under(key)
        if (finding_groups, holder_groups) not in estimates:  # many keys select the same findings
            estimates[finding_groups, holder_groups] = _estimate_all_units(
                inputs, findings.places(finding_groups), holders.places(holder_groups)
            )
        verdicts = {findings.verdicts[group] for group in finding_groups}
        units = estimates[finding_groups, holder_groups]
        shares.append(Share(*key, _common_verdict(key, verdicts), *units))
    return tuple(shares)


def share_of_findings(
    finding_set: FindingSet, measured_corpus: MeasuredCorpus, mask: Flags, unit: Unit
) -> tuple[float, float]:
    """Return the share of some findings and the lower end of its interval.

    Parameters
    ----------
    finding_set : FindingSet
        All findings.
    measured_corpus : MeasuredCorpus
        The corpus.
    mask : ndarray of bool
        The findings to count.
    unit : Unit
        The unit to count in.
    """
    inputs = _share_inputs(finding_set, measured_corpus)
    estimate = _estimate(inputs, np.flatnonzero(mask), unit, 0)
    return estimate.share, estimate.low


@dataclass(frozen=True, slots=True, eq=False)
class _SpanGroups:
    """Findings, or holders of spans, grouped by ruling, kind of evidence and origin.

    Parameters
    ----------
    order : ndarray of int64, shape (n,)
        All rows, group by group.
    bounds : ndarray of int64, shape (groups + 1,)
        Group `i` is ``order[bounds[i]:bounds[i + 1]]``.
    keys : mapping of ShareKey to list of int
        Groups that count under each key.
    verdicts : list of Verdict
        Verdict of each group.
    """

    order: Int64s
    bounds: Int64s
    keys: Mapping[ShareKey, list[int]]
    verdicts: list[Verdict]

    @classmethod
    def of(
        cls,
        rulings: SpanRulings,
        names: Sequence[str | None],
        evidence: Int64s,
        origins: Int64s,
    ) -> "_SpanGroups":
        kinds = rulings.codes * len(names) + evidence[rulings.rows]
        codes = kinds * (_NO_ORIGIN + 1) + origins
        counts = np.bincount(codes)
        present_codes = np.flatnonzero(counts)
        keys: dict[ShareKey, list[int]] = {}
        verdicts = []
        for group, code in enumerate(present_codes.tolist()):
            kind, origin = divmod(code, _NO_ORIGIN + 1)
            ruling_code, evidence_code = divmod(kind, len(names))
            source, judgement = rulings.judgements[ruling_code]
            verdicts.append(judgement.ruling.verdict)
            for key in _share_keys(source, judgement, names[evidence_code], origin):
                keys.setdefault(key, []).append(group)
        bounds = np.concatenate([[0], np.cumsum(counts[present_codes])]).astype(np.int64)
        return cls(np.argsort(codes, kind="stable"), bounds, keys, verdicts)

    def under(self, key: ShareKey) -> tuple[int, ...]:
        """Return the groups that count under a key."""
        return tuple(self.keys.get(key, ()))

    def places(self, groups: Sequence[int]) -> Int64s:
        """Return the rows of some groups, in order."""
        rows = [self.order[self.bounds[group] : self.bounds[group + 1]] for group in groups]
        return np.sort(np.concatenate([np.zeros(0, np.int64), *rows]))


def _evidence_kinds(spans: pa.Table) -> tuple[list[str | None], Int64s]:
    """Return the kinds of evidence, and the kind of each span."""
    encoded = spans["evidence"].combine_chunks().dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64)


_ORIGINS = tuple(map(str, Origin))

_QUOTATION, _UNDECIDED = (_ORIGINS.index(each) for each in (Origin.QUOTATION, Origin.UNDECIDED))

_NO_ORIGIN = len(_ORIGINS)
"""Code of findings whose evidence is no content, and of holders."""


def _origin_codes(findings: pa.Table) -> Int64s:
    codes = pc.index_in(findings["origin"], pa.array(_ORIGINS))
    return np.asarray(pc.fill_null(codes, _NO_ORIGIN).to_numpy(), np.int64)


_ROW_DATED = ", dated by its rows"
"""Added to the name of a collection if rows state their own day of collection."""


def _collection_key(scope: Scope) -> ShareKey:
    name = OTHER_CONTENT if scope.collection is None else scope.collection
    return "collection", f"{name}{_ROW_DATED * scope.row_dated}"


def _is_divided(rulings: SpanRulings) -> bool:
    """Return whether parts of the corpus have circumstances of their own."""
    return any(judgement.scope != WHOLE_CORPUS for _, judgement in rulings.judgements)


def _share_keys(
    source: str, judgement: Judgement, evidence: str | None, origin: int
) -> list[ShareKey]:
    ruling = judgement.ruling
    keys: list[ShareKey] = [
        ("verdict", str(ruling.verdict)),
        ("basis", f"{ruling.verdict}: {ruling.basis}"),
        _collection_key(judgement.scope),
    ]
    if origin != _QUOTATION:
        keys.append(("source", source))
    if origin != _NO_ORIGIN:
        keys.append(("origin", _ORIGINS[origin]))
    if ruling.terms:
        keys.append(("terms", ruling.terms))
    if evidence:
        keys.append(("evidence", evidence))
    return keys


def _span_sizes(finding_set: FindingSet) -> _SpanSizes:
    spans = finding_set.spans
    starts, ends = spans["byte_start"].to_numpy(), spans["byte_end"].to_numpy()
    return _SpanSizes(
        spans["document_number"].to_numpy(),
        spans["text_number"].to_numpy(),
        spans["span_tokens"].to_numpy(),
        ends - starts,
        starts,
    )


def _common_verdict(key: ShareKey, verdicts: set[Verdict]) -> Verdict | None:
    if key[0] == "verdict":
        return Verdict(key[1])
    return verdicts.pop() if len(verdicts) == 1 else None


def _estimate_all_units(
    inputs: _ShareInputs, places: Int64s, holder_rows: Int64s
) -> tuple[Estimate, ...]:
    """Estimate, in every unit, the share of some findings, up to all that their holders hold."""
    bands = _union_sizes(inputs, inputs.finding_set.holders.rows[holder_rows])
    more, measured = (
        {} if missed is None else missed.upper_ends(places, _longest_of_documents(inputs, places))
        for missed in (inputs.missed, inputs.calibrated)
    )
    return tuple(
        _estimate(inputs, places, unit, band, more.get(unit, NO_MORE), measured.get(unit))
        for unit, band in zip(Unit, bands, strict=True)
    )


def _longest_of_documents(inputs: _ShareInputs, places: Int64s) -> Int64s:
    """Return the longest finding of each document, by which the document is found."""
    rows = inputs.finding_set.finding_rows[places]
    documents = inputs.sizes.documents[rows]
    order = np.lexsort((-inputs.sizes.tokens[rows], documents))
    is_first = np.diff(documents[order], prepend=-1) != 0
    return np.asarray(places[order[is_first]])


@dataclass(frozen=True, slots=True)
class _SizedFindings:
    """Findings in a unit: one for each, or one for each document if these are counted."""

    documents: Int64s
    sizes: Floats
    chances: ChanceProbabilities
    is_contested: Flags
    appearances: Int64s

    @classmethod
    def of(cls, inputs: _ShareInputs, places: Int64s, unit: Unit) -> "_SizedFindings":
        finding_set = inputs.finding_set
        rows, findings = finding_set.finding_rows[places], finding_set.findings
        possible = np.minimum(findings["expected"].to_numpy()[places], 1.0)
        chances = ChanceProbabilities(possible, finding_set.chance_probabilities[places])
        is_contested = findings["contested"].to_numpy()[places]
        documents = inputs.sizes.documents[rows]
        if unit is Unit.DOCUMENTS:
            documents, chances, is_contested = _aggregate_by_document(
                documents, chances, is_contested
            )
            ones = np.ones(len(documents))
            return cls(documents, ones, chances, is_contested, np.full(len(documents), -1))
        sizes = getattr(inputs.sizes, str(unit))[rows].astype(np.float64)
        appearances = finding_set.appearances.appearances[places]
        return cls(documents, sizes, chances, is_contested, appearances)


def _estimate(
    inputs: _ShareInputs,
    places: Int64s,
    unit: Unit,
    band: float,
    more: UpperEnd = NO_MORE,
    measured: UpperEnd | None = None,
) -> Estimate:
    found, corpus = _SizedFindings.of(inputs, places, unit), inputs.corpus
    total, weighted_sizes = corpus.total(unit), found.sizes * corpus.weights(found.documents)
    interval = corpus.interval(found.documents, found.sizes, found.chances, unit, more)
    share = min(1.0, float(weighted_sizes.sum() / total)) if total else 0.0
    quoted = _quoted_share(inputs, places, unit)
    return Estimate(
        int(found.sizes.sum()),
        share,
        max(0.0, min(interval.low, share) - quoted),
        max(interval.high, share),
        max(share, min(1.0, band / total)) if total else 0.0,
        min(share, float(weighted_sizes[found.is_contested].sum() / total)) if total else 0.0,
        None if measured is None else _correct_share(corpus, found, unit, measured),
    )


def _quoted_share(inputs: _ShareInputs, places: Int64s, unit: Unit) -> float:
    """Return the share of a corpus that some findings may have and that is not the items' own."""
    corpus, total = inputs.corpus, inputs.corpus.total(unit)
    own, rows = inputs.own[places], inputs.finding_set.finding_rows[places]
    documents = inputs.sizes.documents[rows]
    sizes = getattr(inputs.sizes, str(unit))[rows].astype(np.float64)
    if unit is Unit.DOCUMENTS:  # counted once, at the finding that is most probably own words
        order = np.lexsort((-own, documents))
        sizes[order] = np.diff(documents[order], prepend=-1) != 0
    sizes *= corpus.weights(documents)
    uncertain = own < 1
    sizes, groups = sizes[uncertain], inputs.groups[places][uncertain]
    own_part = own_size(sizes, own[uncertain], groups, corpus.origins.own)
    return (float(sizes.sum()) - own_part) / total if total else 0.0


def _correct_share(
    corpus: MeasuredCorpus, found: _SizedFindings, unit: Unit, measured: UpperEnd
) -> CorrectedShare | None:
    """Return the share with what was missed and without what is false, by the calibration.

    Contested findings count as they do in the share itself: other holders of a passage say nothing
    about how many like it were missed.
    """
    corrector, total = corpus.corrector, corpus.total(unit)
    if corrector is None:
        return None
    most = corrector.most_chances(found.chances)
    interval = corpus.interval(found.documents, found.sizes, most, unit, measured)
    if not total:
        return CorrectedShare(0.0, interval.low, interval.high)
    is_true = 1 - np.minimum(found.chances.distributed * corrector.expected_false, 1.0)
    covered = np.where(found.appearances >= 0, corrector.coverage[found.appearances], 1.0)
    size = float((found.sizes * corpus.weights(found.documents) * is_true / covered).sum())
    share = min(1.0, size * measured.mean_ratio / total)
    return CorrectedShare(share, min(interval.low, share), max(interval.high, share))


def _count_distinct(numbers: Int64s) -> int:
    # `numpy.unique` takes ten times as long for sorted numbers.
    return int(np.count_nonzero(np.diff(np.sort(numbers)))) + bool(len(numbers))


def _aggregate_by_document(
    documents: Int64s, chances: ChanceProbabilities, is_contested: Flags
) -> tuple[Int64s, ChanceProbabilities, Flags]:
    """Return one row per document: findings combine their probabilities; contested if all are."""
    unique, places = np.unique(documents, return_inverse=True)

    def combine(probabilities: Floats) -> Floats:
        logarithms = np.log(np.maximum(probabilities, 1e-300))
        return np.asarray(np.exp(np.bincount(places, logarithms, len(unique))))

    has_uncontested = np.bincount(places[~is_contested], minlength=len(unique)) > 0
    combined = ChanceProbabilities(combine(chances.possible), combine(chances.distributed))
    return unique, combined, ~has_uncontested


def _union_sizes(inputs: _ShareInputs, rows: Int64s) -> tuple[float, float, float]:
    """Return the size of the union of some spans: documents, tokens, bytes."""
    finding_set, sizes = inputs.finding_set, inputs.sizes
    # By document, so that sample weights apply.
    documents, owners = np.unique(sizes.documents[rows], return_inverse=True)
    weights = inputs.corpus.weights(documents)
    starts, first = sizes.byte_starts[rows], finding_set.spans["first_token"].to_numpy()[rows]
    texts, count = sizes.texts[rows], len(documents)
    bytes_ = union_lengths(owners, texts, starts, starts + sizes.bytes[rows], count)
    tokens = union_lengths(owners, texts, first, first + sizes.tokens[rows], count)
    return float(weights.sum()), float((weights * tokens).sum()), float((weights * bytes_).sum())
