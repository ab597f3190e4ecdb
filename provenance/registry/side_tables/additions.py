"""Which addition of items added an item: digests since then prove that it was searched for."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.model.content.fingerprints import UInt64s
from provenance.registry.files.mapped_files import MappedRegistry
from provenance.registry.items.item_keys import (
    bits_of_identities,
    identity_bits,
    identity_hashes,
)
from provenance.registry.manifest import DataFile, Manifest
from provenance.registry.side_tables.content_tables import (
    load_content_table,
    read_content_table,
    write_content_table,
)
from provenance.registry.side_tables.tombstones import read_tombstones

ADDITIONS = pa.schema(
    [
        pa.field("key", pa.uint64(), nullable=False),  # of the item, as in keys.npy
        pa.field("addition", pa.uint32(), nullable=False),  # from 1
    ]
)


def write_additions(
    staging: Path, folder: Path, manifest: Manifest, added: Sequence[UInt64s]
) -> DataFile | None:
    """Write the additions of a registry, with a further one of the items with some keys."""
    earlier = load_content_table(folder, manifest.additions, ADDITIONS)
    keys = np.unique(np.concatenate(added))
    number = len(manifest.earlier_digests) + 1
    numbers = pa.array(np.full(len(keys), number, np.uint32))
    # By sorting: the other way overflows in NumPy 2.0.
    is_older = ~np.isin(earlier["key"].to_numpy(), keys, kind="sort")
    kept = earlier.filter(pa.array(is_older))
    rows = pa.concat_tables([kept, pa.table([pa.array(keys), numbers], schema=ADDITIONS)])
    return write_content_table(staging, "additions", rows.sort_by("key"))


def read_additions(registry: MappedRegistry) -> pa.Table:
    """Read the additions of a mapped registry."""
    return read_content_table(registry.tables, registry.manifest.additions, ADDITIONS)


class AdditionNumbers:
    """The additions of a mapped registry, by the keys of items.

    Parameters
    ----------
    registry : MappedRegistry
        The registry.
    """

    def __init__(self, registry: MappedRegistry) -> None:
        rows = read_additions(registry)
        self._keys = rows["key"].to_numpy()
        self._numbers = rows["addition"].to_numpy()

    def of(self, keys: UInt64s) -> list[int]:
        """Return the number of the addition of each item; 0 for those of the build."""
        if not len(self._keys):
            return [0] * len(keys)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        numbers: list[int] = np.where(self._keys[places] == keys, self._numbers[places], 0).tolist()
        return numbers


def withdrawn_additions(
    registry: MappedRegistry, items: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Return the number of the addition that added each of some items that were withdrawn.

    A tombstone lacks the day of its item, so that only a part of its key is known. Of items with
    the same part, the latest addition counts, as of items with the same source and id.

    Parameters
    ----------
    registry : MappedRegistry
        The registry.
    items : iterable of (str, str)
        Source and id of items. Those that the registry never had are left out.

    Raises
    ------
    CorruptFile
        If the tombstones or the additions are damaged.
    """
    wanted = set(items)
    tombstones = read_tombstones(registry)
    had = tombstones.filter(tombstones["site"].is_valid())  # null: it lacked the item
    pairs = [*zip(had["source"].to_pylist(), had["item"].to_pylist(), strict=True)]
    chosen = [row for row, pair in enumerate(pairs) if pair in wanted]
    rows = had.take(pa.array(chosen, pa.int64()))
    identities = identity_hashes(*(rows[name] for name in ("source", "site", "item")))
    latest = _latest_by_identity(read_additions(registry))
    numbers = dict[tuple[str, str], int]()
    for row, bits in zip(chosen, bits_of_identities(identities).tolist(), strict=True):
        numbers[pairs[row]] = max(latest.get(bits, 0), numbers.get(pairs[row], 0))
    return numbers


def _latest_by_identity(additions: pa.Table) -> dict[int, int]:
    bits = identity_bits(additions["key"].to_numpy())
    order = np.argsort(additions["addition"].to_numpy(), kind="stable")
    latest = additions["addition"].to_numpy()[order].tolist()
    return dict(zip(bits[order].tolist(), latest, strict=True))
