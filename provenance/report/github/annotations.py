"""Annotations of GitHub Actions: lines that a step prints, shown beside a file."""

from itertools import groupby

from provenance.model import Report, Result, Verdict
from provenance.report.code_location import Anchor, anchor_of
from provenance.report.grouping import (
    ERROR,
    NOTE,
    WARNING,
    Group,
    advice,
    grouped,
    level,
    places,
    sentence,
)
from provenance.report.render_options import Manner
from provenance.report.sanitize import short
from provenance.report.text.next_steps import summary_line
from provenance.report.text.top_findings import strongest
from provenance.report.text.unread_text import unread_line

MOST = 10
"""Annotations of a kind that a step may have; GitHub drops the others in silence."""

_COMMANDS = {ERROR: "error", WARNING: "warning", NOTE: "notice"}
_LONGEST = 1500


def render(report: Report, manner: Manner) -> str:
    """Render a report as annotations.

    Parameters
    ----------
    report : Report
        What to render; what is permitted is not told.
    manner : Manner
        Beside which file, and whether with excerpts.

    Returns
    -------
    str
        A line each: at most ten errors, ten warnings, ten notices. Where there are more findings,
        the last says how many. The verdict is an error or a notice of its own.
    """
    result, anchor = report.result, anchor_of(report.result, manner)
    failed = result.status != "pass"
    lines = [
        (ERROR if failed else NOTE, "provenance: " + result.status, summary_line(result)),
        *_unread(result),
        *(_told(group, report) for group in grouped(report) if _is_told(group)),
        *(_words(report) if manner.excerpts else ()),
    ]
    ordered = sorted(lines, key=lambda line: list(_COMMANDS).index(line[0]))
    return "".join(
        _command(anchor, *line)
        for kind, same in groupby(ordered, key=lambda line: line[0])
        for line in _bounded(kind, list(same))
    )


Line = tuple[str, str, str]
"""Level, title, text."""


def _unread(result: Result) -> list[Line]:
    kind = ERROR if result.status == "incomplete" else WARNING
    return [(kind, "provenance: not read", unread_line(one)) for one in result.unread]


def _is_told(group: Group) -> bool:
    return group.verdict is not Verdict.PERMITTED and group.counted > 0


def _told(group: Group, report: Report) -> Line:
    text = f"{sentence(group, report.result)} Where: {places(group)}. {advice(group)}"
    return level(group), f"{group.name}: {group.verdict}", text


def _words(report: Report) -> list[Line]:
    return [
        (NOTE, f"{each.source} in {each.document}", each.excerpt)
        for each in strongest(report.findings, MOST)
        if each.excerpt
    ]


def _bounded(kind: str, lines: list[Line]) -> list[Line]:
    if len(lines) <= MOST:
        return lines
    left = len(lines) - MOST + 1
    return [*lines[: MOST - 1], (kind, "provenance", f"{left:,} more: see the report.")]


def _command(anchor: Anchor, kind: str, title: str, text: str) -> str:
    place = f"file={_property(anchor.path)},line={anchor.line},title={_property(title)}"
    return f"::{_COMMANDS[kind]} {place}::{_data(text)}\n"


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _data(text: str) -> str:
    return short(text, _LONGEST).replace("%", "%25")
