"""Batches of items of bounded size."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa

from provenance.errors import InputError
from provenance.model import ITEMS, Items, Skipped
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus import skipped_rows

MAX_ROWS = 20_000
MAX_BYTES = 1 << 25
NO_SOURCE = "no source"
ROUNDED_ID = r"^\d\.\d+[Ee]\+\d+$"
"""An id mangled by a spreadsheet, such as 1.2E+18: many posts share it, so it is ignored."""
MADE_ID = r"~[0-9a-f]{8}#\d+(\.\d+)?$"
"""End of the id of an item that has none of its own: see `Dump.prefix`."""
MAX_EXACT_INTEGER = 2**53
"""From here on floats skip integers: an id that was a float may be that of another post."""


class ItemRecord(NamedTuple):
    """An item, in the order of `ITEMS`."""

    source: str
    item: str
    text: str
    url: str | None = None
    created_at: int | None = None
    author: str | None = None
    language: str | None = None
    licence: str | None = None


class RowFault(NamedTuple):
    """A row that is not an item."""

    row: int
    reason: str


def batch_records(file: str, entries: Iterable[ItemRecord | RowFault]) -> Iterator[Items]:
    """Collect items into batches."""
    records: list[ItemRecord] = []
    faults: list[RowFault] = []
    size = 0
    fault = None
    try:
        for entry in entries:
            if isinstance(entry, RowFault):
                faults.append(entry)
            else:
                records.append(entry)
                size += len(entry.text)
            if len(records) >= MAX_ROWS or len(faults) >= MAX_ROWS or size >= MAX_BYTES >> 1:
                yield Items(_make_batch(records), skipped_rows.count_by_reason(file, faults))
                records, faults, size = [], [], 0
    except InputError as error:
        fault = error  # raised after the items before it
    if records or faults:
        yield Items(_make_batch(records), skipped_rows.count_by_reason(file, faults))
    if fault is not None:
        raise fault


def skipped_batch(skipped: tuple[Skipped, ...]) -> Iterator[Items]:
    """Yield the counts of rows that were skipped, if there are any."""
    if skipped:
        yield Items(_make_batch([]), skipped)


def split_items(items: Items) -> Iterator[Items]:
    """Split a batch that is too large."""
    batch = items.batch
    rows = (
        MAX_ROWS
        if batch.nbytes <= MAX_BYTES
        else max(1, batch.num_rows * MAX_BYTES // batch.nbytes)
    )
    rows = min(rows, MAX_ROWS)
    if batch.num_rows <= rows:
        if batch.num_rows or items.skipped:
            yield items
        return
    for start in range(0, batch.num_rows, rows):
        yield Items(batch.slice(start, rows), items.skipped if start == 0 else ())


def _make_batch(records: list[ItemRecord]) -> pa.RecordBatch:
    columns = list(zip(*records, strict=True)) or [()] * len(ITEMS)
    return pa.RecordBatch.from_arrays(
        [_make_array(column, field) for column, field in zip(columns, ITEMS, strict=True)],
        schema=ITEMS,
    )


def _make_array(values: tuple[object, ...], field: pa.Field) -> pa.Array:
    if pa.types.is_timestamp(field.type):
        return pa.array(values, pa.int64()).cast(field.type)
    try:
        return pa.array(values, field.type)
    except UnicodeEncodeError:
        return pa.array(
            [replace_surrogates(v) if isinstance(v, str) else v for v in values], field.type
        )
