"""Statuses of items: those that do not count, and those with copies in other segments.

Segments do not change. What a later segment, or a withdrawal, says of an earlier one's items is in
a table beside them: one row for each item that does not count, or whose first copy in the whole
registry is not the one in its own segment.
"""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from provenance.errors import CorruptFile
from provenance.registry.files.mapped_files import MappedFile
from provenance.registry.manifest import REMEDY, DataFile
from provenance.registry.side_tables.content_tables import (
    read_whole_table,
    write_content_table,
)

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
_STATES = pa.array([COPY, REPLACED, WITHDRAWN])
_LAST_DAY = pa.scalar(date(9000, 12, 31))  # weeks can be added to it
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
        If it is damaged, has items that do not exist, or not each once and in order.
    """
    if file is None:
        return NO_STATUSES
    table = read_whole_table(file, STATUSES)
    for segment, item in (("segment", "item"), ("first_segment", "first_item")):
        rows = table.select([segment, item]).drop_null()
        segments, items = rows[segment].to_numpy(), rows[item].to_numpy()
        limits = np.array([*sizes, 0])[np.minimum(segments, len(sizes))]
        if (items >= limits).any():
            raise CorruptFile(f"{file.path} has items that do not exist", remedy=REMEDY)
    if fault := _fault(table):
        raise CorruptFile(f"{file.path} has {fault}", remedy=REMEDY)
    return table


def _fault(statuses: pa.Table) -> str:
    """Return what is wrong with the order or the states of statuses; empty if nothing is."""
    places = statuses["segment"].to_numpy().astype(np.int64) << 32 | statuses["item"].to_numpy()
    if (places[1:] <= places[:-1]).any():
        return "items that are not in order, or have several statuses"
    if not pc.all(pc.is_in(statuses["state"], value_set=_STATES), min_count=0).as_py():
        return "items of an unknown state"
    has_first = statuses["first_segment"].is_valid()
    if not has_first.equals(statuses["first_item"].is_valid()):
        return "first copies without their segment or item"
    if statuses["first_item"].filter(pc.equal(statuses["state"], COPY)).null_count:
        return "copies of items that are not named"
    days = statuses["date"].filter(pc.equal(statuses["state"], WITHDRAWN))
    if days.null_count or not pc.all(pc.less_equal(days, _LAST_DAY), min_count=0).as_py():
        return "withdrawn items without a day, or of one that is not in the calendar"
    return ""
