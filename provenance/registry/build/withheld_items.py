"""Keep withdrawn items out of what is added to a registry."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pyarrow as pa

from provenance.model.content.tables import Items, Skipped
from provenance.registry.items.item_keys import url_sites
from provenance.registry.side_tables.tombstones import TombstoneIndex


class WithheldItems:
    """Leaves out items that have a tombstone, and counts them.

    Parameters
    ----------
    tombstones : pyarrow.Table
        Of schema `tombstones.TOMBSTONES`.
    addresses : sequence of str
        Addresses of the dumps, for the counts.
    """

    def __init__(self, tombstones: pa.Table, addresses: Sequence[str]) -> None:
        self._tombstones = TombstoneIndex(tombstones) if len(tombstones) else None
        self._dumps = _name_dumps(addresses)
        self._counts: Counter[str] = Counter()

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The items that were left out, by the day on which they were withdrawn."""
        return self._as_skipped(self._counts)

    def _as_skipped(self, counts: Counter[str]) -> tuple[Skipped, ...]:
        return tuple(
            Skipped(self._dumps, f"withdrawn on {day}", count)
            for day, count in sorted(counts.items())
        )

    def filter(self, batches: Iterable[Items]) -> Iterator[Items]:
        """Yield batches without the withdrawn items, which are added to the skipped."""
        if self._tombstones is None:
            yield from batches
            return
        for items in batches:
            batch = items.batch
            rows = self._tombstones.find(batch["source"], url_sites(batch["url"]), batch["item"])
            days = self._tombstones.table["date"].take(pa.array(rows[rows >= 0]))
            counts = Counter(map(str, days.to_pylist()))
            self._counts += counts
            yield replace(
                items,
                batch=batch.filter(pa.array(rows < 0)),
                skipped=(*items.skipped, *self._as_skipped(counts)),
            )


def _name_dumps(addresses: Sequence[str]) -> str:
    if not addresses:
        return "the items given"
    first, *others = addresses
    return f"{first} and {len(others):,} more" if others else first
