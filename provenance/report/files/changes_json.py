"""Changes as JSON, for other programs."""

from typing import Any

from provenance.model import CHANGES_SCHEMA, Changes
from provenance.report.files.json_encoding import plain
from provenance.report.sanitize import json_text

_COLUMNS = (
    *("document", "file", "row", "field", "start", "end", "source", "item", "url", "evidence"),
    *("verdict", "basis", "terms", "waiver", "contested", "tokens", "strength"),
)


def changes_json(changes: Changes) -> str:
    """Write changes as JSON; no word of anybody's text is in it."""
    document: dict[str, Any] = {
        "schema": CHANGES_SCHEMA,
        "tool": {"name": "provenance", "version": changes.tool},
        **{name: plain(getattr(changes, name)) for name in ("old", "new", "worse", "documents")},
        "shares": plain(changes.shares),
        "findings": {
            "kept": changes.kept,
            "appeared": changes.appeared.select(_COLUMNS).to_pylist(),
            "vanished": changes.vanished.select(_COLUMNS).to_pylist(),
        },
        "reservations": plain(changes.reservations),
    }
    return json_text(document, indent=2) + "\n"
