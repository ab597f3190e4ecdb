"""Dates of items that have none, from ids that contain the time at which they were given."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from provenance.judge.addresses import SourceAddresses
from provenance.model.content.tables import ITEMS, Items
from provenance.model.rules.rule_library import Source
from provenance.read.rules.rule_files import load_rules

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
        None if not is_undated else _second(source, item, url)
        for is_undated, source, item, url in zip(given.is_null().to_pylist(), *columns, strict=True)
    ]
    dates = pc.coalesce(given, pa.array(seconds, pa.int64())).cast(ITEMS.field(_CREATED_AT).type)
    return batch.set_column(_CREATED_AT, ITEMS.field(_CREATED_AT), dates)


def _second(source: str, item: str, url: str | None) -> int | None:
    ids = _ids_of(source)
    return None if ids is None else ids.second(item, url)


class _SourceIds:
    """Ids and addresses of a source that contain the time."""

    def __init__(self, source: Source) -> None:
        times = (item.id_time for forms in source.addresses for item in forms.items)
        self._times = tuple(dict.fromkeys(filter(None, times)))
        own = replace(load_rules(), sources=(source,))
        self._addresses = SourceAddresses(own) if self._times else None

    def second(self, item: str, url: str | None) -> int | None:
        """Return when an item was published, in seconds since 1970; None if it does not say so."""
        if self._addresses is None:
            return None
        found = next(filter(None, (each.second(item) for each in self._times)), None)
        for address in (item, url) if found is None else ():
            known = None if address is None else self._addresses.item_address(address)
            found = known.second if found is None and known is not None else found
        return None if found is None or found > time.time() else found


@cache
def _ids_of(source: str) -> _SourceIds | None:
    return next((_SourceIds(each) for each in load_rules().sources if each.id == source), None)
