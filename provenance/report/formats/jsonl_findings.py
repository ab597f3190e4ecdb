"""Findings as JSON Lines, for programs: one object each."""

from typing import Any

from provenance.model import FINDINGS, Report
from provenance.report.files.findings_parquet import WORDS, in_order
from provenance.report.files.json_encoding import plain
from provenance.report.render_options import Manner
from provenance.report.sanitize import json_text


def render(report: Report, manner: Manner) -> str:
    r"""Render the findings as JSON Lines.

    Parameters
    ----------
    report : Report
        Of which findings.
    manner : Manner
        Whether excerpts are keys too.

    Returns
    -------
    str
        A line each, in the order of findings.parquet, with its columns as keys and its texts
        exactly; what could steer a terminal stands as ``\u`` escapes.
    """
    names = [name for name in FINDINGS.names if manner.excerpts or name not in WORDS]
    ordered = in_order(report.findings.select(names))
    return "".join(
        f"{json_text(_plain(row))}\n"
        for batch in ordered.to_batches(10_000)
        for row in batch.to_pylist()
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, list) else plain(value) for name, value in row.items()}
