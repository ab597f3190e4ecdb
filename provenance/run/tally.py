"""Shares: sums over disjoint findings, with their intervals and the band up to *any*."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from provenance.judge import Judgement
from provenance.match import EDGE_ERROR, interval, union_lengths
from provenance.model import Estimate, Flags, Floats, Int64s, Share, Unit, Verdict
from provenance.run.correcting import Correcting
from provenance.run.findings import Found, Holder
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
class _Weighed:
    """All findings of a check, ready to be summed up."""

    found: Found
    counts: Counts
    measures: _Measures
    correcting: Correcting | None = None


def shares(
    found: Found, counts: Counts, sources: Iterable[str], correcting: Correcting | None = None
) -> tuple[Share, ...]:
    """Sum findings up by source, verdict, terms, basis and evidence.

    Parameters
    ----------
    found : Found
        All findings.
    counts : Counts
        The whole corpus.
    sources : iterable of str
        Sources that have a row even where nothing of theirs was found.
    correcting : Correcting or None
        Corrects each share, where a calibration was given.
    """
    measures = _measures(found)
    weighed = _Weighed(found, counts, measures, correcting)
    members: dict[Key, list[int]] = {("source", source): [] for source in sources}
    for verdict in Verdict:
        members["verdict", str(verdict)] = []
    sources_found = found.findings["source"].to_pylist()
    evidence = found.findings["evidence"].to_pylist()
    for place, judgement in enumerate(found.judgements):
        for key in _keys(sources_found[place], judgement, evidence[place]):
            members.setdefault(key, []).append(place)
    bands = _bands(found, measures, list(members))
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


def share_of(found: Found, counts: Counts, chosen: Flags, unit: Unit) -> tuple[float, float]:
    """Give the share, and its low end, of some findings.

    Parameters
    ----------
    found : Found
        All findings.
    counts : Counts
        The whole corpus.
    chosen : ndarray of bool
        Which findings.
    unit : Unit
        What is counted.
    """
    weighed = _Weighed(found, counts, _measures(found))
    estimate = _estimate(weighed, np.flatnonzero(chosen), unit, 0)
    return estimate.share, estimate.low


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


def _estimate(weighed: _Weighed, places: Int64s, unit: Unit, band: int) -> Estimate:
    found, measures, counts = weighed.found, weighed.measures, weighed.counts
    rows = found.chosen[places]
    chances: Floats = found.chances[places]
    contested = found.findings["contested"].to_numpy()[places]
    sizes, chances, disputed = _sizes(measures, rows, chances, contested, unit)
    total = getattr(counts, str(unit))
    found_in = len(np.unique(measures.documents[rows]))
    edge = 0.0 if unit is Unit.DOCUMENTS else EDGE_ERROR
    ends = interval(sizes, chances, total, (found_in, counts.documents), edge)
    share = float(sizes.sum() / total) if total else 0.0
    return Estimate(
        int(sizes.sum()),
        share,
        ends.low,
        ends.high,
        max(share, min(1.0, band / total)) if total else 0.0,
        float(sizes[disputed].sum() / total) if total else 0.0,
        weighed.correcting.of(places, unit) if weighed.correcting else None,
    )


def _sizes(
    measures: _Measures, rows: Int64s, chances: Floats, contested: Flags, unit: Unit
) -> tuple[Floats, Floats, Flags]:
    if unit is not Unit.DOCUMENTS:
        return getattr(measures, str(unit))[rows].astype(np.float64), chances, contested
    # A document counts once, as surely as its findings together; contested if all of them are.
    documents, places = np.unique(measures.documents[rows], return_inverse=True)
    together = np.zeros(len(documents))
    np.add.at(together, places, np.log(np.maximum(chances, 1e-300)))
    undisputed = np.bincount(places[~contested], minlength=len(documents)) > 0
    return np.ones(len(documents)), np.exp(together), ~undisputed


def _bands(
    found: Found, measures: _Measures, keys: Sequence[Key]
) -> dict[Key, tuple[int, int, int]]:
    """Measure, for each key, all that any of its holders claims: documents, tokens, bytes."""
    numbers = {key: number for number, key in enumerate(keys)}
    evidence = found.spans["evidence"].to_pylist()
    rows, owners = [], []
    for holder in found.holders:
        for key in _held(holder, evidence[holder.row]):
            if key in numbers:
                rows.append(holder.row)
                owners.append(numbers[key])
    place, owner = np.array(rows, np.int64), np.array(owners, np.int64)
    lengths = union_lengths(
        owner,
        measures.texts[place],
        measures.byte_starts[place],
        measures.byte_starts[place] + measures.bytes[place],
        len(keys),
    )
    tokens = _token_unions(found, place, owner, len(keys))
    pairs = np.unique(np.stack([owner, measures.documents[place]], axis=1), axis=0)
    documents = np.bincount(pairs[:, 0], minlength=len(keys))
    return {
        key: (int(documents[number]), int(tokens[number]), int(lengths[number]))
        for key, number in numbers.items()
    }


def _held(holder: Holder, evidence: str) -> list[Key]:
    return _keys(holder.source, holder.judgement, evidence)


def _token_unions(found: Found, place: Int64s, owner: Int64s, count: int) -> Int64s:
    first = found.spans["first_token"].to_numpy()[place]
    last = first + found.spans["span_tokens"].to_numpy()[place]
    return union_lengths(owner, found.spans["text_number"].to_numpy()[place], first, last, count)
