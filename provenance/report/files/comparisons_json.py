"""Comparisons as JSON: changes between datasets or reports, overlaps of sketches."""

from typing import Any

from provenance.model.json_encoding import to_json_value
from provenance.model.results.changes import CHANGES_SCHEMA, Changes
from provenance.model.results.sketches import COMPARISON_SCHEMA, Comparison
from provenance.report.sanitize import dump_json

_COLUMNS = (
    *("document", "file", "row", "field", "start", "end", "source", "item", "url", "evidence"),
    *("verdict", "basis", "terms", "waiver", "contested", "tokens", "strength"),
)


def changes_json(changes: Changes) -> str:
    """Serialize changes as JSON, without excerpts."""
    document: dict[str, Any] = {
        "schema": CHANGES_SCHEMA,
        "tool": {"name": "provenance", "version": changes.tool},
        **{
            name: to_json_value(getattr(changes, name))
            for name in ("old", "new", "worse", "documents")
        },
        "shares": to_json_value(changes.shares),
        "findings": {
            "kept": changes.kept,
            "appeared": changes.appeared.select(_COLUMNS).to_pylist(),
            "vanished": changes.vanished.select(_COLUMNS).to_pylist(),
        },
        "reservations": to_json_value(changes.reservations),
    }
    return dump_json(document, indent=2) + "\n"


def comparison_json(comparison: Comparison) -> str:
    """Serialize a comparison as JSON."""
    document = {
        "schema": COMPARISON_SCHEMA,
        "tool": {"name": "provenance", "version": comparison.tool},
        "width": comparison.width,
        "incomplete": comparison.is_incomplete,
        "query": to_json_value(comparison.query),
        "overlaps": to_json_value(comparison.overlaps),
    }
    return dump_json(document, indent=2) + "\n"
