"""Rows and the texts within them, laid out as `DOCUMENTS`."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model import CAME_WITH, DOCUMENTS, Documents, Flags, Int64s, Skipped
from provenance.read.columns.nested_texts import Leaves
from provenance.read.columns.string_arrays import blank, flags_of, invalid, sizes
from provenance.read.corpus import skipped_rows as skips

BATCH = 8 << 20
"""Bytes of text in a batch, unless one document alone has more."""
_WORDS = pa.string()


@dataclass(frozen=True, slots=True)
class Rows:
    """What is known of some rows of a file, beside their texts.

    Parameters
    ----------
    file : str
        As in `DOCUMENTS`.
    numbers : ndarray of int64
        0-based, within the file.
    ids, urls, licences, fetched : pyarrow.Array or None
        Of `large_string`, one a row; null where a row has none, and never empty.
    came_with : pyarrow.Array or None
        Of `CAME_WITH`, one a row.
    skipped : tuple of Skipped
        Rows met among these that could not be read at all.
    """

    file: str
    numbers: Int64s
    ids: pa.Array | None = None
    urls: pa.Array | None = None
    licences: pa.Array | None = None
    fetched: pa.Array | None = None
    came_with: pa.Array | None = None
    skipped: tuple[Skipped, ...] = ()


def documents(rows: Rows, leaves: Leaves) -> Iterator[Documents]:
    """Lay out texts with their rows, empty ones left out and counted.

    Parameters
    ----------
    rows : Rows
        The rows.
    leaves : Leaves
        Their texts.

    Yields
    ------
    Documents
        Batches of about `BATCH` bytes of text; a row's texts are never parted.
    """
    faults = _Faults.of(leaves)
    kept = faults.none()
    passed = rows.skipped + _passed_over(rows, leaves, faults)
    if kept is not None:
        chosen = pa.array(np.flatnonzero(kept))
        leaves = Leaves(leaves.rows[kept], leaves.fields.take(chosen), leaves.texts.take(chosen))
    batch = _laid_out(rows, leaves)
    first = 0
    for end in _ends(leaves):
        yield Documents(batch.slice(first, end - first), passed)
        first, passed = end, ()
    if passed:
        yield Documents(batch.slice(first), passed)


@dataclass(frozen=True, slots=True)
class _Faults:
    """Why texts are left out: one flag a text; None where all are well."""

    absent: Flags | None
    broken: Flags | None
    empty: Flags | None

    @classmethod
    def of(cls, leaves: Leaves) -> "_Faults":
        texts = leaves.texts
        absent = flags_of(texts.is_null()) if texts.null_count else None
        broken = invalid(texts)
        sound = texts if broken is None else pc.if_else(pa.array(broken), None, texts)
        empty = blank(sound)
        return cls(absent, broken, empty if empty.any() else None)

    def none(self) -> Flags | None:
        found = [flags for flags in (self.absent, self.broken, self.empty) if flags is not None]
        return ~np.logical_or.reduce(found) if found else None


def _passed_over(rows: Rows, leaves: Leaves, faults: _Faults) -> tuple[Skipped, ...]:
    """Count the rows without text, and those with a text that cannot be read."""
    kept = faults.none()
    silent = np.ones(len(rows.numbers), bool)
    silent[leaves.rows if kept is None else leaves.rows[kept]] = False
    broken = _rows_with(faults.broken, rows, leaves)
    empty = _rows_with(faults.empty, rows, leaves) & silent & ~broken
    null = silent & ~broken & ~empty
    return tuple(
        one
        for reason, flags in (
            (skips.NOT_UTF8, broken),
            (skips.EMPTY, empty),
            (skips.NULL, null),
        )
        for one in skips.skipped(rows.file, reason, rows.numbers[flags])  # type: ignore[arg-type]
    )


def _rows_with(flags: Flags | None, rows: Rows, leaves: Leaves) -> Flags:
    found = np.zeros(len(rows.numbers), bool)
    if flags is not None:
        found[leaves.rows[flags]] = True
    return found


def _laid_out(rows: Rows, leaves: Leaves) -> pa.RecordBatch:
    count = len(leaves.rows)
    take = None if _one_to_one(rows, leaves) else pa.array(leaves.rows)

    def spread(values: pa.Array | None, kind: pa.DataType = _WORDS) -> pa.Array:
        if values is None:
            return pa.nulls(count, kind)
        return (values if take is None else values.take(take)).cast(kind)

    numbers = rows.numbers if take is None else rows.numbers[leaves.rows]
    columns = [
        spread(_names(rows)),
        pa.repeat(pa.scalar(rows.file, pa.string()), count),
        pa.array(numbers, pa.int64()),
        leaves.fields,
        leaves.texts,
        spread(rows.urls),
        spread(rows.licences),
        spread(rows.fetched),
        spread(rows.came_with, CAME_WITH),
    ]
    return pa.record_batch(columns, schema=DOCUMENTS)


def _one_to_one(rows: Rows, leaves: Leaves) -> bool:
    return len(leaves.rows) == len(rows.numbers) and bool(
        np.array_equal(leaves.rows, np.arange(len(leaves.rows)))
    )


def _names(rows: Rows) -> pa.Array:
    """Name each row: by its own id, else by its place."""
    if rows.ids is not None and not rows.ids.null_count:
        return rows.ids
    numbers = pa.array(rows.numbers, pa.int64()).cast(pa.string())
    places = pc.binary_join_element_wise(f"{rows.file}#", numbers, "").cast(pa.large_string())
    return places if rows.ids is None else pc.coalesce(rows.ids, places)


def _ends(leaves: Leaves) -> Iterator[int]:
    """Cut texts into batches, between rows."""
    count = len(leaves.rows)
    if not count:
        return
    ends = np.cumsum(sizes(leaves.texts))
    lasts = np.append(np.flatnonzero(leaves.rows[1:] != leaves.rows[:-1]) + 1, count)
    first = 0
    while first < count:
        before = int(ends[first - 1]) if first else 0
        full = int(np.searchsorted(ends, before + BATCH, "right"))
        # The last row that still fits, but at least one.
        fit = int(np.searchsorted(lasts, full, "right")) - 1
        end = int(lasts[fit]) if fit >= 0 and lasts[fit] > first else 0
        first = end or int(lasts[np.searchsorted(lasts, first, "right")])
        yield first
