"""report.html: the page that people read.

What a browser lets a page do: apply the page's own style, run its own script, nothing else.
"""

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
from provenance.report.charts import bar, breakdowns, ceiling, stack, timeline_bar
from provenance.report.formats.html_findings import findings_data
from provenance.report.formats.html_template_cache import Bytecode
from provenance.report.render_options import Manner
from provenance.report.sanitize import web_address
from provenance.report.text import caveats, coverage_text, number_format, sentences, unread_text
from provenance.report.text.next_steps import next_steps
from provenance.report.text.policy_notes import last_day, policy_notes
from provenance.report.text.reproduction import command_of
from provenance.report.text.terms_summary import open_questions, terms_in_play
from provenance.report.text.top_findings import Passage, Span, passage, strongest
from provenance.terminal_safety import visible


def content_policy(style: str, script: str | None) -> str:
    """Write the Content-Security-Policy of a page that asks nothing of any network.

    Parameters
    ----------
    style, script : str, str or None
        Exactly what stands between the tags of its one style element, and of its one script, if
        it has one.

    Returns
    -------
    str
        Both are named by their digest, so that nothing else acts, wherever it comes from: text of
        others could get past an escape that somebody forgot, and would still do nothing.

    Examples
    --------
    >>> content_policy("", None).split("; ")[1]
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


PAGE = "report.html"
"""Our template, and the page made of it."""

SHOWN = 10_000
"""Findings on the page; all are in findings.parquet."""

LISTED = 50
"""Of them, how many are listed where a browser runs no script."""

_EXCERPT, _LEAD = 600, 160
"""Code points of an excerpt that the list shows, and before its first matched word."""

_ABSENT = 8
"""Sources of which nothing was found that have a row in a chart; the others share a sentence."""

_LONGEST = 10_000
"""Code points that any other text of others may have."""

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_SCRIPTS = ("rows.js", "finding.js", "table.js")
_CHARTS = {
    "verdict": "By verdict",
    "source": "By source",
    "terms": "By terms",
    "basis": "By basis: why the terms say so",
    "evidence": "By evidence: how it was found",
}
_LOADER = PackageLoader("provenance.report")
_FIGURES = (
    *("count", "day", "days", "interval", "limit", "moment"),
    *("number", "percent", "period", "rarity", "size"),
)


def html_page(report: Report) -> str:
    """Render a report as one self-contained page.

    Parameters
    ----------
    report : Report
        What to show.

    Returns
    -------
    str
        HTML that asks nothing of any network. Its script only lets people look through the
        findings: where it may not run, the rest stands as it is.
    """
    result = report.result
    sources = sentences.by_source(result.rulings)
    names = {group[0].source: group[0].name for group in sources}
    anchors = {group[0].source: f"source-{n}" for n, group in enumerate(sources, 1)}
    findings = strongest(report.findings, SHOWN)
    data = findings_data(findings, result, [(each, names[each], anchors[each]) for each in names])
    style = _source("report.css")
    script = "\n".join(('"use strict";', *map(_source, _SCRIPTS))) if findings else None
    said = {
        "result": result,
        "total": report.findings.num_rows,
        "calibrated": caveats.calibrated(result),
        "sampled": caveats.sampled(result),
        "missed": caveats.bound(result),
        "unread": unread_text.unread_sentence(result.unread, result.allow_unread),
        "compared": caveats.baseline_sentence(result),
        "steps": next_steps(result),
        "charts": _charts(result),
        "breakdowns": breakdowns(report.findings),
        "command": command_of(result),
        "bands": caveats.banded(result.shares),
        "sources": sources,
        "names": names,
        "anchors": anchors,
        "findings": findings,
        "notes": policy_notes(report),
        "listed": LISTED,
        "data": _ours(data),
        "style": _ours(style),
        "script": script and _ours(script),
        "content_policy": content_policy(style, script),
        "in_play": terms_in_play(result),
        "questions": open_questions(result),
        "recall": _recall(result.method.recall),
    }
    return _environment().get_template(PAGE).render(said)


def render(report: Report, _: Manner) -> str:
    """Render a report as the page."""
    return html_page(report)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=_LOADER,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Compiling them takes as long as all the rest of a report.
        bytecode_cache=_kept(),
        # Whatever is printed, whoever wrote it: nothing hides in it.
        finalize=_shown,
    )
    made.globals.update(say=sentences, trust=caveats, reserve=caveats, coverage=coverage_text)
    made.globals.update(lacking=unread_text.lacking)
    made.filters.update({name: getattr(number_format, name) for name in _FIGURES})
    made.filters.update(bar=bar, passage=_passage, prose=_prose, web_address=web_address)
    made.filters.update(stack=stack, timeline_bar=timeline_bar, last_day=last_day)
    made.filters.update(breakable=_breakable)
    return made


def _kept() -> Bytecode | None:
    """Keep compiled templates by what they are compiled with; None where that is not in files."""
    modules = (sys.modules[__name__], number_format, sanitize, terminal_safety)
    try:
        ours = "".join(Path(str(one.__file__)).read_text("utf-8") for one in modules)
        return Bytecode(f"{version('jinja2')} {ours}".encode())
    except (OSError, UnicodeDecodeError, PackageNotFoundError):
        return None


def _ours(text: str) -> Markup:
    """Let a text through as it is: our own files, and data that is escaped for a script."""
    return Markup(text)  # noqa: S704 (nothing that others wrote is in it unescaped)


@cache
def _source(name: str) -> str:
    """Read a file of ours that stands on the page as it is."""
    return _LOADER.get_source(_environment(), name)[0]


def _shown(value: Any) -> str:
    if isinstance(value, Markup):
        return value
    return visible(_cut(str(value)))  # a gate names a source, too


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _breakable(address: str) -> Markup:
    """Let a line end within an address, at the end of one of its parts; escape all."""
    return Markup("<wbr>").join(re.split(r"(?<=[^:/][/_#])", visible(_cut(address))))


def _prose(text: str) -> Markup:
    """Set options, and what stands between backticks, as code; keep days whole; escape all."""
    parts = [Markup.escape(visible(part)) for part in _cut(text).split("`")]
    if len(parts) % 2 == 0:  # a lone backtick is a backtick
        parts[-2:] = [parts[-2] + "`" + parts[-1]]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else _unbroken(part)
        for number, part in enumerate(parts)
    )


def _unbroken(escaped: Markup) -> Markup:
    days = _DAY.sub(r'<span class="dates">\g<0></span>', str(escaped))
    return _ours(_OPTION.sub(r'<code class="option">\g<0></code>', days))


def _passage(text: str, marks: tuple[Span, ...]) -> Passage:
    return passage(text, marks, _LEAD, _EXCERPT)


def _charts(result: Result) -> list[dict[str, Any]]:
    """Lay out the shares of each kind, each kind on a scale of its own."""
    charts = []
    for kind, title in _CHARTS.items():
        every = sentences.by(result.shares, kind)
        absent = [share for share in every if not share.documents.count][_ABSENT:]
        shares = [share for share in every if share not in absent]
        top = ceiling(max(each.tokens.high, each.tokens.any) for each in shares)
        most = max((share.tokens.high for share in absent), default=0.0)
        charts.append(
            {"kind": kind, "title": title, "shares": shares, "top": top}
            | {"absent": len(absent), "most": most}
        )
    return [chart for chart in charts if chart["shares"]]


def _recall(measured: tuple[MeasuredRecall, ...]) -> dict[str, Any]:
    """Lay measured recall out as a table: an edit a row, a length a column."""
    lengths = list(dict.fromkeys(each.length for each in measured))
    found = {(each.edit, each.length): each.recall for each in measured}
    edits = dict.fromkeys(each.edit for each in measured)
    rows = {edit: [found.get((edit, length)) for length in lengths] for edit in edits}
    return {"lengths": lengths, "rows": rows}
