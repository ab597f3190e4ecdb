"""Which terms bind, and which of several verdicts stands."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from provenance.judge.rulings import Judge
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import (
    Actor,
    DateRange,
    ModelScope,
    Purpose,
    Record,
    SubjectMatter,
    TimeAxis,
    Verdict,
)
from tests.judge.single_rulings import judge_content

FORBIDDEN, UNKNOWN = Verdict.FORBIDDEN, Verdict.UNKNOWN
RESTRICTED, PERMITTED = Verdict.RESTRICTED, Verdict.PERMITTED


def on(day: str, **more: object) -> Circumstances:
    first = date.fromisoformat(day)
    return Circumstances(
        collected=DateRange(first, first.fromordinal(first.toordinal() + 1)), **more
    )


def outcome(library, circumstances=None, item_date=None, licence=None, subject="here"):
    ruling = judge_content(subject, item_date, licence, circumstances or Circumstances(), library)
    return ruling.verdict, ruling.basis


@pytest.mark.parametrize("item_date", [date(2023, 1, 1), date(2023, 3, 15), date(2023, 6, 1)])
def test_a_post_of_2023_on_x_hangs_on_when_it_was_collected(shipped, item_date):
    scraped = on("2023-06-01", actor=Actor.SCRAPER)
    known = judge_content("x", item_date, None, scraped, shipped)
    unknown = judge_content("x", item_date, None, Circumstances(), shipped)
    assert (known.verdict, known.basis) == (RESTRICTED, "automated-access")
    assert known.terms == "x/terms-of-service/2020-06-18"
    assert (unknown.verdict, unknown.basis) == (FORBIDDEN, "explicit-ml")
    assert unknown.terms == "x/developer-agreement/2025-06-04"


def test_the_ruling_on_x_says_both_and_why(shipped):
    unknown = judge_content("x", date(2023, 3, 15), None, Circumstances(), shipped)
    assert "III.A(k), in force since 2025-06-04" in unknown.why
    assert "collected before 2025-06-04, it is unknown (licence-scope)" in unknown.why
    assert "as scraper or as account holder, it is restricted (automated-access)" in unknown.why
    before = {a.circumstance: a.verdict for a in unknown.alternatives}
    assert before["collected before 2023-11-14"] is UNKNOWN
    assert before["collected since 2025-06-04"] is FORBIDDEN
    frontier = (ModelScope.FOUNDATION_OR_FRONTIER,)
    asked = on("2023-06-01", actor=Actor.API_DEVELOPER, model=frontier)
    known = judge_content("x", date(2023, 3, 15), None, asked, shipped)
    assert "If the date were unknown: forbidden" in known.why


def test_before_a_document_was_seen_what_it_would_change_is_unknown(book, terms):
    seen = Record(from_basis="first seen")
    ban = terms("here/ban", FORBIDDEN, "2024-01-01", record=seen)
    free = terms("free/text", PERMITTED, time_axis=TimeAxis.CONTENT)
    limit = terms("here/limit", RESTRICTED)

    def before(*every):
        return outcome(book(*every), on("2023-12-31"), date(2023, 1, 1), "free")

    assert before(ban, limit, free) == (UNKNOWN, "not-seen")
    assert before(replace(ban, verdict=RESTRICTED), limit, free) == (RESTRICTED, "automated-access")
    # A document that bears a date began on it; one that is silent would change nothing.
    dated = replace(ban, record=Record())
    assert before(dated, limit, free) == (RESTRICTED, "automated-access")
    silent = replace(ban, verdict=UNKNOWN, basis="silence")
    assert before(silent, limit, free) == (RESTRICTED, "automated-access")
    # Another statement on the same document shows that the document was there.
    clause = replace(terms("here/ban-old", RESTRICTED), document=ban.document)
    assert before(ban, clause, free) == (RESTRICTED, "automated-access")


def test_a_statement_about_something_else_says_nothing_about_the_content(book, terms):
    metadata = terms("here/metadata", PERMITTED, subject_matter=SubjectMatter.METADATA)
    assert outcome(book(metadata)) == (UNKNOWN, "other-subject")
    assert outcome(book(metadata, terms("here/limit", RESTRICTED)))[0] is RESTRICTED


def test_a_clause_about_a_signal_decides_only_where_the_signal_was_seen(shipped, book, terms):
    clause = terms("here/clause", FORBIDDEN, where_signal="noai")
    library = book(clause, terms("here/limit", RESTRICTED))
    judge = Judge(library, Circumstances())
    seen, unseen = judge.rule("here", signals=("noai",)), judge.rule("here", signals=("tdmrep",))
    assert (seen.ruling.verdict, seen.ruling.basis) == (FORBIDDEN, "explicit-ml")
    assert (unseen.ruling.verdict, unseen.ruling.basis) == (UNKNOWN, "not-signalled")


def test_an_undated_document_is_unknown_before_its_first_copy(book, terms):
    ban = terms("here/ban", FORBIDDEN, record=Record(stored_on="2024-05"))
    ruling = judge_content("here", None, None, on("2024-04-30"), book(ban))
    assert (ruling.verdict, ruling.basis, ruling.terms) == (UNKNOWN, "not-seen", "here/ban")
    assert "It was first seen on 2024-05-01; what applied before is not known." in ruling.why
    assert outcome(book(ban), on("2024-05-01")) == (FORBIDDEN, "explicit-ml")


def test_a_role_that_nothing_is_known_to_bind_keeps_an_unstated_role_unknown(shipped):
    """Each role counts: outputs are permitted to holders of an account and developers alone."""
    ruling = judge_content("deepseek", None, None, on("2025-05-01"), shipped)
    assert (ruling.verdict, ruling.basis) == (UNKNOWN, "not-bound")
    assert "binds anyone as scraper or as recipient of a copy" in ruling.why
    assert "as account holder or as API developer, it is permitted (model-output)" in ruling.why
    assert "--actor" in ruling.remedy


def test_the_split_by_role_is_shown_where_nobody_says_the_role(shipped):
    ruling = judge_content("x", date(2023, 3, 15), None, Circumstances(), shipped)
    roles = {a.circumstance: a.verdict for a in ruling.alternatives}
    assert roles["as scraper"] is RESTRICTED
    assert roles["as API developer"] is FORBIDDEN
    assert roles["as recipient of a copy"] is UNKNOWN
    told = judge_content("x", date(2023, 3, 15), None, Circumstances(actor=Actor.SCRAPER), shipped)
    assert not [a for a in told.alternatives if a.circumstance.startswith("as ")]


def test_any_forbidden_wins(book, terms):
    library = book(
        terms("here/a", RESTRICTED), terms("here/b", FORBIDDEN), terms("here/c", UNKNOWN)
    )
    assert outcome(library) == (FORBIDDEN, "explicit-ml")


def test_silence_alone_is_unknown(book, terms):
    assert outcome(book(terms("here/a", UNKNOWN))) == (UNKNOWN, "silence")


def test_silence_has_no_say_beside_a_document_that_speaks(book, terms):
    library = book(terms("here/a", UNKNOWN), terms("here/b", RESTRICTED))
    assert outcome(library) == (RESTRICTED, "automated-access")


def test_what_nobody_verified_stays_unknown_beside_a_permission(book, terms):
    unread = terms("here/a", UNKNOWN, basis="not-verified", uses=())
    assert outcome(book(unread, terms("here/b", PERMITTED))) == (UNKNOWN, "not-verified")
    assert outcome(book(unread, terms("here/b", FORBIDDEN))) == (FORBIDDEN, "explicit-ml")


def test_a_signal_may_restrict_but_not_clear(book, terms):
    signal = terms("here/robots", RESTRICTED, basis="machine-signal")
    assert outcome(book(signal)) == (UNKNOWN, "no-terms")
    assert outcome(book(signal, terms("here/a", UNKNOWN))) == (UNKNOWN, "silence")
    assert outcome(book(signal, terms("here/a", PERMITTED))) == (RESTRICTED, "machine-signal")
    assert outcome(book(signal, terms("here/a", FORBIDDEN))) == (FORBIDDEN, "explicit-ml")


def test_a_purpose_that_a_document_does_not_name_is_unknown(book, terms):
    library = book(terms("here/a", PERMITTED, uses=(Purpose.PRETRAINING,)))
    evaluation = Circumstances(purpose=Purpose.EVALUATION)
    assert outcome(library) == (PERMITTED, "public-domain")
    assert outcome(library, evaluation) == (UNKNOWN, "not-named")


def test_what_users_grant_the_platform_permits_nothing_to_others(book, terms):
    grant = terms("here/grant", PERMITTED, binds=("platform", "platform-licensee"))
    assert outcome(book(grant)) == (UNKNOWN, "no-terms")
    assert outcome(book(grant, terms("here/a", UNKNOWN))) == (UNKNOWN, "silence")


def test_documents_that_bind_others_leave_a_role_unknown(book, terms):
    library = book(terms("here/api", FORBIDDEN, binds=("api-developer",)))
    assert outcome(library, Circumstances(actor=Actor.SCRAPER)) == (UNKNOWN, "not-bound")
    assert outcome(library, Circumstances(actor=Actor.API_DEVELOPER)) == (FORBIDDEN, "explicit-ml")


def test_what_binds_any_recipient_binds_every_role(book, terms):
    library = book(terms("here/a", RESTRICTED, binds=("any-recipient",)))
    for actor in Actor:
        assert outcome(library, Circumstances(actor=actor))[0] is RESTRICTED


def test_a_research_organisation_may_have_collected_in_any_role(book, terms):
    exception = terms("here/law", PERMITTED, binds=("research-organisation",))
    api = terms("here/api", FORBIDDEN, binds=("api-developer",))
    research = Circumstances(actor=Actor.RESEARCH_ORGANISATION)
    assert outcome(book(exception), research) == (PERMITTED, "public-domain")
    assert outcome(book(exception, api), research) == (FORBIDDEN, "explicit-ml")
    assert outcome(book(exception)) == (UNKNOWN, "no-terms")


def test_days_of_which_no_document_is_known_are_unknown(book, terms):
    library = book(terms("here/a", RESTRICTED, "2021-01-01"))
    assert outcome(library, on("2020-12-31")) == (UNKNOWN, "no-terms")
    assert outcome(library, on("2021-01-01")) == (RESTRICTED, "automated-access")
    assert outcome(library, item_date=date(2021, 1, 1)) == (RESTRICTED, "automated-access")
    assert outcome(library, item_date=date(2020, 12, 31)) == (UNKNOWN, "no-terms")
    assert outcome(library) == (UNKNOWN, "no-terms")


def test_a_period_ends_on_the_day_before_until(book, terms):
    ban = terms("here/a", FORBIDDEN, period=DateRange(date(2021, 1, 1), date(2022, 1, 1)))
    library = book(ban, terms("here/b", RESTRICTED))
    assert outcome(library, on("2021-12-31"))[0] is FORBIDDEN
    assert outcome(library, on("2022-01-01"))[0] is RESTRICTED


def test_the_strictest_day_of_an_interval_stands(book, terms):
    library = book(terms("here/a", FORBIDDEN, "2022-01-01"), terms("here/b", RESTRICTED))
    span = Circumstances(collected=DateRange(date(2021, 6, 1), date(2022, 1, 2)))
    ruling = judge_content("here", None, None, span, library)
    assert ruling.verdict is FORBIDDEN
    assert "on which day" in ruling.why
    until = Circumstances(collected=DateRange(date(2021, 6, 1), date(2022, 1, 1)))
    assert outcome(library, until)[0] is RESTRICTED


def test_nothing_is_collected_before_it_is_published(book, terms):
    ban = terms("here/a", FORBIDDEN, period=DateRange(None, date(2021, 1, 1)))
    library = book(ban, terms("here/b", RESTRICTED))
    span = Circumstances(collected=DateRange(date(2020, 1, 1), date(2022, 1, 1)))
    assert outcome(library, span, date(2021, 1, 1))[0] is RESTRICTED
    assert outcome(library, span, date(2020, 12, 31))[0] is FORBIDDEN


IMPOSSIBLE = "dated after the stated collection, which therefore cannot be right"


def test_content_is_not_collected_before_it_exists_whatever_is_stated(book, terms):
    library = book(terms("here/a", FORBIDDEN, "2024-01-01"), terms("here/b", RESTRICTED))
    ruling = judge_content("here", date(2025, 1, 1), None, on("2023-06-01"), library)
    assert ruling.verdict is FORBIDDEN
    assert IMPOSSIBLE in ruling.why
    earlier = judge_content("here", date(2023, 5, 1), None, on("2023-06-01"), library)
    assert earlier.verdict is RESTRICTED
    assert IMPOSSIBLE not in earlier.why


def test_a_prohibition_that_came_after_the_content_counts_where_the_stated_day_is_refuted(
    book, terms
):
    """The content was collected on some day since its own date: the ban may have been in force."""
    library = book(terms("here/a", FORBIDDEN, "2024-01-01"), terms("here/b", RESTRICTED))

    def verdict(item_date, today):
        judge = Judge(library, on("2010-01-01"), today=today)
        return judge.rule("here", item_date).ruling.verdict

    assert verdict(date(2022, 1, 1), date(2023, 12, 31)) is RESTRICTED
    assert verdict(date(2022, 1, 1), date(2024, 1, 1)) is FORBIDDEN
    assert verdict(date(2022, 1, 1), None) is FORBIDDEN
    assert verdict(date(2009, 12, 31), date(2024, 1, 1)) is RESTRICTED, "collected when stated"


def test_one_day_between_the_dates_can_be_one_of_time_zones(book, terms):
    library = book(terms("here/a", FORBIDDEN, "2023-06-02"), terms("here/b", RESTRICTED))
    judge = Judge(library, on("2023-06-01"), today=date(2024, 1, 1))
    same, next_day, later = (judge.rule("here", date(2023, 6, day)) for day in (1, 2, 3))
    assert (same.ruling.verdict, same.collected_too_early) == (RESTRICTED, False)
    assert (next_day.ruling.verdict, next_day.collected_too_early) == (FORBIDDEN, False)
    assert (later.ruling.verdict, later.collected_too_early) == (FORBIDDEN, True)


def test_a_date_in_the_future_refutes_no_stated_collection(book, terms):
    """That date is the item's mistake; no day since the stated collection can be excluded."""
    library = book(terms("here/a", FORBIDDEN, "2023-07-01"), terms("here/b", RESTRICTED))
    judge = Judge(library, on("2023-06-01"), today=date(2024, 1, 1))
    made = judge.rule("here", date(2030, 1, 1))
    assert (made.ruling.verdict, made.collected_too_early) == (FORBIDDEN, False)


def test_the_content_s_own_date_chooses_a_content_licence(book, terms):
    library = book(
        terms(
            "here/a",
            PERMITTED,
            time_axis=TimeAxis.CONTENT,
            period=DateRange(None, date(2020, 1, 1)),
        ),
        terms("here/b", RESTRICTED, "2020-01-01", time_axis=TimeAxis.CONTENT),
    )
    late = on("2024-01-01")
    assert outcome(library, late, date(2019, 12, 31))[0] is PERMITTED
    assert outcome(library, late, date(2020, 1, 1))[0] is RESTRICTED
    undated = judge_content("here", None, None, late, library)
    assert undated.verdict is RESTRICTED
    assert [a.circumstance for a in undated.alternatives][:2] == [
        "published before 2020-01-01",
        "published since 2020-01-01",
    ]
    assert outcome(library, on("2019-06-01"))[0] is PERMITTED, "it was published by then"


def test_the_stricter_of_platform_and_licence_stands(book, terms):
    library = book(
        terms("here/a", RESTRICTED), terms("free/text", PERMITTED), terms("ban/text", FORBIDDEN)
    )
    assert outcome(library, licence="free") == (RESTRICTED, "automated-access")
    assert outcome(library, licence="ban") == (FORBIDDEN, "explicit-ml")
    assert outcome(
        book(terms("here/a", UNKNOWN), terms("free/text", PERMITTED)), licence="free"
    ) == (
        PERMITTED,
        "public-domain",
    )


def test_a_licence_does_not_fill_a_gap_in_what_is_known_of_the_platform(book, terms):
    library = book(terms("here/a", RESTRICTED, "2021-01-01"), terms("free/text", PERMITTED))
    assert outcome(library, on("2020-01-01"), licence="free") == (UNKNOWN, "no-terms")
    assert outcome(library, on("2020-01-01"), licence="free", subject="elsewhere") == (
        UNKNOWN,
        "no-rule",
    )


def test_a_licence_that_no_rule_knows_is_unknown(book, terms):
    ruling = judge_content(
        "here", None, "Odd-1.0", Circumstances(), book(terms("here/a", RESTRICTED))
    )
    assert (ruling.verdict, ruling.basis) == (UNKNOWN, "no-rule")
    assert "Odd-1.0" in ruling.why
    assert outcome(book(terms("here/a", RESTRICTED)), licence="  ")[0] is RESTRICTED, (
        "none declared"
    )


def test_a_licence_alone_may_be_judged_in_any_spelling(shipped):
    for spelling in ("CC-BY-4.0", "cc by 4.0", "https://creativecommons.org/licenses/by/4.0/"):
        ruling = judge_content(spelling, None, None, Circumstances(), shipped)
        assert (ruling.subject, ruling.verdict) == ("cc-by-4.0", RESTRICTED)
    assert outcome(shipped, subject="mit")[0] is PERMITTED


def test_a_source_may_put_all_its_content_under_one_licence(book, terms):
    library = book(terms("free/text", PERMITTED), content_licence="free")
    assert outcome(library) == (PERMITTED, "public-domain")
    assert outcome(library, licence="odd")[0] is UNKNOWN


def test_a_source_that_no_rule_knows_is_unknown_and_says_what_to_do(shipped):
    ruling = judge_content("our-forum", date(2020, 1, 1), None, Circumstances(), shipped)
    assert (ruling.verdict, ruling.basis, ruling.terms) == (UNKNOWN, "no-rule", None)
    assert "my-rules/sources/our-forum.yaml, named by --rules" in (ruling.remedy or "")
    assert '[[agreements]] with source = "our-forum"' in (ruling.remedy or "")


def test_a_permission_of_one_country_is_none_where_nobody_says_the_country(book, terms):
    library = book(terms("here/a", PERMITTED, jurisdictions=("US",)), terms("here/b", UNKNOWN))
    assert outcome(library, Circumstances(jurisdiction="us"))[0] is PERMITTED
    assert outcome(library, Circumstances(jurisdiction="EU"))[0] is UNKNOWN
    ruling = judge_content("here", None, None, Circumstances(), library)
    assert ruling.verdict is UNKNOWN
    assert ("in US", PERMITTED) in [(a.circumstance, a.verdict) for a in ruling.alternatives]


def test_reasons_name_every_document_considered_the_decisive_first(book, terms):
    library = book(
        terms("here/a", UNKNOWN), terms("here/b", RESTRICTED), terms("here/c", FORBIDDEN)
    )
    reasons = judge_content("here", None, None, Circumstances(), library).reasons
    assert [(r.terms.id, r.decisive) for r in reasons] == [
        ("here/c", True),
        ("here/a", False),
        ("here/b", False),
    ]


def test_a_decisive_reason_comes_before_a_silent_one(book, terms):
    library = book(terms("here/a", UNKNOWN), terms("here/b", RESTRICTED))
    reasons = judge_content("here", None, None, Circumstances(), library).reasons
    assert [(r.terms.id, r.decisive) for r in reasons] == [("here/b", True), ("here/a", False)]


def test_a_document_known_at_second_hand_is_named_after_one_that_was_read(book, terms):
    library = book(
        terms("here/a", FORBIDDEN, "2020-01-01", confidence="secondary source only"),
        terms("here/b", FORBIDDEN, "2021-01-01"),
    )
    ruling = judge_content("here", date(2022, 1, 1), None, Circumstances(), library)
    assert ruling.terms == "here/b/2021-01-01"


def test_equal_rulings_are_one_object(shipped):
    court = Judge(shipped, Circumstances())
    first = court.rule("x", date(2023, 10, 1))
    assert court.rule("x", datetime(2023, 11, 5, 12, tzinfo=UTC)) is first
    assert court.rule("x", date(2023, 9, 1)) is not first, "one version more is in question"


def test_rulings_that_come_out_alike_are_one_object(shipped):
    court = Judge(shipped, on("2023-06-01"))
    assert court.rule("x", date(2021, 1, 1)) is court.rule("x", date(2023, 1, 1))


def test_an_item_dated_after_today_does_not_speak_for_those_before(book, terms):
    ban = terms("here/a", FORBIDDEN, period=DateRange(None, date(2020, 1, 1)))
    library = book(ban, terms("here/b", RESTRICTED))
    court = Judge(library, Circumstances(), (), date(2026, 6, 1))
    assert court.rule("here", date(2026, 6, 2)).ruling.verdict is FORBIDDEN, "its date is wrong"
    assert court.rule("here", date(2026, 6, 1)).ruling.verdict is RESTRICTED


FACTS = {
    "on which day it was collected": "--collected",
    "in what role": "--actor",
    "for which model": "--model",
    "whether the use is commercial": "--non-commercial",
}


def test_the_remedy_names_each_fact_that_the_reason_says_is_missing(shipped):
    asked = 0
    for source in (*shipped.sources, *shipped.licences):
        for item_date in (None, date(2015, 3, 1), date(2023, 3, 1)):
            ruling = judge_content(source.id, item_date, None, Circumstances(), shipped)
            reason = ruling.why.partition("It is not stated ")[2].partition(", so the strictest")[0]
            missing = [fact for fact in FACTS if fact in reason]
            asked += bool(missing)
            for fact in missing:
                assert FACTS[fact] in ruling.remedy, (source.id, item_date, fact)
            assert (ruling.remedy or "").count(" and --") <= 1
    assert asked > 20


def test_a_day_that_would_make_it_unknown_is_asked_for(shipped):
    # Not only a day on which a document permits more.
    asked = Circumstances(commercial=False)
    ruling = judge_content("reddit", date(2022, 3, 1), None, asked, shipped)
    assert "collected before 2023-04-18, it is unknown (silence)" in ruling.why
    assert "(--collected and --actor)" in ruling.remedy
