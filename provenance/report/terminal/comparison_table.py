"""A comparison of datasets and registries by their sketches, for a terminal."""

from collections.abc import Iterator

from provenance.model.results.control import Rate
from provenance.model.results.sketches import Comparison, Overlap, SketchSummary
from provenance.report.sanitize import one_line
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.cell_width import pad, truncate_start
from provenance.report.text.number_format import approximate, count, interval, number, percent
from provenance.report.text.unread_text import unread_line

_CELL = 20
_MIN_NAME = 16
_WIDE = 0.1
"""Width of an interval from which a note says how to make it narrower."""

_MUCH_SHORT = 0.05
"""Share of the words in texts that are too short to be compared, from which a note says so."""


def comparison_text(comparison: Comparison, style: TerminalStyle) -> str:
    """Render a comparison for a terminal."""
    lines = style.wrap(_head(comparison.query))
    name_width = max(_MIN_NAME, style.width - 3 * _CELL)
    headings = ("share of A in B", "share of B in A", "resemblance")
    lines += ["", style.bold(_row("B", headings, name_width))]
    lines += [_overlap(overlap, name_width) for overlap in comparison.overlaps]
    lines.append("")
    for note in _notes(comparison):
        lines += style.wrap(note)
    return "\n".join(lines) + "\n"


def _head(query: SketchSummary) -> str:
    documents = count(query.documents, "item" if query.kind == "registry" else "document")
    words = count(query.tokens, "word")
    shingles = approximate(query.shingles.value) if query.scaled > 1 else number(query.hashes)
    about = "about " if query.scaled > 1 else ""
    return f"A is {_name(query)}: {documents}, {words}, {about}{shingles} distinct runs"


def _name(side: SketchSummary) -> str:
    return one_line(side.name)


def _row(name: str, cells: tuple[str, ...], name_width: int) -> str:
    return (pad(name, name_width - 1) + " " + "".join(pad(cell, _CELL) for cell in cells)).rstrip()


def _overlap(overlap: Overlap, name_width: int) -> str:
    rates = overlap.contained, overlap.contains, overlap.resemblance
    name = truncate_start(_name(overlap.other), name_width - 1)
    return _row(name, tuple(map(_rate, rates)), name_width)


def _rate(rate: Rate | None) -> str:
    if rate is None:
        return "unknown"
    if rate.low == rate.high:
        return f"{percent(rate.value)} (exact)"
    return f"{percent(rate.value)} ({interval(rate.low, rate.high)})"


def _notes(comparison: Comparison) -> Iterator[str]:
    sides = comparison.query, *(overlap.other for overlap in comparison.overlaps)
    width = comparison.width
    yield (
        f"Shares are of the distinct runs of {width} words. In brackets: the 95% interval of what "
        "comparing all of them would give."
    )
    for side in sides:
        if side.tokens and side.short_tokens / side.tokens >= _MUCH_SHORT:
            yield (
                f"{percent(side.short_tokens / side.tokens)} of the words of {_name(side)} are in "
                f"texts of fewer than {width} words, which are not compared."
            )
    few = [overlap for overlap in comparison.overlaps if overlap.scaled > 1 and _is_small(overlap)]
    if few:
        scaled = max(overlap.scaled for overlap in few)
        yield (
            f"Few runs were compared, one in {number(scaled)}: a sketch of a smaller --scaled has "
            "more, and narrower intervals."
        )
    for side in sides:
        if side.unread_before:
            files = count(side.unread_before, "file")
            yield f"{_name(side)} was sketched although {files} could not be read."
    for file in comparison.unread:
        yield f"Not read: {one_line(unread_line(file))}"


def _is_small(overlap: Overlap) -> bool:
    rates = [rate for rate in (overlap.contained, overlap.contains) if rate is not None]
    return len(rates) < 2 or any(rate.high - rate.low > _WIDE for rate in rates)
