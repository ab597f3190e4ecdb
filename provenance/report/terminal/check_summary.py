"""The summary that a check ends with."""

from collections.abc import Sequence

from provenance.model import GateOutcome, Report, Result, SourceRuling, State
from provenance.report.render_options import Manner
from provenance.report.sanitize import inline, one_line
from provenance.report.terminal.share_table import NAME, SOURCES, contested_lines, share_lines
from provenance.report.terminal.terminal_style import LONGEST, Pen
from provenance.report.text.caveats import (
    baseline_sentence,
    bound,
    calibrated,
    limits,
    sampled,
    undecided,
)
from provenance.report.text.cell_width import cells, shortened, wrapped
from provenance.report.text.coverage_text import looked_for
from provenance.report.text.next_steps import next_steps
from provenance.report.text.number_format import count, days, percent, size
from provenance.report.text.policy_notes import policy_notes, waiver_sentences
from provenance.report.text.sentences import (
    NOT_CLEARANCE,
    asked,
    by_source,
    gate_sentence,
    headline,
    told_apart,
)
from provenance.report.text.top_findings import Finding, passage, strongest
from provenance.report.text.unread_text import unread_line, unread_sentence

LEAST, MOST = 40, 100
"""Narrower terminals wrap our lines; wider ones do not make them easier to read."""

_FINDINGS = 3
_OTHERS = 3
_UNREAD = 10


def terminal_summary(report: Report, *, width: int, colour: bool) -> str:
    """Summarise a report for a terminal.

    Parameters
    ----------
    report : Report
        What to say.
    width : int
        Columns of the terminal; no line is longer, from 40 on.
    colour : bool
        Whether to use colour; nothing is said by colour alone.

    Returns
    -------
    str
        Lines, the last ended too. The only escape sequences in it are our own.
    """
    pen = Pen(min(max(width, LEAST), MOST), colour)
    result = report.result
    sections = [
        _verdict(pen, result),
        _unread(pen, result),
        _gates(pen, result.gates),
        _policy(pen, report),
        share_lines(pen, result),
        contested_lines(pen, result),
        _why(pen, result),
        _strongest(pen, report),
        _waivers(pen, result),
        _limits(pen, result),
        _next(pen, result),
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def render(report: Report, _: Manner) -> str:
    """Render a report as a terminal of 80 columns shows it, without colour."""
    return terminal_summary(report, width=80, colour=False)


def _verdict(pen: Pen, result: Result) -> list[str]:
    corpus = result.corpus
    read = ", ".join(
        (count(corpus.documents, "document"), count(corpus.tokens, "token"), size(corpus.bytes))
    )
    mark = f"{result.status.upper():<4}  "
    sentence = wrapped(one_line(headline(result)), pen.width, " " * len(mark), " " * 6)
    sentence[0] = mark + sentence[0][len(mark) :]
    code = {"fail": "1;31", "incomplete": "1;33"}.get(result.status, "1;32")
    return [
        *(pen.paint(line, code) for line in sentence),
        *(pen.wrap(missed, " " * 6) if (missed := bound(result)) else ()),
        *pen.wrap(f"{', '.join(corpus.addresses)}: {read}.", " " * 6),
        *(pen.wrap(said, " " * 6) if (said := sampled(result)) else ()),
        *(pen.wrap(beside, " " * 6) if (beside := baseline_sentence(result)) else ()),
        *pen.wrap(f"Asked: {asked(result.policy.circumstances)}.", " " * 6),
    ]


def _unread(pen: Pen, result: Result) -> list[str]:
    said = unread_sentence(result.unread, result.allow_unread)
    if said is None:
        return []
    lines = [pen.bold("Not read"), *pen.wrap(said, "  ")]
    for one in result.unread[:_UNREAD]:
        lines += pen.wrap(unread_line(one), "  ", "    ")
    if more := len(result.unread[_UNREAD:]):
        lines += pen.wrap(f"and {count(more, 'more')}: see result.json", "  ")
    return lines


def _gates(pen: Pen, gates: tuple[GateOutcome, ...]) -> list[str]:
    lines = [pen.bold("Gates")]
    for outcome in gates:
        mark = "passes" if outcome.passed else "FAILS"
        lines += pen.wrap(f"{outcome.gate} {mark}: {gate_sentence(outcome)}", "  ", "    ")
        lines += pen.wrap(doubt, "    ") if (doubt := undecided(outcome)) else []
    return lines if gates else []


def _policy(pen: Pen, report: Report) -> list[str]:
    notes = policy_notes(report)
    lines = [pen.bold("Policy")]
    for note in notes:
        lines += pen.wrap(one_line(note), "  ", "    ")
    return lines if notes else []


def _why(pen: Pen, result: Result) -> list[str]:
    groups = by_source(each for each in result.rulings if each.documents)
    lines = [pen.bold("Why")]
    for group in groups[:SOURCES]:
        lines += _rulings(pen, group)
        lines += pen.wrap(looked_for(result, group[0].source), "    ")
    return lines if groups else []


def _rulings(pen: Pen, group: Sequence[SourceRuling]) -> list[str]:
    (each, *others), alike = told_apart(group)
    ruling = each.ruling
    part = f" in {count(each.documents, 'document')}" if len(group) > 1 else ""
    lines = pen.wrap(
        f"{each.name} is {ruling.verdict}{part} ({ruling.basis}). {ruling.why}", "  ", "    "
    )
    lines += pen.wrap(f"Terms: {ruling.terms}", "    ") if ruling.terms else []
    for other in others[:_OTHERS]:
        lines += pen.wrap(
            f"In {count(other.documents, 'document')}: {other.ruling.verdict} "
            f"({other.ruling.basis}), {other.ruling.terms or 'no terms'}",
            "    ",
            "      ",
        )
    untold = len(others[_OTHERS:]) + len(alike)
    effect = "" if others[_OTHERS:] else " to the same effect"
    if untold:
        lines += pen.wrap(f"and {count(untold, 'more ruling')}{effect}", "    ")
    return lines


def _strongest(pen: Pen, report: Report) -> list[str]:
    shown = strongest(report.findings, _FINDINGS)
    total = report.findings.num_rows
    lines = [pen.bold(f"Strongest findings ({len(shown)} of {total:,})")]
    for finding in shown:
        lines += _finding(pen, finding)
    return lines if shown else []


def _finding(pen: Pen, finding: Finding) -> list[str]:
    whole = f" of {finding.item_tokens}" if finding.item_tokens else ""
    item = f" {_name(finding.item)}" if finding.item else ""
    how = f"{finding.tokens}{whole} words, {finding.bits:.0f} bits"
    where = (
        f"{finding.verdict}: {_name(finding.source)}{item} in {_name(finding.document)}, "
        f"{how if finding.bits else finding.evidence}"
        f"{', contested' if finding.contested else ''}{', waived' if finding.waiver else ''}"
        f"{', new' if finding.state == State.NEW else ''}"
    )
    lines = pen.wrap(where, indent="  ", hanging="    ")
    if finding.declared:
        lines += pen.wrap(one_line(finding.declared), "    ", "      ")
    if finding.excerpt:
        lines.append("    " + _excerpt(pen, finding))
    return lines


def _name(text: str) -> str:
    return shortened(one_line(text[:LONGEST]), NAME)


def _excerpt(pen: Pen, finding: Finding) -> str:
    room = pen.width - len("    “”")
    shown = passage(finding.excerpt or "", finding.marks, lead=12, limit=room)
    before = (("…", False),) if shown.before or finding.excerpt_start else ()
    room -= shown.after
    line = ""
    for piece, marked in (*before, *shown.pieces):
        text = inline(piece)
        fitting = shortened(text, room)
        line += pen.bold(fitting) if marked else fitting
        room -= cells(fitting)
        if fitting != text:
            break
    else:
        line += "…" if shown.after else ""
    return f"“{line.strip()}”"


def _waivers(pen: Pen, result: Result) -> list[str]:
    said = waiver_sentences(result)
    lines = [pen.bold("Waivers")]
    for each in said[:SOURCES]:
        lines += pen.wrap(each, "  ", "    ")
    if said[SOURCES:]:
        lines += pen.wrap(f"and {count(len(said) - SOURCES, 'more waiver')}", "  ")
    return lines if said else []


def _limits(pen: Pen, result: Result) -> list[str]:
    lines = [pen.bold("Limits")]
    for said in calibrated(result):
        lines += pen.wrap(said, "  ", "    ")
    skipped = sum(each.count for each in result.corpus.skipped)
    if skipped:
        reasons = ", ".join(dict.fromkeys(each.reason for each in result.corpus.skipped))
        lines += pen.wrap(f"{count(skipped, 'row')} not read: {reasons}.", "  ", "    ")
    held = [source for registry in result.registries for source in registry.sources]
    for each in held[:SOURCES]:
        short = f"; {each.unattributable:,} cannot be matched" if each.unattributable else ""
        part = "" if each.fraction is None else f" ({percent(each.fraction)} of all)"
        lines += pen.wrap(
            f"{each.source}: {count(each.items, 'item')} in the registry{part}, "
            f"{days(each.first, each.last)}{short}.",
            "  ",
            "    ",
        )
    if held[SOURCES:]:
        lines += pen.wrap(f"{count(len(held[SOURCES:]), 'more source')} in the report.", "  ")
    for reservation in limits(result):
        lines += pen.wrap(reservation, "  ", "    ")
    return [*lines, *pen.wrap(NOT_CLEARANCE, "  ")]


def _next(pen: Pen, result: Result) -> list[str]:
    steps = next_steps(result)
    lines = [pen.bold("Next")]
    for number, step in enumerate(steps, 1):
        lines += pen.wrap(f"{number}. {step}", indent="  ", hanging="     ")
    return lines if steps else []
