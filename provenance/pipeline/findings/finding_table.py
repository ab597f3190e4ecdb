"""From located passages to findings: whose they are, and what the law book says of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.judge.rulings import Judge
from provenance.match.scoring.evalue import chance_probabilities, expected_by_chance
from provenance.model import FINDINGS, Flags, Floats, Int64s
from provenance.pipeline.findings.alternatives import Described, alternatives, described
from provenance.pipeline.findings.judging import Ruled, ruled, with_copies
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.locate.excerpts import item_excerpts
from provenance.pipeline.scan.readings import Opened
from provenance.pipeline.stage_log import stage

_SURE = 100.0
"""Strength of evidence that chance has no part in: an address, a resemblance of whole texts."""

_OFTEN_KEPT = 100
"""Rows in a row from which they stay where they are."""

_OF_SPANS = (
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
"""Columns of findings that are those of their spans."""

_FOR_ITEMS = ("registry", "number", "claim")
"""Columns of spans that say which item is shown, and what of it."""

_OF_ITEMS = {
    "source": "source",
    "item": "item",
    "url": "url",
    "created_at": "created_at",
    "item_tokens": "length",
}
"""Columns of findings, and those of their items that they are."""


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found, row by row of the table of spans.

    Parameters
    ----------
    spans : pyarrow.Table
        Of schema `evidence.SPANS`.
    holders : Ruled
        Every source's hold on every span, chosen or not: its item stands there, or one with the
        same words.
    chosen : ndarray of int64
        Rows of `spans` that are findings.
    findings : pyarrow.Table
        Of schema `FINDINGS`, a row each of `chosen`.
    ruled : Ruled
        Whose each finding is.
    chances : ndarray of float64
        Probability that each finding is no copy.
    """

    spans: pa.Table
    holders: Ruled
    chosen: Int64s
    findings: pa.Table
    ruled: Ruled
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
    items = described(spans, registries)
    every = ruled(items, judge)
    holders = with_copies(every, items, judge)
    chosen = np.flatnonzero(spans["chosen"].to_numpy())
    own, strengths = every.take(chosen), _strengths(spans, claims)[chosen]
    findings = _table(
        {
            **dict(zip(_OF_SPANS, _taken(spans, chosen, _OF_SPANS).columns, strict=True)),
            **_of_items(items, chosen),
            **_rulings(own),
            **_measured(spans, claims, chosen),
            "strength": strengths,
            "expected": expected_by_chance(strengths, tokens),
            "contested": _contested(spans, holders, own),
            "alternatives": alternatives(spans, claims, items, chosen),
            **item_excerpts(_taken(spans, chosen, _FOR_ITEMS), claims, registries, threads),
        },
        len(chosen),
    )
    return Found(spans, holders, chosen, findings, own, chance_probabilities(strengths, tokens))


def _table(columns: Mapping[str, object], count: int) -> pa.Table:
    """Put the columns of findings in their order; nobody excuses any yet."""
    excuses = {name: pa.nulls(count, FINDINGS.field(name).type) for name in ("waiver", "state")}
    told = {**columns, **excuses}
    return pa.table({name: told[name] for name in FINDINGS.names}, schema=FINDINGS)


def _taken(rows: pa.Table, chosen: Int64s, names: Sequence[str]) -> pa.Table:
    """Give some rows, in order: nearly all, mostly, and these are not copied."""
    own = rows.select(list(names))
    gaps = np.flatnonzero(np.diff(chosen) != 1) + 1
    if len(gaps) < len(chosen) // _OFTEN_KEPT:
        stretches = np.split(chosen, gaps)
        return pa.concat_tables([own.slice(one[0], len(one)) for one in stretches])
    kept = np.zeros(len(rows), bool)
    kept[chosen] = True
    return own.filter(pa.array(kept))


def _of_items(items: Described, chosen: Int64s) -> dict[str, pa.ChunkedArray]:
    own = _taken(items.rows, chosen, tuple(_OF_ITEMS.values()))
    return dict(zip(_OF_ITEMS, own.columns, strict=True))


def _rulings(own: Ruled) -> dict[str, pa.Array]:
    rulings = [judgement.ruling for _, judgement in own.alike]
    return {
        "verdict": own.told([str(ruling.verdict) for ruling in rulings], pa.string()),
        "basis": own.told([ruling.basis for ruling in rulings], pa.string()),
        "terms": own.told([ruling.terms for ruling in rulings], pa.string()),
    }


def _strengths(spans: pa.Table, claims: Claims) -> Floats:
    numbers = spans["claim"].to_numpy()
    strengths = np.full(len(spans), _SURE)
    strengths[numbers >= 0] = claims.strengths[numbers[numbers >= 0]]
    return strengths


def _measured(spans: pa.Table, claims: Claims, chosen: Int64s) -> dict[str, object]:
    """Tell the matched tokens within each finding, and what they say.

    A claim that was cut short lost some.
    """
    counts: Int64s = spans["span_tokens"].to_numpy()[chosen].astype(np.int64)
    bits = np.zeros(len(chosen))
    claimed = spans["claim"].to_numpy()[chosen]
    rows = np.flatnonzero(claimed >= 0)
    bits[rows] = claims.bits[claimed[rows]]
    taken = claims.candidates.take(claimed[rows])
    owners = np.repeat(np.arange(len(rows)), np.diff(taken.run_offsets))
    starts = np.maximum(taken.runs[:, 1], claims.firsts[claimed[rows]][owners])
    ends = taken.runs[:, 1] + taken.runs[:, 2]
    ends = np.minimum(ends, claims.lasts[claimed[rows]][owners] + 1)
    counts[rows] = np.bincount(owners, np.maximum(ends - starts, 0), len(rows))
    return {"tokens": counts, "bits": bits}


def _contested(spans: pa.Table, holders: Ruled, own: Ruled) -> Flags:
    """Tell which findings a permitted source or a background holds too, but for permitted ones."""
    texts = spans["text_number"].to_numpy()
    starts, ends = spans["byte_start"].to_numpy(), spans["byte_end"].to_numpy()
    permitted: dict[int, list[tuple[int, int]]] = {}
    for row in holders.rows[holders.permitted].tolist():
        permitted.setdefault(int(texts[row]), []).append((int(starts[row]), int(ends[row])))
    reach = {
        text: (sorted(spans_of), max(end - start for start, end in spans_of))
        for text, spans_of in permitted.items()
    }
    contested: Flags = spans["held"].to_numpy()[own.rows] & ~own.permitted
    asked = ~contested & ~own.permitted & np.isin(texts[own.rows], list(reach))
    for place in np.flatnonzero(asked).tolist():
        start, end = int(starts[own.rows[place]]), int(ends[own.rows[place]])
        spans_of, longest = reach[int(texts[own.rows[place]])]
        half = (end - start) / 2
        # Only those that begin near enough can overlap.
        low, high = bisect_left(spans_of, (start - longest,)), bisect_right(spans_of, (end,))
        contested[place] = any(
            min(last, end) - max(first, start) >= half for first, last in spans_of[low:high]
        )
    return contested
