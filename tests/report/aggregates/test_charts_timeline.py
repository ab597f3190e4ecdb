"""A timeline's bar: its pieces fill it, in order, and the mark lies within."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.model.rules.rulings import VerdictPeriod
from provenance.model.rules.terms import DateRange, Verdict
from provenance.report.aggregates.charts import timeline_bar

TODAY = date(2026, 1, 1)
days = st.dates(date(1990, 1, 1), date(2026, 1, 1))


def stretches(turns):
    ends = [None, *sorted(turns), None]
    return [
        VerdictPeriod(DateRange(first, until), Verdict.UNKNOWN, "basis", None)
        for first, until in pairwise(ends)
    ]


@given(st.lists(days, unique=True, max_size=8), st.none() | days, st.integers(1, 900))
def test_the_pieces_fill_the_bar_and_the_mark_lies_within(turns, collected, length):
    asked = collected and DateRange(collected, collected + timedelta(days=length))
    bar = timeline_bar(stretches(turns), asked, TODAY)
    assert bar.pieces[0].x == 0
    assert sum(piece.width for piece in bar.pieces) == pytest.approx(100, abs=0.1)
    assert all(one.x < other.x for one, other in pairwise(bar.pieces))
    assert all(0 <= x <= 100 for x, _ in bar.years)
    assert len(bar.years) <= 8
    if asked is None:
        assert bar.mark is None
    else:
        assert 0 <= bar.mark[0] <= bar.mark[1] <= 100
