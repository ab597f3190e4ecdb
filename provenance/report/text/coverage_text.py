"""Sentences on the coverage of sources, shown with every verdict: absence is not clearance."""

from typing import Any

from provenance.model.results.coverage import SourceCoverage
from provenance.model.results.result import Result
from provenance.report.text.number_format import count, date_span, number, percent


def source_coverage(result: Result, source: str) -> SourceCoverage | None:
    """Return the sum of what the registries contain of a source; None if nothing."""
    entries = [
        entry
        for registry in result.registries
        for entry in registry.sources
        if entry.source == source
    ]
    if not entries:
        return None
    totals = [entry.published for entry in entries]
    return SourceCoverage(
        source=source,
        items=sum(entry.items for entry in entries),
        tokens=sum(entry.tokens for entry in entries),
        first=min((entry.first for entry in entries if entry.first), default=None),
        last=max((entry.last for entry in entries if entry.last), default=None),
        undated=sum(entry.undated for entry in entries),
        unattributable=sum(entry.unattributable for entry in entries),
        # The total is known only if every registry states it.
        published=None if None in totals else max(entry for entry in totals if entry is not None),
    )


def coverage_sentence(result: Result, source: str) -> str:
    """Return how much of a source was searched for.

    Parameters
    ----------
    result : Result
        The outcome.
    source : str
        A source's id.

    Returns
    -------
    str
        "Searched for: 600,000 of 26,000,000,000 items (0.0023%), 2018-05-04 to 2023-06-30."
    """
    coverage = source_coverage(result, source)
    if coverage is None:
        return "Searched for: none of its items, only what rows declare."
    dates = f", {date_span(coverage.first, coverage.last)}" if coverage.first else ""
    if coverage.fraction is None or coverage.published is None:
        return f"Searched for: {count(coverage.items, 'item')}{dates}; total unknown."
    part = percent(coverage.fraction)
    total = count(coverage.published, "item")
    return f"Searched for: {number(coverage.items)} of {total} ({part}){dates}."


def coverage_json(result: Result, source: str) -> dict[str, Any]:
    """Return the coverage of a source as result.json has it beside a ruling."""
    coverage = source_coverage(result, source)
    return {
        "items": coverage.items if coverage else 0,
        "first": coverage.first.isoformat() if coverage and coverage.first else None,
        "last": coverage.last.isoformat() if coverage and coverage.last else None,
        "published": coverage.published if coverage else None,
        "fraction": coverage.fraction if coverage else None,
        "said": coverage_sentence(result, source),
    }
