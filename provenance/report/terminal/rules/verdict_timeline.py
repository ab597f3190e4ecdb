"""Chart of verdicts by day of collection for the terminal, and its periods in words."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from provenance.model.rules.rulings import VerdictPeriod
from provenance.model.rules.terms import DateRange
from provenance.report.aggregates.charts import chart_span
from provenance.report.terminal.rules.rule_listing import COLOURS
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.number_format import period

LABEL_WIDTH = 26
"""Width of a row's label."""


def timeline_text(
    rows: Mapping[str, Sequence[VerdictPeriod]],
    collected: DateRange | None,
    today: date,
    style: TerminalStyle,
) -> str:
    """Draw the verdict by day of collection, one row per role.

    Parameters
    ----------
    rows : mapping of str to sequence of VerdictPeriod
        Label of a row to its periods; the periods of the first row are listed below the chart.
    collected : DateRange or None
        When the content was collected; marked below the chart.
    today : date
        End of the chart.
    style : TerminalStyle
        Width and colours.
    """
    span = chart_span(list(rows.values()), today)
    cells = style.width - LABEL_WIDTH - 2
    lines = [f"{'':<{LABEL_WIDTH}}  {_years(span, cells)}"]
    for name, periods in rows.items():
        lines.append(f"{name[:LABEL_WIDTH]:<{LABEL_WIDTH}}  {_bar(periods, span, cells, style)}")
    if collected is not None:
        lines.append(f"{'collected':<{LABEL_WIDTH}}  {_mark(collected, span, cells)}".rstrip())
    lines += ["", "F forbidden   ? unknown   r restricted   . permitted", ""]
    for each in next(iter(rows.values())):
        lines += _period_lines(each, style)
    return "\n".join(lines) + "\n"


def _period_lines(verdict_period: VerdictPeriod, style: TerminalStyle) -> list[str]:
    verdict = style.paint(f"{verdict_period.verdict:<10}", COLOURS[verdict_period.verdict])
    line = f"{period(verdict_period.collected):<24}  {verdict}  {verdict_period.basis}"
    terms = (
        [] if verdict_period.terms is None else style.wrap(verdict_period.terms, " " * 26, " " * 28)
    )
    return [line, *terms]


def _bar(
    periods: Sequence[VerdictPeriod], span: DateRange, cells: int, style: TerminalStyle
) -> str:
    letters = {"forbidden": "F", "unknown": "?", "restricted": "r", "permitted": "."}
    bar = ""
    for cell in range(cells):
        day = _day(span, cell, cells)
        day_range = DateRange(day, day + timedelta(days=1))
        current = next((s for s in periods if s.collected.overlaps(day_range)), None)
        letter = " " if current is None else letters[current.verdict]
        bar += letter if current is None else style.paint(letter, COLOURS[current.verdict])
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


def _mark(collected: DateRange, span: DateRange, cells: int) -> str:
    first = 0 if collected.first is None else _cell(span, collected.first, cells)
    last = cells - 1
    if collected.until is not None:
        last = _cell(span, collected.until - timedelta(days=1), cells)
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
