"""Figures for people: short, and never rounder than the truth."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.model.rules.terms import DateRange
from provenance.report.text.number_format import (
    count,
    date_span,
    exact_percent,
    interval,
    percent,
    period,
    rarity,
    size,
)


@given(st.floats(0, 1))
def test_only_nothing_is_nothing_and_only_all_is_all(share):
    assert (percent(share) == "0%") == (share == 0)
    assert (percent(share) == "100%") == (share == 1)


@given(st.floats(0.00001, 0.999))
def test_a_share_reads_back_within_its_last_digit(share):
    read = float(percent(share).removesuffix("%")) / 100
    assert math.isclose(read, share, rel_tol=0.05)


@given(st.floats(0, 1))
def test_a_share_is_at_most_seven_signs(share):
    assert len(percent(share)) <= 7


def test_figures_that_people_meet():
    assert interval(0.0391, 0.05) == "3.9\N{EN DASH}5.0%"
    assert (count(1, "document"), count(1204, "document")) == ("1 document", "1,204 documents")
    assert [exact_percent(share) for share in (0.0, 0.05, 0.001, 1.0)] == [
        "0%",
        "5%",
        "0.1%",
        "100%",
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_999, "1.0 MB"),
        (123_456_789, "123 MB"),
    ],
)
def test_sizes_change_their_unit_in_time(number, text):
    assert size(number) == text


@pytest.mark.parametrize(
    ("first", "until", "text"),
    [
        (date(2023, 9, 29), date(2024, 11, 15), "2023-09-29 to 2024-11-14"),
        (date(2023, 6, 1), date(2023, 6, 2), "2023-06-01"),
        (date(2024, 11, 15), None, "since 2024-11-15"),
        (None, date(2023, 9, 29), "until 2023-09-28"),
        (None, None, "any date"),
    ],
)
def test_a_period_names_its_last_day(first, until, text):
    assert period(DateRange(first, until)) == text


def test_a_span_of_one_day_is_that_day():
    day = date(2024, 5, 1)
    assert date_span(day, day) == "2024-05-01"
    assert date_span(day, date(2024, 5, 2)) == "2024-05-01 to 2024-05-02"


@given(st.floats(0, 200))
def test_rarity_never_promises_more_than_once_in_a_trillion(strength):
    assert rarity(strength).endswith(" words")
    assert len(rarity(strength)) <= 36
    if strength > 40:
        assert rarity(strength) == "less than once in a trillion words"
