"""Coverage of each source in a registry: items, dates, and how many the source has in total."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa

from provenance.errors import RegistryError
from provenance.model.content.fingerprints import Flags, Int64s
from provenance.model.results.coverage import SourceCoverage

_ITEM_AGGREGATES = [
    ("length", "count"),
    ("length", "sum"),
    ("created_at", "min"),
    ("created_at", "max"),
    ("created_at", "count"),
    ("too_short", "sum"),
]
_COLUMN_NAMES = ["source", "items", "tokens", "first", "last", "dated", "too_short"]
_MERGE_AGGREGATES = [
    ("items", "sum"),
    ("tokens", "sum"),
    ("first", "min"),
    ("last", "max"),
    ("dated", "sum"),
    ("too_short", "sum"),
]


def coverage_sums(rows: pa.Table, too_short: Flags) -> pa.Table:
    """Sum up some items by source.

    Parameters
    ----------
    rows : pyarrow.Table
        Items with their source, length, and time of publication in seconds.
    too_short : ndarray of bool
        Items with fewer tokens than a seed, which cannot be matched.

    Returns
    -------
    pyarrow.Table
        One row per source.
    """
    items = rows.select(["source", "length", "created_at"]).append_column(
        "too_short", pa.array(too_short)
    )
    sums = items.group_by("source", use_threads=False).aggregate(_ITEM_AGGREGATES)
    return sums.rename_columns(_COLUMN_NAMES)


def merge_sums(sums: Sequence[pa.Table]) -> tuple[SourceCoverage, ...]:
    """Merge tables of `coverage_sums` in any order; the result is sorted by source."""
    if not sums:
        return ()
    both = pa.concat_tables(sums).group_by("source", use_threads=False).aggregate(_MERGE_AGGREGATES)
    return tuple(
        SourceCoverage(
            source=row["source"],
            items=row["items"],
            tokens=row["tokens"],
            first=_day(row["first"]),
            last=_day(row["last"]),
            undated=row["items"] - row["dated"],
            unattributable=row["too_short"],
        )
        for row in both.rename_columns(_COLUMN_NAMES).sort_by("source").to_pylist()
    )


def merge_coverage(
    parts: Iterable[Sequence[SourceCoverage]],
) -> tuple[SourceCoverage, ...]:
    """Merge the coverage of disjoint items in any order; the result is sorted by source."""
    merged: dict[str, SourceCoverage] = {}
    for coverage in (coverage for part in parts for coverage in part):
        before = merged.get(coverage.source)
        merged[coverage.source] = coverage if before is None else _add(before, coverage)
    return tuple(merged[source] for source in sorted(merged))


def _add(one: SourceCoverage, other: SourceCoverage) -> SourceCoverage:
    firsts = [day for day in (one.first, other.first) if day is not None]
    lasts = [day for day in (one.last, other.last) if day is not None]
    return SourceCoverage(
        source=one.source,
        items=one.items + other.items,
        tokens=one.tokens + other.tokens,
        first=min(firsts, default=None),
        last=max(lasts, default=None),
        undated=one.undated + other.undated,
        unattributable=one.unattributable + other.unattributable,
    )


def subtract_coverage(
    all_items: SourceCoverage, removed: SourceCoverage, dates: Int64s
) -> SourceCoverage:
    """Return the coverage of a source without some items.

    Parameters
    ----------
    all_items, removed : SourceCoverage
        Of all items, and of those to leave out.
    dates : ndarray of int64
        Dates of the remaining items that have one, in seconds since 1970.
    """
    return SourceCoverage(
        source=all_items.source,
        items=all_items.items - removed.items,
        tokens=all_items.tokens - removed.tokens,
        first=_day(int(dates.min())) if len(dates) else None,
        last=_day(int(dates.max())) if len(dates) else None,
        undated=all_items.undated - removed.undated,
        unattributable=all_items.unattributable - removed.unattributable,
    )


def declared_sizes(
    sources: Sequence[SourceCoverage],
    published: Mapping[str, int],
    earlier: Sequence[SourceCoverage] = (),
) -> tuple[SourceCoverage, ...]:
    """Set the declared total number of items of each source.

    Parameters
    ----------
    sources : sequence of SourceCoverage
        Coverage by source.
    published : mapping of str to int
        Totals declared now.
    earlier : sequence of SourceCoverage
        Totals declared before; ignored where the registry holds more.

    Raises
    ------
    RegistryError
        If a declared total is smaller than the number of items held.
    """
    earlier_totals = {coverage.source: coverage.published for coverage in earlier}

    def of(source: SourceCoverage) -> int | None:
        declared = published.get(source.source)
        if declared is not None and declared < source.items:
            raise RegistryError(
                f"{source.source} is declared to have {declared:,} items, but the registry has "
                f"{source.items:,}",
                remedy="give the total number of items of the source with --of, or omit it",
            )
        before = earlier_totals.get(source.source)
        return declared or (before if before and before >= source.items else None)

    return tuple(replace(source, published=of(source)) for source in sources)


def _day(seconds: int | None) -> date | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).date()
