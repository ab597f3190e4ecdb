"""A page on which the findings of a review are labelled, without what the tool says of them."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from provenance.model.content.row_selection import take_rows
from provenance.model.json_encoding import to_json_value
from provenance.model.results.reviews import REVIEW_SCHEMA, Review
from provenance.report.formats.html_findings import display_text, excerpt_limit, excerpt_pieces
from provenance.report.formats.html_rendering import render_page, script_data
from provenance.report.sanitize import dump_json, safe_url
from provenance.report.text.number_format import count, day

_COLUMNS = (
    *("document", "file", "row", "field", "source", "item", "url", "created_at", "tokens"),
    *("excerpt", "excerpt_start", "marks", "item_excerpt", "item_marks"),
)
"""Columns that a labeller sees; origin, strength and verdict are not among them."""


def review_page(review: Review) -> str:
    """Render the drawn findings of a review as one self-contained page to label them on.

    Parameters
    ----------
    review : Review
        The review.

    Returns
    -------
    str
        HTML without network access. It keeps labels in the storage of the browser, and saves them
        in a file that `read_sheet` reads.
    """
    table = take_rows(review.findings.select(_COLUMNS), pa.array(review.order))
    findings = table.to_pylist()
    limit = excerpt_limit(row[name] for row in findings for name in ("excerpt", "item_excerpt"))
    names = {each.source: each.name for each in review.result.rulings}
    data = {
        "sample": {"schema": REVIEW_SCHEMA, **to_json_value(review.sample)},
        "findings": [
            {"finding": key, **_shown(finding, names, limit)}
            for key, finding in zip(review.keys, findings, strict=True)
        ],
        "labels": {
            key: {"label": given.label, "labeller": given.labeller, "date": str(given.date)}
            for key, given in review.labels.items()
        },
    }
    context = {
        "total": len(findings),
        "addresses": review.result.corpus.addresses,
        "sample": review.sample,
        "tool": review.result.tool,
        "data": script_data(dump_json(data)),
    }
    styles, scripts = ("report.css", "review.css"), ("elements.js", "review.js")
    return render_page("review.html", styles, scripts, context)


def _shown(finding: Mapping[str, Any], names: Mapping[str, str], limit: int) -> Mapping[str, Any]:
    url = finding["url"]
    return {
        "words": count(finding["tokens"], "word"),
        "document": display_text(finding["document"]),
        "file": display_text(finding["file"]),
        "row": finding["row"],
        "field": display_text(finding["field"]),
        "excerpt": excerpt_pieces(
            finding["excerpt"], finding["marks"] or (), limit, finding["excerpt_start"]
        ),
        "source": display_text(names.get(finding["source"], finding["source"])),
        "item": display_text(finding["item"]),
        "date": finding["created_at"] and day(finding["created_at"]),
        "url": display_text(url),
        # Addresses that are not safe to link stay plain text.
        "link": safe_url(url) if display_text(url) == url else None,
        "held": excerpt_pieces(finding["item_excerpt"], finding["item_marks"] or (), limit),
    }
