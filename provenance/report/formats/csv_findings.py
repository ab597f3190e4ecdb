"""Findings as CSV for spreadsheets, without formulas."""

import csv
import io

from provenance.model.content.tables import FINDINGS
from provenance.model.results.result import Report
from provenance.report.files.findings_parquet import EXCERPT_COLUMNS, sort_new_first
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import csv_cell


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
