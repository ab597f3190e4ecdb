"""Chart of verdicts by day of collection for the terminal, and its periods in words."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from provenance.model import DateRange, VerdictPeriod
from provenance.report.terminal.rule_listing import COLOURS
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.number_format import period

LABEL_WIDTH = 26
"""Width of a row's label."""
_YEAR = timedelta(days=365)


def chart_span(timelines: Sequence[Sequence[VerdictPeriod]], today: date) -> DateRange:
    """Return the days of a chart: from a year before the first change until today."""
    turns = [s.collected.first for each in timelines for s in each if s.collected.first]
    first = min((*turns, today - 2 * _YEAR)) - _YEAR
    return DateRange(first, max((*turns, today)) + timedelta(days=1))


def timeline_text(
    rows: Mapping[str, Sequence[VerdictPeriod]],
    marked: DateRange | None,
    today: date,
    style: TerminalStyle,
) -> str:
    """Draw the verdict by day of collection, one row per role.

    Parameters
    ----------
    rows : mapping of str to sequence of VerdictPeriod
        Label of a row to its periods; the periods of the first row are listed below the chart.
    marked : DateRange or None
        When the content was collected; marked below the chart.
    today : date
        End of the chart.
    style : Pen
        Width and colours.
    """
    span = chart_span(list(rows.values()), today)
    cells = style.width - LABEL_WIDTH - 2
    lines = [f"{'':<{LABEL_WIDTH}}  {_years(span, cells)}"]
    for name, stretches in rows.items():
        lines.append(f"{name[:LABEL_WIDTH]:<{LABEL_WIDTH}}  {_bar(stretches, span, cells, style)}")
    if marked is not None:
        lines.append(f"{'collected':<{LABEL_WIDTH}}  {_mark(marked, span, cells)}".rstrip())
    lines += ["", "F forbidden   ? unknown   r restricted   . permitted", ""]
    for stretch in next(iter(rows.values())):
        lines += _period_lines(stretch, style)
    return "\n".join(lines) + "\n"


def _period_lines(stretch: VerdictPeriod, style: TerminalStyle) -> list[str]:
    verdict = style.paint(f"{stretch.verdict:<10}", COLOURS[stretch.verdict])
    here = f"{period(stretch.collected):<24}  {verdict}  {stretch.basis}"
    terms = [] if stretch.terms is None else style.wrap(stretch.terms, " " * 26, " " * 28)
    return [here, *terms]


def _bar(
    stretches: Sequence[VerdictPeriod], span: DateRange, cells: int, style: TerminalStyle
) -> str:
    letters = {"forbidden": "F", "unknown": "?", "restricted": "r", "permitted": "."}
    bar = ""
    for cell in range(cells):
        day = _day(span, cell, cells)
        here = DateRange(day, day + timedelta(days=1))
        found = next((s for s in stretches if s.collected.overlaps(here)), None)
        letter = " " if found is None else letters[found.verdict]
        bar += letter if found is None else style.paint(letter, COLOURS[found.verdict])
    return bar


def _years(span: DateRange, cells: int) -> str:
    axis = [" "] * cells
    first, last = _day(span, 0, cells).year + 1, _day(span, cells - 1, cells).year
    step = max(1, -(-(last - first + 1) * 6 // cells))
    for year in range(first, last + 1, step):
        cell = _cell(span, date(year, 1, 1), cells)
        if cell + 4 <= cells:
            axis[cell : cell + 4] = str(year)
    return "".join(axis).rstrip()


def _mark(marked: DateRange, span: DateRange, cells: int) -> str:
    first = 0 if marked.first is None else _cell(span, marked.first, cells)
    last = cells - 1
    if marked.until is not None:
        last = _cell(span, marked.until - timedelta(days=1), cells)
    return " " * first + "^" * max(last - first + 1, 1)


def _day(span: DateRange, cell: int, cells: int) -> date:
    first, length = _ends(span)
    return first + timedelta(days=length * cell // cells)


def _cell(span: DateRange, day: date, cells: int) -> int:
    first, length = _ends(span)
    return min(max((day - first).days * cells // length, 0), cells - 1)


def _ends(span: DateRange) -> tuple[date, int]:
    first, until = span.first or date.min, span.until or date.max
    return first, max((until - first).days, 1)
