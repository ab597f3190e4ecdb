"""Verdicts over time, drawn in letters."""

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from provenance.model.rules.rulings import VerdictPeriod
from provenance.model.rules.terms import DateRange, Verdict
from provenance.report.terminal.rules.verdict_timeline import LABEL_WIDTH, timeline_text
from provenance.report.terminal.terminal_style import TerminalStyle

TODAY = date(2026, 1, 1)
PLAIN = TerminalStyle(80, colour=False)


def stretches(*turns: tuple[str, Verdict]) -> list[VerdictPeriod]:
    days = [None, *(date.fromisoformat(day) for day, _ in turns[1:]), None]
    return [
        VerdictPeriod(DateRange(days[n], days[n + 1]), verdict, "basis", f"terms/{n}")
        for n, (_, verdict) in enumerate(turns)
    ]


SOME = stretches(
    ("", Verdict.UNKNOWN), ("2022-01-01", Verdict.RESTRICTED), ("2024-01-01", Verdict.FORBIDDEN)
)


def test_a_row_has_a_letter_for_every_stretch_and_a_mark_for_the_corpus():
    marked = DateRange(date(2023, 6, 1), date(2023, 6, 2))
    axis, row, mark, *rest = timeline_text({"anybody": SOME}, marked, TODAY, PLAIN).splitlines()
    assert row[:LABEL_WIDTH].strip() == "anybody"
    bar = row[LABEL_WIDTH + 2 :]
    assert bar.strip("?rF") == ""
    assert bar.index("r") < bar.index("F")
    assert bar[mark.index("^") - LABEL_WIDTH - 2] == "r"
    assert "2023" in axis
    assert any(line.startswith("2022-01-01 to 2023-12-31  restricted") for line in rest)


def test_colour_says_nothing_that_letters_do_not():
    painted = timeline_text({"anybody": SOME}, None, TODAY, TerminalStyle(80, colour=True))
    plain = timeline_text({"anybody": SOME}, None, TODAY, PLAIN)
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


@given(
    st.lists(st.dates(date(1995, 1, 1), date(2030, 1, 1)), max_size=6, unique=True),
    st.integers(40, 100),
    st.none() | st.dates(date(1990, 1, 1), date(2035, 1, 1)),
)
def test_no_line_is_too_wide_whatever_the_days(turns, width, day):
    days = ["", *map(str, sorted(turns))]
    made = stretches(*((day, Verdict.UNKNOWN) for day in days))
    marked = None if day is None else DateRange(day, day + timedelta(days=1))
    text = timeline_text({"anybody": made}, marked, TODAY, TerminalStyle(width, colour=False))
    assert max(len(line) for line in text.splitlines()) <= max(width, 62)
