"""Quoted works: which background has the words of a finding, and what its terms say of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from provenance.judge.content_circumstances import CircumstanceJudges
from provenance.model.content.fingerprints import Flags, Int64s
from provenance.pipeline.findings.alternatives import ITEM_COLUMNS, item_rows
from provenance.pipeline.findings.judging import (
    SpanRulings,
    group_alike,
    judge_item,
    number_pairs,
)
from provenance.pipeline.locate.backgrounds import Background


def quoted_works(
    spans: pa.Table, finding_rows: Int64s, backgrounds: Sequence[Background]
) -> pa.Table:
    """Describe the items of backgrounds that have the words of findings.

    Parameters
    ----------
    spans : pyarrow.Table
        Of schema `SPANS`.
    finding_rows : ndarray of int64, shape (n,)
        Rows of `spans` that are findings.
    backgrounds : sequence of Background
        The backgrounds.

    Returns
    -------
    pyarrow.Table
        Of schema `ITEM_COLUMNS`, one row per finding; null where no background has it.
    """
    owners, numbers = (
        spans[name].to_numpy()[finding_rows] for name in ("background", "background_item")
    )
    tables, places, base = [ITEM_COLUMNS.empty_table()], np.full(len(finding_rows), -1), 0
    for owner, background in enumerate(backgrounds):
        rows = np.flatnonzero(owners == owner)
        unique, inverse = np.unique(numbers[rows].astype(np.uint32), return_inverse=True)
        tables.append(item_rows(background.describe(unique)))
        places[rows], base = inverse + base, base + len(unique)
    return pa.concat_tables(tables).take(pa.array(places, mask=places < 0))


def rule_quotations(
    rulings: SpanRulings,
    is_quotation: Flags,
    works: pa.Table,
    places: pa.Table,
    circumstances: CircumstanceJudges,
) -> SpanRulings:
    """Return rulings of which those on quotations are about the quoted work, not about the item.

    Parameters
    ----------
    rulings : SpanRulings
        Rulings on the items of findings.
    is_quotation : ndarray of bool, shape (n,)
        Which findings are words that the item quotes.
    works : pyarrow.Table
        The quoted works, as `quoted_works` returns them.
    places : pyarrow.Table
        Columns `file`, `address` and `labels` of the spans of the findings.
    circumstances : CircumstanceJudges
        Judges by the circumstances of the policy.
    """
    rows = np.flatnonzero(is_quotation)
    own = places.take(pa.array(rows))
    sources = rulings.take(rows).column([name for name, _ in rulings.judgements], pa.string())
    judge_codes, judges = circumstances.assign(own["file"], sources, own["address"], own["labels"])
    first_rows, groups = group_alike(works.take(pa.array(rows)), judge_codes)
    descriptions = works.take(pa.array(rows[first_rows])).to_pylist()
    judges_of_groups = [judges[code] for code in judge_codes[first_rows]]
    works_of_groups = [
        None if work["item"] is None else (str(work["source"]), judge_item(work, judge))
        for work, judge in zip(descriptions, judges_of_groups, strict=True)
    ]
    kinds = rulings.codes[rows] * max(len(descriptions), 1) + groups
    distinct, codes = np.unique(kinds, return_inverse=True)
    pairs = []
    for kind in distinct.tolist():
        code, group = divmod(kind, len(descriptions))
        source = rulings.judgements[code][0]
        judge = judges_of_groups[group]
        pairs.append((source, judge.rule_quotation(source, works_of_groups[group])))
    numbers, judgements = number_pairs([*rulings.judgements, *pairs])
    count = len(rulings.judgements)
    ruling_codes = numbers[:count][rulings.codes]
    ruling_codes[rows] = numbers[count:][codes]
    return replace(rulings, codes=ruling_codes, judgements=judgements)
