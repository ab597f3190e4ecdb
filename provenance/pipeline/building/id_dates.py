"""Dates of items that have none, from ids that contain the time at which they were given."""

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.tables import ITEMS, Items
from provenance.pipeline.item_addresses import item_second

_CREATED_AT = ITEMS.get_field_index("created_at")


def date_by_ids(batches: Iterator[Items]) -> Iterator[Items]:
    """Yield items; those without a date get that of their ids or addresses, where these say it.

    How a source's ids contain the time is stated in its rules. A date that a dump states is kept,
    and an id whose time is still to come contains none.
    """
    for items in batches:
        undated = items.batch[_CREATED_AT].null_count
        batch = _dated(items.batch) if undated else items.batch
        found = undated - batch[_CREATED_AT].null_count
        yield replace(items, batch=batch, dated_by_id=found) if found else items


def _dated(batch: pa.RecordBatch) -> pa.RecordBatch:
    given = batch[_CREATED_AT].cast(pa.int64())
    columns = (batch[name].to_pylist() for name in ("source", "item", "url"))
    seconds = [
        item_second(source, item, url) if is_undated else None
        for is_undated, source, item, url in zip(given.is_null().to_pylist(), *columns, strict=True)
    ]
    dates = pc.coalesce(given, pa.array(seconds, pa.int64())).cast(ITEMS.field(_CREATED_AT).type)
    return batch.set_column(_CREATED_AT, ITEMS.field(_CREATED_AT), dates)
