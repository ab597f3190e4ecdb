"""Every rule file says what it means, and means it."""

from dataclasses import replace

import pytest

from provenance.judge.rule_checks import Case, differences
from provenance.model.rules.rule_library import Library
from provenance.model.rules.signals import Stance
from provenance.model.rules.terms import Verdict
from provenance.read.rules.rule_cases import SignalExample, example_mismatch
from provenance.read.rules.rule_files import load_cases, load_examples, load_rules

CASES = load_cases()
EXAMPLES = load_examples()
SIGNALS = {"ai-txt", "aipref", "content-signals", "noai", "tdmrep", "rsl-1.0"}
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


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.place.removeprefix("rules/"))
def test_an_example_reads_as_it_says(example: SignalExample, library: Library):
    assert example_mismatch(example, library.agents) is None


def test_every_signal_that_is_read_has_an_example_that_disallows_and_one_that_does_not():
    read = {*SIGNALS, "robots-txt"}
    assert {each.signal for each in EXAMPLES if each.says is Stance.DISALLOWS} == read
    assert {each.signal for each in EXAMPLES if each.says is not Stance.DISALLOWS} >= read


def test_an_example_that_reads_otherwise_is_told_apart(library: Library):
    example = next(each for each in EXAMPLES if each.signal == "noai")
    assert example_mismatch(replace(example, says=Stance.ALLOWS), library.agents) == (
        f'{example.place}: it disallows, not allows; header X-Robots-Tag: "noindex, noai"'
    )


def test_robots_that_collect_for_training_come_from_the_rules(library: Library):
    assert list(library.agents) == ["robots-txt/training-agents", "robots-txt/training-tokens"]
    assert "GPTBot" in library.agents["robots-txt/training-agents"]
    # Keeping robots of search out says nothing of training.
    assert not any("OAI-SearchBot" in names for names in library.agents.values())


def test_a_case_that_does_not_hold_is_told_apart(library: Library):
    case = next(case for case in CASES if case.verdict is Verdict.FORBIDDEN)
    wrong = replace(case, verdict=Verdict.PERMITTED, basis=None, terms=None)
    (difference,) = differences(wrong, library)
    assert difference.startswith(f"{case.place}: verdict is forbidden, not permitted")


def test_a_case_that_names_what_nobody_knows_does_not_hold(library: Library):
    case = next(case for case in CASES if case.verdict is Verdict.FORBIDDEN)
    (said,) = differences(replace(case, signals=("tdm-rep",)), library)
    assert "the rules have no signal 'tdm-rep'; did you mean 'tdmrep'?" in said
    claimed = replace(case.circumstances, claims=("eu-dsm-4",))
    (said,) = differences(replace(case, circumstances=claimed), library)
    assert "no statutory exception 'eu-dsm-4'" in said
