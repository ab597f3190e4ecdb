"""Items gathered into batches of bounded size."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa

from provenance.errors import InputError
from provenance.model import ITEMS, Items
from provenance.read.columns.string_arrays import replace_surrogates
from provenance.read.corpus import skipped_rows as skips

ROWS = 20_000
BYTES = 1 << 25
NO_SOURCE = "no source"
ROUNDED = r"^\d\.\d+[Ee]\+\d+$"
"""An id that went through a spreadsheet: many posts share it, so it is none."""
EXACT = 2**53
"""From here on a float leaves whole numbers out: an id that went through one may be another's."""


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
    """Gather items one by one."""
    records: list[Record] = []
    faults: list[Fault] = []
    size = 0
    fault = None
    try:
        for entry in entries:
            if isinstance(entry, Fault):
                faults.append(entry)
            else:
                records.append(entry)
                size += len(entry.text)
            if len(records) >= ROWS or len(faults) >= ROWS or size >= BYTES >> 1:
                yield Items(_batch(records), skips.count_by_reason(file, faults))
                records, faults, size = [], [], 0
    except InputError as error:
        fault = error  # what comes before it was read
    if records or faults:
        yield Items(_batch(records), skips.count_by_reason(file, faults))
    if fault is not None:
        raise fault


def portions(items: Items) -> Iterator[Items]:
    """Cut a batch where it is too large."""
    batch = items.batch
    rows = ROWS if batch.nbytes <= BYTES else max(1, batch.num_rows * BYTES // batch.nbytes)
    rows = min(rows, ROWS)
    if batch.num_rows <= rows:
        if batch.num_rows or items.skipped:
            yield items
        return
    for start in range(0, batch.num_rows, rows):
        yield Items(batch.slice(start, rows), items.skipped if start == 0 else ())


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
        return pa.array(
            [replace_surrogates(v) if isinstance(v, str) else v for v in values], field.type
        )
