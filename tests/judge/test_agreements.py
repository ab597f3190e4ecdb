"""A contract permits what the public terms do not, for content collected in its term."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from provenance.judge.rulings import Judge
from provenance.model.rules.policy import Agreement
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, ModelScope, Purpose, TimeAxis, Verdict
from provenance.read.rules.rule_files import load_rules

TODAY = date(2026, 6, 1)
SHIPPED = load_rules()


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


@pytest.mark.parametrize(
    ("signal", "outcome"),
    [
        ("opt-out", "restricted/machine-signal"),
        ("noai", "restricted/machine-signal"),
        ("robots-txt/training-agents", "permitted/agreement"),
    ],
)
def test_a_contract_with_the_platform_leaves_what_authors_reserve(signal, outcome):
    contract = Agreement("x", (Purpose.PRETRAINING,), DateRange(), "contract")

    def judged(agreement):
        judge = Judge(SHIPPED, Circumstances(), [agreement], TODAY)
        return judge.rule("x", date(2024, 1, 1), None, (signal,)).ruling

    ruling = judged(contract)
    assert f"{ruling.verdict}/{ruling.basis}" == outcome
    assert ("not what authors reserve" in ruling.why) is (outcome != "permitted/agreement")
    assert judged(replace(contract, authors=True)).verdict is Verdict.PERMITTED


def test_an_agreement_permits_what_is_forbidden(book, terms):
    judgement = rule(book(terms("here/a", Verdict.FORBIDDEN)), signed())
    assert (judgement.ruling.verdict, judgement.ruling.basis) == (Verdict.PERMITTED, "agreement")
    assert judgement.agreement == signed()
    assert "contract 17" in judgement.ruling.why
    assert judgement.ruling.remedy is None
    bare = judgement.ruling.alternatives[-1]
    assert (bare.circumstance, bare.verdict) == ("without the agreement", Verdict.FORBIDDEN)


def test_only_days_of_the_stated_collection_are_named(book, terms):
    here = terms("here/a", Verdict.FORBIDDEN, "2023-11-14")
    contract = signed(date(2023, 1, 1), date(2024, 7, 1))
    collected = DateRange(date(2024, 1, 1), date(2025, 1, 1))
    ruling = rule(book(here), contract, collected=collected).ruling
    assert "collected 2024-01-01 to 2024-06-30, it is unknown" in ruling.why
    assert "2023-11-14 to" not in ruling.why
    assert all("2023" not in each.circumstance for each in ruling.alternatives)


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
    term = replace(signed(date(2024, 2, 1), date(2025, 2, 1)), survives=True)

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
    first = replace(signed(date(2024, 2, 1), turn), survives=True)
    second = replace(signed(turn), reference="contract 18")
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


LAST = date(2024, 12, 31)
"""The last day of the contract below."""


def contract(**stated):
    return replace(signed(date(2022, 1, 1), LAST + timedelta(days=1)), **stated)


def use(library, agreement, today, **circumstances):
    """Use, on a day, what was collected on the last day of the contract."""
    asked = {"collected": DateRange(LAST, LAST + timedelta(days=1)), **circumstances}
    return rule(library, agreement, None, today, **asked).ruling


@pytest.mark.parametrize(
    ("stated", "on_last_day", "later"),
    [
        ({}, Verdict.PERMITTED, Verdict.UNKNOWN),
        ({"survives": True}, Verdict.PERMITTED, Verdict.PERMITTED),
        ({"survives": True, "deletion": False}, Verdict.PERMITTED, Verdict.PERMITTED),
        ({"survives": False}, Verdict.PERMITTED, Verdict.FORBIDDEN),
        ({"deletion": True}, Verdict.PERMITTED, Verdict.FORBIDDEN),
        ({"survives": False, "deletion": True}, Verdict.PERMITTED, Verdict.FORBIDDEN),
        ({"deletion": False}, Verdict.PERMITTED, Verdict.UNKNOWN),
    ],
)
def test_after_its_end_a_contract_permits_only_what_survives(
    book, terms, stated, on_last_day, later
):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    assert use(library, contract(**stated), LAST).verdict is on_last_day
    for day in (LAST + timedelta(days=1), date(2026, 12, 1), None):
        assert use(library, contract(**stated), day).verdict is later


def test_what_is_collected_after_the_end_is_covered_by_no_survival(book, terms):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    first = LAST + timedelta(days=1)
    after = DateRange(first, first + timedelta(days=1))
    ruling = use(library, contract(survives=True), TODAY, collected=after)
    assert ruling.verdict is Verdict.FORBIDDEN
    across = DateRange(LAST, first + timedelta(days=1))
    ruling = use(library, contract(survives=True), TODAY, collected=across)
    assert ruling.verdict is Verdict.FORBIDDEN, "not every day is covered"


def test_an_ended_contract_leaves_what_the_public_terms_allow(book, terms):
    for public in (Verdict.PERMITTED, Verdict.RESTRICTED):
        library = book(terms("here/a", public))
        assert use(library, contract(), TODAY).verdict is public
        assert use(library, contract(survives=False), TODAY).verdict is public
        assert use(library, contract(deletion=True), TODAY).verdict is Verdict.FORBIDDEN


def test_the_ruling_says_how_the_contract_ended_and_what_to_do(book, terms):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    unclear = use(library, contract(), TODAY)
    assert unclear.basis == "agreement-unclear"
    assert "The policy does not state of agreement 'contract 17' whether what was" in unclear.why
    assert "may be used after its end on 2024-12-31 (`survives`)" in unclear.why
    assert "state it in the policy" in unclear.remedy
    gone = use(library, contract(deletion=True), TODAY)
    assert gone.basis == "agreement-ended"
    assert "asks for the deletion of what was collected in its term" in gone.why
    assert gone.remedy.endswith("or renew agreement 'contract 17'.")
    assert "Delete this content wherever it is held" in gone.remedy
    over = use(library, contract(survives=False), TODAY)
    assert "'contract 17' ended on 2024-12-31 and does not survive its end" in over.why
    surviving = use(library, contract(survives=True), TODAY)
    assert "collected 2022-01-01 to 2024-12-31, also after its end." in surviving.why


def test_another_contract_in_force_covers_what_the_ended_one_does_not(book, terms):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    renewed = replace(signed(date(2024, 6, 1)), reference="contract 18")
    for ended in (contract(), contract(survives=False), contract(deletion=True)):
        for both in ([ended, renewed], [renewed, ended]):
            asked = Circumstances(collected=DateRange(LAST, LAST + timedelta(days=1)))
            made = Judge(library, asked, both, TODAY).rule("here")
            assert (made.ruling.verdict, made.agreement) == (Verdict.PERMITTED, renewed)


def test_a_contract_covers_the_kinds_of_models_that_it_names(book, terms):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    generative, competing = ModelScope.GENERATIVE, ModelScope.COMPETING

    def verdict(models, model):
        agreement = replace(signed(), models=models)
        return rule(library, agreement, model=model).ruling.verdict

    assert verdict(("generative",), (generative, "other")) is Verdict.PERMITTED
    assert verdict(("generative",), (generative,)) is Verdict.FORBIDDEN, "it may compete, too"
    assert verdict(("generative",), (competing, "other")) is Verdict.FORBIDDEN
    assert verdict(("generative",), (generative, competing, "other")) is Verdict.FORBIDDEN
    assert verdict(("generative",), ("other",)) is Verdict.FORBIDDEN
    assert verdict(("generative", "other"), ("other",)) is Verdict.PERMITTED
    assert verdict(("generative", "other"), None) is Verdict.FORBIDDEN, "it may compete, too"
    every = (*(scope for scope in ModelScope if scope is not ModelScope.ANY), "other")
    assert verdict(every, None) is verdict(None, None) is Verdict.PERMITTED
    uncovered = rule(library, replace(signed(), models=("generative",)), model=(competing,))
    assert "'contract 17' covers generative models only" in uncovered.ruling.why


@pytest.mark.parametrize(
    ("affiliates", "verdict"),
    [(True, Verdict.PERMITTED), (False, Verdict.FORBIDDEN), (None, Verdict.UNKNOWN)],
)
def test_an_affiliate_is_covered_if_the_contract_says_so(book, terms, affiliates, verdict):
    library = book(terms("here/a", Verdict.FORBIDDEN))
    agreement = replace(signed(), affiliates=affiliates)
    assert rule(library, agreement, affiliate=True).ruling.verdict is verdict
    assert rule(library, agreement, affiliate=False).ruling.verdict is Verdict.PERMITTED
    assert rule(library, agreement).ruling.verdict is Verdict.PERMITTED
