"""Gates: what fails, and in which words."""

import pytest

from provenance.judge.gates import evaluate_gates, mark_undecided, violations
from provenance.model.rules.policy import Gate, Unit
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Purpose, Verdict


def test_a_gate_passes_up_to_its_limit_and_fails_above():
    gate = Gate(Verdict.FORBIDDEN, limit=0.05)
    within, above = evaluate_gates([gate, gate], [(0.2, 0.05), (0.2, 0.0501)])
    assert (within.passed, above.passed) == (True, False)


def test_a_gate_of_nothing_lets_nothing_pass():
    nothing, something = evaluate_gates([Gate(Verdict.FORBIDDEN)] * 2, [(0.0, 0.0), (1e-9, 1e-12)])
    assert (nothing.passed, something.passed) == (True, False)


def test_a_violation_names_share_source_verdict_purpose_and_limit():
    outcomes = evaluate_gates([Gate(Verdict.FORBIDDEN, "x")], [(0.052, 0.049)])
    (violation,) = violations(outcomes, Circumstances())
    assert violation.gate == "x:forbidden=0%"
    assert violation.message == (
        "5.2 % of tokens (at least 4.9 %) is content of x that is forbidden for pretraining; "
        "the policy allows 0 %"
    )
    assert "agreement" in violation.remedy
    assert "[[waivers]]" in violation.remedy


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_words_and_a_remedy(verdict):
    gate = Gate(verdict, unit=Unit.DOCUMENTS, limit=0.01)
    asked = Circumstances(purpose=Purpose.EVALUATION)
    (violation,) = violations(evaluate_gates([gate], [(0.5, 0.4)]), asked)
    assert str(verdict)[:7] in violation.message
    assert "of documents" in violation.message
    assert "for evaluation; the policy allows 1 %" in violation.message


def test_the_date_of_collection_is_asked_for_where_nobody_says_it():
    outcomes = evaluate_gates([Gate(Verdict.FORBIDDEN)], [(0.5, 0.4)])
    (asked,) = violations(outcomes, Circumstances())
    (told,) = violations(outcomes, Circumstances(collected=DateRange()))
    assert "--collected" in asked.remedy
    assert "--collected" not in told.remedy


def test_what_passes_is_no_violation():
    assert (
        violations(evaluate_gates([Gate(Verdict.FORBIDDEN)], [(0.0, 0.0)]), Circumstances()) == ()
    )


def test_a_tiny_share_is_not_called_none():
    outcomes = evaluate_gates([Gate(Verdict.FORBIDDEN)], [(0.0000041, 0.00000000012)])
    (violation,) = violations(outcomes, Circumstances())
    assert violation.message.startswith("0.00041 % of tokens (at least 0.000000012 %) is content")


def test_a_gate_of_a_sample_is_undecided_only_where_all_of_it_would_fail():
    gate = Gate(Verdict.FORBIDDEN, limit=0.05)
    outcomes = evaluate_gates([gate] * 3, [(0.2, 0.04), (0.06, 0.04), (0.2, 0.06)])
    doubted = mark_undecided(outcomes, [0.18, 0.05, 0.18])
    assert [outcome.undecided for outcome in doubted] == [True, False, False]
    assert [outcome.passed for outcome in doubted] == [True, True, False]
