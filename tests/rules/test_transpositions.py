"""A directive is law where and since a country transposed it."""

from datetime import date, timedelta

import pytest

from provenance.errors import RuleSyntax
from provenance.judge.rulings import Judge
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Actor, DateRange, Purpose, Verdict
from provenance.read.rules.rule_files import load_rules, parse_library, read_rule_files

LIBRARY = load_rules()
LAWS = {
    exception.id: {terms.jurisdictions[0]: terms for terms in exception.terms}
    for exception in LIBRARY.exceptions
    if exception.id.startswith("eu-dsm")
}
STATES = dict(LIBRARY.places)["EU"]
ASKED = {
    "eu-dsm-art-4": {"purpose": Purpose.PRETRAINING},
    "eu-dsm-art-3": {"purpose": Purpose.RESEARCH_TDM, "actor": Actor.RESEARCH_ORGANISATION},
}
DAY = timedelta(days=1)


def ruling(place, day, claim="eu-dsm-art-4", until=None, **more):
    collected = DateRange(day, until or day + DAY)
    asked = Circumstances(
        jurisdiction=place, collected=collected, claims=(claim,), **ASKED[claim], **more
    )
    return Judge(LIBRARY, asked, (), date(2026, 11, 28)).rule("all-rights-reserved").ruling


@pytest.mark.parametrize("claim", LAWS)
def test_every_state_of_the_union_has_its_law_with_a_day_and_evidence(claim):
    assert set(LAWS[claim]) == set(STATES)
    for law in LAWS[claim].values():
        assert law.period.first is not None
        assert law.stored_copy
        assert law.confidence.startswith("secondary source only; its first day is")


@pytest.mark.parametrize("claim", LAWS)
@pytest.mark.parametrize("place", STATES)
def test_it_is_law_in_a_state_since_its_own_day(claim, place):
    first = LAWS[claim][place].period.first
    before = ruling(place, first - DAY, claim)
    assert before.verdict is Verdict.FORBIDDEN
    assert f"is law here since {first}" in before.why
    since = ruling(place, first, claim)
    assert (since.verdict, since.terms) == (Verdict.RESTRICTED, f"{claim}/article/{place}")


@pytest.mark.parametrize(
    ("place", "day"),
    [
        ("DE", "2021-06-07"),
        ("EE", "2022-01-07"),
        ("FI", "2023-04-03"),
        ("HU", "2021-06-01"),
        ("PL", "2024-09-20"),
        ("PT", "2023-07-04"),
    ],
)
def test_days_that_are_known_stand_in_the_rules(place, day):
    law = LAWS["eu-dsm-art-4"][place]
    assert law.period.first == date.fromisoformat(day)
    assert "not verified" not in law.confidence


@pytest.mark.parametrize("place", ["NO", "IS", "LI"])
def test_it_is_not_known_to_be_law_in_states_of_the_area_outside_the_union(place):
    made = ruling(place, date(2025, 6, 1))
    assert made.verdict is Verdict.FORBIDDEN
    assert f"is not known to be law in {place}" in made.why
    assert ruling("EEA", date(2025, 6, 1)).verdict is Verdict.FORBIDDEN


def test_the_union_states_the_range_and_the_last_country_decides():
    assert ruling("EU", date(2021, 5, 31)).verdict is Verdict.FORBIDDEN
    between = ruling("EU", date(2023, 6, 15))
    assert between.verdict is Verdict.FORBIDDEN
    assert "from 2021-06-01 (HU) to 2024-09-20 (PL)" in between.why
    assert "It is not stated in which country" in between.why
    assert "--jurisdiction" in between.remedy
    verdicts = {each.circumstance: each.verdict for each in between.alternatives}
    assert verdicts["in BG, PL, PT"] is Verdict.FORBIDDEN
    since = ruling("EU", date(2024, 9, 20))
    assert since.verdict is Verdict.RESTRICTED
    assert "from 2021-06-01 (HU) to 2024-09-20 (PL)" in since.why


def test_of_the_laws_of_many_countries_one_is_named():
    made = ruling("EU", date(2025, 1, 1))
    (law,) = (reason.terms for reason in made.reasons if reason.basis == "statute")
    assert law.id.startswith("eu-dsm-art-4/article/")
    (lifted,) = (reason for reason in made.reasons if reason.lifted_by)
    assert lifted.lifted_by == made.terms == law.id


def test_a_claim_says_what_it_does_not_reach():
    other = Circumstances(purpose=Purpose.RETRIEVAL, jurisdiction="DE", claims=("eu-dsm-art-4",))
    made = Judge(LIBRARY, other).rule("all-rights-reserved").ruling
    assert "does not cover retrieval" in made.why
    nowhere = Circumstances(claims=("eu-dsm-art-4",))
    made = Judge(LIBRARY, nowhere).rule("all-rights-reserved").ruling
    assert "counts only where the place is stated" in made.why


def test_a_transposition_without_evidence_is_refused():
    files = dict(read_rule_files(None))
    name = "exceptions/eu-dsm-art-4.yaml"
    text = files[name].decode()
    entry = text[text.index("  - place: AT") : text.index("  - place: BE")]
    broken = entry[: entry.index("    stored-copy")]
    with pytest.raises(RuleSyntax, match="'stored-copy' is missing"):
        parse_library({**files, name: text.replace(entry, broken).encode()})
