"""Compute shares: sums over disjoint findings, with confidence intervals and an upper bound."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.judge.rulings import Judgement
from provenance.match.attribution import union_lengths
from provenance.match.estimation.bootstrap import BootstrapSample
from provenance.match.estimation.intervals import (
    EDGE_ERROR,
    Interval,
    sampled_share_interval,
    share_interval,
)
from provenance.model import Estimate, Flags, Floats, Int64s, Share, Unit, Verdict
from provenance.pipeline.calibration.share_correction import ShareCorrector
from provenance.pipeline.findings.finding_table import FindingSet
from provenance.pipeline.findings.judging import SpanRulings
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
        Corrects shares, where there is a calibration.
    """

    counts: Counts
    sample: BootstrapSample | None = None
    corrector: ShareCorrector | None = None

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

    def interval(self, documents: Int64s, sizes: Floats, chances: Floats, unit: Unit) -> Interval:
        """Return the confidence interval of the share of some findings."""
        edge = 0.0 if unit is Unit.DOCUMENTS else EDGE_ERROR
        if self.sample is not None:
            place = list(Unit).index(unit)
            return sampled_share_interval(self.sample, documents, (sizes, chances), place, edge)
        found = _count_distinct(documents), self.counts.documents
        return share_interval(sizes, chances, self.total(unit), found, edge)


@dataclass(frozen=True, slots=True)
class _ShareInputs:
    """All findings of a check, ready to be summed."""

    finding_set: FindingSet
    corpus: MeasuredCorpus
    sizes: _SpanSizes


def compute_shares(
    found: FindingSet, looked: MeasuredCorpus, sources: Iterable[str]
) -> tuple[Share, ...]:
    """Sum findings by source, verdict, terms, basis and evidence.

    Parameters
    ----------
    found : FindingSet
        All findings.
    looked : MeasuredCorpus
        The corpus.
    sources : iterable of str
        Sources that get a row even without findings.
    """
    weighed = _ShareInputs(found, looked, _span_sizes(found))
    names, evidence = _evidence_kinds(found.spans)
    findings = _SpanGroups.of(found.rulings, names, evidence)
    holders = _SpanGroups.of(found.holders, names, evidence)
    keys = {("source", source) for source in sources}
    keys |= {("verdict", str(verdict)) for verdict in Verdict}
    keys |= set(findings.keys)
    made: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[Estimate, ...]] = {}
    summed = []
    for key in sorted(keys):
        own, held = findings.under(key), holders.under(key)
        if (own, held) not in made:  # many keys select the same findings
            made[own, held] = _estimate_all_units(
                weighed, findings.places(own), holders.places(held)
            )
        verdicts = {findings.verdicts[sort] for sort in own}
        summed.append(Share(*key, _common_verdict(key, verdicts), *made[own, held]))
    return tuple(summed)


def share_of_findings(
    found: FindingSet, looked: MeasuredCorpus, chosen: Flags, unit: Unit
) -> tuple[float, float]:
    """Return the share of some findings and the lower end of its interval.

    Parameters
    ----------
    found : FindingSet
        All findings.
    looked : MeasuredCorpus
        The corpus.
    chosen : ndarray of bool
        The findings to count.
    unit : Unit
        The unit to count in.
    """
    weighed = _ShareInputs(found, looked, _span_sizes(found))
    estimate = _estimate(weighed, np.flatnonzero(chosen), unit, 0)
    return estimate.share, estimate.low


@dataclass(frozen=True, slots=True, eq=False)
class _SpanGroups:
    """Findings, or holders of spans, grouped by ruling and kind of evidence.

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
    def of(cls, ruled: SpanRulings, names: Sequence[str | None], evidence: Int64s) -> "_SpanGroups":
        both = ruled.codes * len(names) + evidence[ruled.rows]
        counts = np.bincount(both)
        met = np.flatnonzero(counts)
        keys: dict[ShareKey, list[int]] = {}
        verdicts = []
        for sort, (kind, told) in enumerate(divmod(one, len(names)) for one in met.tolist()):
            source, judgement = ruled.judgements[kind]
            verdicts.append(judgement.ruling.verdict)
            for key in _share_keys(source, judgement, names[told]):
                keys.setdefault(key, []).append(sort)
        bounds = np.concatenate([[0], np.cumsum(counts[met])]).astype(np.int64)
        return cls(np.argsort(both, kind="stable"), bounds, keys, verdicts)

    def under(self, key: ShareKey) -> tuple[int, ...]:
        """Return the groups that count under a key."""
        return tuple(self.keys.get(key, ()))

    def places(self, sorts: Sequence[int]) -> Int64s:
        """Return the rows of some groups, in order."""
        own = [self.order[self.bounds[sort] : self.bounds[sort + 1]] for sort in sorts]
        return np.sort(np.concatenate([np.zeros(0, np.int64), *own]))


def _evidence_kinds(spans: pa.Table) -> tuple[list[str | None], Int64s]:
    """Return the kinds of evidence, and the kind of each span."""
    coded = spans["evidence"].combine_chunks().dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)


def _share_keys(source: str, judgement: Judgement, evidence: str | None) -> list[ShareKey]:
    ruling = judgement.ruling
    keys: list[ShareKey] = [
        ("source", source),
        ("verdict", str(ruling.verdict)),
        ("basis", f"{ruling.verdict}: {ruling.basis}"),
    ]
    if ruling.terms:
        keys.append(("terms", ruling.terms))
    if evidence:
        keys.append(("evidence", evidence))
    return keys


def _span_sizes(found: FindingSet) -> _SpanSizes:
    spans = found.spans
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
    weighed: _ShareInputs, places: Int64s, held: Int64s
) -> tuple[Estimate, ...]:
    """Estimate, in every unit, the share of some findings and of everything held likewise."""
    bands = _union_sizes(weighed, weighed.finding_set.holders.rows[held])
    return tuple(
        _estimate(weighed, places, unit, band) for unit, band in zip(Unit, bands, strict=True)
    )


def _estimate(weighed: _ShareInputs, places: Int64s, unit: Unit, band: float) -> Estimate:
    rows = weighed.finding_set.finding_rows[places]
    chances: Floats = weighed.finding_set.chance_probabilities[places]
    contested = weighed.finding_set.findings["contested"].to_numpy()[places]
    documents = weighed.sizes.documents[rows]
    if unit is Unit.DOCUMENTS:
        documents, chances, contested = _aggregate_by_document(documents, chances, contested)
        sizes = np.ones(len(documents))
    else:
        sizes = getattr(weighed.sizes, str(unit))[rows].astype(np.float64)
    total, stands = weighed.corpus.total(unit), sizes * weighed.corpus.weights(documents)
    ends = weighed.corpus.interval(documents, sizes, chances, unit)
    share = min(1.0, float(stands.sum() / total)) if total else 0.0
    return Estimate(
        int(sizes.sum()),
        share,
        min(ends.low, share),
        max(ends.high, share),
        max(share, min(1.0, band / total)) if total else 0.0,
        min(share, float(stands[contested].sum() / total)) if total else 0.0,
        weighed.corpus.corrector.of(places, unit) if weighed.corpus.corrector else None,
    )


def _count_distinct(numbers: Int64s) -> int:
    # `numpy.unique` takes ten times as long for sorted numbers.
    return int(np.count_nonzero(np.diff(np.sort(numbers)))) + bool(len(numbers))


def _aggregate_by_document(
    documents: Int64s, chances: Floats, contested: Flags
) -> tuple[Int64s, Floats, Flags]:
    """Return one row per document: findings combine their probabilities; contested if all are."""
    unique, places = np.unique(documents, return_inverse=True)
    together = np.zeros(len(unique))
    np.add.at(together, places, np.log(np.maximum(chances, 1e-300)))
    undisputed = np.bincount(places[~contested], minlength=len(unique)) > 0
    return unique, np.exp(together), ~undisputed


def _union_sizes(weighed: _ShareInputs, rows: Int64s) -> tuple[float, float, float]:
    """Return the size of the union of some spans: documents, tokens, bytes."""
    found, measures = weighed.finding_set, weighed.sizes
    # By document, so that sample weights apply.
    documents, owners = np.unique(measures.documents[rows], return_inverse=True)
    stands = weighed.corpus.weights(documents)
    starts, first = measures.byte_starts[rows], found.spans["first_token"].to_numpy()[rows]
    texts, count = measures.texts[rows], len(documents)
    bytes_ = union_lengths(owners, texts, starts, starts + measures.bytes[rows], count)
    tokens = union_lengths(owners, texts, first, first + measures.tokens[rows], count)
    return float(stands.sum()), float((stands * tokens).sum()), float((stands * bytes_).sum())
