"""A licence that content declares is named, also where it does not decide."""

from datetime import date

from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Verdict
from tests.judge.single_rulings import judge_content

UNKNOWN, RESTRICTED, PERMITTED = Verdict.UNKNOWN, Verdict.RESTRICTED, Verdict.PERMITTED


def test_a_known_licence_under_an_unknown_source_stays_unknown_and_is_named(book, terms):
    library = book(terms("free/text", PERMITTED))
    ruling = judge_content("elsewhere", None, " FREE ", Circumstances(), library)
    assert (ruling.verdict, ruling.basis) == (UNKNOWN, "no-rule")
    assert "do not know the source 'elsewhere'" in ruling.why
    assert "The content is under FREE (permitted by itself)" in ruling.why
    assert "the terms of the source itself are not known" in ruling.why
    assert "--source free" in (ruling.remedy or "")


def test_a_licence_that_no_rule_knows_is_named_beside_an_unknown_source(book, terms):
    ruling = judge_content(
        "elsewhere", None, "Odd 1.0", Circumstances(), book(terms("free/text", PERMITTED))
    )
    assert ruling.verdict is UNKNOWN
    assert "'elsewhere', nor the licence 'Odd 1.0' of the content" in ruling.why
    assert "--source" not in (ruling.remedy or "")


def test_a_licence_is_named_where_the_terms_of_that_time_are_not_known(book, terms):
    library = book(terms("here/a", RESTRICTED, "2024-01-01"), terms("free/text", PERMITTED))
    before = Circumstances(collected=DateRange(date(2020, 1, 1), date(2020, 1, 2)))
    ruling = judge_content("here", None, "free", before, library)
    assert (ruling.verdict, ruling.basis) == (UNKNOWN, "no-terms")
    assert "The content is under FREE (permitted by itself)" in ruling.why
    assert "content is under" not in judge_content("here", None, None, before, library).why


def test_a_licence_that_is_asked_for_does_not_hide_what_the_content_declares(book, terms):
    library = book(terms("free/text", PERMITTED), terms("ban/text", Verdict.FORBIDDEN))

    def outcome(declared):
        ruling = judge_content("free", None, declared, Circumstances(), library)
        return ruling.verdict, ruling.basis

    assert outcome(None) == outcome("FREE") == (PERMITTED, "public-domain")
    assert outcome("ban") == (Verdict.FORBIDDEN, "explicit-ml")
    assert outcome("odd") == (UNKNOWN, "no-rule")
