"""What is added against a use never makes a verdict laxer."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume
from hypothesis import strategies as st

from provenance.judge.rulings import Judge
from provenance.model.rules.rule_library import Licence, Source
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Actor, DateRange, ModelScope, Purpose, Terms, Verdict
from tests.judge.lawbooks import SHIPPED, circumstances, item_dates, libraries, licences
from tests.property_campaigns import property_test

NOW = date(2026, 11, 28)
SIGNALS = [each.id for each in SHIPPED.signals] + [
    f"{each.id}/{document}" for each in SHIPPED.signals for document, _ in each.agents
]
SOURCES = [each.id for each in SHIPPED.sources]
LICENCES = [None, "odd", *(each.id for each in SHIPPED.licences)]
TURNS = sorted(
    {
        day
        for source in SHIPPED.sources
        for terms in source.terms
        for day in (terms.period.first, terms.period.until, terms.known_from)
        if day is not None
    }
)
PROHIBITIONS = [
    (Verdict.FORBIDDEN, basis) for basis in ("explicit-ml", "redistribution", "tdm-reservation")
]
near_turns = st.builds(
    lambda day, days: day + timedelta(days), st.sampled_from(TURNS), st.integers(-1, 1)
)
asked_of_shipped = st.builds(
    Circumstances,
    st.sampled_from(Purpose),
    st.none() | near_turns.map(lambda day: DateRange(day, day + timedelta(1))),
    st.none() | st.sampled_from(Actor),
    st.sampled_from([None, "EEA", "EU", "DE", "UK", "US", "JP"]),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, (), *((each,) for each in [*ModelScope][1:])]),
    st.sets(st.sampled_from([each.id for each in SHIPPED.exceptions]), max_size=2).map(
        lambda claims: tuple(sorted(claims))
    ),
)
signal_lists = st.lists(st.sampled_from(SIGNALS), max_size=2)


def verdict(library, asked, subject, item_date, licence, signals=()):
    judge = Judge(library, asked, (), NOW)
    return judge.rule(subject, item_date, licence, tuple(signals)).ruling.verdict


def prohibition(draw, beside):
    """Return a clause that forbids something, in a document that has another one."""
    outcome, basis = draw(st.sampled_from(PROHIBITIONS))
    return replace(
        beside,
        id=f"{beside.id}/more",
        verdict=outcome,
        basis=basis,
        uses=tuple(sorted(draw(st.sets(st.sampled_from(Purpose), min_size=1)))),
        binds=(draw(st.sampled_from([*Actor])).value,),
        model_scope=draw(st.sampled_from(ModelScope)),
        conditions=draw(st.sampled_from([(), ("mining-reserved",), ("non-commercial",)])),
    )


def with_clause(library, clause):
    return replace(
        library,
        sources=tuple(
            replace(each, terms=(*each.terms, clause)) if each.id == clause.subject else each
            for each in library.sources
        ),
    )


def documents_of(source: Source) -> list[Terms]:
    """Return the clauses by which the source's documents of their days are known."""
    return [
        terms
        for terms in source.terms
        if not set(SHIPPED.excused_actors).issuperset(terms.binds)
        and terms.basis not in ("machine-signal", "policy-statement")
    ]


@property_test(
    60,
    4000,
    data=st.data(),
    asked=asked_of_shipped,
    subject=st.sampled_from(SOURCES),
    item_date=st.none() | near_turns,
    licence=st.sampled_from(LICENCES),
    signals=signal_lists,
    more=st.sampled_from(SIGNALS),
)
def test_a_signal_or_a_prohibition_makes_no_shipped_verdict_laxer(
    data, asked, subject, item_date, licence, signals, more
):
    before = verdict(SHIPPED, asked, subject, item_date, licence, signals)
    signalled = verdict(SHIPPED, asked, subject, item_date, licence, [*signals, more])
    assert signalled.strictness >= before.strictness
    source = next(each for each in SHIPPED.sources if each.id == subject)
    assume(documents := documents_of(source))
    clause = prohibition(data.draw, data.draw(st.sampled_from(documents)))
    barred = verdict(with_clause(SHIPPED, clause), asked, subject, item_date, licence, signals)
    assert barred.strictness >= before.strictness


@property_test(
    60,
    4000,
    asked=asked_of_shipped,
    subject=st.sampled_from(SOURCES),
    item_date=st.none() | near_turns,
    one=st.sampled_from(LICENCES[1:]),
    other=st.sampled_from(LICENCES[1:]),
    signals=signal_lists,
)
def test_a_stricter_licence_makes_no_shipped_verdict_laxer(
    asked, subject, item_date, one, other, signals
):
    """A licence is the stricter one if it is by itself, whether or not exceptions are claimed."""
    alone = [
        [verdict(SHIPPED, each, licence, item_date, None).strictness for licence in (one, other)]
        for each in (asked, replace(asked, claims=()))
    ]
    assume(all(first > second for first, second in alone))
    strict = verdict(SHIPPED, asked, subject, item_date, one, signals)
    lax = verdict(SHIPPED, asked, subject, item_date, other, signals)
    assert strict.strictness >= lax.strictness


@property_test(
    100,
    10_000,
    data=st.data(),
    library=libraries(),
    asked=circumstances,
    item_date=item_dates,
    licence=licences,
)
def test_a_prohibition_makes_no_verdict_laxer(data, library, asked, item_date, licence):
    documents = documents_of(library.sources[0])
    assume(documents)
    clause = prohibition(data.draw, data.draw(st.sampled_from(documents)))
    before = verdict(library, asked, "here", item_date, licence)
    after = verdict(with_clause(library, clause), asked, "here", item_date, licence)
    assert after.strictness >= before.strictness


@property_test(
    100,
    10_000,
    data=st.data(),
    library=libraries(),
    asked=circumstances,
    item_date=item_dates,
    signals=st.sampled_from([(), ("flag",)]),
)
def test_a_stricter_licence_makes_no_verdict_laxer(data, library, asked, item_date, signals):
    asked = replace(asked, claims=())
    lent = library.licences[0].terms
    assume(lent)
    stricter = tuple(
        replace(terms, verdict=outcome, basis=basis)
        for terms in lent
        for outcome, basis in [
            data.draw(
                st.sampled_from(
                    [
                        (terms.verdict, terms.basis),
                        (Verdict.UNKNOWN, "undeclared"),
                        (Verdict.FORBIDDEN, "default-copyright"),
                    ]
                ).filter(lambda each, terms=terms: each[0].strictness >= terms.verdict.strictness)
            )
        ]
    )
    strict = replace(library, licences=(Licence("lent", "Lent", (), stricter),))
    before = verdict(library, asked, "here", item_date, "lent", signals)
    after = verdict(strict, asked, "here", item_date, "lent", signals)
    assert after.strictness >= before.strictness


def test_what_a_perhaps_early_document_limits_is_no_more_than_limited():
    """Elsevier reserved mining on a day of which nobody knows whether it did before."""
    asked = Circumstances(Purpose.RETRIEVAL, None, Actor.RESEARCH_ORGANISATION, "SG")
    published = date(2024, 7, 2)
    bare = verdict(SHIPPED, asked, "elsevier", published, "isc")
    signalled = verdict(SHIPPED, asked, "elsevier", published, "isc", ["crossref-tdm"])
    assert bare is signalled is Verdict.RESTRICTED


def test_a_licence_of_content_from_before_it_existed_is_unknown_beside_what_a_source_allows():
    asked = Circumstances(Purpose.PRETRAINING, None, Actor.RECIPIENT, commercial=False)
    published = date(2023, 1, 1)
    alone = verdict(SHIPPED, asked, "llama-3.1", published, None)
    beside = verdict(SHIPPED, asked, "yelp-dataset", published, "llama-3.1")
    assert alone is beside is Verdict.UNKNOWN


def test_a_licence_that_is_silent_on_the_use_is_unknown_beside_what_a_source_allows():
    day = DateRange(date(2012, 10, 15), date(2012, 10, 16))
    asked = Circumstances(Purpose.EVALUATION, day, Actor.RECIPIENT, "US")
    published = date(2025, 2, 28)
    silent = verdict(SHIPPED, asked, "gutenberg", published, "openrail-bigcode")
    assert silent is verdict(SHIPPED, asked, "openrail-bigcode", published, None) is Verdict.UNKNOWN


def test_a_licence_that_speaks_of_training_grants_what_an_owner_reserved():
    """CDLA-Permissive-2.0 names models; a reservation is overcome as by any other licence."""
    asked = Circumstances(jurisdiction="DE", claims=("eu-dsm-art-4",))
    alone = verdict(SHIPPED, asked, "cdla-permissive-2.0", None, None, ["opt-out"])
    assert alone is verdict(SHIPPED, asked, "mit", None, None, ["opt-out"]) is Verdict.RESTRICTED
