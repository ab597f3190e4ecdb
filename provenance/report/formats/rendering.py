"""Registry of report formats. A new format is one function and one line here."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from provenance.model.content.tables import FINDINGS
from provenance.model.results.result import Report
from provenance.report.files import result_json
from provenance.report.files.findings_parquet import EXCERPT_COLUMNS
from provenance.report.formats import (
    attribution_list,
    finding_rows,
    html_report,
    junit,
    markdown_report,
    obligation_list,
    sarif,
)
from provenance.report.github import annotations
from provenance.report.render_options import DEFAULT_OPTIONS, RenderOptions
from provenance.report.terminal import check_summary


@dataclass(frozen=True, slots=True)
class Format:
    """A report format.

    Parameters
    ----------
    render : callable
        Returns the whole text, including its last newline.
    extension : str
        Of file names.
    is_shared : bool
        Whether it is made to be shared; it then contains excerpts only if the options ask for them.
    """

    render: Callable[[Report, RenderOptions], str]
    extension: str
    is_shared: bool


FORMATS = {
    "terminal": Format(check_summary.render, "txt", is_shared=False),
    "html": Format(html_report.render, "html", is_shared=False),
    "json": Format(result_json.render, "json", is_shared=False),
    "markdown": Format(markdown_report.render, "md", is_shared=True),
    "sarif": Format(sarif.render, "sarif", is_shared=True),
    "junit": Format(junit.render, "xml", is_shared=True),
    "csv": Format(finding_rows.render_csv, "csv", is_shared=True),
    "jsonl": Format(finding_rows.render_jsonl, "jsonl", is_shared=True),
    "obligations": Format(obligation_list.render, "obligations.md", is_shared=True),
    "attribution": Format(attribution_list.render, "attribution.csv", is_shared=True),
    "github": Format(annotations.render, "log", is_shared=True),
}
"""By name, in the order of the help text."""


def render(name: str, report: Report, options: RenderOptions = DEFAULT_OPTIONS) -> str:
    """Render a report in a format.

    Parameters
    ----------
    name : str
        A key of `FORMATS`.
    report : Report
        The report.
    options : RenderOptions
        Options of the rendering.

    Returns
    -------
    str
        The whole text, including its last newline.
    """
    form = FORMATS[name]
    rendered = report if options.excerpts or not form.is_shared else _without_excerpts(report)
    return form.render(rendered, options)


def _without_excerpts(report: Report) -> Report:
    findings = report.findings
    for name in EXCERPT_COLUMNS:
        place = FINDINGS.get_field_index(name)
        nothing = pa.nulls(findings.num_rows, FINDINGS.field(name).type)
        findings = findings.set_column(place, FINDINGS.field(name), nothing)
    return Report(report.result, findings)
