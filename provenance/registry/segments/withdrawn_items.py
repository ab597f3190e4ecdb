"""Withdraw the items of segments that have a tombstone, and those that dumps say were deleted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.tables import DELETIONS, Items
from provenance.registry.files.parquet_tables import read_rows
from provenance.registry.manifest import ITEMS_FILE
from provenance.registry.segments.item_selection import find_withdrawn
from provenance.registry.segments.segment_set import (
    ItemList,
    SegmentSet,
    review_copies,
    sequence_halves_of,
    with_statuses,
)
from provenance.registry.side_tables.statuses import STATUSES, WITHDRAWN
from provenance.registry.side_tables.tombstones import TOMBSTONES, TombstoneIndex, merge_tombstones
from provenance.registry.side_tables.withdrawn_names import (
    NO_NAMES,
    Canonical,
    digest_names,
    new_key,
    no_form,
    read_names,
    write_names,
)

REASON = "the dump says: "
"""Begins the reason of a tombstone that follows from a deletion record."""


def withdraw(
    segments: SegmentSet, tombstones: TombstoneIndex, day: date | None = None
) -> SegmentSet:
    """Mark all items that have a tombstone as withdrawn, replaced ones included.

    Copies of them take their places.

    Parameters
    ----------
    segments : SegmentSet
        The segments.
    tombstones : TombstoneIndex
        The tombstones.
    day : date or None
        Day from which on their files may wait to be rewritten; None takes those of the tombstones.
    """
    items, rows = find_withdrawn(segments, tombstones)
    is_new = ~_have_state(segments, items, WITHDRAWN)
    items = ItemList(items.segments[is_new], items.items[is_new])
    of_items = tombstones.table.take(pa.array(rows[is_new]))
    count = len(items.items)
    statuses = pa.table(
        [
            pa.array(items.segments, pa.uint16()),
            pa.array(items.items),
            pa.repeat(WITHDRAWN, count),
            pa.nulls(count, pa.uint16()),
            pa.nulls(count, pa.uint32()),
            of_items["reason"],
            of_items["date"] if day is None else pa.repeat(pa.scalar(day, pa.date32()), count),
        ],
        schema=STATUSES,
    )
    halves = np.concatenate([np.zeros(0, np.uint32), *sequence_halves_of(segments, items)])
    return review_copies(with_statuses(segments, statuses), np.unique(halves))


def names_of_items(segments: SegmentSet, items: ItemList, canonical: Canonical) -> pa.Table:
    """Return digests of the authors and addresses of items, of schema `WITHDRAWN_NAMES`."""
    key, tables = new_key(), [NO_NAMES]
    for place, segment in enumerate(segments.segments):
        numbers = items.of(place)
        columns = ["source", "url", "item", "author"]
        rows = read_rows(segment.files[ITEMS_FILE], columns, numbers, segment.entry.items)
        tables.append(digest_names(rows, key, canonical))
    return pa.concat_tables(tables)


def _have_state(segments: SegmentSet, items: ItemList, state: str) -> np.ndarray:
    statuses = segments.statuses.filter(pc.equal(segments.statuses["state"], state))
    known = statuses["segment"].to_numpy().astype(np.uint64) << np.uint64(32)
    keys = items.segments.astype(np.uint64) << np.uint64(32) | items.items
    return np.isin(keys, known | statuses["item"].to_numpy())


@dataclass(frozen=True, slots=True)
class DeletedItems:
    """What the deletion records of dumps came to.

    Parameters
    ----------
    ids : int
        Number of items that they name.
    known : int
        Number of these that had been withdrawn before.
    items : int
        Number of items that counted, and do not any more.
    tombstones : pyarrow.Table
        The new tombstones.
    """

    ids: int = 0
    known: int = 0
    items: int = 0
    tombstones: pa.Table = field(default_factory=TOMBSTONES.empty_table)

    @property
    def absent(self) -> int:
        """Number of ids that the registry does not have; they are kept out."""
        return max(self.ids - self.known - self.items, 0)


class DeletionRecords:
    """Collects the deletion records among the items of dumps, and withdraws what they name.

    Parameters
    ----------
    canonical : callable
        Brings addresses into the form by which withdrawn items are found again.

    Attributes
    ----------
    outcome : DeletedItems
        What was withdrawn, once `apply` was called.
    names : pyarrow.Table
        Of schema `WITHDRAWN_NAMES`: digests of authors and addresses of these items.
    """

    def __init__(self, canonical: Canonical = no_form) -> None:
        self.outcome, self.names = DeletedItems(), NO_NAMES
        self._canonical = canonical
        self._batches: list[pa.RecordBatch] = []

    def collect(self, batches: Iterable[Items]) -> Iterator[Items]:
        """Yield batches, and keep their deletion records."""
        for items in batches:
            if items.deletions is not None:
                self._batches.append(items.deletions)
            yield items

    def apply(
        self, segments: SegmentSet, earlier: pa.Table, today: date
    ) -> tuple[SegmentSet, pa.Table]:
        """Withdraw the items from some segments.

        Parameters
        ----------
        segments : SegmentSet
            The segments.
        earlier : pyarrow.Table
            The tombstones that the registry has.
        today : date
            The day, which is that of deletions without a date.

        Returns
        -------
        segments : SegmentSet
            The segments, with statuses.
        tombstones : pyarrow.Table
            All tombstones; `earlier` itself if none is new.
        """
        if not self._batches:
            return segments, earlier
        records = merge_tombstones(self._tombstones(today))
        new = _without_known(records, earlier)
        if not len(new):
            self.outcome = DeletedItems(len(records), len(records))
            return segments, earlier
        index = TombstoneIndex(new)
        self.names = names_of_items(segments, find_withdrawn(segments, index)[0], self._canonical)
        after = withdraw(segments, index, today)
        removed = segments.live_items - after.live_items
        self.outcome = DeletedItems(len(records), len(records) - len(new), removed, new)
        return after, merge_tombstones(earlier, new)

    def keep_names(self, folder: Path, tombstones: pa.Table) -> None:
        """Keep the digests beside those that a folder has, of items that have a tombstone."""
        if len(self.names):
            write_names(folder, [read_names(folder), self.names], tombstones)

    def _tombstones(self, today: date) -> pa.Table:
        """Return a tombstone for each record, of any site: dumps name items by their ids alone."""
        records = pa.Table.from_batches(self._batches, DELETIONS)
        day = pa.scalar(today, pa.date32())
        columns = {
            "source": records["source"],
            "item": records["item"],
            "date": pc.min_element_wise(records["date"], day),
            "reason": pc.binary_join_element_wise(REASON, records["reason"], ""),
        }
        return pa.table(
            [columns.get(field.name, pa.nulls(len(records), field.type)) for field in TOMBSTONES],
            schema=TOMBSTONES,
        )


def _without_known(records: pa.Table, earlier: pa.Table) -> pa.Table:
    """Return the records whose items have no tombstone of any site."""
    general = earlier.filter(pc.is_null(earlier["site"])).select(["source", "item"])
    new = records.join(general, ["source", "item"], join_type="left anti")
    return new.cast(TOMBSTONES).combine_chunks()
