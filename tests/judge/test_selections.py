"""Statements picked by what they are about, and two law books compared."""

from dataclasses import replace
from datetime import date

import pytest

from provenance.judge.rule_checks import Selection, changes_between, entries, select_entries
from provenance.model.rules.terms import DateRange, Verdict


def ids(library, **wanted):
    return [t.id for _, every in select_entries(library, Selection(**wanted)) for t in every]


@pytest.fixture
def library(terms, book):
    until = DateRange(None, date(2024, 1, 1))
    return book(
        replace(terms("here/old", Verdict.RESTRICTED), period=until, binds=("scraper",)),
        terms("here/new", Verdict.FORBIDDEN, "2024-01-01"),
        terms("open/text", Verdict.PERMITTED, confidence="secondary source only"),
    )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["here/old", "here/new/2024-01-01", "open/text"]),
        ({"kind": "licence"}, ["open/text"]),
        ({"subjects": ("here",)}, ["here/old", "here/new/2024-01-01"]),
        ({"verdict": Verdict.FORBIDDEN}, ["here/new/2024-01-01"]),
        ({"basis": "automated-access"}, ["here/old"]),
        ({"binds": "scraper"}, ["here/old"]),
        ({"day": date(2023, 12, 31)}, ["here/old", "open/text"]),
        ({"day": date(2024, 1, 1)}, ["here/new/2024-01-01", "open/text"]),
        ({"confidence": "secondary"}, ["open/text"]),
        ({"subjects": ("there",)}, []),
    ],
)
def test_statements_are_picked_by_what_they_are_about(library, wanted, found):
    book = replace(library, signals=(), exceptions=())
    assert ids(book, **wanted) == found


def test_every_kind_of_entry_is_listed(shipped):
    sizes = {kind: len(every) for kind, every in entries(shipped).items()}
    assert min(sizes.values()) > 0
    assert list(sizes) == ["source", "licence", "signal", "exception"]


def test_what_was_added_removed_and_changed_is_told(terms, book):
    old = book(terms("here/a", Verdict.RESTRICTED), terms("here/b", Verdict.FORBIDDEN))
    new = book(terms("here/a", Verdict.RESTRICTED, clause="s.2"), terms("here/c", Verdict.UNKNOWN))
    told = {change.terms: change for change in changes_between(old, new)}
    assert told["here/a"].parts == ("clause",)
    assert (told["here/b"].new, told["here/c"].old) == (None, None)
    assert len(told) == 3
    assert changes_between(old, old) == ()
