"""What a registry holds of each source. Absence of a match is not clearance."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pyarrow as pa

from provenance.model import Flags, SourceCoverage

_FIRST = [
    ("length", "count"),
    ("length", "sum"),
    ("created_at", "min"),
    ("created_at", "max"),
    ("created_at", "count"),
    ("mute", "sum"),
]
_NAMES = ["source", "items", "tokens", "first", "last", "dated", "mute"]
_AGAIN = [
    ("items", "sum"),
    ("tokens", "sum"),
    ("first", "min"),
    ("last", "max"),
    ("dated", "sum"),
    ("mute", "sum"),
]


def covered(rows: pa.Table, mute: Flags) -> pa.Table:
    """Sum up some items.

    Parameters
    ----------
    rows : pyarrow.Table
        Items with their source, length, and seconds at which they were published.
    mute : ndarray of bool
        Which of them weigh less than one seed, so that no match can begin in them.

    Returns
    -------
    pyarrow.Table
        One row a source.
    """
    items = rows.select(["source", "length", "created_at"]).append_column("mute", pa.array(mute))
    sums = items.group_by("source", use_threads=False).aggregate(_FIRST)
    return sums.rename_columns(_NAMES)


def coverage(sums: Sequence[pa.Table]) -> tuple[SourceCoverage, ...]:
    """Sum up what `covered` gave, in any order; by source, in order of their ids."""
    if not sums:
        return ()
    both = pa.concat_tables(sums).group_by("source", use_threads=False).aggregate(_AGAIN)
    return tuple(
        SourceCoverage(
            source=row["source"],
            items=row["items"],
            tokens=row["tokens"],
            first=_day(row["first"]),
            last=_day(row["last"]),
            undated=row["items"] - row["dated"],
            unattributable=row["mute"],
        )
        for row in both.rename_columns(_NAMES).sort_by("source").to_pylist()
    )


def _day(seconds: int | None) -> date | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).date()
