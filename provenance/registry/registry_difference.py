"""Difference between two versions of a registry, in items."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags, UInt32s, UInt64s
from provenance.registry.array_reader import item_array
from provenance.registry.files.mapped_files import MappedRegistry, MappedSegment
from provenance.registry.items.item_keys import bits_of_identities, identity_bits, identity_hashes
from provenance.registry.manifest import KEYS_FILE
from provenance.registry.side_tables.statuses import COPY, read_statuses
from provenance.registry.side_tables.tombstones import (
    NO_TOMBSTONES,
    TombstoneIndex,
    read_tombstones,
)

_NO_KEYS = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True)
class RegistryDifference:
    """Difference of a version of a registry from an earlier one.

    Parameters
    ----------
    added : int
        Number of items that are new.
    withdrawn : int
        Number of items that were withdrawn.
    dropped : int
        Number of items that are not in it any more, without having been withdrawn.
    tombstones : pyarrow.Table
        Those that are new, of ids that it never had, too; of schema `TOMBSTONES`.
    """

    added: int
    withdrawn: int
    dropped: int
    tombstones: pa.Table


def compare_registries(before: MappedRegistry | None, after: MappedRegistry) -> RegistryDifference:
    """Count the items in which two versions of a registry differ.

    Items are compared by their order keys. An item whose date has changed is both new and dropped.

    Parameters
    ----------
    before : MappedRegistry or None
        The earlier version; None if there was none.
    after : MappedRegistry
        The later version.

    Raises
    ------
    DigestMismatch, CorruptFile
        If a table of one of them is damaged.
    """
    if before is None:
        return RegistryDifference(after.manifest.items, 0, 0, NO_TOMBSTONES)
    earlier, later = _live_items(before), _live_items(after)
    added, removed = [_NO_KEYS], [_NO_KEYS]
    for digest in earlier.keys() | later.keys():
        segment, is_live = later.get(digest) or earlier[digest]
        keys = item_array(segment, KEYS_FILE, np.uint64)
        nothing = np.zeros(len(is_live), np.bool_)
        was = earlier[digest][1] if digest in earlier else nothing
        now = later[digest][1] if digest in later else nothing
        added.append(keys[now & ~was])
        removed.append(keys[was & ~now])
    new_keys, old_keys = _multiset_difference(np.concatenate(added), np.concatenate(removed))
    tombstones = _new_tombstones(before, after)
    withdrawn = int(np.isin(identity_bits(old_keys), _bits(tombstones), kind="sort").sum())
    return RegistryDifference(len(new_keys), withdrawn, len(old_keys) - withdrawn, tombstones)


def _live_items(registry: MappedRegistry) -> dict[str, tuple[MappedSegment, Flags]]:
    """Return each segment, with a mask of its items that count, by its digest."""
    sizes = [segment.entry.items for segment in registry.segments]
    statuses = read_statuses(registry.statuses, sizes)
    dead = statuses.filter(pc.not_equal(statuses["state"], COPY))
    segments, items = dead["segment"].to_numpy(), dead["item"].to_numpy()
    live = {}
    for place, segment in enumerate(registry.segments):
        is_live = np.ones(segment.entry.items, np.bool_)
        is_live[items[segments == place]] = False
        live[segment.entry.digest] = segment, is_live
    return live


def _multiset_difference(left: UInt64s, right: UInt64s) -> tuple[UInt64s, UInt64s]:
    """Return what each of two arrays has beyond the other, counting repeated values."""
    values, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    signs = np.repeat(np.array([1, -1]), [len(left), len(right)])
    excess = np.bincount(places, signs, len(values)).astype(np.int64)
    return np.repeat(values, excess.clip(0)), np.repeat(values, (-excess).clip(0))


def _new_tombstones(before: MappedRegistry, after: MappedRegistry) -> pa.Table:
    tombstones = read_tombstones(after).combine_chunks()
    columns = [tombstones[name].combine_chunks() for name in ("source", "site", "item")]
    rows = TombstoneIndex(read_tombstones(before)).find(*columns)
    return tombstones.filter(pa.array(rows < 0))


def _bits(tombstones: pa.Table) -> UInt32s:
    known = tombstones.filter(tombstones["site"].is_valid())
    return bits_of_identities(identity_hashes(known["source"], known["site"], known["item"]))
