"""Every rule file says what it means, and means it."""

import pytest

from provenance.judge import Case, differences
from provenance.model import Library, Verdict
from provenance.read.rulefiles import load_cases, load_rules

CASES = load_cases()


@pytest.fixture(scope="module")
def library() -> Library:
    return load_rules()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place.removeprefix("rules/"))
def test_a_case_holds(case: Case, library: Library):
    assert differences(case, library) == ()


def test_every_source_and_licence_has_cases(library: Library):
    told = {case.subject for case in CASES}
    assert told == {each.id for each in (*library.sources, *library.licences)}


def test_a_case_that_does_not_hold_is_told_apart(library: Library):
    case = next(case for case in CASES if case.verdict is Verdict.FORBIDDEN)
    wrong = Case(
        case.place,
        case.subject,
        case.item_date,
        case.licence,
        case.circumstances,
        Verdict.PERMITTED,
        None,
        None,
    )
    (difference,) = differences(wrong, library)
    assert difference.startswith(f"{case.place}: verdict is forbidden, not permitted")
