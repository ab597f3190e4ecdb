"""Findings as CSV for spreadsheets, without formulas."""

import csv
import io
import re
from typing import Any

from provenance.model.content.tables import FINDINGS
from provenance.model.json_encoding import to_json_value
from provenance.model.results.result import Report
from provenance.report.files.findings_parquet import EXCERPT_COLUMNS, sort_new_first
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import dump_json, one_line

MAX_CELL_LENGTH = 32_000
"""In characters; spreadsheets allow 32,767."""

_FORMULA = re.compile(
    "(^|[;|])(?=(?:[^\\w;|]|[_\u115f\u1160\u3164\uffa0])*?[-=+@\uff1d\uff0b\uff0d\uff20])"
)
"""Starts of formulas for spreadsheets that split cells at `,`, `;` or `|`. Invisible characters,
four of which are letters, and punctuation may precede a formula."""


def render(report: Report, options: RenderOptions) -> str:
    """Render the findings as CSV.

    Parameters
    ----------
    report : Report
        Has the findings.
    options : RenderOptions
        Whether to include excerpts.

    Returns
    -------
    str
        A header and one row per finding, in the order of findings.parquet, but those that are new
        since a baseline first. Possible formulas are prefixed with an apostrophe, control
        characters are shown as numbers, long texts are cut; findings.parquet and the format jsonl
        have the exact texts.
    """
    names = [name for name in FINDINGS.names if options.excerpts or name not in EXCERPT_COLUMNS]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for batch in sort_new_first(report.findings.select(names)).to_batches(10_000):
        writer.writerows([csv_cell(row[name]) for name in names] for row in batch.to_pylist())
    return out.getvalue()


def csv_cell(value: Any) -> Any:
    """Return a value as a cell of CSV that no spreadsheet takes for a formula."""
    if isinstance(value, list):
        value = dump_json(value) if value else ""
    if not isinstance(value, str):
        return to_json_value(value)
    text = _FORMULA.sub(r"\1'", one_line(value[: MAX_CELL_LENGTH + 1]))
    return text[:MAX_CELL_LENGTH] + "…" if len(text) > MAX_CELL_LENGTH else text
