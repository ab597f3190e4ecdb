"""Shares: sums over disjoint findings, with their intervals and the band up to *any*."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from provenance.judge import Judgement
from provenance.match import (
    EDGE_ERROR,
    Interval,
    Resampled,
    interval,
    sampled_interval,
    union_lengths,
)
from provenance.model import Estimate, Flags, Floats, Int64s, Share, Unit, Verdict
from provenance.run.calibration.correcting import Correcting
from provenance.run.findings import Found
from provenance.run.readings import Counts

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
    sampled: Resampled | None = None
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
            return sampled_interval(self.sampled, documents, (sizes, chances), place, edge)
        found = len(np.unique(documents)), self.counts.documents
        return interval(sizes, chances, self.total(unit), found, edge)


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
    measures = _measures(found)
    weighed = _Weighed(found, looked, measures)
    members: dict[Key, list[int]] = {("source", source): [] for source in sources}
    for verdict in Verdict:
        members["verdict", str(verdict)] = []
    sources_found = found.findings["source"].to_pylist()
    evidence = found.findings["evidence"].to_pylist()
    keyed = _Keyed()
    for place, judgement in enumerate(found.judgements):
        for key in keyed.of(sources_found[place], judgement, evidence[place]):
            members.setdefault(key, []).append(place)
    bands = _bands(weighed, list(members))
    return tuple(
        Share(
            by,
            key,
            _verdict_of(by, key, [found.judgements[place] for place in places]),
            *(
                _estimate(weighed, np.array(places, np.int64), unit, band)
                for unit, band in zip(Unit, bands[by, key], strict=True)
            ),
        )
        for (by, key), places in sorted(members.items(), key=lambda entry: entry[0])
    )


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


class _Keyed:
    """Gives the keys under which findings count: made once for all that are alike."""

    def __init__(self) -> None:
        # Judgements of findings that are alike are one object, which lives as long as they do.
        self._known: dict[tuple[str, int, str | None], list[Key]] = {}

    def of(self, source: str, judgement: Judgement, evidence: str | None) -> list[Key]:
        """Give the keys of a finding, or of a holder of one."""
        alike = source, id(judgement), evidence
        keys = self._known.get(alike)
        if keys is None:
            keys = self._known[alike] = _keys(source, judgement, evidence)
        return keys


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


def _verdict_of(by: str, key: str, judgements: Sequence[Judgement]) -> Verdict | None:
    if by == "verdict":
        return Verdict(key)
    verdicts = {judgement.ruling.verdict for judgement in judgements}
    return verdicts.pop() if len(verdicts) == 1 else None


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


def _by_document(
    documents: Int64s, chances: Floats, contested: Flags
) -> tuple[Int64s, Floats, Flags]:
    """Count a document once: as surely as its findings together; contested if all of them are."""
    unique, places = np.unique(documents, return_inverse=True)
    together = np.zeros(len(unique))
    np.add.at(together, places, np.log(np.maximum(chances, 1e-300)))
    undisputed = np.bincount(places[~contested], minlength=len(unique)) > 0
    return unique, np.exp(together), ~undisputed


def _bands(weighed: _Weighed, keys: Sequence[Key]) -> dict[Key, tuple[float, float, float]]:
    """Measure, for each key, all that any of its holders claims: documents, tokens, bytes."""
    found, measures = weighed.found, weighed.measures
    numbers = {key: number for number, key in enumerate(keys)}
    evidence = found.spans["evidence"].to_pylist()
    rows, owners, keyed = [], [], _Keyed()
    for holder in found.holders:
        for key in keyed.of(holder.source, holder.judgement, evidence[holder.row]):
            if key in numbers:
                rows.append(holder.row)
                owners.append(numbers[key])
    place, owner = np.array(rows, np.int64), np.array(owners, np.int64)
    # What a key claims of each document, so that it can stand for others.
    width = int(measures.documents.max(initial=0)) + 1
    pairs, pair = np.unique(owner * width + measures.documents[place], return_inverse=True)
    key_of, document = np.divmod(pairs, width)
    stands = weighed.looked.stands(document)
    starts, first = measures.byte_starts[place], found.spans["first_token"].to_numpy()[place]
    texts, count = measures.texts[place], len(pairs)
    bytes_ = union_lengths(pair, texts, starts, starts + measures.bytes[place], count)
    tokens = union_lengths(pair, texts, first, first + measures.tokens[place], count)
    summed = [
        np.bincount(key_of, stands * sizes, len(keys)) for sizes in (np.ones(count), tokens, bytes_)
    ]
    return {
        key: (float(summed[0][number]), float(summed[1][number]), float(summed[2][number]))
        for key, number in numbers.items()
    }
