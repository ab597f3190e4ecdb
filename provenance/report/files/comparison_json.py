"""A comparison of datasets and registries as JSON."""

from provenance.model.json_encoding import to_json_value
from provenance.model.results.sketches import COMPARISON_SCHEMA, Comparison
from provenance.report.sanitize import dump_json


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
