"""Every rule file says what it means, and means it."""

from dataclasses import replace

import pytest

from provenance.judge import Case, differences
from provenance.model import Library, Verdict
from provenance.read.rulefiles import load_cases, load_rules

CASES = load_cases()
STOPS = (Verdict.FORBIDDEN, Verdict.UNKNOWN)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_rules()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place.removeprefix("rules/"))
def test_a_case_holds(case: Case, library: Library):
    assert differences(case, library) == ()


def test_every_file_has_cases_that_it_finds_and_cases_that_pass(library: Library):
    named = (*library.sources, *library.licences, *library.signals, *library.exceptions)
    stops = {case.file for case in CASES if case.verdict in STOPS}
    goes_on = {case.file for case in CASES if case.verdict not in STOPS}
    assert stops == goes_on == {each.id for each in named}


def test_a_case_that_does_not_hold_is_told_apart(library: Library):
    case = next(case for case in CASES if case.verdict is Verdict.FORBIDDEN)
    wrong = replace(case, verdict=Verdict.PERMITTED, basis=None, terms=None)
    (difference,) = differences(wrong, library)
    assert difference.startswith(f"{case.place}: verdict is forbidden, not permitted")
