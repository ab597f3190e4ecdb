"""Annotations of GitHub Actions: lines that a step prints, shown at a file."""

from itertools import groupby

from provenance.model.results.result import Report, Result
from provenance.model.rules.terms import Verdict
from provenance.report.aggregates.grouping import (
    ERROR,
    NOTE,
    WARNING,
    FindingGroup,
    group_findings,
    group_places,
    group_remedy,
    group_sentence,
    severity,
)
from provenance.report.aggregates.top_findings import strongest_findings
from provenance.report.code_location import Anchor, resolve_anchor
from provenance.report.render_options import RenderOptions
from provenance.report.sanitize import shorten_line
from provenance.report.text.gate_sentences import passing_sentence
from provenance.report.text.next_steps import outcome_line
from provenance.report.text.sentences import outcome_of, status_mark
from provenance.report.text.unread_text import unread_line

MAX_ANNOTATIONS = 10
"""Maximum number per level and step; GitHub drops further ones silently."""

_COMMANDS = {ERROR: "error", WARNING: "warning", NOTE: "notice"}
_LONGEST = 1500


def render(report: Report, options: RenderOptions) -> str:
    """Render a report as annotations.

    Parameters
    ----------
    report : Report
        The report; permitted content is left out.
    options : RenderOptions
        Anchor, and whether to include excerpts.

    Returns
    -------
    str
        One line per annotation: at most ten errors, ten warnings and ten notices, of which the last
        counts those left out. The outcome is an annotation of its own.
    """
    result, anchor = report.result, resolve_anchor(report.result, options)
    level = {"pass": NOTE, "warn": WARNING}.get(outcome_of(result), ERROR)
    lines = [
        (
            level,
            f"provenance: {status_mark(result).lower()}",
            outcome_line(result),
        ),
        *_unread(result),
        *_passing(result),
        *(_group_line(group, report) for group in group_findings(report) if _is_shown(group)),
        *(_excerpts(report) if options.excerpts else ()),
    ]
    sorted_lines = sorted(lines, key=lambda line: list(_COMMANDS).index(line[0]))
    return "".join(
        _command(anchor, *line)
        for kind, same in groupby(sorted_lines, key=lambda line: line[0])
        for line in _limit_lines(kind, list(same))
    )


Line = tuple[str, str, str]
"""Level, title, text."""


def _unread(result: Result) -> list[Line]:
    kind = ERROR if result.lacks_files else WARNING
    return [(kind, "provenance: not checked", unread_line(each)) for each in result.unchecked]


def _passing(result: Result) -> list[Line]:
    sentence = passing_sentence(result)
    return [] if sentence is None else [(NOTE, "provenance: not limited", sentence)]


def _is_shown(group: FindingGroup) -> bool:
    return group.verdict is not Verdict.PERMITTED and group.counted > 0


def _group_line(group: FindingGroup, report: Report) -> Line:
    where, remedy = group_places(group), group_remedy(group)
    text = f"{group_sentence(group, report.result)} Where: {where}. {remedy}"
    return severity(group), f"{group.name}: {group.verdict}", text


def _excerpts(report: Report) -> list[Line]:
    return [
        (NOTE, f"{each.source} in {each.document}", each.excerpt)
        for each in strongest_findings(report.findings, MAX_ANNOTATIONS)
        if each.excerpt
    ]


def _limit_lines(kind: str, lines: list[Line]) -> list[Line]:
    if len(lines) <= MAX_ANNOTATIONS:
        return lines
    omitted = len(lines) - MAX_ANNOTATIONS + 1
    return [
        *lines[: MAX_ANNOTATIONS - 1],
        (kind, "provenance", f"{omitted:,} more: see the report."),
    ]


def _command(anchor: Anchor, kind: str, title: str, text: str) -> str:
    place = f"file={_property(anchor.path)},line={anchor.line},title={_property(title)}"
    return f"::{_COMMANDS[kind]} {place}::{_data(text)}\n"


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _data(text: str) -> str:
    return shorten_line(text, _LONGEST).replace("%", "%25")
