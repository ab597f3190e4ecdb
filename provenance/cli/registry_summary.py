"""Summary of a registry for the terminal."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from provenance.report.sanitize import one_line
from provenance.report.text.unread_text import unread_line

if TYPE_CHECKING:
    from provenance.model import RegistrySummary, SourceCoverage
    from provenance.registry.manifest import Manifest


_MAX_LINES = 12


def registry_lines(summary: "RegistrySummary", manifest: "Manifest") -> list[str]:
    """Return lines on a registry: sources, records left out, size, chance matches, digest."""
    return [
        f"{summary.path}: {summary.items:,} items",
        "",
        f"  {'source':20} {'items':>12} {'too short':>12}  dates",
        *(line for coverage in summary.sources for line in _coverage_lines(coverage)),
        "",
        *_omitted_lines(manifest),
        f"  {manifest.postings:,} seeds (runs of words in the index)",
        f"  {manifest.bytes_per_posting:.1f} bytes per seed, without texts and signatures",
        f"  chance matches: {_chance_model_text(manifest)}",
        f"  digest {summary.digest}",
        "  Items that are too short or too common are never found: absence is not clearance.",
    ]


def unusable_reason(manifest: "Manifest") -> str | None:
    """Return why nothing can be found with a registry, or None."""
    if manifest.postings:
        return None
    return "nothing can be found with this registry: all its items are too short"


def fit_lines(before: "Manifest", after: "Manifest") -> tuple[str, str]:
    """Return lines on what a fit changed."""
    parameters = (
        f"Fitted on {after.chance.exceedances:,} chance matches: lambda "
        f"{before.chance.decay:.3f} is now {after.chance.decay:.3f}, K {before.chance.scale:.2g} "
        f"is now {after.chance.scale:.2g}."
    )
    return parameters, f"The registry's digest is now {after.digest}."


def _omitted_lines(manifest: "Manifest") -> Iterator[str]:
    """Yield lines on records that were skipped, replaced or not read."""
    if manifest.replaced:
        yield f"  {manifest.replaced:,} records were replaced by later ones with the same id"
    for skipped in manifest.skipped[:_MAX_LINES]:
        rows = ", ".join(f"{row:,}" for row in skipped.rows)
        more = ", ..." if len(skipped.rows) < skipped.count else ""
        where = f" (row {rows}{more})" if rows else ""
        yield f"  {skipped.count:,} of {skipped.file}: {skipped.reason}{where}"
    if others := manifest.skipped[_MAX_LINES:]:
        count = sum(skipped.count for skipped in others)
        yield f"  {count:,} of other files or kinds: see registry.json"
    for file in manifest.unread[:_MAX_LINES]:
        yield f"  not read: {one_line(unread_line(file))}"
    if unread := manifest.unread[_MAX_LINES:]:
        yield f"  {len(unread):,} more files could not be read: see registry.json"
    if manifest.replaced or manifest.skipped or manifest.unread:
        yield ""


def _chance_model_text(manifest: "Manifest") -> str:
    chance = manifest.chance
    count = chance.exceedances
    basis = f"measured on {count:,} matches" if count else "as shipped; see `registry fit`"
    return f"lambda {chance.decay:.3g}, K {chance.scale:.3g}, {basis}"


def _coverage_lines(coverage: "SourceCoverage") -> Iterator[str]:
    dates = f"{_day(coverage.first)} to {_day(coverage.last)}" if coverage.first else "unknown"
    if coverage.undated:
        dates += f", {coverage.undated:,} undated"
    yield f"  {coverage.source:20} {coverage.items:12,} {coverage.unattributable:12,}  {dates}"
    if coverage.fraction is not None:
        yield f"    {_percentage(coverage.fraction)} of {coverage.published:,} items in total"


def _percentage(fraction: float) -> str:
    return f"{fraction:.2%}" if fraction >= 0.0001 else "less than 0.01%"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "?"
