"""Statuses of items: those that do not count, and those with copies in other segments.

Segments do not change. What a later segment, or a withdrawal, says of an earlier one's items is in
a table beside them: one row for each item that does not count, or whose first copy in the whole
registry is not the one in its own segment.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from provenance.errors import CorruptFile
from provenance.registry.files.mapped_files import MappedFile
from provenance.registry.files.parquet_tables import open_parquet
from provenance.registry.manifest import REMEDY, DataFile
from provenance.registry.side_tables.content_tables import write_content_table

COPY, REPLACED, WITHDRAWN = "copy", "replaced", "withdrawn"
"""States: it counts; a later record has its source, site and id; it was withdrawn."""

STATUSES = pa.schema(
    [
        pa.field("segment", pa.uint16(), nullable=False),
        pa.field("item", pa.uint32(), nullable=False),
        pa.field("state", pa.string(), nullable=False),
        # The first item that counts and has the same tokens.
        pa.field("first_segment", pa.uint16()),
        pa.field("first_item", pa.uint32()),
        pa.field("reason", pa.string()),
        pa.field("date", pa.date32()),
    ]
)
NO_STATUSES = STATUSES.empty_table()


def write_statuses(folder: Path, statuses: pa.Table) -> DataFile | None:
    """Write statuses, sorted by segment and item, into a folder; None if there are none."""
    return write_content_table(folder, "statuses", statuses)


def read_statuses(file: MappedFile | None, sizes: list[int]) -> pa.Table:
    """Read and check statuses.

    Parameters
    ----------
    file : MappedFile or None
        The file; None if there are no statuses.
    sizes : list of int
        Number of items of each segment.

    Raises
    ------
    CorruptFile
        If it is damaged, or has items that do not exist.
    """
    if file is None:
        return NO_STATUSES
    with open_parquet(file) as parquet:
        table = parquet.read(use_threads=False)
        table.validate(full=True)
        if not table.schema.equals(STATUSES):
            raise pa.ArrowInvalid("it has unexpected columns")
    for segment, item in (("segment", "item"), ("first_segment", "first_item")):
        rows = table.select([segment, item]).drop_null()
        segments, items = rows[segment].to_numpy(), rows[item].to_numpy()
        limits = np.array([*sizes, 0])[np.minimum(segments, len(sizes))]
        if (items >= limits).any():
            raise CorruptFile(f"{file.path} has items that do not exist", remedy=REMEDY)
    return table
