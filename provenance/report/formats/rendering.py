"""Every format that a report can be rendered in. Another one is one file, and one line here."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from provenance.model import FINDINGS, Report
from provenance.report.files import result_json
from provenance.report.files.findings_parquet import WORDS
from provenance.report.formats import (
    csv_findings,
    html_report,
    jsonl_findings,
    junit,
    markdown_report,
    sarif,
)
from provenance.report.github import annotations
from provenance.report.render_options import PLAIN, Manner
from provenance.report.terminal import check_summary


@dataclass(frozen=True, slots=True)
class Format:
    """One way to render a report.

    Parameters
    ----------
    render : callable
        Gives the whole text, its last line ended, from nothing but the report and the manner.
    ending : str
        Of a file's name.
    leaves : bool
        Whether it is made to leave the machine: it is then given no words of others unless asked.
    """

    render: Callable[[Report, Manner], str]
    ending: str
    leaves: bool


FORMATS = {
    "terminal": Format(check_summary.render, "txt", leaves=False),
    "html": Format(html_report.render, "html", leaves=False),
    "json": Format(result_json.render, "json", leaves=False),
    "markdown": Format(markdown_report.render, "md", leaves=True),
    "sarif": Format(sarif.render, "sarif", leaves=True),
    "junit": Format(junit.render, "xml", leaves=True),
    "csv": Format(csv_findings.render, "csv", leaves=True),
    "jsonl": Format(jsonl_findings.render, "jsonl", leaves=True),
    "github": Format(annotations.render, "log", leaves=True),
}
"""By name, in the order in which they are offered."""


def render(name: str, report: Report, manner: Manner = PLAIN) -> str:
    """Render a report in a format.

    Parameters
    ----------
    name : str
        A key of `FORMATS`.
    report : Report
        What to render.
    manner : Manner
        What the reader asks of it.

    Returns
    -------
    str
        The whole text, its last line ended.
    """
    form = FORMATS[name]
    told = report if manner.excerpts or not form.leaves else _wordless(report)
    return form.render(told, manner)


def _wordless(report: Report) -> Report:
    findings = report.findings
    for name in WORDS:
        place = FINDINGS.get_field_index(name)
        nothing = pa.nulls(findings.num_rows, FINDINGS.field(name).type)
        findings = findings.set_column(place, FINDINGS.field(name), nothing)
    return Report(report.result, findings)
