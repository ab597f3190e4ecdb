"""Statutory exceptions, commerce, kinds of model and signals: what each of them changes."""

from dataclasses import replace
from datetime import date

import pytest

from provenance.judge.rulings import Judge
from provenance.model.rules.rule_library import Layer, OpenQuestion, Signal, StatutoryException
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, ModelScope, Precedence, TimeAxis, Verdict


def law(terms, verdict=Verdict.RESTRICTED, lifts=(Layer.COPYRIGHT,), **more):
    made = terms("law/article", verdict, "2021-06-07", basis="statute", **more)
    return StatutoryException("law", "A Law", lifts, (replace(made, jurisdictions=("EU",)),))


def rule_on(library, collected):
    return Judge(library, Circumstances(collected=collected)).rule("here").ruling


@pytest.fixture
def here(terms, book):
    """A law book with one document of a source, one exception and one signal."""

    def make(document, exception=None, signal=None, questions=()):
        return replace(
            book(document),
            exceptions=() if exception is None else (exception,),
            signals=() if signal is None else (Signal("flag", "A Flag", (signal,)),),
            questions=questions,
        )

    return make


def rule(library, signals=(), **circumstances):
    asked = Circumstances(**circumstances)
    return Judge(library, asked).rule("here", date(2024, 1, 1), None, signals).ruling


def test_a_claim_that_counts_is_told_with_what_would_stand_without_it(terms, here):
    document = terms("here/terms", Verdict.RESTRICTED, basis="non-commercial")
    document = replace(document, conditions=("non-commercial",))
    ruling = rule(here(document, law(terms)), jurisdiction="EU", commercial=True, claims=("law",))
    assert (ruling.verdict, ruling.basis, ruling.terms) == (
        Verdict.RESTRICTED,
        "statute",
        "law/article/2021-06-07",
    )
    assert "because the policy claims the exception" in ruling.why
    assert "would be forbidden (condition-unmet)" in ruling.why
    lifted = next(reason for reason in ruling.reasons if reason.terms.id == "here/terms")
    assert lifted.lifted_by == "law/article/2021-06-07"
    bare = ruling.alternatives[-1]
    assert (bare.circumstance, bare.verdict) == (
        "without the statutory exception",
        Verdict.FORBIDDEN,
    )


@pytest.mark.parametrize(
    ("lifts", "verdict"),
    [
        ((Layer.COPYRIGHT,), Verdict.FORBIDDEN),
        ((Layer.COPYRIGHT, Layer.CONTRACT), Verdict.RESTRICTED),
    ],
)
def test_a_law_lifts_the_layers_that_it_names(terms, here, lifts, verdict):
    library = here(terms("here/terms", Verdict.FORBIDDEN), law(terms, lifts=lifts))
    assert rule(library, jurisdiction="EU", claims=("law",)).verdict is verdict


def test_commerce_makes_a_condition_a_bar_but_never_of_a_signal(terms, here):
    for basis, verdict in (
        ("copyright-licence", Verdict.FORBIDDEN),
        ("automated-access", Verdict.FORBIDDEN),
        ("public-domain", Verdict.FORBIDDEN),
        ("third-party-rights", Verdict.FORBIDDEN),
        ("statute", Verdict.RESTRICTED),
    ):
        document = terms("here/terms", Verdict.RESTRICTED, basis=basis)
        library = here(replace(document, conditions=("non-commercial",)))
        assert rule(library, commercial=True).verdict is verdict
        assert rule(library, commercial=False).verdict is Verdict.RESTRICTED
        unsaid = rule(library)
        assert unsaid.verdict is verdict
        uses = {each.circumstance: each.verdict for each in unsaid.alternatives}
        is_barred = verdict is Verdict.FORBIDDEN
        assert uses == ({"for non-commercial use": Verdict.RESTRICTED} if is_barred else {})
        assert ("--non-commercial" in unsaid.remedy) is is_barred


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("non-commercial or contract", Verdict.FORBIDDEN),  # contracts are stated as agreements
        ("non-commercial or consent", Verdict.FORBIDDEN),
        ("non-commercial or share-alike", Verdict.RESTRICTED),
    ],
)
def test_a_condition_is_no_bar_if_a_commercial_use_can_meet_it(terms, here, condition, verdict):
    document = terms("here/terms", Verdict.RESTRICTED, basis="commercial-use")
    library = here(replace(document, conditions=(condition,)))
    assert rule(library, commercial=True).verdict is verdict


def test_a_clause_about_some_models_asks_which_model_it_is(terms, here):
    document = terms("here/terms", Verdict.FORBIDDEN, model_scope=ModelScope.COMPETING)
    library = here(document)
    unsaid = rule(library)
    assert unsaid.verdict is Verdict.FORBIDDEN
    kinds = {each.circumstance: each.verdict for each in unsaid.alternatives}
    assert kinds == {
        "for a model that competes with the source's own": Verdict.FORBIDDEN,
        "for any other model": Verdict.UNKNOWN,
    }
    assert rule(library, model=("generative",)).verdict is Verdict.FORBIDDEN, "it may compete"
    other = rule(library, model=("generative", "other"))
    assert rule(library, model=("other",)).basis == other.basis
    assert (other.verdict, other.basis) == (Verdict.UNKNOWN, "other-model")
    assert "about other kinds of models" in other.why


def test_a_text_that_was_last_seen_before_is_doubted_unless_another_one_speaks(terms, here, book):
    old = terms("here/terms", Verdict.RESTRICTED, unseen=DateRange(date(2023, 1, 1)))
    ruling = rule(here(old))
    assert (ruling.verdict, ruling.basis) == (Verdict.UNKNOWN, "not-seen")
    assert "has not been verified" in ruling.why
    seen = terms("here/policy", Verdict.RESTRICTED)
    assert rule(book(old, seen)).verdict is Verdict.RESTRICTED
    known = DateRange(date(2022, 1, 1), date(2022, 2, 1))
    assert Judge(here(old), Circumstances(collected=known)).rule("here").ruling.verdict is (
        Verdict.RESTRICTED
    )


def test_a_text_that_decides_where_it_was_not_seen_is_a_reason_that_decides(terms, here):
    old = terms("here/terms", Verdict.RESTRICTED, unseen=DateRange(date(2023, 1, 1)))
    ruling = Judge(here(old), Circumstances()).rule("here", date(2022, 1, 1)).ruling
    (reason,) = ruling.reasons
    assert (ruling.basis, reason.basis, reason.decisive) == ("not-seen", "not-seen", True)


def test_content_is_not_collected_before_it_is_published(terms, book):
    later = terms("here/licence", Verdict.FORBIDDEN, "2024-01-01", time_axis=TimeAxis.CONTENT)
    early = DateRange(None, date(2024, 1, 1))
    library = book(replace(later, verdict=Verdict.PERMITTED, period=early, id="here/old"), later)
    before = rule_on(library, DateRange(date(2022, 1, 1), date(2023, 1, 1)))
    assert (before.verdict, before.terms) == (Verdict.PERMITTED, "here/old")
    assert rule_on(library, DateRange(date(2024, 1, 1))).verdict is Verdict.FORBIDDEN


def test_a_document_may_leave_the_last_word_to_the_licence_of_the_content(terms, book):
    document = terms("here/terms", Verdict.RESTRICTED, precedence=Precedence.LICENCE)
    library = book(document, terms("open/text", Verdict.PERMITTED))
    judge = Judge(library, Circumstances())
    assert judge.rule("here", None, "open").ruling.verdict is Verdict.PERMITTED
    assert judge.rule("here", None, "odd").ruling.verdict is Verdict.UNKNOWN
    assert judge.rule("here").ruling.verdict is Verdict.RESTRICTED


def test_a_signal_counts_beside_the_documents_and_has_a_word_of_its_own(terms, here):
    flag = terms("flag/no", Verdict.RESTRICTED, basis="tdm-reservation")
    library = here(terms("here/terms", Verdict.PERMITTED), signal=flag)
    assert rule(library).verdict is Verdict.PERMITTED
    assert rule(library, ("flag",)).verdict is Verdict.RESTRICTED
    assert rule(library, ("flag/no",)).terms == "flag/no"
    assert rule(library, ("flag/yes",)).verdict is Verdict.PERMITTED
    judge = Judge(library, Circumstances())
    alone = judge.rule("flag").ruling
    assert (alone.verdict, alone.basis) == (Verdict.RESTRICTED, "tdm-reservation")
    # Whose terms nobody knows stays unknown, whatever its signals say.
    assert judge.rule("nobody", signals=("flag",)).ruling.verdict is Verdict.UNKNOWN


def test_a_signal_speaks_where_it_has_a_meaning(terms, here):
    flag = replace(terms("flag/no", Verdict.RESTRICTED, basis="signal"), jurisdictions=("EU",))
    library = here(terms("here/terms", Verdict.PERMITTED), signal=flag)

    def alone(place):
        return Judge(library, Circumstances(jurisdiction=place)).rule("flag").ruling

    assert alone("EU").verdict is alone(None).verdict is Verdict.RESTRICTED
    assert (alone("US").verdict, alone("US").basis) == (Verdict.UNKNOWN, "not-bound")
    assert alone("US").why == "A Flag has no meaning here: it is about EU."


def test_of_a_signal_s_documents_those_that_came_count_alone(terms, here):
    flags = [terms(f"flag/{name}", Verdict.RESTRICTED, basis="signal") for name in "ab"]
    library = here(terms("here/terms", Verdict.PERMITTED), signal=flags[0])
    library = replace(library, signals=(Signal("flag", "A Flag", tuple(flags)),))
    judge = Judge(library, Circumstances())
    assert judge.rule("flag").ruling.terms == "flag/a"
    assert judge.rule("flag", signals=("flag/b",)).ruling.terms == "flag/b"


def test_open_questions_are_shown_where_they_touch(terms, here):
    def about(name, **touches):
        return OpenQuestion(name, "What?", "Nobody knows.", **touches)

    questions = (
        about("bans", bases=("explicit-ml",)),
        about("licences", bases=("copyright-licence",)),
        about("consent", conditions=("consent",)),
        about("terms", terms=("here/terms",)),
        about("others", terms=("here/term",)),
        about("europe", jurisdictions=("EU",)),
    )
    document = replace(terms("here/terms", Verdict.FORBIDDEN), conditions=("robots or consent",))
    library = here(document, questions=questions)
    assert [each.id for each in rule(library).questions] == ["bans", "consent", "terms"]
    for spelling in ("EU", "eu"):
        assert [q.id for q in rule(library, jurisdiction=spelling).questions][-1] == "europe"


def test_a_source_is_known_by_its_other_names(shipped):
    judge = Judge(shipped, Circumstances())
    assert judge.rule("Twitter").ruling.subject == "x"
    assert judge.rule("Stack Overflow").ruling.subject == "stackexchange"
