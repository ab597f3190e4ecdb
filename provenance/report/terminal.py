"""The summary that a check ends with."""

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.model import GateOutcome, Report, Result, Share, SourceRuling, Verdict
from provenance.report.bars import ceiling
from provenance.report.cellbars import cell_bar
from provenance.report.cells import cells, padded, shortened, wrapped
from provenance.report.excerpts import passage
from provenance.report.figures import count, days, interval, limit, percent, size
from provenance.report.hostile import inline, one_line
from provenance.report.reservations import BANDS, band_lines, limits
from provenance.report.strongest import Finding, strongest
from provenance.report.wording import (
    NOT_CLEARANCE,
    asked,
    bound,
    by,
    by_source,
    gate_sentence,
    headline,
    next_steps,
)

LEAST, MOST = 40, 100
"""Narrower terminals wrap our lines; wider ones do not make them easier to read."""

_FINDINGS = 3
_SOURCES, _OTHERS = 6, 3
_LONGEST, _NAME = 4000, 60
"""Characters of a sentence, and cells of a name, that the longest may have."""
_COLOUR = {
    Verdict.FORBIDDEN: "31",
    Verdict.UNKNOWN: "35",
    Verdict.RESTRICTED: "33",
    Verdict.PERMITTED: "32",
    None: "0",
}


@dataclass(frozen=True, slots=True)
class _Pen:
    """How wide we write, and whether in colour."""

    width: int
    colour: bool

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text.strip() else text

    def bold(self, text: str) -> str:
        return self.paint(text, "1")

    def wrap(self, text: str, indent: str = "", hanging: str | None = None) -> list[str]:
        return wrapped(one_line(text[:_LONGEST]), self.width, indent, hanging)


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
    pen = _Pen(min(max(width, LEAST), MOST), colour)
    result = report.result
    sections = [
        _verdict(pen, result),
        _gates(pen, result.gates),
        _shares(pen, result),
        _bands(pen, result),
        _why(pen, result),
        _strongest(pen, report),
        _limits(pen, result),
        _next(pen, result),
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def render(report: Report) -> str:
    """Render a report as a terminal of 80 columns shows it, without colour."""
    return terminal_summary(report, width=80, colour=False)


def _verdict(pen: _Pen, result: Result) -> list[str]:
    corpus = result.corpus
    read = ", ".join(
        (count(corpus.documents, "document"), count(corpus.tokens, "token"), size(corpus.bytes))
    )
    sentence = wrapped(one_line(headline(result)), pen.width, " " * 6)
    sentence[0] = f"{result.status.upper():<6}" + sentence[0][6:]
    code = "1;31" if result.status == "fail" else "1;32"
    return [
        *(pen.paint(line, code) for line in sentence),
        *(pen.wrap(missed, " " * 6) if (missed := bound(result)) else ()),
        *pen.wrap(f"{', '.join(corpus.addresses)}: {read}.", " " * 6),
        *pen.wrap(f"Asked: {asked(result.policy.circumstances)}.", " " * 6),
    ]


def _gates(pen: _Pen, gates: tuple[GateOutcome, ...]) -> list[str]:
    lines = [pen.bold("Gates")]
    for outcome in gates:
        mark = "passes" if outcome.passed else "FAILS"
        lines += pen.wrap(f"{outcome.gate} {mark}: {gate_sentence(outcome)}", "  ", "    ")
    return lines if gates else []


def _shares(pen: _Pen, result: Result) -> list[str]:
    verdicts, sources = by(result.shares, "verdict"), by(result.shares, "source")
    found = [share for share in sources if share.documents.count]
    lines: list[str] = []
    if any(share.documents.count for share in verdicts):
        shown = (*verdicts, *found[:_SOURCES])
        scale = _scale(pen, shown)
        lines += _share_lines(pen, "Tokens by verdict", verdicts, scale)
        lines += _share_lines(pen, "Tokens by source", found[:_SOURCES], scale)
    if len(found) > _SOURCES:
        lines += pen.wrap(f"and {count(len(found) - _SOURCES, 'source')} more", "  ")
    absent = [share.key for share in sources if not share.documents.count]
    if absent:
        more = f" and {len(absent) - _SOURCES} more" if len(absent) > _SOURCES else ""
        lines += pen.wrap(f"Not found: {', '.join(absent[:_SOURCES])}{more}.", "  ")
    return lines


def _bands(pen: _Pen, result: Result) -> list[str]:
    shown = (*by(result.shares, "verdict"), *by(result.shares, "source")[:_SOURCES])
    lines = [line for each in band_lines(shown) for line in pen.wrap(each, "  ", "    ")]
    return (
        [pen.bold("What others hold too (contested: =)"), *lines, *pen.wrap(BANDS, "  ")]
        if lines
        else []
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where bars end, and how many cells names and bars have; no bar where it says nothing."""

    top: float
    key: int
    bar: int


_WORD, _FIGURE, _INTERVAL = 10, 7, 14


def _scale(pen: _Pen, shares: Sequence[Share]) -> _Scale:
    top = ceiling(max(each.tokens.high, each.tokens.share) for each in shares)
    key = min(max(cells(one_line(share.key[:_NAME])) for share in shares), 20)
    fixed = len("  ") + key + 1 + _WORD + 1 + _FIGURE + len("  ") + _INTERVAL
    room = pen.width - fixed
    return _Scale(top, key, room if room >= 10 else 0)


def _share_lines(pen: _Pen, title: str, shares: Sequence[Share], scale: _Scale) -> list[str]:
    left = f"{title}, bars to {limit(scale.top)}" if scale.bar else title
    right = "95% interval"
    heading = pen.bold(padded(left, pen.width - cells(right)) + right)
    return [heading, *(_share_line(pen, share, scale) for share in shares)] if shares else []


def _share_line(pen: _Pen, share: Share, scale: _Scale) -> str:
    estimate, colour = share.tokens, _COLOUR[share.verdict]
    name = one_line(share.key[:_LONGEST])
    # By verdict, the key is the word already.
    word = "" if share.key == share.verdict else str(share.verdict or "mixed")
    figures = (
        f"{percent(estimate.share):>{_FIGURE}}  "
        f"{interval(estimate.low, estimate.high):>{_INTERVAL}}"
    )
    if not scale.bar:
        label = f"{name} ({word})" if word else name
        return f"  {padded(label, pen.width - 2 - len(figures))}{figures}"
    drawn = pen.paint(padded(cell_bar(share, scale.top, scale.bar), scale.bar), colour)
    return f"  {padded(name, scale.key)} {pen.paint(padded(word, _WORD), colour)} {drawn}{figures}"


def _why(pen: _Pen, result: Result) -> list[str]:
    groups = by_source(each for each in result.rulings if each.documents)
    lines = [pen.bold("Why")]
    for group in groups[:_SOURCES]:
        lines += _rulings(pen, group)
    return lines if groups else []


def _rulings(pen: _Pen, group: Sequence[SourceRuling]) -> list[str]:
    each, *others = group
    ruling = each.ruling
    part = f" in {count(each.documents, 'document')}" if others else ""
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
    if others[_OTHERS:]:
        lines += pen.wrap(f"and {count(len(others) - _OTHERS, 'more ruling')}", "    ")
    return lines


def _strongest(pen: _Pen, report: Report) -> list[str]:
    shown = strongest(report.findings, _FINDINGS)
    total = report.findings.num_rows
    lines = [pen.bold(f"Strongest findings ({len(shown)} of {total:,})")]
    for finding in shown:
        lines += _finding(pen, finding)
    return lines if shown else []


def _finding(pen: _Pen, finding: Finding) -> list[str]:
    whole = f" of {finding.item_tokens}" if finding.item_tokens else ""
    item = f" {_name(finding.item)}" if finding.item else ""
    how = f"{finding.tokens}{whole} words, {finding.bits:.0f} bits"
    where = (
        f"{finding.verdict}: {_name(finding.source)}{item} in {_name(finding.document)}, "
        f"{how if finding.bits else finding.evidence}"
        f"{', contested' if finding.contested else ''}{', waived' if finding.waiver else ''}"
    )
    lines = pen.wrap(where, indent="  ", hanging="    ")
    if finding.excerpt:
        lines.append("    " + _excerpt(pen, finding))
    return lines


def _name(text: str) -> str:
    return shortened(one_line(text[:_LONGEST]), _NAME)


def _excerpt(pen: _Pen, finding: Finding) -> str:
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


def _limits(pen: _Pen, result: Result) -> list[str]:
    lines = [pen.bold("Limits")]
    skipped = sum(each.count for each in result.corpus.skipped)
    if skipped:
        reasons = ", ".join(dict.fromkeys(each.reason for each in result.corpus.skipped))
        lines += pen.wrap(f"{count(skipped, 'row')} not read: {reasons}.", "  ", "    ")
    held = [source for registry in result.registries for source in registry.sources]
    for each in held[:_SOURCES]:
        short = f"; {each.unattributable:,} cannot be matched" if each.unattributable else ""
        lines += pen.wrap(
            f"{each.source}: {count(each.items, 'item')} in the registry, "
            f"{days(each.first, each.last)}{short}.",
            "  ",
            "    ",
        )
    if held[_SOURCES:]:
        lines += pen.wrap(f"{count(len(held[_SOURCES:]), 'more source')} in the report.", "  ")
    for reservation in limits(result):
        lines += pen.wrap(reservation, "  ", "    ")
    return [*lines, *pen.wrap(NOT_CLEARANCE, "  ")]


def _next(pen: _Pen, result: Result) -> list[str]:
    steps = next_steps(result)
    lines = [pen.bold("Next")]
    for number, step in enumerate(steps, 1):
        lines += pen.wrap(f"{number}. {step}", indent="  ", hanging="     ")
    return lines if steps else []
