"""Shares: sums over disjoint findings, with their intervals and the band up to *any*."""

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
from provenance.pipeline.calibration.share_correction import Correcting
from provenance.pipeline.findings.finding_table import Found
from provenance.pipeline.findings.judging import Ruled
from provenance.pipeline.scan.readings import Counts

Key = tuple[str, str]
"""A kind of share and its key: ("source", "x")."""


@dataclass(frozen=True, slots=True)
class _Measures:
    """Sizes of spans, row by row, in every unit; a document is a unit of its own."""

    documents: Int64s
    texts: Int64s
    tokens: Int64s
    bytes: Int64s
    byte_starts: Int64s


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at, and what is known of how much that says.

    Parameters
    ----------
    counts : Counts
        How much it is.
    sampled : Resampled or None
        Its documents, where they are a sample of the corpus.
    correcting : Correcting or None
        Corrects shares, where a calibration was given.
    """

    counts: Counts
    sampled: BootstrapSample | None = None
    correcting: Correcting | None = None

    def total(self, unit: Unit) -> float:
        """Give all of the corpus."""
        if self.sampled is None:
            return float(getattr(self.counts, str(unit)))
        return float(self.sampled.totals[list(Unit).index(unit)])

    def stands(self, documents: Int64s) -> Floats:
        """Give for how many documents of the corpus each one stands."""
        if self.sampled is None:
            return np.ones(len(documents))
        return self.sampled.weights[self.sampled.places(documents)]

    def interval(self, documents: Int64s, sizes: Floats, chances: Floats, unit: Unit) -> Interval:
        """Bound the share that findings in some documents stand for."""
        edge = 0.0 if unit is Unit.DOCUMENTS else EDGE_ERROR
        if self.sampled is not None:
            place = list(Unit).index(unit)
            return sampled_share_interval(self.sampled, documents, (sizes, chances), place, edge)
        found = _distinct(documents), self.counts.documents
        return share_interval(sizes, chances, self.total(unit), found, edge)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """All findings of a check, ready to be summed up."""

    found: Found
    looked: Looked
    measures: _Measures


def shares(found: Found, looked: Looked, sources: Iterable[str]) -> tuple[Share, ...]:
    """Sum findings up by source, verdict, terms, basis and evidence.

    Parameters
    ----------
    found : Found
        All findings.
    looked : Looked
        What was looked at.
    sources : iterable of str
        Sources that have a row even where nothing of theirs was found.
    """
    weighed = _Weighed(found, looked, _measures(found))
    names, evidence = _evidence(found.spans)
    findings = _Sorted.of(found.ruled, names, evidence)
    holders = _Sorted.of(found.holders, names, evidence)
    keys = {("source", source) for source in sources}
    keys |= {("verdict", str(verdict)) for verdict in Verdict}
    keys |= set(findings.keys)
    made: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[Estimate, ...]] = {}
    summed = []
    for key in sorted(keys):
        own, held = findings.under(key), holders.under(key)
        if (own, held) not in made:  # many keys have the same findings
            made[own, held] = _estimates(weighed, findings.places(own), holders.places(held))
        verdicts = {findings.verdicts[sort] for sort in own}
        summed.append(Share(*key, _verdict_of(key, verdicts), *made[own, held]))
    return tuple(summed)


def share_of(found: Found, looked: Looked, chosen: Flags, unit: Unit) -> tuple[float, float]:
    """Give the share, and its low end, of some findings.

    Parameters
    ----------
    found : Found
        All findings.
    looked : Looked
        What was looked at.
    chosen : ndarray of bool
        Which findings.
    unit : Unit
        What is counted.
    """
    weighed = _Weighed(found, looked, _measures(found))
    estimate = _estimate(weighed, np.flatnonzero(chosen), unit, 0)
    return estimate.share, estimate.low


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """Findings, or holds on spans, by sorts: one kind of `Ruled`, with one kind of evidence.

    Parameters
    ----------
    order : ndarray of int64, shape (n,)
        All of them, sort by sort.
    bounds : ndarray of int64, shape (sorts + 1,)
        Those of sort `i` are ``order[bounds[i]:bounds[i + 1]]``.
    keys : mapping of Key to list of int
        Sorts that count under each key.
    verdicts : list of Verdict
        Of each sort.
    """

    order: Int64s
    bounds: Int64s
    keys: Mapping[Key, list[int]]
    verdicts: list[Verdict]

    @classmethod
    def of(cls, ruled: Ruled, names: Sequence[str | None], evidence: Int64s) -> "_Sorted":
        both = ruled.kinds * len(names) + evidence[ruled.rows]
        counts = np.bincount(both)
        met = np.flatnonzero(counts)
        keys: dict[Key, list[int]] = {}
        verdicts = []
        for sort, (kind, told) in enumerate(divmod(one, len(names)) for one in met.tolist()):
            source, judgement = ruled.alike[kind]
            verdicts.append(judgement.ruling.verdict)
            for key in _keys(source, judgement, names[told]):
                keys.setdefault(key, []).append(sort)
        bounds = np.concatenate([[0], np.cumsum(counts[met])]).astype(np.int64)
        return cls(np.argsort(both, kind="stable"), bounds, keys, verdicts)

    def under(self, key: Key) -> tuple[int, ...]:
        """Give the sorts that count under a key."""
        return tuple(self.keys.get(key, ()))

    def places(self, sorts: Sequence[int]) -> Int64s:
        """Give which of them are of some sorts, in order."""
        own = [self.order[self.bounds[sort] : self.bounds[sort + 1]] for sort in sorts]
        return np.sort(np.concatenate([np.zeros(0, np.int64), *own]))


def _evidence(spans: pa.Table) -> tuple[list[str | None], Int64s]:
    """Give the kinds of evidence that there are, and which each span is."""
    coded = spans["evidence"].combine_chunks().dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)


def _keys(source: str, judgement: Judgement, evidence: str | None) -> list[Key]:
    ruling = judgement.ruling
    keys: list[Key] = [
        ("source", source),
        ("verdict", str(ruling.verdict)),
        ("basis", f"{ruling.verdict}: {ruling.basis}"),
    ]
    if ruling.terms:
        keys.append(("terms", ruling.terms))
    if evidence:
        keys.append(("evidence", evidence))
    return keys


def _measures(found: Found) -> _Measures:
    spans = found.spans
    starts, ends = spans["byte_start"].to_numpy(), spans["byte_end"].to_numpy()
    return _Measures(
        spans["document_number"].to_numpy(),
        spans["text_number"].to_numpy(),
        spans["span_tokens"].to_numpy(),
        ends - starts,
        starts,
    )


def _verdict_of(key: Key, verdicts: set[Verdict]) -> Verdict | None:
    if key[0] == "verdict":
        return Verdict(key[1])
    return verdicts.pop() if len(verdicts) == 1 else None


def _estimates(weighed: _Weighed, places: Int64s, held: Int64s) -> tuple[Estimate, ...]:
    """Estimate, in every unit, what some findings make up, and all that is held like them."""
    bands = _bands(weighed, weighed.found.holders.rows[held])
    return tuple(
        _estimate(weighed, places, unit, band) for unit, band in zip(Unit, bands, strict=True)
    )


def _estimate(weighed: _Weighed, places: Int64s, unit: Unit, band: float) -> Estimate:
    rows = weighed.found.chosen[places]
    chances: Floats = weighed.found.chances[places]
    contested = weighed.found.findings["contested"].to_numpy()[places]
    documents = weighed.measures.documents[rows]
    if unit is Unit.DOCUMENTS:
        documents, chances, contested = _by_document(documents, chances, contested)
        sizes = np.ones(len(documents))
    else:
        sizes = getattr(weighed.measures, str(unit))[rows].astype(np.float64)
    total, stands = weighed.looked.total(unit), sizes * weighed.looked.stands(documents)
    ends = weighed.looked.interval(documents, sizes, chances, unit)
    share = min(1.0, float(stands.sum() / total)) if total else 0.0
    return Estimate(
        int(sizes.sum()),
        share,
        min(ends.low, share),
        max(ends.high, share),
        max(share, min(1.0, band / total)) if total else 0.0,
        min(share, float(stands[contested].sum() / total)) if total else 0.0,
        weighed.looked.correcting.of(places, unit) if weighed.looked.correcting else None,
    )


def _distinct(numbers: Int64s) -> int:
    # NumPy's own `unique` takes ten times as long for numbers that are in order.
    return int(np.count_nonzero(np.diff(np.sort(numbers)))) + bool(len(numbers))


def _by_document(
    documents: Int64s, chances: Floats, contested: Flags
) -> tuple[Int64s, Floats, Flags]:
    """Count a document once: as surely as its findings together; contested if all of them are."""
    unique, places = np.unique(documents, return_inverse=True)
    together = np.zeros(len(unique))
    np.add.at(together, places, np.log(np.maximum(chances, 1e-300)))
    undisputed = np.bincount(places[~contested], minlength=len(unique)) > 0
    return unique, np.exp(together), ~undisputed


def _bands(weighed: _Weighed, rows: Int64s) -> tuple[float, float, float]:
    """Measure the union of some spans: documents, tokens, bytes."""
    found, measures = weighed.found, weighed.measures
    # By document, so that it can stand for others.
    documents, owners = np.unique(measures.documents[rows], return_inverse=True)
    stands = weighed.looked.stands(documents)
    starts, first = measures.byte_starts[rows], found.spans["first_token"].to_numpy()[rows]
    texts, count = measures.texts[rows], len(documents)
    bytes_ = union_lengths(owners, texts, starts, starts + measures.bytes[rows], count)
    tokens = union_lengths(owners, texts, first, first + measures.tokens[rows], count)
    return float(stands.sum()), float((stands * tokens).sum()), float((stands * bytes_).sum())
