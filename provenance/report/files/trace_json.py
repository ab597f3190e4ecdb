"""The outcome of tracing a text as JSON."""

from typing import Any

from provenance.model.content.tables import MATCHES
from provenance.model.json_encoding import to_json_value
from provenance.model.results.trace import TRACE_SCHEMA, Trace
from provenance.model.rules.rulings import Ruling
from provenance.report.sanitize import dump_json
from provenance.report.text.sentences import NOT_CLEARANCE

_COLUMNS = (
    *(name for name in MATCHES.names if name != "row"),
    *("alternatives", "excerpt_start", "marks", "item_excerpt", "item_marks"),
)


def trace_json(trace: Trace) -> str:
    """Serialize a trace as JSON; `marks` are counted from the start of the text."""
    rows = trace.findings.select(_COLUMNS).to_pylist()
    document: dict[str, Any] = {
        "schema": TRACE_SCHEMA,
        "tool": {"name": "provenance", "version": trace.tool},
        "text": {"characters": len(trace.text), "tokens": trace.tokens},
        "circumstances": to_json_value(trace.circumstances),
        "registries": [
            {
                "path": registry.path,
                "digest": registry.digest,
                "items": registry.items,
                "sources": to_json_value(registry.sources),
            }
            for registry in trace.registries
        ],
        "matches": [
            _match(row, ruling, trace.text) for row, ruling in zip(rows, trace.rulings, strict=True)
        ],
        "note": NOT_CLEARANCE,
    }
    return dump_json(document, indent=2) + "\n"


def _match(row: dict[str, Any], ruling: Ruling, text: str) -> dict[str, Any]:
    before = row.pop("excerpt_start")
    marks = [[start + before, end + before] for start, end in row["marks"]]
    return {
        **row,
        "created_at": to_json_value(row["created_at"]),
        "marks": marks,
        "text": text[row["start"] : row["end"]],
        "why": ruling.why,
        "remedy": ruling.remedy,
    }
