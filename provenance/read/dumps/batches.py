"""Items gathered into batches, one at a time or a column at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa

from provenance.model import ITEMS, Items, Skipped

ROWS = 20_000
BYTES = 1 << 25
KEPT = 10
"""How many rows are shown of those skipped for one reason."""


class Record(NamedTuple):
    """One item, in the order of `ITEMS`."""

    source: str
    item: str
    text: str
    url: str | None = None
    created_at: int | None = None
    author: str | None = None
    language: str | None = None
    licence: str | None = None


class Fault(NamedTuple):
    """One row that is no item."""

    row: int
    reason: str


def batched(file: str, entries: Iterable[Record | Fault]) -> Iterator[Items]:
    """Gather items into batches of bounded size."""
    records: list[Record] = []
    faults: list[Fault] = []
    size = 0
    for entry in entries:
        if isinstance(entry, Fault):
            faults.append(entry)
        else:
            records.append(entry)
            size += len(entry.text)
        if len(records) >= ROWS or len(faults) >= ROWS or size >= BYTES >> 1:
            yield Items(_batch(records), counted(file, faults))
            records, faults, size = [], [], 0
    if records or faults:
        yield Items(_batch(records), counted(file, faults))


def counted(file: str, faults: Iterable[Fault]) -> tuple[Skipped, ...]:
    """Count rows that are no items, by reason."""
    by_reason: defaultdict[str, list[int]] = defaultdict(list)
    for fault in faults:
        by_reason[fault.reason].append(fault.row)
    return tuple(
        Skipped(file, reason, len(rows), tuple(sorted(rows)[:KEPT]))
        for reason, rows in by_reason.items()
    )


def portions(items: Items) -> Iterator[Items]:
    """Cut a batch into batches of bounded size."""
    skipped, batch = items.skipped, items.batch
    if batch.num_rows == 0:
        if skipped:
            yield items
        return
    rows = max(1, min(ROWS, ROWS if batch.nbytes <= BYTES else _rows_within(batch)))
    for start in range(0, batch.num_rows, rows):
        yield Items(batch.slice(start, rows), skipped if start == 0 else ())


def clean(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can hold and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _rows_within(batch: pa.RecordBatch) -> int:
    return int(batch.num_rows * BYTES // batch.nbytes)


def _batch(records: list[Record]) -> pa.RecordBatch:
    columns = list(zip(*records, strict=True)) or [()] * len(ITEMS)
    return pa.RecordBatch.from_arrays(
        [_array(column, field) for column, field in zip(columns, ITEMS, strict=True)],
        schema=ITEMS,
    )


def _array(values: tuple[object, ...], field: pa.Field) -> pa.Array:
    if pa.types.is_timestamp(field.type):
        return pa.array(values, pa.int64()).cast(field.type)
    try:
        return pa.array(values, field.type)
    except UnicodeEncodeError:
        return pa.array([clean(v) if isinstance(v, str) else v for v in values], field.type)
