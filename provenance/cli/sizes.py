"""What a registry holds, in a few lines."""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provenance.model import RegistrySummary, SourceCoverage
    from provenance.run import Manifest


def shown(summary: "RegistrySummary", manifest: "Manifest") -> str:
    """Tell what a registry holds, source by source, and how large it is."""
    lines = [
        f"{summary.path}: {summary.items:,} items",
        "",
        f"  {'source':20} {'items':>12} {'too short':>12}  dates",
        *map(_source, summary.sources),
        "",
        f"  {manifest.postings:,} seeds, {manifest.bytes_per_posting:.1f} bytes each all told",
        f"  digest {summary.digest}",
        "  Items too short to share a seed are never found: absence of a match is not clearance.",
    ]
    return "\n".join(lines)


def _source(coverage: "SourceCoverage") -> str:
    dates = f"{_day(coverage.first)} to {_day(coverage.last)}" if coverage.first else "unknown"
    if coverage.first and coverage.undated:
        dates += f", {coverage.undated:,} undated"
    return f"  {coverage.source:20} {coverage.items:12,} {coverage.unattributable:12,}  {dates}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "?"
