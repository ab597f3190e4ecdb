"""Findings as CSV, for a spreadsheet: one row each, no cell of it a formula."""

import csv
import io
import re
from typing import Any

from provenance.model import FINDINGS, Report
from provenance.report.files.findings_parquet import WORDS, in_order
from provenance.report.files.json_encoding import plain
from provenance.report.render_options import Manner
from provenance.report.sanitize import json_text, one_line

LONGEST = 32_000
"""Characters that a cell may have; spreadsheets hold 32,767."""

_FORMULA = re.compile(
    "(^|[;|])(?=(?:[^\\w;|]|[_\u115f\u1160\u3164\uffa0])*?[-=+@\uff1d\uff0b\uff0d\uff20])"
)
"""Where a spreadsheet that parts cells at `,`, `;` or `|` may find a formula: invisible characters
and punctuation before it do not count, and four letters are invisible."""


def render(report: Report, manner: Manner) -> str:
    """Render the findings as CSV.

    Parameters
    ----------
    report : Report
        Of which findings.
    manner : Manner
        Whether excerpts are columns too.

    Returns
    -------
    str
        A header, and a row each, in the order of findings.parquet. What a spreadsheet might
        compute has an apostrophe before it; control characters stand as numbers; long texts are
        cut.
        The exact texts are in findings.parquet, and in the format jsonl.
    """
    names = [name for name in FINDINGS.names if manner.excerpts or name not in WORDS]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for batch in in_order(report.findings.select(names)).to_batches(10_000):
        writer.writerows([_cell(row[name]) for name in names] for row in batch.to_pylist())
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = json_text(value) if value else ""
    if not isinstance(value, str):
        return plain(value)
    text = _FORMULA.sub(r"\1'", one_line(value[: LONGEST + 1]))
    return text[:LONGEST] + "…" if len(text) > LONGEST else text
