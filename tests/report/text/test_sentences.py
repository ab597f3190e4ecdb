"""Sentences that every report shares."""

from dataclasses import replace

import pytest
import yaml

from provenance.model.results.result import GateOutcome
from provenance.model.rules.policy import Gate, Route, Unit
from provenance.model.rules.rulings import Alternative, Circumstances
from provenance.model.rules.terms import Actor, ModelScope, Verdict
from provenance.report.text.next_steps import outcome_line
from provenance.report.text.sentences import (
    BASIS_MEANINGS,
    circumstances_phrase,
    headline,
    outcome_of,
    route_phrase,
    ruling_remedy,
    rulings_by_source,
    shares_by,
    split_repeated,
    status_mark,
)
from tests.report.samples import sample_report

RESULT = sample_report().result


def failing(*gates):
    outcomes = tuple(GateOutcome(gate, 0.25, 0.2, passed=False) for gate in gates)
    return replace(RESULT, gates=outcomes)


@pytest.mark.parametrize(
    ("gate", "sentence"),
    [
        (
            Gate(Verdict.FORBIDDEN),
            "25.0% of the tokens are forbidden for pretraining; the policy allows 0%.",
        ),
        (
            Gate(Verdict.UNKNOWN, "x", Unit.DOCUMENTS, 0.05),
            (
                "25.0% of the documents hold content of x that is of unknown status for "
                "pretraining; the policy allows 5%."
            ),
        ),
        (
            Gate(Verdict.RESTRICTED, "x", Unit.BYTES),
            (
                "25.0% of the bytes are content of x that is allowed for pretraining only under "
                "conditions; the policy allows 0%."
            ),
        ),
    ],
)
def test_the_headline_of_a_failed_check_says_what_is_too_much(gate, sentence):
    assert headline(failing(gate)) == sentence


def test_the_headline_counts_the_other_gates_that_failed():
    gate = Gate(Verdict.FORBIDDEN)
    assert headline(failing(gate, gate)).endswith("allows 0%. 1 more gate failed.")
    assert headline(failing(gate, gate, gate)).endswith(" 2 more gates failed.")


def test_a_check_that_passes_with_forbidden_content_shows_its_share():
    gate = GateOutcome(Gate(Verdict.UNKNOWN, limit=1.0), 0.0, 0.0, passed=True)
    passed = replace(RESULT, gates=(gate,), violations=())
    assert headline(passed) == ("1.9% of the tokens are forbidden for pretraining; no gate fails.")
    assert (outcome_of(passed), status_mark(passed)) == ("pass", "PASS")


def test_what_is_unknown_is_not_decided_unless_a_gate_limits_it():
    for gates in (), (GateOutcome(Gate(Verdict.UNKNOWN, "x"), 0.0, 0.0, passed=True),):
        result = replace(RESULT, gates=gates, violations=())
        assert (outcome_of(result), status_mark(result)) == ("warn", "NOT DECIDED")
        assert headline(result).startswith(
            "1.9% of the tokens are forbidden for pretraining. 0.13% of the tokens are of unknown "
            "status for pretraining, and no gate limits that."
        )
        assert outcome_line(result).startswith("NOT DECIDED: 1.9% of the tokens are forbidden")


def test_what_is_found_but_not_surely_enough_is_not_decided():
    gate = GateOutcome(Gate(Verdict.FORBIDDEN), 0.019, 0.0, passed=True)
    limit = GateOutcome(Gate(Verdict.UNKNOWN, limit=1.0), 0.0, 0.0, passed=True)
    doubt = replace(RESULT, gates=(gate, limit), violations=())
    assert outcome_of(doubt) == "warn"
    assert headline(doubt) == (
        "1.9% of the tokens may be forbidden for pretraining, but it is too uncertain whose words "
        "they are to fail a gate."
    )
    assert "0.13% of the tokens are of unknown status" in headline(replace(doubt, gates=(gate,)))


def contest_all(share):
    return replace(share, tokens=replace(share.tokens, contested=share.tokens.share))


def test_the_headline_speaks_of_what_counts():
    shares = tuple(
        contest_all(share) if (share.by, share.key) == ("verdict", "forbidden") else share
        for share in RESULT.shares
    )
    gate = GateOutcome(Gate(Verdict.UNKNOWN, limit=1.0), 0.0013, 0.0, passed=True)
    result = replace(RESULT, gates=(gate,), violations=(), shares=shares)
    assert headline(result) == (
        "0.13% of the tokens are of unknown status for pretraining; no gate fails."
    )
    all_contested = tuple(map(contest_all, RESULT.shares))
    result = replace(RESULT, gates=(), violations=(), shares=all_contested)
    assert headline(result) == "Nothing of what was found counts for its source."
    assert status_mark(result) == "PASS"


def test_the_headline_names_what_would_decide():
    (unknown,) = (each for each in RESULT.rulings if each.source == "forum.example")
    other = (
        Alternative("as scraper", Verdict.RESTRICTED, "automated-access", None),
        Alternative("as recipient of a copy", Verdict.UNKNOWN, "not-bound", None),
        Alternative("collected before 2023-01-01", Verdict.PERMITTED, "public-domain", None),
    )
    ruling = replace(unknown.ruling, alternatives=other)
    result = replace(RESULT, gates=(), violations=(), rulings=(replace(unknown, ruling=ruling),))
    assert headline(result).endswith(
        " Stating the day of collection (--collected) or the role (--actor) may decide 1 of 1 "
        "source."
    )


def test_an_unknown_verdict_always_has_a_remedy():
    unknown = next(each.ruling for each in RESULT.rulings if each.source == "forum.example")
    assert unknown.remedy is None
    assert "'forum.example'" in ruling_remedy(unknown)
    assert "agreement" in ruling_remedy(unknown)


def test_the_circumstances_name_what_is_unknown():
    assert circumstances_phrase(RESULT.policy.circumstances) == (
        "for pretraining, collected on an unknown date, by a party in any role"
    )


@pytest.mark.parametrize(
    ("actor", "role"),
    [(Actor.API_DEVELOPER, "API developer"), (Actor.ACCOUNT_HOLDER, "account holder")],
)
def test_a_role_is_written_as_people_do(actor, role):
    assert circumstances_phrase(Circumstances(actor=actor)).endswith(
        f"by a party in the role of {role}"
    )


@pytest.mark.parametrize("route", Route)
def test_every_route_has_a_phrase(route):
    assert route_phrase(route).split()[0] in {"obtained", "downloaded", "purchased", "our"}


def test_the_circumstances_name_all_that_was_stated():
    stated = Circumstances(
        commercial=True,
        model=(ModelScope.GENERATIVE, ModelScope.COMPETING),
        claims=("eu-dsm-art-4",),
        jurisdiction="EU",
    )
    assert circumstances_phrase(stated).endswith(
        "under the law of EU, for commercial use, for a model that is generative and competing, "
        "claiming eu-dsm-art-4"
    )
    assert "that is of no kind" in circumstances_phrase(replace(stated, model=("other",)))
    closed = circumstances_phrase(replace(stated, model=("generative", "other")))
    assert "for a model that is generative, of no other kind that terms name" in closed
    assert "for non-commercial use" in circumstances_phrase(replace(stated, commercial=False))


def test_rulings_on_one_source_are_grouped():
    groups = rulings_by_source(RESULT.rulings)
    assert [group[0].source for group in groups] == [
        *("x", "forum.example", "mastodon", "stackexchange", "reddit"),
    ]
    assert [each.documents for each in groups[3]] == [77, 19]


def test_shares_are_sorted_strictest_first():
    assert [share.key for share in shares_by(RESULT.shares, "source")] == [
        *("x", "forum.example", "stackexchange", "mastodon", "reddit"),
    ]


def test_every_basis_of_the_law_book_has_words(root):
    book = yaml.safe_load((root / "rules" / "verdicts.yaml").read_text("utf-8"))
    assert {basis["id"] for basis in book["bases"]} <= set(BASIS_MEANINGS)


def test_rulings_are_distinguished_by_verdict_basis_and_statement():
    first = RESULT.rulings[0]
    same = replace(first, documents=3)
    laxer = replace(first, ruling=replace(first.ruling, verdict=Verdict.RESTRICTED))
    older = replace(first, ruling=replace(first.ruling, terms="x/terms-of-service/2020-06-18"))
    assert split_repeated([first, same, laxer, older, first]) == (
        (first, laxer, older),
        (same, first),
    )
