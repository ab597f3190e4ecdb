"""A contract permits what the public terms do not, for content collected in its term."""

from dataclasses import replace
from datetime import date

from provenance.judge.rulings import Judge
from provenance.model.rules.policy import Agreement
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Purpose, TimeAxis, Verdict

TODAY = date(2026, 6, 1)


def signed(first=None, until=None, source="here", purposes=(Purpose.PRETRAINING,)):
    return Agreement(source, purposes, DateRange(first, until), "contract 17")


def rule(library, agreement, item_date=None, today=TODAY, **circumstances):
    return Judge(library, Circumstances(**circumstances), [agreement], today).rule(
        "here", item_date
    )


def test_a_contract_with_the_platform_leaves_an_author_s_licence_as_it_is(book, terms):
    limit = terms("here/ban", Verdict.FORBIDDEN)
    lent = terms("lent/text", Verdict.RESTRICTED, basis="copyright-licence")
    lent = replace(lent, conditions=("non-commercial",), time_axis=TimeAxis.CONTENT)
    contract = Agreement("here", (Purpose.PRETRAINING,), DateRange(), "contract")

    def verdict(licence, commercial=None):
        asked = Circumstances(commercial=commercial)
        return Judge(book(limit, lent), asked, [contract]).rule("here", None, licence).ruling

    assert verdict(None).verdict is Verdict.PERMITTED
    assert (verdict("lent").verdict, verdict("lent").basis) == (
        Verdict.FORBIDDEN,
        "condition-unmet",
    )
    assert "sets its terms aside, not the licence that the content declares" in verdict("lent").why
    assert verdict("lent", commercial=False).verdict is Verdict.RESTRICTED
    assert verdict("house-rules").verdict is Verdict.UNKNOWN


def test_an_agreement_permits_what_is_forbidden(book, terms):
    judgement = rule(book(terms("here/a", Verdict.FORBIDDEN)), signed())
    assert (judgement.ruling.verdict, judgement.ruling.basis) == (Verdict.PERMITTED, "agreement")
    assert judgement.agreement == signed()
    assert "contract 17" in judgement.ruling.why
    assert judgement.ruling.remedy is None
    bare = judgement.ruling.alternatives[-1]
    assert (bare.circumstance, bare.verdict) == ("without the agreement", Verdict.FORBIDDEN)


def test_it_clears_a_source_that_no_rule_knows(book, terms):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    judgement = Judge(library, Circumstances(), [signed(source="there")]).rule("there")
    assert judgement.ruling.verdict is Verdict.PERMITTED


def test_it_is_for_one_source_and_its_purposes(book, terms):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    assert rule(library, signed(source="x")).ruling.verdict is Verdict.FORBIDDEN
    assert rule(library, signed(purposes=(Purpose.EVALUATION,))).agreement is None


def test_it_may_name_the_source_by_another_of_its_names(book, terms):
    library = book(terms("here/a", Verdict.FORBIDDEN), aliases=("hither",))
    for name in ("hither", "Hither"):
        assert rule(library, signed(source=name)).ruling.verdict is Verdict.PERMITTED


def test_it_covers_the_days_of_its_term_and_no_other(book, terms):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    term = signed(date(2024, 2, 1), date(2025, 2, 1))

    def verdict(first, until):
        return rule(library, term, collected=DateRange(first, until)).ruling.verdict

    assert verdict(date(2024, 2, 1), date(2025, 2, 1)) is Verdict.PERMITTED
    assert verdict(date(2024, 1, 31), date(2024, 2, 1)) is Verdict.FORBIDDEN
    assert verdict(date(2025, 2, 1), date(2025, 2, 2)) is Verdict.FORBIDDEN
    assert verdict(date(2024, 1, 31), date(2024, 3, 1)) is Verdict.FORBIDDEN, "not every day"


def test_an_unknown_date_is_covered_if_every_possible_day_is(book, terms):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    term = signed(date(2024, 2, 1), date(2027, 2, 1))
    assert rule(library, term, date(2024, 2, 1)).ruling.verdict is Verdict.PERMITTED
    assert rule(library, term, date(2024, 1, 31)).ruling.verdict is Verdict.FORBIDDEN
    assert rule(library, term).ruling.verdict is Verdict.FORBIDDEN, "published whenever"
    later = date(2027, 2, 1)
    assert rule(library, term, date(2024, 2, 1), later).ruling.verdict is Verdict.FORBIDDEN


def test_every_agreement_that_an_unknown_date_needs_is_named(book, terms):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    turn = date(2025, 2, 1)
    first, second = signed(date(2024, 2, 1), turn), signed(turn)
    second = replace(second, reference="contract 18")
    ruling = (
        Judge(library, Circumstances(), [first, second], TODAY)
        .rule("here", date(2024, 2, 1))
        .ruling
    )
    assert ruling.verdict is Verdict.PERMITTED
    assert "'contract 17' permits pretraining on content of Here collected 2024-02-01" in ruling.why
    assert "'contract 18' permits pretraining on content of Here collected since" in ruling.why


def test_days_that_need_no_agreement_do_not_stand_in_its_way(book, terms):
    library = book(
        terms("here/a", Verdict.FORBIDDEN, "2024-01-01"), terms("here/b", Verdict.PERMITTED)
    )
    judgement = rule(library, signed(date(2024, 1, 1)))
    assert judgement.ruling.verdict is Verdict.PERMITTED
    assert judgement.agreement is not None, "it is named, since it was needed"


def test_what_is_permitted_anyway_needs_no_agreement(book, terms):
    judgement = rule(book(terms("here/a", Verdict.PERMITTED)), signed())
    assert judgement.ruling.basis == "public-domain"
    assert judgement.agreement is None
