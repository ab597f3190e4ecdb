"""Batches of documents: the texts within rows, laid out in the schema `DOCUMENTS`."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags, Int64s
from provenance.model.content.tables import CAME_WITH, DOCUMENTS, LABELS, Documents, Skipped
from provenance.read.columns.nested_texts import TextLeaves
from provenance.read.columns.string_arrays import (
    invalid_utf8,
    is_blank,
    null_where,
    text_sizes,
    to_flags,
)
from provenance.read.corpus import skipped_rows

BATCH_BYTES = 8 << 20
"""Bytes of text in a batch, unless a single document is larger."""
_STRING = pa.string()


@dataclass(frozen=True, slots=True)
class RowMetadata:
    """Metadata of some rows of a file.

    Parameters
    ----------
    file : str
        As in `DOCUMENTS`.
    numbers : ndarray of int64
        0-based, within the file.
    ids, urls, licences, fetched, dated : pyarrow.Array of large_string, or None
        One value per row; null if a row has none, never empty.
    came_with : pyarrow.Array of `CAME_WITH`, or None
        Signals of each row.
    labels : pyarrow.Array of `LABELS`, or None
        Values of the columns that collections name.
    skipped : tuple of Skipped
        Rows among these that could not be read.
    """

    file: str
    numbers: Int64s
    ids: pa.Array | None = None
    urls: pa.Array | None = None
    licences: pa.Array | None = None
    fetched: pa.Array | None = None
    dated: pa.Array | None = None
    came_with: pa.Array | None = None
    skipped: tuple[Skipped, ...] = ()
    labels: pa.Array | None = None


def build_documents(rows: RowMetadata, leaves: TextLeaves) -> Iterator[Documents]:
    """Lay out the texts of rows as documents; rows without text are left out and counted.

    Parameters
    ----------
    rows : RowMetadata
        The rows.
    leaves : TextLeaves
        Their texts.

    Yields
    ------
    Documents
        Batches of about `BATCH_BYTES` of text; the texts of a row stay together.
    """
    faults = _TextFaults.of(leaves)
    is_kept = faults.sound()
    skipped = rows.skipped + _count_skipped(rows, leaves, faults)
    if is_kept is not None:
        indices = pa.array(np.flatnonzero(is_kept))
        leaves = TextLeaves(
            leaves.rows[is_kept], leaves.fields.take(indices), leaves.texts.take(indices)
        )
    batch = _build_batch(rows, leaves)
    first = 0
    for end in _batch_ends(leaves):
        yield Documents(batch.slice(first, end - first), skipped)
        first, skipped = end, ()
    if skipped:
        yield Documents(batch.slice(first), skipped)


@dataclass(frozen=True, slots=True)
class _TextFaults:
    """Reasons to leave out texts: one flag per text, or None if no text has the fault."""

    absent: Flags | None
    broken: Flags | None
    empty: Flags | None

    @classmethod
    def of(cls, leaves: TextLeaves) -> "_TextFaults":
        texts = leaves.texts
        absent = to_flags(texts.is_null()) if texts.null_count else None
        broken = invalid_utf8(texts)
        sound = texts if broken is None else null_where(pa.array(broken), texts)
        empty = is_blank(sound)
        return cls(absent, broken, empty if empty.any() else None)

    def sound(self) -> Flags | None:
        masks = [flags for flags in (self.absent, self.broken, self.empty) if flags is not None]
        return ~np.logical_or.reduce(masks) if masks else None


def _count_skipped(
    rows: RowMetadata, leaves: TextLeaves, faults: _TextFaults
) -> tuple[Skipped, ...]:
    """Count the rows without text, and those with a text that is not valid UTF-8."""
    is_kept = faults.sound()
    silent = np.ones(len(rows.numbers), bool)
    silent[leaves.rows if is_kept is None else leaves.rows[is_kept]] = False
    broken = _flag_rows(faults.broken, rows, leaves)
    empty = _flag_rows(faults.empty, rows, leaves) & silent & ~broken
    null = silent & ~broken & ~empty
    return tuple(
        entry
        for reason, flags in (
            (skipped_rows.NOT_UTF8, broken),
            (skipped_rows.EMPTY, empty),
            (skipped_rows.NULL, null),
        )
        for entry in skipped_rows.count_skipped(rows.file, reason, rows.numbers[flags])  # type: ignore[arg-type]
    )


def _flag_rows(flags: Flags | None, rows: RowMetadata, leaves: TextLeaves) -> Flags:
    is_flagged = np.zeros(len(rows.numbers), bool)
    if flags is not None:
        is_flagged[leaves.rows[flags]] = True
    return is_flagged


def _build_batch(rows: RowMetadata, leaves: TextLeaves) -> pa.RecordBatch:
    count = len(leaves.rows)
    take = None if _is_one_text_per_row(rows, leaves) else pa.array(leaves.rows)

    def spread(values: pa.Array | None, kind: pa.DataType = _STRING) -> pa.Array:
        if values is None:
            return pa.nulls(count, kind)
        return (values if take is None else values.take(take)).cast(kind)

    numbers = rows.numbers if take is None else rows.numbers[leaves.rows]
    columns = [
        spread(_document_ids(rows)),
        pa.repeat(pa.scalar(rows.file, pa.string()), count),
        pa.array(numbers, pa.int64()),
        leaves.fields,
        leaves.texts,
        spread(rows.urls),
        spread(rows.licences),
        spread(rows.fetched),
        spread(rows.dated),
        spread(rows.came_with, CAME_WITH),
        spread(rows.labels, LABELS),
    ]
    return pa.record_batch(columns, schema=DOCUMENTS)


def _is_one_text_per_row(rows: RowMetadata, leaves: TextLeaves) -> bool:
    return len(leaves.rows) == len(rows.numbers) and bool(
        np.array_equal(leaves.rows, np.arange(len(leaves.rows)))
    )


def _document_ids(rows: RowMetadata) -> pa.Array:
    """Return the id of each row, or file name and row number if it has none."""
    if rows.ids is not None and not rows.ids.null_count:
        return rows.ids
    numbers = pa.array(rows.numbers, pa.int64()).cast(pa.string())
    places = pc.binary_join_element_wise(f"{rows.file}#", numbers, "").cast(pa.large_string())
    return places if rows.ids is None else pc.coalesce(rows.ids, places)


def _batch_ends(leaves: TextLeaves) -> Iterator[int]:
    """Yield the ends of batches, each at the end of a row."""
    count = len(leaves.rows)
    if not count:
        return
    ends = np.cumsum(text_sizes(leaves.texts))
    lasts = np.append(np.flatnonzero(leaves.rows[1:] != leaves.rows[:-1]) + 1, count)
    first = 0
    while first < count:
        before = int(ends[first - 1]) if first else 0
        limit = int(np.searchsorted(ends, before + BATCH_BYTES, "right"))
        # Up to the last row that fits, but at least one row.
        fit = int(np.searchsorted(lasts, limit, "right")) - 1
        end = int(lasts[fit]) if fit >= 0 and lasts[fit] > first else 0
        first = end or int(lasts[np.searchsorted(lasts, first, "right")])
        yield first
