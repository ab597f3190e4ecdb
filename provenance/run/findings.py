"""From located passages to findings: whose they are, and what the law book says of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.judge import Judge, Judgement
from provenance.match import chances, expected
from provenance.model import FINDINGS, Flags, Floats, Int64s, Verdict
from provenance.run.claiming import Claims
from provenance.run.itemexcerpts import item_excerpts
from provenance.run.items import Item, named_items
from provenance.run.judging import ItemJudge
from provenance.run.readings import Opened
from provenance.run.stages import stage

_SURE = 100.0
"""Strength of evidence that chance has no part in: an address, a resemblance of whole texts."""

_MOST_ALTERNATIVES = 10


@dataclass(frozen=True, slots=True)
class Holder:
    """One source's hold on a passage: its item stands there, or one with the same words.

    Parameters
    ----------
    row : int
        Row of the table of spans.
    source : str
        Whose it is.
    judgement : Judgement
        What the law book says of it.
    """

    row: int
    source: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found, row by row of the table of spans.

    Parameters
    ----------
    spans : pyarrow.Table
        Of schema `evidence.SPANS`.
    holders : tuple of Holder
        Every source's hold on every passage, chosen or not.
    chosen : ndarray of int64
        Rows of `spans` that are findings.
    findings : pyarrow.Table
        Of schema `FINDINGS`, a row each of `chosen`.
    judgements : tuple of Judgement
        One a finding.
    chances : ndarray of float64
        Probability that each finding is no copy.
    """

    spans: pa.Table
    holders: tuple[Holder, ...]
    chosen: Int64s
    findings: pa.Table
    judgements: tuple[Judgement, ...]
    chances: Floats


@stage("judging")
def found(
    spans: pa.Table,
    claims: Claims,
    registries: Sequence[Opened],
    judge: Judge,
    tokens: int,
    threads: int = 1,
) -> Found:
    """Name and judge everything that was located.

    Parameters
    ----------
    spans : pyarrow.Table
        Of schema `evidence.SPANS`.
    claims : Claims
        The claims it locates.
    registries : sequence of Opened
        Where the items are described.
    judge : Judge
        The law book, held against the circumstances.
    tokens : int
        Of the whole corpus: chance has so many to fall on.
    threads : int
        How many read items at a time.
    """
    items = named_items(spans, registries)
    item_judge = ItemJudge(judge)
    judged = [item_judge.of(item) for item in items]
    holders = tuple(_holders(items, judged, item_judge))
    chosen = np.flatnonzero(spans["chosen"].to_numpy())
    judgements = tuple(judged[row] for row in chosen.tolist())
    strengths = _strengths(spans, claims)[chosen]
    findings = _findings(spans, claims, registries, items, chosen, judgements, strengths, threads)
    place = findings.column_names.index("expected")
    by_chance = pa.array(expected(strengths, tokens))
    findings = findings.set_column(place, FINDINGS.field("expected"), by_chance)
    contested = _contested(spans, holders, chosen, findings, judgements)
    place = findings.column_names.index("contested")
    findings = findings.set_column(place, FINDINGS.field("contested"), pa.array(contested))
    return Found(spans, holders, chosen, findings, judgements, chances(strengths, tokens))


def _holders(
    items: Sequence[Item], judged: Sequence[Judgement], item_judge: ItemJudge
) -> list[Holder]:
    holders = []
    for row, (item, own) in enumerate(zip(items, judged, strict=True)):
        others = item.copies.sources if item.copies else ()
        holders.append(Holder(row, item.source, own))
        holders.extend(
            Holder(row, source, item_judge.other(source))
            for source in others
            if source != item.source
        )
    return holders


def _strengths(spans: pa.Table, claims: Claims) -> Floats:
    numbers = spans["claim"].to_numpy()
    strengths = np.full(len(spans), _SURE)
    strengths[numbers >= 0] = claims.strengths[numbers[numbers >= 0]]
    return strengths


def _findings(  # noqa: PLR0913 (every column's origin)
    spans: pa.Table,
    claims: Claims,
    registries: Sequence[Opened],
    items: Sequence[Item],
    chosen: Int64s,
    judgements: Sequence[Judgement],
    strengths: Floats,
    threads: int,
) -> pa.Table:
    own = spans.take(pa.array(chosen))
    numbers = own["claim"].to_numpy()
    is_claim = numbers >= 0
    bits = np.zeros(len(chosen))
    bits[is_claim] = claims.bits[numbers[is_claim]]
    named = [items[row] for row in chosen.tolist()]
    rulings = [judgement.ruling for judgement in judgements]
    columns = {
        **{
            name: own[name]
            for name in (
                "document",
                "file",
                "row",
                "field",
                "start",
                "end",
                "byte_start",
                "byte_end",
                "evidence",
                "excerpt",
                "excerpt_start",
                "marks",
            )
        },
        "source": [item.source for item in named],
        "item": [item.item for item in named],
        "url": [item.url for item in named],
        "created_at": [item.created_at for item in named],
        "verdict": [str(ruling.verdict) for ruling in rulings],
        "basis": [ruling.basis for ruling in rulings],
        "terms": [ruling.terms for ruling in rulings],
        "declared": own["declared"],
        "waiver": [None] * len(named),
        "state": [None] * len(named),
        "tokens": _matched(own, claims),
        "item_tokens": [item.length for item in named],
        "bits": bits,
        "strength": strengths,
        "expected": np.zeros(len(named)),
        "contested": np.zeros(len(named), bool),
        "alternatives": _alternatives(spans, claims, items, chosen),
        **item_excerpts(own, claims, registries, threads),
    }
    return pa.table({name: columns[name] for name in FINDINGS.names}, schema=FINDINGS)


def _matched(own: pa.Table, claims: Claims) -> Int64s:
    """Count the matched tokens within each finding: a claim that was cut short lost some."""
    counts: Int64s = own["span_tokens"].to_numpy().astype(np.int64)
    claimed = own["claim"].to_numpy()
    rows = np.flatnonzero(claimed >= 0)
    taken = claims.candidates.take(claimed[rows])
    owners = np.repeat(np.arange(len(rows)), np.diff(taken.run_offsets))
    starts = np.maximum(taken.runs[:, 1], claims.firsts[claimed[rows]][owners])
    ends = taken.runs[:, 1] + taken.runs[:, 2]
    ends = np.minimum(ends, claims.lasts[claimed[rows]][owners] + 1)
    counts[rows] = np.bincount(owners, np.maximum(ends - starts, 0), len(rows))
    return counts


def _alternatives(
    spans: pa.Table, claims: Claims, items: Sequence[Item], chosen: Int64s
) -> list[list[dict[str, str | None]]]:
    """Name the other items that stand in the same place, the likeliest first."""
    claim_of = spans["claim"].to_pylist()
    row_of = {claim: row for row, claim in enumerate(claim_of) if claim >= 0}
    losers: dict[int, list[int]] = {}
    for claim in np.flatnonzero(~claims.chosen).tolist():
        losers.setdefault(int(claims.winners[claim]), []).append(claim)
    listed: list[list[dict[str, str | None]]] = []
    for row in chosen.tolist():
        copies = items[row].copies
        pairs = list(copies.items) if copies else []
        rivals = sorted(
            losers.get(claim_of[row], ()) if claim_of[row] >= 0 else (),
            key=lambda claim: (-claims.strengths[claim], claim),
        )
        if not pairs and not rivals:  # of nearly all there is but one
            listed.append([])
            continue
        others = [items[row_of[claim]] for claim in rivals if claim in row_of]
        pairs += [(other.source, str(other.item)) for other in others]
        own = (items[row].source, str(items[row].item))
        unique = [pair for pair in dict.fromkeys(pairs) if pair != own][:_MOST_ALTERNATIVES]
        listed.append([{"source": source, "item": item} for source, item in unique])
    return listed


def _contested(
    spans: pa.Table,
    holders: Sequence[Holder],
    chosen: Int64s,
    findings: pa.Table,
    judgements: Sequence[Judgement],
) -> Flags:
    """Tell which findings a permitted source or a background holds too, but for permitted ones."""
    permitted: dict[int, list[tuple[int, int]]] = {}
    texts = spans["text_number"].to_numpy()
    starts, ends = spans["byte_start"].to_numpy(), spans["byte_end"].to_numpy()
    for holder in holders:
        if holder.judgement.ruling.verdict is Verdict.PERMITTED:
            permitted.setdefault(int(texts[holder.row]), []).append(
                (int(starts[holder.row]), int(ends[holder.row]))
            )
    reach = {
        text: (sorted(own), max(end - start for start, end in own))
        for text, own in permitted.items()
    }
    held = spans["held"].to_numpy()
    contested = np.zeros(len(findings), bool)
    for place, row in enumerate(chosen.tolist()):
        if judgements[place].ruling.verdict is Verdict.PERMITTED:
            continue
        contested[place] = held[row]
        if held[row] or int(texts[row]) not in reach:
            continue
        own, longest = reach[int(texts[row])]
        half = (ends[row] - starts[row]) / 2
        # Only those that begin near enough can overlap.
        near = own[bisect_left(own, (starts[row] - longest,)) : bisect_right(own, (ends[row],))]
        contested[place] = any(
            min(end, ends[row]) - max(start, starts[row]) >= half for start, end in near
        )
    return contested
