"""One finding of a review, for a terminal: the text of the document beside that of the item."""

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from provenance.report.aggregates.top_findings import cut_excerpt
from provenance.report.sanitize import one_line
from provenance.report.terminal.marked_text import marked_lines
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.cell_width import pad, truncate
from provenance.report.text.number_format import count

QUESTION = "[i]tem  [q]uotation  [c]hance  [s]kip  [b]ack  e[x]it"

_GAP = " | "
_OTHER_LINES = 10
"""Lines of a screen that show no excerpt, with the question and the cursor."""
_LEAD_LINES, _MIN_LINES = 2, 6


def review_screen(
    finding: Mapping[str, Any],
    position: tuple[int, int],
    label: str | None,
    style: TerminalStyle,
    height: int,
) -> str:
    """Return the screen on which a finding is labelled.

    Parameters
    ----------
    finding : mapping
        A row of schema `FINDINGS`.
    position : (int, int)
        Number of the finding in the sample, from 1, and of all.
    label : str or None
        The label that it has already.
    style : TerminalStyle
        Width and colours.
    height : int
        Lines of the terminal.

    Returns
    -------
    str
        Lines that fit, without escape sequences of others. What the tool itself says of the origin
        is left out, so that it does not influence the labeller.
    """
    width = (style.width - len(_GAP)) // 2
    pairs = max((height - _OTHER_LINES) // 2, _MIN_LINES)
    excerpts = [
        _column(finding["excerpt"], finding["marks"], width, pairs),
        _column(finding["item_excerpt"], finding["item_marks"], width, pairs),
    ]
    number, total = position
    size = count(finding["tokens"], "word")
    dated = f", {finding['created_at']:%Y-%m-%d}" if finding["created_at"] else ""
    heads = (
        f"{finding['document']}, {finding['file']}, row {finding['row']}",
        f"{finding['source']} {finding['item'] or ''}{dated}",
    )
    rows = [heads, ("", ""), *zip_longest(*excerpts, fillvalue="")]
    known = f", labelled {label}" if label else ""
    title = f"Finding {number:,} of {total:,}: {size} in common{known}"
    lines = [
        "-" * style.width,
        *map(style.bold, style.wrap(title)),
        *(truncate(one_line(finding["url"]), style.width) for _ in range(bool(finding["url"]))),
        *((pad(_safe(left), width) + _GAP + _safe(right, width)).rstrip() for left, right in rows),
        "",
        *style.wrap(QUESTION),
    ]
    return "\n".join(lines) + "\n"


def _safe(text: str, width: int | None = None) -> str:
    # Lines of excerpts are safe already, and their marks need their leading spaces.
    line = text if not text.strip("^ ") else one_line(text)
    return line if width is None else truncate(line, width)


def _column(
    text: str | None, marks: Iterable[tuple[int, int]] | None, width: int, pairs: int
) -> list[str]:
    if text is None:
        return ["(no text was kept)"]
    spans = [(start, end) for start, end in marks or ()]
    excerpt = cut_excerpt(text, spans, _LEAD_LINES * width, pairs * width)
    lines = marked_lines(excerpt.pieces, width)[:pairs]
    return [line.rstrip() for pair in lines for line in pair]
