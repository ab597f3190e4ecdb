"""Judge spans; the ruling is computed once for all spans that the rules do not distinguish."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.content_circumstances import CircumstanceJudges
from provenance.judge.precedence import RESERVED
from provenance.judge.rulings import Judge, Judgement
from provenance.model.content.fingerprints import Flags, Int64s
from provenance.model.rules.terms import Verdict
from provenance.pipeline.findings.alternatives import DescribedSpans

_SECONDS_PER_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True, eq=False)
class SpanRulings:
    """Source and ruling of spans.

    Parameters
    ----------
    rows : ndarray of int64, shape (n,)
        Rows of the table of spans; a span that several sources hold occurs once for each.
    codes : ndarray of int64, shape (n,)
        Index into `judgements`.
    judgements : tuple of (str, Judgement)
        Distinct pairs of source and judgement.
    """

    rows: Int64s
    codes: Int64s
    judgements: tuple[tuple[str, Judgement], ...]

    def take(self, places: Int64s) -> "SpanRulings":
        """Return the rulings at the given indices."""
        return replace(self, rows=self.rows[places], codes=self.codes[places])

    def column(self, values: Sequence[object], kind: pa.DataType) -> pa.Array:
        """Return a column from one value per distinct judgement."""
        return pa.array(values, kind).take(pa.array(self.codes))

    @property
    def permitted(self) -> Flags:
        """Mask of the spans that are permitted."""
        verdicts = [
            judgement.ruling.verdict is Verdict.PERMITTED for _, judgement in self.judgements
        ]
        return np.array(verdicts, bool)[self.codes]


def rule_spans(
    items: DescribedSpans, spans: pa.Table, circumstances: CircumstanceJudges
) -> SpanRulings:
    """Judge the item of every span.

    Parameters
    ----------
    items : DescribedSpans
        The items.
    spans : pyarrow.Table
        Of schema `SPANS`: where each span is.
    circumstances : CircumstanceJudges
        Judges by the circumstances of the policy.
    """
    codes, judges = circumstances.assign(
        spans["file"], items.rows["source"], spans["address"], spans["labels"]
    )
    first_rows, groups = group_alike(items.rows, codes)
    distinct_items = items.rows.take(pa.array(first_rows)).to_pylist()
    pairs = [
        (str(item["source"]), judge_item(item, judges[code]))
        for item, code in zip(distinct_items, codes[first_rows], strict=True)
    ]
    kinds, judgements = number_pairs(pairs)
    return SpanRulings(np.arange(len(items.rows)), kinds[groups], judgements)


def add_copy_holders(
    rulings: SpanRulings,
    items: DescribedSpans,
    spans: pa.Table,
    circumstances: CircumstanceJudges,
) -> SpanRulings:
    """Add other sources with the same words; their dates of publication are not known here."""
    rows = [
        (row, source)
        for row, copies in items.copies.items()
        for source in copies.sources
        if source != rulings.judgements[rulings.codes[row]][0]
    ]
    if not rows:
        return rulings
    places = pa.array([row for row, _ in rows], pa.int64())
    codes, judges = circumstances.assign(
        spans["file"].take(places),
        pa.array([source for _, source in rows], pa.string()),
        spans["address"].take(places),
        spans["labels"].take(places),
    )
    copies = [
        (source, judges[code].rule(source)) for (_, source), code in zip(rows, codes, strict=True)
    ]
    pairs = [*rulings.judgements, *copies]
    kinds, distinct_pairs = number_pairs(pairs)
    count = len(rulings.judgements)
    return SpanRulings(
        np.concatenate([rulings.rows, np.array([row for row, _ in rows], np.int64)]),
        np.concatenate([kinds[:count][rulings.codes], kinds[count:]]),
        distinct_pairs,
    )


def concatenate_rulings(parts: Sequence[SpanRulings], row_counts: Sequence[int]) -> SpanRulings:
    """Return the rulings of several tables of spans, for their concatenation.

    Parameters
    ----------
    parts : sequence of SpanRulings
        Rulings by one judge.
    row_counts : sequence of int
        Number of spans of each table.
    """
    codes, judgements = number_pairs([pair for part in parts for pair in part.judgements])
    rows_before = np.cumsum([0, *row_counts])
    kinds_before = np.cumsum([0, *(len(part.judgements) for part in parts)])
    rows, kinds = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for part, row, kind in zip(parts, rows_before, kinds_before, strict=False):
        rows.append(part.rows + row)
        kinds.append(codes[kind : kind + len(part.judgements)][part.codes])
    return SpanRulings(np.concatenate(rows), np.concatenate(kinds), judgements)


def number_pairs(
    pairs: Sequence[tuple[str, Judgement]],
) -> tuple[Int64s, tuple[tuple[str, Judgement], ...]]:
    """Return each pair's code, and the distinct pairs; equal judgements are the same object."""
    codes: dict[tuple[str, int], int] = {}
    pair_codes = [
        codes.setdefault((source, id(judgement)), len(codes)) for source, judgement in pairs
    ]
    distinct_pairs = dict(zip(pair_codes, pairs, strict=True))
    return np.array(pair_codes, np.int64), tuple(distinct_pairs.values())


def group_alike(items: pa.Table, judges: Int64s) -> tuple[Int64s, Int64s]:
    """Return the first of each group of items that the rules treat alike, and each item's group."""
    days = np.floor_divide(
        pc.fill_null(items["created_at"].cast(pa.int64()), 0).to_numpy(), _SECONDS_PER_DAY
    )
    key_columns = [
        items["source"],
        pa.array(days),
        pc.is_null(items["created_at"]),
        items["licence"],
        pc.fill_null(pc.binary_join(items["signals"], "\n"), ""),
        pc.is_null(items["item"]),
        pa.array(judges),
    ]
    numbers = np.zeros(len(items), np.int64)
    for column in key_columns:
        codes = _number_values(column)
        numbers = _number_values(pa.array(numbers * (codes.max(initial=0) + 1) + codes))
    return np.flatnonzero(np.diff(np.maximum.accumulate(numbers), prepend=-1)), numbers


def _number_values(column: pa.Array | pa.ChunkedArray) -> Int64s:
    """Return the code of each value, in order of first occurrence; null is a value."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = pc.dictionary_encode(array, null_encoding="encode")
    numbers: Int64s = encoded.indices.to_numpy().astype(np.int64)
    return numbers


def judge_item(item: dict[str, Any], judge: Judge) -> Judgement:
    """Judge an item of a registry, or a row by its own declarations."""
    source, licence, published = item["source"], item["licence"], item["created_at"]
    signals = tuple(item["signals"] or ())
    day = published.date() if published else None
    if item["item"] is not None:
        alone = judge.rule(source, day, licence)
        # What the page of the row reserves is covered by no exception that respects that. By
        # itself, a signal of a page is about the page, not about what is quoted there.
        reserved = judge.rule(source, day, licence, signals) if signals else alone
        return reserved if reserved.ruling.basis == RESERVED else alone
    # A row's licence and signals never make the ruling on its source more permissive.
    without_licence = judge.rule(source, day, None, signals)
    with_licence = judge.rule(source, day, licence, signals)
    gain = with_licence.ruling.verdict.strictness - without_licence.ruling.verdict.strictness
    return (
        with_licence
        if gain > 0 or (gain == 0 and without_licence.ruling.terms is None)
        else without_licence
    )
