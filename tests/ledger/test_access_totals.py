"""Sums of calls: records that may count the same calls give a range."""

from datetime import date

import pytest

from provenance.model.records.access_totals import AccessTotal, access_total
from provenance.model.records.ledger import AccessFacts
from provenance.model.rules.policy import Route
from provenance.model.rules.terms import DateRange


def year(number):
    return DateRange(date(number, 1, 1), date(number + 1, 1, 1))


def month(number):
    return DateRange(date(2022, number, 1), date(2022, number + 1, 1))


def lanterns(dates=None, **facts):
    return AccessFacts("x", **{"application": "Lanterns", "dates": dates, **facts})


def total(*amounts):
    return access_total(amounts)


@pytest.mark.parametrize(
    "other",
    [
        lanterns(year(2023)),
        lanterns(year(2022), application="Quilt Studio"),
        AccessFacts("reddit", "Lanterns", dates=year(2022)),
        lanterns(year(2022), account="app-18"),
        lanterns(year(2022), route=Route.PURCHASE),
    ],
)
def test_what_cannot_be_the_same_calls_is_added(other):
    first = lanterns(year(2022), account="app-17", route=Route.API)
    assert total((first, 5), (other, 7)) == AccessTotal(12, 12, 0)


@pytest.mark.parametrize(
    "other",
    [
        lanterns(year(2022)),
        lanterns(month(3)),
        lanterns(),
        lanterns(month(3), application="lanterns "),
        lanterns(month(3), application=None),
        lanterns(month(3), account="app-17"),
        lanterns(DateRange(date(2022, 12, 31))),
    ],
)
def test_what_may_be_the_same_calls_gives_a_range(other):
    assert total((lanterns(year(2022)), 51), (other, 4)) == AccessTotal(51, 55, 2)
    assert total((other, 4), (lanterns(year(2022)), 51)) == AccessTotal(51, 55, 2)


def test_months_that_are_more_than_their_year_are_the_least():
    months = [(lanterns(month(number)), 5) for number in range(1, 12)]
    assert total((lanterns(year(2022)), 51), *months) == AccessTotal(55, 106, 12)
    assert total((lanterns(year(2022)), 60), *months) == AccessTotal(60, 115, 12)
    assert total(*months) == AccessTotal(55, 55, 0)


def test_nothing_is_nothing():
    assert total() == AccessTotal(0, 0, 0)
