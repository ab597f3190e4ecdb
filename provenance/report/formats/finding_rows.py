"""Findings as rows: CSV for spreadsheets, without formulas, and JSON Lines."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from provenance.model.content.tables import FINDINGS
from provenance.model.json_encoding import to_json_value
from provenance.model.results.result import Report
from provenance.report.files.findings_parquet import EXCERPT_COLUMNS, sort_new_first
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import csv_cell, dump_json


def render_csv(report: Report, options: RenderOptions) -> str:
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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_columns(options))
    writer.writerows(map(csv_cell, row.values()) for row in _rows(report, options))
    return out.getvalue()


def render_jsonl(report: Report, options: RenderOptions) -> str:
    r"""Render the findings as JSON Lines, with the parameters and the order of `render_csv`.

    Returns
    -------
    str
        One object per finding, with its columns as keys; control characters are written as ``\u``
        escapes.
    """
    return "".join(f"{dump_json(_to_json_row(row))}\n" for row in _rows(report, options))


def _columns(options: RenderOptions) -> list[str]:
    return [name for name in FINDINGS.names if options.excerpts or name not in EXCERPT_COLUMNS]


def _rows(report: Report, options: RenderOptions) -> Iterator[dict[str, Any]]:
    for batch in sort_new_first(report.findings.select(_columns(options))).to_batches(10_000):
        yield from batch.to_pylist()


def _to_json_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, list) else to_json_value(value)
        for name, value in row.items()
    }
