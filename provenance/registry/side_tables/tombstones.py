"""Tombstones: the records of withdrawn items, which keep them out for good.

A tombstone has the identity of an item (source, site of its address, id), the day on which it was
withdrawn, and the reason, if given; nothing of its content. The table is kept however a registry is
changed, so that a dump from before the withdrawal does not bring the item back. On request, it has
until some day a digest of the item's words, under a key that is not in the registry, by which a
check recognises texts that consist of the item (`registry.withdrawn_texts`).
"""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Int64s, UInt64s
from provenance.registry.files.mapped_files import MappedRegistry
from provenance.registry.items.item_keys import identity_hashes
from provenance.registry.manifest import DataFile, Manifest
from provenance.registry.side_tables.content_tables import (
    load_content_table,
    read_content_table,
    write_content_table,
)

FINGERPRINT_BYTES = 16

TOMBSTONES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("site", pa.string()),  # empty: no address; null: any
        pa.field("item", pa.string(), nullable=False),
        pa.field("date", pa.date32(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("fingerprint", pa.binary(FINGERPRINT_BYTES)),
        pa.field("key", pa.string()),  # id of the fingerprint's key
        pa.field("expires", pa.date32()),  # first day on which the fingerprint is not kept
    ]
)
NO_TOMBSTONES = TOMBSTONES.empty_table()

_ANY_SITE = "/"  # no site has a slash
_IDENTITY = ("source", "site", "item")


def write_tombstones(folder: Path, tombstones: pa.Table) -> DataFile | None:
    """Write tombstones into a folder; None if there are none."""
    return write_content_table(folder, "tombstones", tombstones)


def load_tombstones(folder: Path, manifest: Manifest) -> pa.Table:
    """Read the tombstones of a registry that no other process can change.

    Raises
    ------
    DigestMismatch
        If they are missing or altered.
    CorruptFile
        If they are damaged.
    """
    return load_content_table(folder, manifest.tombstones, TOMBSTONES)


def read_tombstones(registry: MappedRegistry) -> pa.Table:
    """Read the tombstones of a mapped registry; raises as `load_tombstones`."""
    return read_content_table(registry.tables, registry.manifest.tombstones, TOMBSTONES)


def merge_tombstones(*tables: pa.Table) -> pa.Table:
    """Merge tombstones in any order: of two of one item, the earlier counts."""
    everything = pa.concat_tables([NO_TOMBSTONES, *tables]).combine_chunks()
    keys = [(name, "ascending") for name in (*_IDENTITY, "date", "reason", "key", "expires")]
    rows = everything.take(pc.sort_indices(everything, keys))
    is_new = np.ones(len(rows), np.bool_)
    is_new[1:] = False
    for name in _IDENTITY:
        column = rows[name].combine_chunks()
        before, after = column.slice(0, max(len(rows) - 1, 0)), column.slice(1)
        is_same = pc.fill_null(pc.equal(before, after), False)
        both_null = pc.and_(before.is_null(), after.is_null())
        is_new[1:] |= ~np.asarray(pc.or_(is_same, both_null))
    return rows.filter(pa.array(is_new)).combine_chunks()


def without_expired(tombstones: pa.Table, today: date) -> pa.Table:
    """Return tombstones without the fingerprints that are not to be kept any more."""
    is_expired = pc.fill_null(pc.less_equal(tombstones["expires"], pa.scalar(today)), False)
    if not pc.any(is_expired).as_py():
        return tombstones
    for name in ("fingerprint", "key", "expires"):
        field = TOMBSTONES.field(name)
        kept = pc.if_else(is_expired, pa.scalar(None, field.type), tombstones[name])
        tombstones = tombstones.set_column(TOMBSTONES.get_field_index(name), field, kept)
    return tombstones


class TombstoneIndex:
    """Tombstones by the identity of their items.

    Parameters
    ----------
    tombstones : pyarrow.Table
        Of schema `TOMBSTONES`, one for each identity.
    """

    def __init__(self, tombstones: pa.Table) -> None:
        self.table = tombstones.combine_chunks()
        sites = pc.fill_null(self.table["site"], _ANY_SITE)
        hashes = identity_hashes(self.table["source"], sites, self.table["item"])
        self._order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[self._order]
        self._is_general = self.table["site"].null_count > 0

    def identities(self) -> UInt64s | None:
        """Return hashes of the identities, sorted; None if some are of any site."""
        return None if self._is_general else self._hashes

    def find(self, sources: pa.Array, sites: pa.Array, items: pa.Array) -> Int64s:
        """Return the row of the tombstone of each item, given by its identity; -1 without one."""
        rows = self._find(sources, sites, items)
        if self._is_general:
            any_site = pa.repeat(_ANY_SITE, len(items))
            general = self._find(sources, any_site, items)
            rows = np.where(rows < 0, general, rows)
        return rows

    def _find(self, sources: pa.Array, sites: pa.Array, items: pa.Array) -> Int64s:
        rows = np.full(len(items), -1)
        if not len(self._hashes):
            return rows
        hashes = identity_hashes(*(pa.chunked_array([each]) for each in (sources, sites, items)))
        places = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        found = np.flatnonzero(self._hashes[places] == hashes)
        candidates = self.table.take(pa.array(self._order[places[found]]))
        wanted = pa.array(found)
        is_equal = pc.and_(
            pc.equal(candidates["source"], sources.take(wanted)),
            pc.equal(candidates["item"], items.take(wanted)),
        )
        same_site = pc.equal(pc.fill_null(candidates["site"], _ANY_SITE), sites.take(wanted))
        is_equal = np.array(pc.and_(is_equal, same_site))
        rows[found[is_equal]] = self._order[places[found[is_equal]]]
        return rows
