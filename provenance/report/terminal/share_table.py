"""Table of shares for the terminal, with bars where there is room."""

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.model.results.calibration import CorrectedShare
from provenance.model.results.result import Result
from provenance.model.results.shares import Estimate, Share
from provenance.model.rules.terms import Verdict
from provenance.report.aggregates.charts import scale_end
from provenance.report.sanitize import one_line
from provenance.report.terminal.terminal_style import MAX_SENTENCE_LENGTH, TerminalStyle
from provenance.report.text.caveats import BAND_MEANING, band_lines
from provenance.report.text.cell_width import cell_width, pad, truncate
from provenance.report.text.number_format import count, exact_percent, interval, percent
from provenance.report.text.origin_sentences import other_origins
from provenance.report.text.sentences import shares_by, source_shares

_FILL = {
    Verdict.FORBIDDEN: "█",
    Verdict.UNKNOWN: "▓",
    Verdict.RESTRICTED: "▒",
    Verdict.PERMITTED: "░",
    None: "░",
}
_CONTESTED, _WHISKER = "=", "·"


def text_bar(share: Share, top: float, width: int) -> str:
    """Return a share of the tokens as a bar of characters.

    Parameters
    ----------
    share : Share
        Its verdict decides the fill character; the contested part is drawn as `=`.
    top : float
        End of the scale, from `scale_end`.
    width : int
        Cells; the last one stays empty.

    Returns
    -------
    str
        Uncontested part, contested part, and dots up to the upper end of the interval.
    """

    def cells_of(part: float) -> int:
        return min(round(part / top * (width - 1)), width - 1)

    tokens = share.tokens
    filled_cells = max(cells_of(tokens.share), 1 if tokens.share else 0)
    contested_cells = (
        round(filled_cells * min(tokens.contested / tokens.share, 1.0)) if tokens.share else 0
    )
    whisker = max(cells_of(tokens.high) - filled_cells, 0)
    return (
        _FILL[share.verdict] * (filled_cells - contested_cells)
        + _CONTESTED * contested_cells
        + _WHISKER * whisker
    )


MAX_SOURCES = 6
"""Maximum number of sources in a section of the summary."""

MAX_NAME_CELLS = 60
"""Maximum width of a name."""

_COLOUR = {
    Verdict.FORBIDDEN: "31",
    Verdict.UNKNOWN: "35",
    Verdict.RESTRICTED: "33",
    Verdict.PERMITTED: "32",
    None: "0",
}


def share_lines(style: TerminalStyle, result: Result) -> list[str]:
    """Return the shares by verdict and by source as lines with bars.

    Parameters
    ----------
    style : TerminalStyle
        Width and colours.
    result : Result
        Has the shares.
    """
    verdicts, sources = shares_by(result.shares, "verdict"), source_shares(result)
    present = _present_shares(result)
    lines: list[str] = []
    if any(share.documents.count for share in verdicts):
        scale = _scale(style, result)
        lines += _section(style, "Tokens by verdict", verdicts, scale)
        lines += _section(style, "Tokens by source", present[:MAX_SOURCES], scale)
        if others := present[MAX_SOURCES:]:
            lines += style.wrap(f"and {count(len(others), 'source')} more", "  ")
        lines += _section(style, "Tokens of other origin", other_origins(result), scale)
    absent = [share.key for share in sources if not share.documents.any]
    if absent:
        more = f" and {len(absent) - MAX_SOURCES} more" if len(absent) > MAX_SOURCES else ""
        lines += style.wrap(f"Not found: {', '.join(absent[:MAX_SOURCES])}{more}.", "  ")
    return lines


def contested_lines(style: TerminalStyle, result: Result) -> list[str]:
    """Return the ranges of contested shares.

    Parameters
    ----------
    style : TerminalStyle
        Width and colours.
    result : Result
        Has the shares; no line is returned if none is contested.
    """
    shares = (
        *shares_by(result.shares, "verdict"),
        *shares_by(result.shares, "source")[:MAX_SOURCES],
    )
    lines = [line for each in band_lines(shares) for line in style.wrap(each, "  ", "    ")]
    if not lines:
        return []
    key = " (contested: =)" if _scale(style, result).bar else ""
    return [style.bold(f"Contested shares{key}"), *lines, *style.wrap(BAND_MEANING, "  ")]


def _present_shares(result: Result) -> list[Share]:
    return [share for share in source_shares(result) if share.documents.count]


@dataclass(frozen=True, slots=True)
class _Scale:
    """End of the scale, and widths of names and bars; a width of 0 means no bar."""

    top: float
    key: int
    bar: int


_WORD, _FIGURE, _INTERVAL = 10, 7, 14


def _scale(style: TerminalStyle, result: Result) -> _Scale:
    shares = (*shares_by(result.shares, "verdict"), *_present_shares(result)[:MAX_SOURCES])
    top = scale_end(max(each.tokens.high, each.tokens.share) for each in shares)
    key = min(
        max((cell_width(one_line(share.key[:MAX_NAME_CELLS])) for share in shares), default=0), 20
    )
    other_cells = len("  ") + key + 1 + _WORD + 1 + _FIGURE + len("  ") + _INTERVAL
    room = style.width - other_cells
    return _Scale(top, key, room if room >= 10 else 0)


def _section(style: TerminalStyle, title: str, shares: Sequence[Share], scale: _Scale) -> list[str]:
    left_title = f"{title}, bars to {exact_percent(scale.top)}" if scale.bar else title
    right_title = "95% interval"
    heading = style.bold(pad(left_title, style.width - cell_width(right_title)) + right_title)
    lines = [line for share in shares for line in _line(style, share, scale)]
    return [heading, *lines] if shares else []


def _line(style: TerminalStyle, share: Share, scale: _Scale) -> list[str]:
    estimate, colour = share.tokens, _COLOUR[share.verdict]
    name = one_line(share.key[:MAX_SENTENCE_LENGTH])
    # By verdict, the key is the verdict itself.
    verdict_word = "" if share.key == share.verdict else str(share.verdict or "mixed")
    figures, room = _figures(estimate), style.width - 2 - _FIGURE - 2 - _INTERVAL
    more = []
    if estimate.corrected and estimate.count:
        more = [f"  {pad('  corrected', room)}{_figures(estimate.corrected)}"]
    if not scale.bar:
        *above, label = _narrow(name, verdict_word, room, style.width)
        return [*above, f"  {pad(label, room)}{figures}", *more]
    bar = style.paint(pad(text_bar(share, scale.top, scale.bar), scale.bar), colour)
    label = f"{pad(name, scale.key)} {style.paint(pad(verdict_word, _WORD), colour)}"
    return [f"  {label} {bar}{figures}", *more]


def _narrow(name: str, verdict_word: str, room: int, width: int) -> list[str]:
    """Return the label of a line without a bar; a long name takes a line of its own."""
    label = f"{name} ({verdict_word})" if verdict_word else name
    if not verdict_word or cell_width(label) < room:
        return [label]
    return [f"  {truncate(name, width - 2)}", f"  {verdict_word}"]


def _figures(estimate: Estimate | CorrectedShare) -> str:
    ends = interval(estimate.low, estimate.high)
    return f"{percent(estimate.share):>{_FIGURE}}  {ends:>{_INTERVAL}}"
