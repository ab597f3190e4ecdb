"""Annotations: columns that a batch gets, with the matches of each row and the verdict on it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import InputError
from provenance.fingerprint.wordless_texts import KINDS, wordless_kinds
from provenance.model.content.fingerprints import Texts
from provenance.model.content.tables import MATCHES
from provenance.model.rules.terms import Verdict
from provenance.pipeline.matching.text_column import Batch

_VERDICTS = sorted(Verdict, key=lambda verdict: verdict.strictness)
_MATCH = pa.struct([(field.name, field.type) for field in MATCHES if field.name != "row"])

ANNOTATIONS = pa.schema(
    [
        ("provenance_matches", pa.list_(_MATCH)),  # columns of `MATCHES` but `row`, by `start`
        # The strictest of the matches that are not contested; null where there is none.
        ("provenance_verdict", pa.string()),
        # What a text consists of that is not words, so that nothing can match; null if it is words.
        ("provenance_wordless", pa.string()),
    ]
)
"""The columns that annotated batches have in addition."""


def annotate_rows(batch: Batch, matches: pa.Table, wordless: pa.StringArray) -> pa.Table:
    """Return a batch with the columns of `ANNOTATIONS` appended.

    Parameters
    ----------
    batch : pyarrow.Table or pyarrow.RecordBatch
        The batch.
    matches : pyarrow.Table
        Its matches, of schema `MATCHES`, sorted by row.
    wordless : pyarrow.StringArray
        What each text consists of that is not words, from `wordless_texts`.

    Raises
    ------
    InputError
        If the batch has a column of that name.
    """
    table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
    for name in ANNOTATIONS.names:
        if name in table.column_names:
            raise InputError(
                f"the batch has a column {name!r} already",
                remedy="drop or rename it before, or match only once.",
            )
    columns = [_match_lists(matches, len(table)), _strictest(matches, len(table)), wordless]
    for field, column in zip(ANNOTATIONS, columns, strict=True):
        table = table.append_column(field, column)
    return table


def wordless_texts(texts: pa.LargeStringArray) -> pa.StringArray:
    """Return what each text consists of that is not words, and null for words."""
    kinds = wordless_kinds(Texts.of(texts))
    names = [KINDS.get(kind) for kind in range(max(KINDS) + 1)]
    return pa.array(names, pa.string()).take(pa.array(kinds))


def match_records(matches: pa.Table, count: int) -> list[list[dict[str, Any]]]:
    """Return the matches of each of `count` rows as JSON values, with times in ISO 8601."""
    records: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    for match in matches.to_pylist():
        records[match.pop("row")].append(match)
        match["created_at"] = match["created_at"] and match["created_at"].isoformat()
    return records


def count_matches(
    matches: Sequence[Mapping[str, Any]], verdicts: Collection[str]
) -> tuple[int, int]:
    """Return the words and the code points of the uncontested matches of some verdicts.

    Parameters
    ----------
    matches : sequence of mapping
        Matches of one text, with the fields of `MATCHES`.
    verdicts : collection of str
        Verdicts that count.
    """
    counted = [each for each in matches if each["verdict"] in verdicts and not each["contested"]]
    return (
        sum(match["tokens"] for match in counted),
        sum(match["end"] - match["start"] for match in counted),
    )


def _match_lists(matches: pa.Table, count: int) -> pa.ListArray:
    offsets = np.searchsorted(matches["row"].to_numpy(), np.arange(count + 1))
    columns = [matches[field.name].combine_chunks() for field in _MATCH]
    structs = pa.StructArray.from_arrays(columns, fields=list(_MATCH))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), structs)


def _strictest(matches: pa.Table, count: int) -> pa.StringArray:
    counted = matches.filter(pc.invert(matches["contested"]))
    names = pa.array(_VERDICTS, pa.string())
    ranks = pc.index_in(counted["verdict"], names).to_numpy()
    strictest = np.full(count, -1)
    np.maximum.at(strictest, counted["row"].to_numpy(), ranks)
    return names.take(pa.array(strictest, mask=strictest < 0))
