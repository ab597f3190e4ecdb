"""A corpus is judged by its own terms and those of its parts: the strictest counts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from provenance.judge.rulings import Judge
from provenance.model.rules.policy import Agreement
from provenance.model.rules.rule_library import Source
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Purpose, Verdict

TODAY = date(2026, 1, 1)


@pytest.fixture
def judged(book, terms):
    """Judge a corpus of some parts, each with one verdict."""

    def run(own, parts=(), other_parts=(), agreements=(), **verdicts):
        made = [
            Source(name, name, (), (terms(f"{name}/terms", verdict, "2020-01-01"),))
            for name, verdict in verdicts.items()
        ]
        library = replace(
            book(),
            sources=(
                Source(
                    "corpus",
                    "Corpus",
                    (),
                    (terms("corpus/card", own, "2020-01-01"),),
                    parts=(*verdicts, *parts),
                    other_parts=tuple(other_parts),
                ),
                *made,
            ),
        )
        return Judge(library, Circumstances(), agreements, TODAY).rule("corpus", date(2021, 1, 1))

    return run


@pytest.mark.parametrize("strictest", list(Verdict))
def test_the_strictest_part_counts(judged, strictest):
    ruling = judged(Verdict.PERMITTED, a=Verdict.PERMITTED, b=strictest).ruling
    assert (ruling.subject, ruling.verdict) == ("corpus", strictest)
    assert "Corpus is made of 2 parts" in ruling.why
    assert {reason.terms.id.partition("/")[0] for reason in ruling.reasons} == {"corpus", "a", "b"}
    parts = {each.circumstance: each.verdict for each in ruling.alternatives}
    assert (parts["the part a"], parts["the part b"]) == (Verdict.PERMITTED, strictest)


def test_its_own_terms_count_if_no_part_is_stricter(judged):
    ruling = judged(Verdict.FORBIDDEN, a=Verdict.RESTRICTED).ruling
    assert (ruling.verdict, ruling.terms) == (Verdict.FORBIDDEN, "corpus/card/2020-01-01")
    assert "made of one part; none is judged more strictly" in ruling.why
    decisive = [reason.terms.id for reason in ruling.reasons if reason.decisive]
    assert decisive == ["corpus/card/2020-01-01"]


def test_a_part_that_no_rule_knows_is_unknown(judged):
    ruling = judged(Verdict.PERMITTED, other_parts=["Some Books"]).ruling
    assert (ruling.verdict, ruling.basis) == (Verdict.UNKNOWN, "no-rule")
    assert "'Some Books'" in ruling.why


def test_an_agreement_on_the_corpus_covers_its_parts_and_one_on_a_part_that_part(judged):
    def contract(source):
        return Agreement(source, (Purpose.PRETRAINING,), DateRange(), "contract")

    made = judged(Verdict.FORBIDDEN, a=Verdict.FORBIDDEN, agreements=[contract("corpus")])
    assert (made.ruling.verdict, made.agreement.reference) == (Verdict.PERMITTED, "contract")
    made = judged(Verdict.PERMITTED, a=Verdict.FORBIDDEN, agreements=[contract("a")])
    assert made.ruling.verdict is Verdict.PERMITTED
    made = judged(
        Verdict.PERMITTED, a=Verdict.FORBIDDEN, b=Verdict.FORBIDDEN, agreements=[contract("a")]
    )
    assert made.ruling.verdict is Verdict.FORBIDDEN


def test_the_ruling_changes_where_that_on_a_part_does(shipped):
    judge = Judge(shipped, Circumstances(), (), TODAY)
    assert set(judge.turning_days("stackexchange")) <= set(judge.turning_days("redpajama"))
    assert set(judge.turning_days("stackexchange")) <= set(judge.turning_days("dolma"))


def test_the_timeline_of_a_corpus_agrees_with_the_rulings_on_each_of_its_days(shipped):
    corpora = [source.id for source in shipped.sources if source.parts or source.other_parts]
    assert corpora
    undated = Judge(shipped, Circumstances(), (), TODAY)
    days = {
        each.collected.first
        for corpus in corpora
        for each in undated.rule(corpus).ruling.timeline
        if each.collected.first is not None
    }
    for day in sorted(days):
        collected = DateRange(day, day + timedelta(days=1))
        judge = Judge(shipped, replace(Circumstances(), collected=collected), (), TODAY)
        for corpus in corpora:
            periods = undated.rule(corpus).ruling.timeline
            [period] = [each for each in periods if each.collected.overlaps(collected)]
            assert (corpus, day, judge.rule(corpus).ruling.verdict) == (corpus, day, period.verdict)


def test_an_agreement_on_the_corpus_counts_in_its_timeline_for_all_parts(judged):
    years = DateRange(date(2021, 1, 1), date(2022, 1, 1))
    agreement = Agreement("corpus", (Purpose.PRETRAINING,), years, "contract", survives=True)
    timeline = judged(Verdict.RESTRICTED, a=Verdict.FORBIDDEN, agreements=[agreement])
    verdicts = [(each.collected.first, each.verdict) for each in timeline.ruling.timeline]
    assert verdicts[-2:] == [
        (date(2021, 1, 1), Verdict.PERMITTED),
        (date(2022, 1, 1), Verdict.FORBIDDEN),
    ]


def test_an_ended_agreement_on_a_corpus_does_not_clear_its_parts(judged):
    years = DateRange(date(2021, 1, 1), date(2022, 1, 1))
    agreement = Agreement("corpus", (Purpose.PRETRAINING,), years, "contract")
    for own in (Verdict.RESTRICTED, Verdict.FORBIDDEN, Verdict.PERMITTED):
        made = judged(own, a=Verdict.FORBIDDEN, agreements=[agreement])
        assert made.ruling.verdict is Verdict.FORBIDDEN
        periods = [each for each in made.ruling.timeline if each.collected == years]
        assert all(each.verdict is Verdict.FORBIDDEN for each in periods)
