"""report.html: a self-contained page; its security policy allows only its own style and script."""

import base64
import hashlib
import re
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from provenance import terminal_safety
from provenance.model import MeasuredRecall, Report, Result
from provenance.report import sanitize
from provenance.report.charts import breakdowns, scale_end, share_bar, stack_segments, timeline_bar
from provenance.report.formats.html_findings import findings_data
from provenance.report.formats.html_template_cache import TemplateCache
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import safe_url
from provenance.report.text import (
    caveats,
    coverage_text,
    number_format,
    origin_sentences,
    sentences,
    unread_text,
)
from provenance.report.text.next_steps import next_steps
from provenance.report.text.observations import observation_sentences
from provenance.report.text.policy_notes import excuse, last_day, policy_notes
from provenance.report.text.repeated_items import repeated_items
from provenance.report.text.reproduction import reproduction_command
from provenance.report.text.terms_summary import decisive_terms, open_questions
from provenance.report.text.top_findings import Excerpt, Span, cut_excerpt, strongest_findings
from provenance.terminal_safety import escape_text


def content_security_policy(style: str, script: str | None) -> str:
    """Return the Content-Security-Policy of a page without network access.

    Parameters
    ----------
    style, script : str, str or None
        Exact content of its style element and of its script element, if it has one.

    Returns
    -------
    str
        Allows both by digest, so that no injected style or script runs, even if an escape was
        forgotten.

    Examples
    --------
    >>> content_security_policy("", None).split("; ")[1]
    "style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_digest_source(style)}",
            f"script-src {_digest_source(script)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest_source(text: str | None) -> str:
    if text is None:
        return "'none'"
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


FILE_NAME = "report.html"
"""Name of the page and of its template."""

MAX_FINDINGS = 10_000
"""Maximum number on the page; all are in findings.parquet."""

MAX_LISTED = 50
"""Number of findings that are listed without a script."""

_EXCERPT, _LEAD = 600, 160
"""In code points: limit of an excerpt in the list, and text before its first matched word."""

_ABSENT = 8
"""Maximum number of rows in a chart without findings; the others are summed in a sentence."""

_REPEATED = 10
"""Maximum number of items in the list of those that are repeated most."""

_LONGEST = 10_000
"""Limit of any other untrusted text in code points."""

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_SCRIPTS = ("rows.js", "finding.js", "table.js")
_CHARTS = {
    "verdict": "By verdict",
    "source": "By source",
    "terms": "By terms",
    "basis": "By basis: why the terms say so",
    "evidence": "By evidence: how it was found",
    "origin": "By origin: whose words they are",
    "collection": "By collection: under which circumstances it was judged",
}
_LOADER = PackageLoader("provenance.report")
_FIGURES = (
    *("count", "date_span", "day", "exact_percent", "interval"),
    *("number", "percent", "period", "rarity", "size", "timestamp"),
)


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
    style = _source("report.css")
    script = "\n".join(('"use strict";', *map(_source, _SCRIPTS))) if findings else None
    context = {
        "result": result,
        "total": report.findings.num_rows,
        "calibrated": caveats.calibration_caveats(result),
        "sampled": caveats.sample_sentence(result),
        "missed": caveats.upper_bound_sentence(result),
        "unread": unread_text.unread_sentence(result.unread, result.allow_unread),
        "compared": caveats.baseline_sentence(result),
        "steps": next_steps(result),
        "charts": _charts(result),
        "breakdowns": breakdowns(report.findings),
        "command": reproduction_command(result),
        "bands": caveats.shares_with_band(result.shares),
        "sources": sources,
        "names": names,
        "anchors": anchors,
        "findings": findings,
        "notes": policy_notes(report),
        "listed": MAX_LISTED,
        "repeated": repeated_items(report.findings, _REPEATED),
        "data": _trust(data),
        "style": _trust(style),
        "script": script and _trust(script),
        "content_policy": content_security_policy(style, script),
        "in_play": decisive_terms(result),
        "questions": open_questions(result),
        "recall": _recall(result.method.recall),
    }
    return _environment().get_template(FILE_NAME).render(context)


def render(report: Report, _: RenderOptions) -> str:
    """Render a report as HTML."""
    return html_page(report)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=_LOADER,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Compilation takes as long as the rest of a report.
        bytecode_cache=_template_cache(),
        # Control characters in any printed value become visible.
        finalize=_display,
    )
    environment.globals.update(sentences=sentences, caveats=caveats, coverage_text=coverage_text)
    environment.globals.update(origins=origin_sentences, observations=observation_sentences)
    environment.globals.update(registry_gap=unread_text.registry_gap)
    environment.filters.update({name: getattr(number_format, name) for name in _FIGURES})
    environment.filters.update(
        share_bar=share_bar, stack_segments=stack_segments, timeline_bar=timeline_bar
    )
    environment.filters.update(cut_excerpt=_cut_excerpt, prose=_prose, safe_url=safe_url)
    environment.filters.update(excuse=excuse, last_day=last_day, breakable=_breakable)
    return environment


def _template_cache() -> TemplateCache | None:
    """Return a cache keyed by the code that affects compilation; None if that cannot be read."""
    modules = (sys.modules[__name__], number_format, sanitize, terminal_safety)
    try:
        ours = "".join(Path(str(one.__file__)).read_text("utf-8") for one in modules)
        return TemplateCache(f"{version('jinja2')} {ours}".encode())
    except (OSError, UnicodeDecodeError, PackageNotFoundError):
        return None


def _trust(text: str) -> Markup:
    """Mark a trusted text as safe: our own files, and data that is escaped for a script."""
    return Markup(text)  # noqa: S704 (no unescaped untrusted text)


@cache
def _source(name: str) -> str:
    """Return the content of a style sheet or script."""
    return _LOADER.get_source(_environment(), name)[0]


def _display(value: Any) -> str:
    if isinstance(value, Markup):
        return value
    return escape_text(_shorten(str(value)))  # gates contain names of sources


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _breakable(address: str) -> Markup:
    """Escape an address, and allow line breaks after its parts."""
    return Markup("<wbr>").join(re.split(r"(?<=[^:/][/_#])", escape_text(_shorten(address))))


def _prose(text: str) -> Markup:
    """Escape a text; mark options and text in backticks as code, and dates as unbreakable."""
    parts = [Markup.escape(escape_text(part)) for part in _shorten(text).split("`")]
    if len(parts) % 2 == 0:  # an unpaired backtick stays literal
        parts[-2:] = [parts[-2] + "`" + parts[-1]]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else _mark_dates_and_options(part)
        for number, part in enumerate(parts)
    )


def _mark_dates_and_options(text: Markup) -> Markup:
    days = _DAY.sub(r'<span class="dates">\g<0></span>', str(text))
    return _trust(_OPTION.sub(r'<code class="option">\g<0></code>', days))


def _cut_excerpt(text: str, marks: tuple[Span, ...]) -> Excerpt:
    return cut_excerpt(text, marks, _LEAD, _EXCERPT)


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
