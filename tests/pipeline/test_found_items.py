"""When items were withdrawn, compared with the collection and the use of a dataset."""

from datetime import date

import pytest

from provenance.model.records.audit import WithdrawalTime
from provenance.model.rules.terms import DateRange
from provenance.pipeline.audit.found_items import withdrawal_time
from provenance.pipeline.audit.measured_sections import sub_source

SUMMER = DateRange(date(2022, 6, 1), date(2022, 9, 1))
USE = date(2023, 1, 1)


@pytest.mark.parametrize(
    ("day", "collected", "use", "expected"),
    [
        (date(2022, 5, 31), SUMMER, USE, WithdrawalTime.BEFORE_COLLECTION),
        (date(2022, 6, 1), SUMMER, USE, WithdrawalTime.DURING_COLLECTION),
        (date(2022, 8, 31), SUMMER, USE, WithdrawalTime.DURING_COLLECTION),
        (date(2022, 9, 1), SUMMER, USE, WithdrawalTime.BETWEEN),
        (date(2022, 12, 31), SUMMER, USE, WithdrawalTime.BETWEEN),
        (date(2023, 1, 1), SUMMER, USE, WithdrawalTime.AFTER_USE),
        (date(2023, 1, 1), None, USE, WithdrawalTime.AFTER_USE),
        (date(2022, 9, 1), SUMMER, None, WithdrawalTime.AFTER_COLLECTION),
        (date(2022, 9, 1), None, USE, WithdrawalTime.UNDATED),
        (date(2022, 9, 1), None, None, WithdrawalTime.UNDATED),
        (date(2022, 5, 1), DateRange(date(2022, 6, 1)), USE, WithdrawalTime.BEFORE_COLLECTION),
        (date(2022, 9, 1), DateRange(date(2022, 6, 1)), USE, WithdrawalTime.UNDATED),
    ],
)
def test_withdrawals_are_placed(day, collected, use, expected):
    assert withdrawal_time(day, collected, use) is expected


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://old.reddit.com/r/slowmiles/comments/1", "r/slowmiles"),
        ("https://www.example.com/r/other", "example.com"),
        ("https://notreddit.com/r/other", "notreddit.com"),
        ("http://[broken", None),
        ("no address", None),
    ],
)
def test_places_are_subreddits_or_hosts(url, place):
    assert sub_source(url) == place
