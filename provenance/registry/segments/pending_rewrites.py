"""Segments whose files still have withdrawn items, and when these are removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow.compute as pc

from provenance.registry.segments.segment_set import SegmentSet
from provenance.registry.side_tables.statuses import WITHDRAWN

GRACE = timedelta(days=7)
"""Time after which withdrawn items of a large segment are removed by the next change."""


@dataclass(frozen=True, slots=True)
class PendingRewrite:
    """A segment with withdrawn items.

    Parameters
    ----------
    segment : int
        The segment.
    items : int
        Number of withdrawn items in it.
    bytes : int
        Its size.
    due : date
        Day from which on a change of the registry rewrites it.
    is_due : bool
        Whether a change rewrites it today.
    """

    segment: int
    items: int
    bytes: int
    due: date
    is_due: bool


def pending_rewrites(
    segments: SegmentSet, least_bytes: int | None, today: date
) -> Sequence[PendingRewrite]:
    """Return the segments with withdrawn items.

    Parameters
    ----------
    segments : SegmentSet
        The segments.
    least_bytes : int or None
        Smaller segments are rewritten at once; None means all.
    today : date
        The day.
    """
    withdrawn = segments.statuses.filter(pc.equal(segments.statuses["state"], WITHDRAWN))
    if not len(withdrawn):
        return []  # grouping would import pyarrow.dataset
    by_segment = withdrawn.group_by("segment", use_threads=False).aggregate(
        [("date", "min"), ("item", "count")]
    )
    pending = []
    for row in by_segment.sort_by("segment").to_pylist():
        place, due = row["segment"], row["date_min"] + GRACE
        size = segments.segments[place].entry.bytes
        is_due = least_bytes is None or size < least_bytes or due <= today
        pending.append(PendingRewrite(place, row["item_count"], size, due, is_due))
    return pending
