"""Findings as JSON Lines."""

from typing import Any

from provenance.model.content.tables import FINDINGS
from provenance.model.json_encoding import to_json_value
from provenance.model.results.result import Report
from provenance.report.files.findings_parquet import EXCERPT_COLUMNS, sort_new_first
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import dump_json


def render(report: Report, options: RenderOptions) -> str:
    r"""Render the findings as JSON Lines.

    Parameters
    ----------
    report : Report
        Has the findings.
    options : RenderOptions
        Whether to include excerpts.

    Returns
    -------
    str
        One object per finding, in the order of findings.parquet, but those that are new since a
        baseline first, with its columns as keys; control characters are written as ``\u`` escapes.
    """
    names = [name for name in FINDINGS.names if options.excerpts or name not in EXCERPT_COLUMNS]
    findings = sort_new_first(report.findings.select(names))
    return "".join(
        f"{dump_json(_to_json_row(row))}\n"
        for batch in findings.to_batches(10_000)
        for row in batch.to_pylist()
    )


def _to_json_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, list) else to_json_value(value)
        for name, value in row.items()
    }
