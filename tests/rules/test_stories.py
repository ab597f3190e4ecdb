"""The stories that the rules have to tell right: what held on which day, for whom."""

from datetime import date, timedelta

import pytest

from provenance.judge.rulings import Judge
from provenance.model.rules.rule_library import Library
from provenance.model.rules.rulings import Circumstances, Ruling
from provenance.model.rules.terms import Actor, DateRange, ModelScope, Purpose
from provenance.read.rules.rule_files import load_rules

FRONTIER, COMPETING = (ModelScope.FOUNDATION_OR_FRONTIER,), (ModelScope.COMPETING,)
SMALL = ("other",)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_rules()


@pytest.fixture(scope="module")
def told(library):
    """Rule on content collected on a day, in a role, and give what a story is made of."""

    def tell(subject, collected=None, actor=None, published=None, **more) -> Ruling:
        day = None if collected is None else date.fromisoformat(collected)
        span = None if day is None else DateRange(day, day + timedelta(days=1))
        role = None if actor is None else Actor(actor)
        asked = Circumstances(collected=span, actor=role, **more)
        item = None if published is None else date.fromisoformat(published)
        return Judge(library, asked).rule(subject, item).ruling

    return tell


def outcome(ruling: Ruling) -> tuple[str, str, str | None]:
    return str(ruling.verdict), ruling.basis, ruling.terms


def conditions(ruling: Ruling) -> tuple[str, ...]:
    return next(r.terms.conditions for r in ruling.reasons if r.terms.id == ruling.terms)


@pytest.mark.parametrize(
    ("collected", "terms", "asked"),
    [
        ("2022-06-01", "x/terms-of-service/2020-06-18", ("robots or consent",)),
        ("2023-09-28", "x/terms-of-service/2020-06-18", ("robots or consent",)),
        ("2023-09-29", "x/terms-of-service/2023-09-29", ("consent",)),
        ("2024-11-15", "x/terms-of-service/2024-11-15", ("consent", "damages")),
        ("2026-05-01", "x/terms-of-service/2024-11-15", ("consent", "damages")),
    ],
)
def test_x_let_crawl_within_robots_txt_and_then_asked_for_consent(told, collected, terms, asked):
    ruling = told("x", collected, "scraper")
    assert outcome(ruling) == ("restricted", "automated-access", terms)
    assert conditions(ruling) == asked


@pytest.mark.parametrize(
    ("collected", "model", "verdict", "basis"),
    [
        ("2025-06-03", FRONTIER, "unknown", "licence-scope"),
        ("2025-06-04", FRONTIER, "forbidden", "explicit-ml"),
        ("2025-06-04", None, "forbidden", "explicit-ml"),
        ("2025-06-04", SMALL, "unknown", "licence-scope"),
    ],
)
def test_x_bars_its_developers_from_foundation_and_frontier_models(
    told, collected, model, verdict, basis
):
    ruling = told("x", collected, "api-developer", model=model)
    # Before the ban and for other models, the rules on redistribution still speak.
    said = {(str(reason.verdict), reason.basis) for reason in ruling.reasons}
    assert (verdict, basis) in said
    assert str(ruling.verdict) == verdict


def test_x_wants_data_sets_of_ids_alone(told, library):
    (x,) = (source for source in library.sources if source.id == "x")
    rules = [terms for terms in x.terms if terms.id.startswith("x/redistribution/")]
    assert all("dataset-distributor" in terms.binds for terms in rules)
    assert "ids-only" in rules[-1].conditions
    # The agreement itself allows approved uses alone, so that more than this is unknown.
    ruling = told("x", "2025-09-13", "api-developer", model=SMALL)
    assert outcome(ruling) == ("unknown", "licence-scope", "x/licence-scope/2025-06-04")
    assert ("restricted", "redistribution") in {(r.verdict, r.basis) for r in ruling.reasons}


@pytest.mark.parametrize(
    ("collected", "actor", "verdict", "terms"),
    [
        ("2018-09-23", "scraper", "unknown", None),
        ("2018-09-24", "scraper", "restricted", "reddit/user-agreement/2018-09-24"),
        ("2020-10-15", "scraper", "restricted", "reddit/user-agreement/2020-10-15"),
        ("2023-06-19", "scraper", "restricted", "reddit/user-agreement/2023-06-19"),
        ("2024-05-09", "scraper", "restricted", "reddit/public-content-policy/2024-05-09"),
        ("2026-03-23", "scraper", "restricted", "reddit/public-content-policy/2024-05-09"),
        (
            *("2026-03-24", "scraper", "restricted"),
            "reddit/developer-terms-without-acceptance/2026-03-24",
        ),
        ("2026-03-24", "api-developer", "forbidden", "reddit/developer-terms/2026-03-24"),
        ("2023-04-17", "api-developer", "unknown", "reddit/data-api-terms"),
        ("2023-04-18", "api-developer", "forbidden", "reddit/data-api-terms/2023-04-18"),
    ],
)
def test_reddit_from_2018_to_2026(told, collected, actor, verdict, terms):
    ruling = told("reddit", collected, actor, commercial=False)
    assert (str(ruling.verdict), ruling.terms) == (verdict, terms)


def test_reddit_wants_a_contract_where_the_use_is_commercial(told):
    ruling = told("reddit", "2025-01-01", "scraper", commercial=True)
    # A contract would be stated as an agreement, which counts first.
    assert outcome(ruling)[:2] == ("forbidden", "condition-unmet")
    assert conditions(ruling) == ("non-commercial or contract",)


@pytest.mark.parametrize(
    ("published", "terms", "version"),
    [
        ("2011-04-07", "stackexchange/content-licence", "2.5"),
        ("2011-04-08", "stackexchange/content-licence/2011-04-08", "3.0"),
        ("2018-05-01", "stackexchange/content-licence/2011-04-08", "3.0"),
        ("2018-05-02", "stackexchange/content-licence/2018-05-02", "4.0"),
    ],
)
def test_stack_exchange_s_licence_follows_the_day_of_the_revision(told, published, terms, version):
    ruling = told("stackexchange", "2023-01-01", "any-recipient", published)
    licences = [r.terms for r in ruling.reasons if "/content-licence" in r.terms.id]
    assert [each.id for each in licences] == [terms]
    assert f"CC BY-SA {version}" in licences[0].paraphrase
    assert outcome(ruling)[:2] == ("restricted", "copyright-licence")


@pytest.mark.parametrize(
    ("collected", "verdict", "basis"),
    [
        ("2022-07-25", "restricted", "automated-access"),
        # Nothing is stored from between: what the old wording allowed is unknown by then.
        ("2023-08-02", "unknown", "not-seen"),
        ("2025-03-03", "forbidden", "explicit-ml"),
    ],
)
def test_the_new_york_times_named_no_models_then_nobody_looked_then_it_did(
    told, collected, verdict, basis
):
    for purpose in Purpose:
        ruling = told("nytimes", collected, "scraper", purpose=purpose)
        assert outcome(ruling)[:2] == (verdict, basis)


@pytest.mark.parametrize("collected", ["2023-08-03", "2024-01-01", "2025-03-02"])
def test_reports_quote_a_clause_of_the_new_york_times_on_training_alone(told, collected):
    training = told("nytimes", collected, "scraper")
    assert outcome(training)[:2] == ("forbidden", "explicit-ml")
    assert training.reasons[0].terms.confidence.startswith("secondary source only")
    searching = told("nytimes", collected, "scraper", purpose=Purpose.RETRIEVAL)
    assert outcome(searching)[:2] == ("unknown", "not-seen")


@pytest.mark.parametrize(
    ("source", "collected", "actor", "model", "verdict"),
    [
        ("openai", "2023-03-14", "account-holder", COMPETING, "forbidden"),
        ("openai", "2023-03-14", "account-holder", SMALL, "restricted"),
        ("openai", "2023-03-14", "api-developer", SMALL, "permitted"),
        ("openai", "2024-01-30", "api-developer", COMPETING, "forbidden"),
        ("openai", "2025-05-31", "api-developer", COMPETING, "forbidden"),
        ("openai", "2026-01-01", "api-developer", COMPETING, "forbidden"),
        ("openai", "2026-01-01", "any-recipient", COMPETING, "unknown"),
        ("anthropic", "2025-05-01", "account-holder", SMALL, "forbidden"),
        ("anthropic", "2025-04-30", "account-holder", COMPETING, "unknown"),
        ("anthropic", "2025-06-17", "api-developer", COMPETING, "forbidden"),
        ("anthropic", "2025-06-17", "api-developer", SMALL, "unknown"),
        ("deepseek", "2025-01-20", "account-holder", COMPETING, "permitted"),
        ("deepseek", "2025-09-11", "api-developer", COMPETING, "permitted"),
        ("qwen-chat", "2025-09-01", "account-holder", SMALL, "forbidden"),
        ("stability", "2025-12-01", "api-developer", SMALL, "forbidden"),
        ("mistral", "2024-02-26", "account-holder", COMPETING, "forbidden"),
        ("mistral", "2024-02-27", "account-holder", COMPETING, "permitted"),
        ("mistral", "2025-12-01", "api-developer", SMALL, "restricted"),
        ("gemini-api", "2025-06-01", "account-holder", COMPETING, "forbidden"),
        ("xai", "2024-06-03", "account-holder", COMPETING, "restricted"),
        ("xai", "2025-06-09", "account-holder", SMALL, "forbidden"),
        ("xai", "2025-08-01", "api-developer", COMPETING, "forbidden"),
        ("llama-api", "2025-04-29", "api-developer", COMPETING, "restricted"),
        ("llama-api", "2026-07-07", "api-developer", COMPETING, "restricted"),
        ("llama-api", "2026-07-08", "api-developer", COMPETING, "forbidden"),
    ],
)
def test_outputs_of_models_bind_who_holds_the_account(
    told, source, collected, actor, model, verdict
):
    assert str(told(source, collected, actor, model=model).verdict) == verdict


def test_outputs_of_llama_2_may_train_no_other_language_model_and_those_of_3_1_may(told):
    generative = (ModelScope.GENERATIVE,)
    assert outcome(told("llama2", published="2024-01-01", model=generative)) == (
        "forbidden",
        "model-output",
        "llama-2/licence/2023-07-18",
    )
    newer = told("llama3.1", published="2025-01-01", model=generative)
    assert outcome(newer) == ("restricted", "model-output", "llama-3.1/licence/2024-07-23")
    assert "naming" in conditions(newer)


@pytest.mark.parametrize(
    ("source", "collected", "actor", "verdict"),
    [
        ("spotify", "2015-09-08", "scraper", "unknown"),
        ("spotify", "2015-09-09", "scraper", "restricted"),
        ("spotify", "2021-09-01", "scraper", "unknown"),
        ("spotify", "2022-11-03", "scraper", "restricted"),
        ("discord", "2018-11-01", "scraper", "unknown"),
        ("discord", "2018-11-02", "scraper", "restricted"),
        ("quora", "2019-12-17", "scraper", "restricted"),
        ("quora", "2019-12-18", "scraper", "forbidden"),
        ("spotify", "2023-05-07", "scraper", "restricted"),
        ("spotify", "2023-05-08", "scraper", "forbidden"),
        ("spotify", "2025-05-14", "api-developer", "unknown"),
        ("spotify", "2025-05-15", "api-developer", "forbidden"),
        ("discord", "2024-07-07", "api-developer", "unknown"),
        ("discord", "2024-07-08", "api-developer", "forbidden"),
        ("discord", "2025-09-29", "scraper", "restricted"),
        ("telegram", "2026-02-02", "api-developer", "unknown"),
        ("telegram", "2026-02-03", "api-developer", "forbidden"),
        ("telegram", "2026-02-03", "scraper", "unknown"),
        ("telegram", "2026-02-04", "scraper", "forbidden"),
    ],
)
def test_spotify_discord_and_telegram_turned_on_a_day(told, source, collected, actor, verdict):
    assert str(told(source, collected, actor).verdict) == verdict
