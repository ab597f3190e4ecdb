"""Shares on a terminal: a line each, with a bar where there is room.

Bars in the cells of a terminal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.model import Corrected, Estimate, Result, Share, Verdict
from provenance.report.charts import ceiling
from provenance.report.sanitize import one_line
from provenance.report.terminal.terminal_style import LONGEST, Pen
from provenance.report.text.caveats import BANDS, band_lines
from provenance.report.text.cell_width import cells, padded, shortened
from provenance.report.text.number_format import count, interval, limit, percent
from provenance.report.text.sentences import by

_FILL = {
    Verdict.FORBIDDEN: "█",
    Verdict.UNKNOWN: "▓",
    Verdict.RESTRICTED: "▒",
    Verdict.PERMITTED: "░",
    None: "░",
}
_CONTESTED, _WHISKER = "=", "·"


def cell_bar(share: Share, top: float, width: int) -> str:
    """Draw a share of the tokens.

    Parameters
    ----------
    share : Share
        Its verdict decides the filling; what of it is contested is drawn as `=`.
    top : float
        End of the scale, from `ceiling`.
    width : int
        Cells; the last of them stays empty.

    Returns
    -------
    str
        What is not contested, what is, and dots up to the upper end of the interval.
    """

    def cells_of(part: float) -> int:
        return min(round(part / top * (width - 1)), width - 1)

    tokens = share.tokens
    filled = max(cells_of(tokens.share), 1 if tokens.share else 0)
    contested = round(filled * min(tokens.contested / tokens.share, 1.0)) if tokens.share else 0
    whisker = max(cells_of(tokens.high) - filled, 0)
    return _FILL[share.verdict] * (filled - contested) + _CONTESTED * contested + _WHISKER * whisker


SOURCES = 6
"""Sources that a section of the summary names."""

NAME = 60
"""Cells of a name that the longest may have."""

_COLOUR = {
    Verdict.FORBIDDEN: "31",
    Verdict.UNKNOWN: "35",
    Verdict.RESTRICTED: "33",
    Verdict.PERMITTED: "32",
    None: "0",
}


def share_lines(pen: Pen, result: Result) -> list[str]:
    """Draw the shares by verdict and by source.

    Parameters
    ----------
    pen : Pen
        What to draw with.
    result : Result
        What to draw.
    """
    verdicts, sources = by(result.shares, "verdict"), by(result.shares, "source")
    found = _found(result)
    lines: list[str] = []
    if any(share.documents.count for share in verdicts):
        scale = _scale(pen, result)
        lines += _section(pen, "Tokens by verdict", verdicts, scale)
        lines += _section(pen, "Tokens by source", found[:SOURCES], scale)
    if len(found) > SOURCES:
        lines += pen.wrap(f"and {count(len(found) - SOURCES, 'source')} more", "  ")
    absent = [share.key for share in sources if not share.documents.count]
    if absent:
        more = f" and {len(absent) - SOURCES} more" if len(absent) > SOURCES else ""
        lines += pen.wrap(f"Not found: {', '.join(absent[:SOURCES])}{more}.", "  ")
    return lines


def contested_lines(pen: Pen, result: Result) -> list[str]:
    """Say between what the shares lie that others hold some of, too.

    Parameters
    ----------
    pen : Pen
        What to write with.
    result : Result
        Of which; nothing is written where no share is contested.
    """
    shown = (*by(result.shares, "verdict"), *by(result.shares, "source")[:SOURCES])
    lines = [line for each in band_lines(shown) for line in pen.wrap(each, "  ", "    ")]
    if not lines:
        return []
    key = " (contested: =)" if _scale(pen, result).bar else ""
    return [pen.bold(f"What others hold too{key}"), *lines, *pen.wrap(BANDS, "  ")]


def _found(result: Result) -> list[Share]:
    return [share for share in by(result.shares, "source") if share.documents.count]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where bars end, and how many cells names and bars have; no bar where it says nothing."""

    top: float
    key: int
    bar: int


_WORD, _FIGURE, _INTERVAL = 10, 7, 14


def _scale(pen: Pen, result: Result) -> _Scale:
    shares = (*by(result.shares, "verdict"), *_found(result)[:SOURCES])
    top = ceiling(max(each.tokens.high, each.tokens.share) for each in shares)
    key = min(max((cells(one_line(share.key[:NAME])) for share in shares), default=0), 20)
    fixed = len("  ") + key + 1 + _WORD + 1 + _FIGURE + len("  ") + _INTERVAL
    room = pen.width - fixed
    return _Scale(top, key, room if room >= 10 else 0)


def _section(pen: Pen, title: str, shares: Sequence[Share], scale: _Scale) -> list[str]:
    left = f"{title}, bars to {limit(scale.top)}" if scale.bar else title
    right = "95% interval"
    heading = pen.bold(padded(left, pen.width - cells(right)) + right)
    lines = [line for share in shares for line in _line(pen, share, scale)]
    return [heading, *lines] if shares else []


def _line(pen: Pen, share: Share, scale: _Scale) -> list[str]:
    estimate, colour = share.tokens, _COLOUR[share.verdict]
    name = one_line(share.key[:LONGEST])
    # By verdict, the key is the word already.
    word = "" if share.key == share.verdict else str(share.verdict or "mixed")
    figures, room = _figures(estimate), pen.width - 2 - _FIGURE - 2 - _INTERVAL
    more = []
    if estimate.corrected and estimate.count:
        more = [f"  {padded('  corrected', room)}{_figures(estimate.corrected)}"]
    if not scale.bar:
        *above, label = _narrow(name, word, room, pen.width)
        return [*above, f"  {padded(label, room)}{figures}", *more]
    drawn = pen.paint(padded(cell_bar(share, scale.top, scale.bar), scale.bar), colour)
    label = f"{padded(name, scale.key)} {pen.paint(padded(word, _WORD), colour)}"
    return [f"  {label} {drawn}{figures}", *more]


def _narrow(name: str, word: str, room: int, width: int) -> list[str]:
    """Label a line without a bar; where name and verdict do not fit, the name stands above."""
    label = f"{name} ({word})" if word else name
    if not word or cells(label) < room:
        return [label]
    return [f"  {shortened(name, width - 2)}", f"  {word}"]


def _figures(estimate: Estimate | Corrected) -> str:
    ends = interval(estimate.low, estimate.high)
    return f"{percent(estimate.share):>{_FIGURE}}  {ends:>{_INTERVAL}}"
