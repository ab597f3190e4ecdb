"""Time, cut where something changes."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from provenance.judge.binding_terms import (
    Scenario,
    change_days,
    collection_days,
    in_words,
    publication_days,
    ranges_between,
)
from provenance.model.rules.terms import DateRange

days = st.dates(date(2000, 1, 1), date(2001, 1, 1))
spans = st.builds(
    lambda first, more: DateRange(first, first + timedelta(days=more)), days, st.integers(1, 99)
)


@given(st.lists(spans, max_size=5), days)
def test_every_day_is_in_one_stretch_and_a_range_holds_all_of_it_or_nothing(ranges, day):
    this = DateRange(day, day + timedelta(days=1))
    (stretch,) = [s for s in ranges_between(change_days(ranges)) if s.overlaps(this)]
    for span in ranges:
        if span.overlaps(stretch):
            assert span.overlaps(this)


def test_ranges_are_written_with_their_last_day():
    first, until = date(2023, 6, 1), date(2023, 6, 2)
    assert in_words(DateRange(first, until)) == "on 2023-06-01"
    assert in_words(DateRange(first, date(2023, 7, 1))) == "2023-06-01 to 2023-06-30"
    assert in_words(DateRange(None, until)) == "before 2023-06-02"
    assert in_words(DateRange(first, None)) == "since 2023-06-01"
    assert in_words(DateRange()) == "at any time"


def test_the_last_day_of_the_calendar_is_a_day():
    assert publication_days(date.max, DateRange()) == DateRange(date.max, None)


def test_nothing_is_collected_after_today():
    today, tomorrow = date(2024, 5, 1), date(2024, 5, 2)
    first = date(2024, 1, 1)
    assert collection_days(None, None, today) == DateRange(None, tomorrow)
    assert collection_days(None, DateRange(first, None), today) == DateRange(first, tomorrow)
    assert collection_days(first, None, today) == DateRange(first, tomorrow)
    # What is said to be collected later is believed, as is one with an end.
    later = DateRange(date(2025, 1, 1), None)
    assert collection_days(None, later, today) == later
    assert collection_days(None, DateRange(first, later.first), today).until == later.first


@given(days, st.integers(-3, 3), st.booleans(), st.booleans())
def test_nothing_is_collected_before_it_is_published(until, later, is_collected, is_published):
    first = until + timedelta(days=later)
    collected = DateRange(None, until if is_collected else None)
    published = DateRange(first if is_published else None, None)
    last_day = until - timedelta(days=1)
    is_late = is_collected and is_published and first > last_day
    assert Scenario(collected, published).is_possible() is not is_late
