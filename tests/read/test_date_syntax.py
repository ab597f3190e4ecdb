"""Days and stretches of days, as people write them."""

from datetime import date

import pytest

from provenance.errors import PolicyError
from provenance.model.rules.terms import DateRange
from provenance.read.policy.date_syntax import parse_collected
from provenance.read.policy.validation import UncheckedValue


def collected(value: object) -> DateRange:
    return parse_collected(UncheckedValue(value, "collected", PolicyError))


@pytest.mark.parametrize(
    ("value", "first", "until"),
    [
        ("2023-06-01", date(2023, 6, 1), date(2023, 6, 2)),
        (date(2023, 6, 1), date(2023, 6, 1), date(2023, 6, 2)),
        ("2023-06", date(2023, 6, 1), date(2023, 7, 1)),
        ("2023", date(2023, 1, 1), date(2024, 1, 1)),
        ("2023-06-01..2023-08-31", date(2023, 6, 1), date(2023, 9, 1)),
        ("2023-06-01..2023-06-01", date(2023, 6, 1), date(2023, 6, 2)),
        ("2022..2023-06", date(2022, 1, 1), date(2023, 7, 1)),
        ("2023-06-01..", date(2023, 6, 1), None),
        ("..2023-06-01", None, date(2023, 6, 2)),
        ({"from": date(2023, 6, 1)}, date(2023, 6, 1), None),
        ({"from": "2023-06-01", "until": date(2023, 8, 31)}, date(2023, 6, 1), date(2023, 9, 1)),
    ],
)
def test_a_date_of_collection_may_be_a_day_or_a_stretch_of_days(value, first, until):
    assert collected(value) == DateRange(first, until)


@pytest.mark.parametrize(
    "value",
    [
        *("", "june", "2023-13", "2023-06-02..2023-06-01", 3.5, None),
        *("0000", "9999", "9999-12", "9999-12-31"),  # behind these there is no day
    ],
)
def test_a_date_of_collection_that_cannot_be_meant_is_refused(value):
    with pytest.raises(PolicyError):
        collected(value)
