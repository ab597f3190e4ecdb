"""How much of a source was looked for: told beside every verdict, for absence is not clearance."""

from typing import Any

from provenance.model import Result, SourceCoverage
from provenance.report.text.number_format import count, days, number, percent


def held(result: Result, source: str) -> SourceCoverage | None:
    """Sum up what the registries hold of a source; None where that is nothing."""
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
        # Of a part nobody can say how much it is of a whole that only some of them know.
        published=None if None in published else max(one for one in published if one is not None),
    )


def looked_for(result: Result, source: str) -> str:
    """Say how much of a source was looked for.

    Parameters
    ----------
    result : Result
        The outcome.
    source : str
        A source's id.

    Returns
    -------
    str
        "Looked for: 600,000 of its 26,000,000,000 items (0.0023%), 2018-05-04 to 2023-06-30."
    """
    own = held(result, source)
    if own is None:
        return "Looked for: none of its items, only its addresses."
    when = f", {days(own.first, own.last)}" if own.first else ""
    if own.fraction is None or own.published is None:
        return (
            f"Looked for: {count(own.items, 'item')} of it{when}; how many it has in all nobody "
            "declared."
        )
    part = percent(own.fraction)
    return f"Looked for: {number(own.items)} of its {count(own.published, 'item')} ({part}){when}."


def coverage_document(result: Result, source: str) -> dict[str, Any]:
    """Lay out, beside a ruling, how much of its source was looked for."""
    own = held(result, source)
    return {
        "items": own.items if own else 0,
        "first": own.first.isoformat() if own and own.first else None,
        "last": own.last.isoformat() if own and own.last else None,
        "published": own.published if own else None,
        "fraction": own.fraction if own else None,
        "said": looked_for(result, source),
    }
