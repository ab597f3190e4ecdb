"""Which addition of items added an item: digests since then prove that it was searched for."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.model.content.fingerprints import UInt64s
from provenance.registry.files.mapped_files import MappedRegistry
from provenance.registry.manifest import DataFile, Manifest
from provenance.registry.side_tables.content_tables import (
    load_content_table,
    read_content_table,
    write_content_table,
)

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
