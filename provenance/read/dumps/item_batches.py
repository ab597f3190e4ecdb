"""Batches of items of bounded size."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import pyarrow as pa

from provenance.errors import InputError
from provenance.model.content.tables import DELETIONS, ITEMS, Items, Skipped
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus import skipped_rows

MAX_ROWS = 20_000
MAX_BYTES = 1 << 25
_MAX_CHARS = MAX_BYTES >> 1
NO_SOURCE = "no source"
ROUNDED_ID = r"^\d\.\d+[Ee]\+\d+$"
"""An id mangled by a spreadsheet, such as 1.2E+18: many posts share it, so it is ignored."""
MADE_ID = r"~[0-9a-f]{8}#\d+(\.\d+)?$"
"""End of the id of an item that has none of its own: see `Dump.prefix`."""
DELETED_PATTERN = r"[ \t\r\n]*\[ ?(deleted|removed)( [^\]]{0,80})?\][ \t\r\n]*"
"""Placeholders of removed texts: "[deleted]", "[removed]", "[ Removed by Reddit ]"."""
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
    link: str | None = None


class RowFault(NamedTuple):
    """A row that is not an item."""

    row: int
    reason: str


class DeletionRecord(NamedTuple):
    """A row that says that an item was deleted.

    Parameters
    ----------
    row : int
        The row.
    source, item : str
        Source and id of the item.
    reason : str
        What the dump calls it: "deleted".
    second : int or None
        When, in seconds since 1970.
    counted_as : str
        Reason under which the row is counted.
    """

    row: int
    source: str
    item: str
    reason: str
    second: int | None = None
    counted_as: str = skipped_rows.DELETION


class RecordBlock(NamedTuple):
    """Records that are made many at a time, which takes less time for each.

    Parameters
    ----------
    values : list
        Values of all items, in the order of `ITEMS`, one item after another.
    faults : dict of str to list of int
        Rows that are not items, by reason.
    size : int
        Bytes of the rows.
    """

    values: list[object]
    faults: dict[str, list[int]]
    size: int


Entry = ItemRecord | RowFault | DeletionRecord
"""What a row of a dump is."""


def batch_records(file: str, entries: Iterable[Entry | RecordBlock]) -> Iterator[Items]:
    """Collect items into batches."""
    # Kept as tuples, many records would be work for the garbage collector.
    values: list[object] = []
    faults: defaultdict[str, list[int]] = defaultdict(list)
    deletions: list[DeletionRecord] = []
    size, max_values, fault_count = 0, MAX_ROWS * len(ITEMS), 0
    error = None
    try:
        for entry in entries:
            if isinstance(entry, ItemRecord):
                values += entry
                size += len(entry.text)
            else:
                rows, more = _add(entry, values, faults, deletions)
                fault_count += rows
                size += more
            if len(values) >= max_values or size >= _MAX_CHARS or fault_count >= MAX_ROWS:
                yield from split_items(_make_items(file, values, faults, deletions))
                values, faults, deletions = [], defaultdict(list), []
                size = fault_count = 0
    except InputError as raised:
        error = raised  # after the items before it
    if values or faults:
        yield from split_items(_make_items(file, values, faults, deletions))
    if error is not None:
        raise error


def _add(
    entry: RowFault | DeletionRecord | RecordBlock,
    values: list[object],
    faults: defaultdict[str, list[int]],
    deletions: list[DeletionRecord],
) -> tuple[int, int]:
    """Add an entry that is not one item; return how many rows are none, and the size of items."""
    if isinstance(entry, RecordBlock):
        values += entry.values
        for reason, rows in entry.faults.items():
            faults[reason] += rows
        return sum(map(len, entry.faults.values())), entry.size
    if isinstance(entry, DeletionRecord):
        deletions.append(entry)
    reason = entry.reason if isinstance(entry, RowFault) else entry.counted_as
    faults[reason].append(entry.row)
    return 1, 0


def _make_items(
    file: str,
    values: list[object],
    faults: dict[str, list[int]],
    deletions: Sequence[DeletionRecord],
) -> Items:
    """Return items, given the values of all records, one after another, and rows by reason."""
    skipped = skipped_rows.count_rows(file, faults)
    return Items(_make_batch(values), skipped, deletions=make_deletions(deletions))


def make_deletions(records: Sequence[DeletionRecord]) -> pa.RecordBatch | None:
    """Return deletion records as a batch of schema `DELETIONS`; None if there are none."""
    if not records:
        return None
    seconds = pa.array([record.second for record in records], pa.int64())
    columns = (
        pa.array([replace_surrogates(record.source) for record in records]),
        pa.array([replace_surrogates(record.item) for record in records]),
        seconds.cast(pa.timestamp("s")).cast(pa.date32(), safe=False),
        pa.array([replace_surrogates(record.reason) for record in records]),
    )
    return pa.RecordBatch.from_arrays([*columns], schema=DELETIONS)


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
    yield replace(items, batch=batch.slice(0, rows))
    for start in range(rows, batch.num_rows, rows):
        yield Items(batch.slice(start, rows))


def _make_batch(values: list[object]) -> pa.RecordBatch:
    """Return the values of all records, one after another, as a batch."""
    columns = (values[place :: len(ITEMS)] for place in range(len(ITEMS)))
    return pa.RecordBatch.from_arrays(
        [_make_array(column, field) for column, field in zip(columns, ITEMS, strict=True)],
        schema=ITEMS,
    )


def _make_array(values: list[object], field: pa.Field) -> pa.Array:
    if pa.types.is_timestamp(field.type):
        return pa.array(values, pa.int64()).cast(field.type)
    try:
        return pa.array(values, field.type)
    except UnicodeEncodeError:
        return pa.array(
            [replace_surrogates(v) if isinstance(v, str) else v for v in values], field.type
        )
