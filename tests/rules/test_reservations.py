"""Reservations against mining: which signals defeat which statutory exceptions."""

from datetime import date, timedelta
from itertools import product

import pytest

from provenance.judge.rulings import Judge
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Actor, DateRange, Purpose, Verdict
from provenance.read.rules.rule_files import load_rules

LIBRARY = load_rules()
RESERVE = {
    "ai-txt/file",
    "aipref/content-usage",
    "cc-signals/draft",
    "content-signals/policy",
    "noai/directive",
    "opt-out/objection",
    "robots-txt/training-agents",
    "robots-txt/training-tokens",
    "rsl-1.0/specification",
    "tdmrep/reservation",
}
"""Signals that reserve training or mining; all others of the rules reserve nothing."""
SIGNALS = sorted(terms.id for signal in LIBRARY.signals for terms in signal.terms)
PLACES = {"eu-dsm-art-3": "DE", "eu-dsm-art-4": "DE", "japan-30-4": "JP"}
PLACES |= {"uk-cdpa-29a": "GB", "us-fair-use": "US"}
USES = {"eu-dsm-art-3": Purpose.RESEARCH_TDM, "uk-cdpa-29a": Purpose.RESEARCH_TDM}
CC_LICENCES = [each.id for each in LIBRARY.licences if each.id.startswith("cc-")]


AGREED_BY_DOWNLOADERS = {"stackexchange/data-dump-agreement"}
"""What is promised for one file reserves nothing towards others."""


def on(day):
    first = date.fromisoformat(day)
    return DateRange(first, first + timedelta(days=1))


def ruling(subject, licence=None, signals=(), published=None, **stated):
    judge = Judge(LIBRARY, Circumstances(**stated), (), date(2026, 11, 28))
    return judge.rule(subject, published, licence, signals).ruling


@pytest.mark.parametrize(("signal", "claim"), [*product(SIGNALS, PLACES)])
def test_a_signal_defeats_the_exceptions_that_respect_reservations_and_no_other(signal, claim):
    stated = {
        "purpose": USES.get(claim, Purpose.PRETRAINING),
        "jurisdiction": PLACES[claim],
        "commercial": False,
        "collected": on("2025-06-01"),
        "actor": Actor.RESEARCH_ORGANISATION if claim == "eu-dsm-art-3" else Actor.SCRAPER,
    }
    document = "/".join(signal.split("/")[:2])
    bare = ruling("all-rights-reserved", None, (document,), **stated)
    assert (bare.verdict, bare.basis) == (Verdict.FORBIDDEN, "default-copyright")
    claimed = ruling("all-rights-reserved", None, (document,), **stated, claims=(claim,))
    if claim == "eu-dsm-art-4" and document in RESERVE:
        assert claimed.verdict is Verdict.FORBIDDEN
        is_covered = not any(reason.lifted_by for reason in claimed.reasons)
        assert is_covered
    else:
        assert claimed.verdict is Verdict.RESTRICTED
        assert any(reason.lifted_by for reason in claimed.reasons)


@pytest.mark.parametrize("signal", sorted(RESERVE))
@pytest.mark.parametrize("subject", ["vimeo", "bluesky", "arxiv", "nobody-knows"])
def test_content_without_a_licence_is_forbidden_where_its_owner_reserved_it(signal, subject):
    stated = {"jurisdiction": "DE", "claims": ("eu-dsm-art-4",), "collected": on("2025-06-01")}
    reserved = ruling(subject, None, (signal,), **stated)
    assert (reserved.verdict, reserved.basis) == (Verdict.FORBIDDEN, "reserved")
    assert "reserves the use, so the claimed exception does not cover it" in reserved.why
    assert "without the statutory exception" not in [
        each.circumstance for each in reserved.alternatives
    ]
    search = ruling(subject, None, ("robots-txt/search-agents",), **stated)
    assert search.verdict is not Verdict.FORBIDDEN


@pytest.mark.parametrize("signal", sorted(RESERVE))
def test_a_signal_alone_is_forbidden_where_an_exception_that_it_defeats_is_claimed(signal):
    stated = {"jurisdiction": "DE", "collected": on("2025-06-01")}
    subject = signal.split("/", maxsplit=1)[0]
    assert ruling(subject, None, (signal,), **stated).verdict is Verdict.RESTRICTED
    claimed = ruling(subject, None, (signal,), **stated, claims=("eu-dsm-art-4",))
    assert (claimed.verdict, claimed.basis) == (Verdict.FORBIDDEN, "reserved")


@pytest.mark.parametrize("signal", sorted(RESERVE))
@pytest.mark.parametrize("published", [None, date(2005, 1, 1), date(2023, 6, 1)])
def test_a_captured_signal_counts_whatever_day_its_specification_became_final(signal, published):
    stated = {"jurisdiction": "DE", "claims": ("eu-dsm-art-4",), "collected": on("2023-07-01")}
    assert ruling("all-rights-reserved", None, (signal,), published, **stated).verdict is (
        Verdict.FORBIDDEN
    )


def test_a_licence_grants_what_the_owner_reserved_otherwise():
    stated = {"jurisdiction": "DE", "claims": ("eu-dsm-art-4",), "collected": on("2025-06-01")}
    assert ruling("cc-by-4.0", None, ("opt-out",), **stated).verdict is Verdict.RESTRICTED
    withheld = ruling("cc-by-nc-4.0", None, ("opt-out",), **stated, commercial=True)
    assert withheld.verdict is Verdict.FORBIDDEN


@pytest.mark.parametrize(
    ("source", "day"),
    [
        ("facebook", "2023-06-01"),
        ("roblox", "2026-05-01"),
        ("guardian", "2026-05-01"),
        ("nytimes", "2026-05-01"),
        ("bbc", "2026-05-01"),
        ("daily-mail", "2026-05-01"),
        ("washington-post", "2026-05-01"),
        ("hackernews", "2026-05-01"),
        ("ign", "2024-01-01"),
        ("librarything", "2026-08-01"),
        ("bandcamp", "2026-05-01"),
        ("gitlab", "2023-06-01"),
        ("coursera", "2024-06-01"),
        ("glassdoor", "2024-06-01"),
        ("nytimes", "2022-01-01"),
        ("threads", "2025-01-01"),
        ("quora", "2024-06-01"),
        ("dailymotion", "2026-05-01"),
        ("sourcehut", "2025-09-01"),
        ("discord", "2025-01-01"),
        ("spotify", "2024-01-01"),
        ("artstation", "2023-06-01"),
        ("threads", "2023-12-04"),
        ("truth-social", "2025-01-01"),
        ("genius", "2022-01-01"),
        ("reddit", "2024-08-01"),  # here and below, in its robots.txt
        ("ao3", "2022-12-10"),
        ("ao3", "2023-08-12"),
        ("ao3", "2024-12-01"),
    ],
)
@pytest.mark.parametrize("actor", [Actor.SCRAPER, Actor.ACCOUNT_HOLDER, Actor.RECIPIENT])
def test_a_reservation_of_a_source_defeats_the_exception_whomever_the_document_binds(
    source, day, actor
):
    stated = {"jurisdiction": "FR", "collected": on(day), "actor": actor}
    claimed = ruling(source, **stated, claims=("eu-dsm-art-4",))
    assert claimed.verdict is Verdict.FORBIDDEN


def test_a_robots_txt_of_a_source_that_turns_agents_away_reserves():
    found = [
        terms
        for source in LIBRARY.sources
        for terms in source.terms
        if terms.kind == "machine-signal-instance" and terms.address.endswith("/robots.txt")
        if terms.verdict is not Verdict.PERMITTED
    ]
    assert found
    for terms in found:
        assert "mining-reserved" in terms.conditions, terms.id


@pytest.mark.parametrize(
    ("purpose", "commercial", "place"),
    [*product(Purpose, [None, True, False], [None, "EU", "DE", "US", "JP"])],
)
def test_no_licence_is_never_kinder_than_a_licence_unless_an_exception_is_claimed(
    purpose, commercial, place
):
    stated = {"purpose": purpose, "commercial": commercial, "jurisdiction": place}
    without = ruling("all-rights-reserved", **stated).verdict
    assert without is Verdict.FORBIDDEN
    for licence in CC_LICENCES:
        assert without.strictness >= ruling(licence, **stated).verdict.strictness


@pytest.mark.parametrize(
    "declared",
    [
        "NONE",
        "none",
        "©",
        "All rights reserved",
        "UNLICENSED",
        "LicenseRef-Proprietary",
        "All Rights Reserved.",
    ],
)
def test_every_way_to_say_that_no_licence_is_granted_is_forbidden(declared):
    said = ruling("nobody-knows", declared)
    assert (said.verdict, said.basis) == (Verdict.FORBIDDEN, "default-copyright")


@pytest.mark.parametrize("declared", ["NOASSERTION", "unknown", "LicenseRef-Unknown"])
def test_what_does_not_say_whether_there_is_a_licence_is_unknown(declared):
    said = ruling("hackernews", declared, collected=on("2025-06-01"))
    assert (said.verdict, said.basis) == (Verdict.UNKNOWN, "undeclared")
    assert "under which licence" in said.remedy


def test_terms_of_a_site_that_bar_training_on_its_content_reserve_it():
    """Recital 18 of the directive names the terms of a website; those with a signal need it."""
    barred = [
        terms
        for source in LIBRARY.sources
        for terms in source.terms
        if (terms.verdict, terms.basis) == (Verdict.FORBIDDEN, "explicit-ml")
        and {"any", "any-recipient", "scraper", "account-holder"} & set(terms.binds)
        and terms.where_signal is None
        and not terms.id.startswith(tuple(AGREED_BY_DOWNLOADERS))
    ]
    assert len(barred) > 20
    assert {terms.id for terms in barred if "mining-reserved" not in terms.conditions} == set()


def test_what_a_site_bars_defeats_the_exception_also_for_a_recipient():
    stated = {"jurisdiction": "DE", "collected": on("2026-06-01"), "claims": ("eu-dsm-art-4",)}
    made = ruling("telegram", None, (), **stated, actor=Actor.RECIPIENT)
    assert (made.verdict, made.basis) == (Verdict.FORBIDDEN, "reserved")
