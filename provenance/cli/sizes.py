"""What a registry holds, in a few lines."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from provenance import pipeline

if TYPE_CHECKING:
    from provenance.model import RegistrySummary, SourceCoverage
    from provenance.pipeline import Manifest


_MOST_LINES = 12


def shown(summary: "RegistrySummary", manifest: "Manifest") -> list[str]:
    """Tell what a registry holds, source by source, what it does not hold, and how large it is."""
    return [
        f"{summary.path}: {summary.items:,} items",
        "",
        f"  {'source':20} {'items':>12} {'too short':>12}  dates",
        *(line for each in summary.sources for line in _source(each)),
        "",
        *_left_out(manifest),
        f"  {manifest.postings:,} seeds, the runs of words that are looked for",
        f"  {manifest.bytes_per_posting:.1f} bytes a seed, without texts and signatures",
        f"  chance matches: {_law(manifest)}",
        f"  digest {summary.digest}",
        "  Items too short or of common words are never found: absence is not clearance.",
    ]


def doubt(manifest: "Manifest") -> str | None:
    """Tell why nothing can be found with a registry, where that is so."""
    if manifest.postings:
        return None
    return "nothing can be found with this registry: all its items are too short"


def law(before: "Manifest", after: "Manifest") -> tuple[str, str]:
    """Tell what a fit changed."""
    fitted = (
        f"Fitted on {after.chance.exceedances:,} chance matches: lambda "
        f"{before.chance.decay:.3f} is now {after.chance.decay:.3f}, K {before.chance.scale:.2g} "
        f"is now {after.chance.scale:.2g}."
    )
    return fitted, f"The registry's digest is now {after.digest}."


def _left_out(manifest: "Manifest") -> Iterator[str]:
    """Tell of the records that are not in a registry, or not with all that they said."""
    told = len(manifest.skipped[:_MOST_LINES])
    if manifest.replaced:
        yield f"  {manifest.replaced:,} more records have the id of another, and count once"
    for one in manifest.skipped[:told]:
        rows = ", ".join(f"{row:,}" for row in one.rows)
        more = ", ..." if len(one.rows) < one.count else ""
        where = f" (row {rows}{more})" if rows else ""
        yield f"  {one.count:,} of {one.file}: {one.reason}{where}"
    if rest := manifest.skipped[told:]:
        yield f"  {sum(one.count for one in rest):,} of other files or kinds: see registry.json"
    for line in pipeline.unread_lines(manifest.unread[:_MOST_LINES]):
        yield f"  not read: {line}"
    if unread := manifest.unread[_MOST_LINES:]:
        yield f"  {len(unread):,} more files could not be read: see registry.json"
    if manifest.replaced or manifest.skipped or manifest.unread:
        yield ""


def _law(manifest: "Manifest") -> str:
    chance = manifest.chance
    count = chance.exceedances
    basis = f"measured on {count:,} matches" if count else "as shipped; see `registry fit`"
    return f"lambda {chance.decay:.3g}, K {chance.scale:.3g}, {basis}"


def _source(coverage: "SourceCoverage") -> Iterator[str]:
    dates = f"{_day(coverage.first)} to {_day(coverage.last)}" if coverage.first else "unknown"
    if coverage.undated:
        dates += f", {coverage.undated:,} undated"
    yield f"  {coverage.source:20} {coverage.items:12,} {coverage.unattributable:12,}  {dates}"
    if coverage.fraction is not None:
        yield f"    {_part(coverage.fraction)} of the {coverage.published:,} items that it has"


def _part(fraction: float) -> str:
    return f"{fraction:.2%}" if fraction >= 0.0001 else "less than 0.01%"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "?"
