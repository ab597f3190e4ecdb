"""Marked items: planted by their owner, so that whoever has them took them from the source."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.model.content.fingerprints import Flags
from provenance.registry.files.mapped_files import MappedRegistry
from provenance.registry.manifest import DataFile, Manifest
from provenance.registry.side_tables.content_tables import (
    load_content_table,
    read_content_table,
    write_content_table,
)

MARKS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("site", pa.string(), nullable=False),  # empty: no address
        pa.field("item", pa.string(), nullable=False),
        pa.field("note", pa.string()),
    ]
)
NO_MARKS = MARKS.empty_table()
_IDENTITY = ("source", "site", "item")


def write_marks(folder: Path, marks: pa.Table) -> DataFile | None:
    """Write marks into a folder; None if there are none."""
    return write_content_table(folder, "marks", marks)


def load_marks(folder: Path, manifest: Manifest) -> pa.Table:
    """Read the marks of a registry that no other process can change."""
    return load_content_table(folder, manifest.marks, MARKS)


def read_marks(registry: MappedRegistry) -> pa.Table:
    """Read the marks of a mapped registry."""
    return read_content_table(registry.tables, registry.manifest.marks, MARKS)


def merge_marks(*tables: pa.Table) -> pa.Table:
    """Merge marks in any order, each item once."""
    rows = pa.concat_tables([NO_MARKS, *tables]).combine_chunks()
    rows = rows.take(pc.sort_indices(rows, [(name, "ascending") for name in MARKS.names]))
    is_first = np.ones(len(rows), np.bool_)
    identities = list(zip(*(rows[name].to_pylist() for name in _IDENTITY), strict=True))
    for row in range(1, len(rows)):
        is_first[row] = identities[row] != identities[row - 1]
    return rows.filter(pa.array(is_first)).combine_chunks()


class MarkedItems:
    """The marked items of some registries.

    Parameters
    ----------
    tables : sequence of pyarrow.Table
        Of schema `MARKS`.
    """

    def __init__(self, tables: Sequence[pa.Table]) -> None:
        marks = merge_marks(*tables)
        self._identities = {*zip(*(marks[name].to_pylist() for name in _IDENTITY), strict=True)}
        self._items = marks["item"].combine_chunks().unique()

    def __len__(self) -> int:
        return len(self._identities)

    def mask(self, sources: pa.ChunkedArray, sites: pa.Array, items: pa.ChunkedArray) -> Flags:
        """Return which items, given by their identity, are marked; an item may be null."""
        is_marked = np.zeros(len(items), np.bool_)
        if not len(self):
            return is_marked
        rows = pc.indices_nonzero(pc.is_in(items, value_set=self._items))
        columns = (column.take(rows).to_pylist() for column in (sources, sites, items))
        for row, *identity in zip(rows.to_pylist(), *columns, strict=True):
            is_marked[row] = tuple(identity) in self._identities
        return is_marked
