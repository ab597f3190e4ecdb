"""report.html: a self-contained page; its security policy allows only its own style and script."""

from typing import Any

from provenance.model.results.method import MeasuredRecall
from provenance.model.results.result import Report, Result
from provenance.report.aggregates.charts import breakdowns, scale_end
from provenance.report.aggregates.grouping import failing_sources, outcome_documents
from provenance.report.aggregates.repeated_items import repeated_items
from provenance.report.aggregates.terms_summary import decisive_terms, open_questions
from provenance.report.aggregates.third_party_words import THIRD_PARTIES_NOTE, third_party_words
from provenance.report.aggregates.top_findings import strongest_findings
from provenance.report.formats.html_findings import findings_data
from provenance.report.formats.html_rendering import render_page
from provenance.report.render_options import RenderOptions
from provenance.report.text import caveats, gate_sentences, sentences, unread_text
from provenance.report.text.next_steps import next_steps
from provenance.report.text.policy_notes import policy_notes
from provenance.report.text.reproduction import reproduction_command

FILE_NAME = "report.html"
"""Name of the page and of its template."""

MAX_FINDINGS = 10_000
"""Maximum number on the page; all are in findings.parquet."""

MAX_LISTED = 50
"""Number of findings that are listed without a script."""

_ABSENT = 8
"""Maximum number of rows in a chart without findings; the others are summed in a sentence."""

_REPEATED = 10
"""Maximum number of items in the list of those that are repeated most."""

_SCRIPTS = ("elements.js", "rows.js", "finding.js", "table.js")
_CHARTS = {
    "verdict": "By verdict",
    "source": "By source",
    "terms": "By terms",
    "basis": "By basis: why the terms say so",
    "evidence": "By evidence: how it was found",
    "origin": "By origin: whose words they are",
    "collection": "By collection: under which circumstances it was judged",
}


def html_page(report: Report) -> str:
    """Render a report as one self-contained page.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    str
        HTML without network access. The script is for browsing the findings; the rest of the page
        does not need it.
    """
    result = report.result
    sources = sentences.rulings_by_source(result.rulings)
    names = {group[0].source: group[0].name for group in sources}
    anchors = {group[0].source: f"source-{n}" for n, group in enumerate(sources, 1)}
    findings = strongest_findings(report.findings, MAX_FINDINGS)
    data = findings_data(findings, result, [(each, names[each], anchors[each]) for each in names])
    context = {
        "result": result,
        "total": report.findings.num_rows,
        "extent": gate_sentences.documents_sentence(report),
        "left_out": gate_sentences.left_out_sentence(report),
        "passing": gate_sentences.passing_sentence(result),
        "calibrated": caveats.calibration_caveats(result),
        "sampled": caveats.sample_sentence(result),
        "missed": caveats.upper_bound_sentence(result),
        "unread": unread_text.unchecked_sentence(result),
        "compared": caveats.baseline_sentence(result),
        "steps": next_steps(result, failing_sources(report)),
        "charts": _charts(result),
        "breakdowns": breakdowns(report.findings),
        "command": reproduction_command(result),
        "bands": caveats.shares_with_band(result.shares),
        "sources": sources,
        "outcome_documents": outcome_documents(report),
        "names": names,
        "anchors": anchors,
        "findings": findings,
        "notes": policy_notes(report),
        "listed": MAX_LISTED,
        "repeated": repeated_items(report.findings, _REPEATED),
        "works": third_party_words(report.findings),
        "works_note": THIRD_PARTIES_NOTE,
        "data": data,
        "in_play": decisive_terms(result),
        "questions": open_questions(result),
        "recall": _recall(result.method.recall),
    }
    return render_page(FILE_NAME, ("report.css",), _SCRIPTS if findings else (), context)


def render(report: Report, _: RenderOptions) -> str:
    """Render a report as HTML."""
    return html_page(report)


def _charts(result: Result) -> list[dict[str, Any]]:
    """Return the data of the charts, one per kind of share, each with its own scale."""
    charts = []
    for kind, title in _CHARTS.items():
        all_shares = sentences.shares_by(result.shares, kind)
        absent = [share for share in all_shares if not share.documents.count][_ABSENT:]
        shares = [share for share in all_shares if share not in absent]
        top = scale_end(max(each.tokens.high, each.tokens.any) for each in shares)
        most = max((share.tokens.high for share in absent), default=0.0)
        charts.append(
            {"kind": kind, "title": title, "shares": shares, "top": top}
            | {"absent": len(absent), "most": most}
        )
    return [chart for chart in charts if chart["shares"]]


def _recall(measured: tuple[MeasuredRecall, ...]) -> dict[str, Any]:
    """Return measured recall as a table: edits as rows, lengths as columns."""
    lengths = list(dict.fromkeys(each.length for each in measured))
    recall_of = {(each.edit, each.length): each.recall for each in measured}
    edits = dict.fromkeys(each.edit for each in measured)
    rows = {edit: [recall_of.get((edit, length)) for length in lengths] for edit in edits}
    return {"lengths": lengths, "rows": rows}
