"""The passages of a text that registries contain, for a terminal."""

from collections.abc import Sequence
from typing import Any

from provenance.model.results.origin import Origin
from provenance.model.results.trace import Trace
from provenance.model.rules.rulings import Ruling
from provenance.model.rules.terms import Verdict
from provenance.report.aggregates.top_findings import cut_excerpt
from provenance.report.terminal.marked_text import marked_lines
from provenance.report.terminal.rules.rule_listing import COLOURS
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.number_format import count, date_span, day, rarity
from provenance.report.text.origin_sentences import origin_sentence
from provenance.report.text.sentences import NOT_CLEARANCE, circumstances_phrase

_INDENT = "   "
_LEAD, _LIMIT = 40, 480
"""Code points of a passage that are shown: before its first matched word, and in all."""


def trace_text(trace: Trace, style: TerminalStyle) -> str:
    """Describe a trace for a terminal.

    Parameters
    ----------
    trace : Trace
        The trace.
    style : TerminalStyle
        Width and colours; no information is in colours only.

    Returns
    -------
    str
        Lines, including the last newline, without escape sequences of others.
    """
    rows = trace.findings.to_pylist()
    sections = [_headline(trace, rows, style)]
    sections += [
        _match(number, row, ruling, style)
        for number, (row, ruling) in enumerate(zip(rows, trace.rulings, strict=True), 1)
    ]
    sections.append(_coverage(trace, style))
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _headline(trace: Trace, rows: Sequence[dict[str, Any]], style: TerminalStyle) -> list[str]:
    matched = sum(row["tokens"] for row in rows)
    size = count(trace.tokens, "word")
    if not rows:
        return [style.bold(f"No match: the registries contain no passage of these {size}.")]
    matches = "1 match" if len(rows) == 1 else f"{len(rows):,} matches"
    phrase = circumstances_phrase(trace.circumstances)
    return [
        style.bold(f"{matches}, {matched:,} of {size}."),
        *style.wrap(f"Judged {phrase}."),
    ]


def _match(number: int, row: dict[str, Any], ruling: Ruling, style: TerminalStyle) -> list[str]:
    code = COLOURS[Verdict(row["verdict"])]
    contested = ", contested: " + (
        "it is unclear whose words they are"
        if row["origin"] == Origin.UNDECIDED
        else "a permitted source or a background contains it too"
    )
    title = f"{number}. {row['verdict'].upper()}{contested if row['contested'] else ''}"
    origin = origin_sentence(
        *(row["origin"], row["origin_reasons"] or (), row["quoted_work"], row["own_probability"])
    )
    published = f"published {day(row['created_at'])}" if row["created_at"] else "no date"
    facts = (
        f"{row['tokens']} of {row['item_tokens']} words of the item; strength "
        f"{row['strength']:.0f} bits: by chance {rarity(row['strength'])}"
    )
    lines = [style.paint(line, code) for line in style.wrap(title, "", _INDENT)]
    lines += style.wrap(f"{row['source']} {row['item']}, {published}", _INDENT)
    lines += style.wrap(row["url"], _INDENT) if row["url"] else []
    lines += style.wrap(facts, _INDENT)
    lines += style.wrap(origin, _INDENT) if origin else []
    lines += [*_passage(row, style, code), ""]
    lines += style.wrap(ruling.why, _INDENT)
    lines += style.wrap(f"Terms: {ruling.terms} ({ruling.basis})", _INDENT) if ruling.terms else []
    return lines


def _passage(row: dict[str, Any], style: TerminalStyle, code: str) -> list[str]:
    text = row["excerpt"] or ""
    excerpt = cut_excerpt(text, row["marks"], lead=_LEAD, limit=_LIMIT)
    pieces = [
        *([("…", False)] if excerpt.before or row["excerpt_start"] else []),
        *excerpt.pieces,
        *([("…", False)] if excerpt.after else []),
    ]
    lines = ["", f"{_INDENT}Characters {row['start']:,} to {row['end']:,}:"]
    indent = _INDENT + "  "
    for line, marks in marked_lines(pieces, style.width - len(indent)):
        lines.append(f"{indent}{line}".rstrip())
        lines += [f"{indent}{style.paint(marks, code)}"] if marks else []
    return lines


def _coverage(trace: Trace, style: TerminalStyle) -> list[str]:
    lines = style.wrap(NOT_CLEARANCE)
    for registry in trace.registries:
        for source in registry.sources:
            dates = date_span(source.first, source.last)
            items = count(source.items, "item")
            lines += style.wrap(f"{source.source}: {items} in {registry.path}, {dates}.")
    return lines
