"""Sentences on the coverage of sources, shown with every verdict: absence is not clearance."""

from typing import Any

from provenance.model import Result, SourceCoverage
from provenance.report.text.number_format import count, date_span, number, percent


def source_coverage(result: Result, source: str) -> SourceCoverage | None:
    """Return the sum of what the registries contain of a source; None if nothing."""
    own = [
        one for registry in result.registries for one in registry.sources if one.source == source
    ]
    if not own:
        return None
    published = [one.published for one in own]
    return SourceCoverage(
        source=source,
        items=sum(one.items for one in own),
        tokens=sum(one.tokens for one in own),
        first=min((one.first for one in own if one.first), default=None),
        last=max((one.last for one in own if one.last), default=None),
        undated=sum(one.undated for one in own),
        unattributable=sum(one.unattributable for one in own),
        # The total is known only if every registry states it.
        published=None if None in published else max(one for one in published if one is not None),
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
    own = source_coverage(result, source)
    if own is None:
        return "Searched for: none of its items, only its addresses."
    when = f", {date_span(own.first, own.last)}" if own.first else ""
    if own.fraction is None or own.published is None:
        return f"Searched for: {count(own.items, 'item')}{when}; total unknown."
    part = percent(own.fraction)
    total = count(own.published, "item")
    return f"Searched for: {number(own.items)} of {total} ({part}){when}."


def coverage_json(result: Result, source: str) -> dict[str, Any]:
    """Return the coverage of a source as result.json has it beside a ruling."""
    own = source_coverage(result, source)
    return {
        "items": own.items if own else 0,
        "first": own.first.isoformat() if own and own.first else None,
        "last": own.last.isoformat() if own and own.last else None,
        "published": own.published if own else None,
        "fraction": own.fraction if own else None,
        "said": coverage_sentence(result, source),
    }
