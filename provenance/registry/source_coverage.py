"""What a registry holds of each source. Absence of a match is not clearance."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa

from provenance.errors import RegistryError
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


def declared(
    sources: Sequence[SourceCoverage],
    published: Mapping[str, int],
    earlier: Sequence[SourceCoverage] = (),
) -> tuple[SourceCoverage, ...]:
    """State how many items each source has in all.

    Parameters
    ----------
    sources : sequence of SourceCoverage
        What is held of each.
    published : mapping of str to int
        What is declared now.
    earlier : sequence of SourceCoverage
        What was declared before; it no longer holds where more is held than that.

    Raises
    ------
    RegistryError
        If less is declared than is held.
    """
    known = {one.source: one.published for one in earlier}

    def of(source: SourceCoverage) -> int | None:
        said = published.get(source.source)
        if said is not None and said < source.items:
            raise RegistryError(
                f"{source.source} is said to have {said:,} items, but {source.items:,} of them are "
                "held",
                remedy="say with --of how many items the source has in all, or leave it out",
            )
        before = known.get(source.source)
        return said or (before if before and before >= source.items else None)

    return tuple(replace(source, published=of(source)) for source in sources)


def _day(seconds: int | None) -> date | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).date()
