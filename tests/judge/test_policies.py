"""What a policy names has to be there, or to be meant."""

from datetime import date

import pytest

from provenance.errors import PolicyError, UnknownSource
from provenance.judge.gates import (
    check_collected,
    check_known,
    check_signals,
    policy_warnings,
    with_source_ids,
)
from provenance.model.rules.policy import (
    Agreement,
    Collection,
    Gate,
    Policy,
    Waiver,
    WaiverReason,
)
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Purpose, Verdict


@pytest.mark.parametrize(
    ("policy", "said", "remedy"),
    [
        (
            Policy(circumstances=Circumstances(claims=("eu-dsm-4",))),
            "no statutory exception 'eu-dsm-4'",
            "'eu-dsm-art-4'",
        ),
        (
            Policy(gates=(Gate(Verdict.FORBIDDEN, basis="explicit-nlp"),)),
            "no basis 'explicit-nlp'",
            "'explicit-ml'",
        ),
        (Policy(circumstances=Circumstances(claims=("qqqq",))), "'qqqq'", "us-fair-use"),
        (
            Policy(
                agreements=(
                    Agreement("MIT AND CC-BY-NC-4.0", (Purpose.PRETRAINING,), DateRange(), "c 1"),
                )
            ),
            "'MIT AND CC-BY-NC-4.0' is an expression of licences",
            "an agreement for each licence",
        ),
        (
            Policy(circumstances=Circumstances(jurisdiction="Germany")),
            "'Germany' is not a code",
            "such as DE",
        ),
    ],
)
def test_what_the_rules_do_not_know_is_refused_with_a_suggestion(shipped, policy, said, remedy):
    with pytest.raises(PolicyError) as caught:
        check_known(policy, shipped)
    assert said in caught.value.message
    assert remedy in caught.value.remedy


def test_a_policy_that_names_what_is_there_passes(shipped):
    check_known(
        Policy(
            circumstances=Circumstances(claims=("eu-dsm-art-4", "us-fair-use"), jurisdiction="BR"),
            gates=(Gate(Verdict.RESTRICTED, basis="automated-access"),),
        ),
        shipped,
    )


def test_a_signal_that_the_rules_do_not_know_is_refused(shipped):
    check_signals(("tdmrep", "robots-txt/training-tokens"), shipped)
    for signal, remedy in (("tdm-rep", "'tdmrep'"), ("qqqq", "--kind signal")):
        with pytest.raises(UnknownSource, match=f"no signal '{signal}'") as caught:
            check_signals((signal,), shipped)
        assert remedy in caught.value.remedy


def test_a_place_that_no_document_names_is_a_doubt(shipped):
    def doubt(place):
        return policy_warnings(Policy(Circumstances(jurisdiction=place)), shipped)

    assert doubt("EU") == doubt("eu") == doubt("FR") == doubt(None) == ()
    assert doubt("Narnia")[0].startswith("jurisdiction 'Narnia': no document names it")


def test_signals_and_licences_may_be_waived_and_gated_as_sources_are(shipped):
    assert policy_warnings(Policy(gates=(Gate(Verdict.RESTRICTED, "robots-txt"),)), shipped) == ()


def test_a_source_that_the_rules_do_not_know_is_a_doubt_and_no_mistake(shipped):
    def signed(source):
        return Agreement(source, (Purpose.PRETRAINING,), DateRange(), f"contract with {source}")

    policy = Policy(
        gates=(Gate(Verdict.FORBIDDEN, "redit"),), agreements=(signed("x"), signed("our-forum"))
    )
    unknown = "the rules have no source {!r}, so it is unknown"
    assert policy_warnings(policy, shipped) == (
        f"gate redit:forbidden=0%: {unknown.format('redit')}; did you mean 'reddit'?",
        f"agreement 'contract with our-forum': {unknown.format('our-forum')}",
    )


def test_gates_and_waivers_may_name_a_source_by_any_of_its_names(shipped):
    def waiver(source):
        return Waiver(WaiverReason.LICENSED, "a contract", "ann", date(2027, 1, 1), source)

    def policy(*sources):
        return Policy(
            gates=tuple(Gate(Verdict.FORBIDDEN, source) for source in sources),
            waivers=tuple(map(waiver, sources)),
        )

    named = policy("Twitter", "twitter", "our-forum", None)
    assert with_source_ids(named, shipped, {"x", "our-forum"}) == policy(
        "x", "x", "our-forum", None
    )
    # Findings have the names of the registry.
    assert with_source_ids(named, shipped, {"twitter"}) == policy("x", "twitter", "our-forum", None)


TODAY = date(2026, 6, 15)


def collected(first, until):
    ends = (None if day is None else date.fromisoformat(day) for day in (first, until))
    return DateRange(*ends)


@pytest.mark.parametrize(
    ("first", "until", "named"),
    [
        ("2032-06-01", "2032-06-02", "2032-06-01"),
        ("2026-06-17", "2026-06-18", "2026-06-17"),
        ("2032-01-01", None, "2032-01-01"),
        ("2025-01-01", "2032-01-01", "2031-12-31"),
        (None, "2027-01-02", "2027-01-01"),
    ],
)
def test_content_was_not_collected_in_the_future(first, until, named):
    days = collected(first, until)
    with pytest.raises(PolicyError, match=f"collected: {named} is in the future") as raised:
        check_collected(Policy(Circumstances(collected=days)), TODAY)
    assert "--collected" in raised.value.remedy
    part = Collection("bought", files="bought/*", collected=days)
    with pytest.raises(PolicyError, match="collection 'bought': collected: "):
        check_collected(Policy(collections=(part,)), TODAY)


@pytest.mark.parametrize(
    ("first", "until"),
    [
        ("2026-06-15", "2026-06-16"),  # today
        ("2026-06-16", "2026-06-17"),  # tomorrow in UTC, today in the east
        ("2026-01-01", "2027-01-01"),  # this year
        ("2026-06-01", "2026-07-01"),  # this month
        ("2025-01-01", None),
        (None, None),
    ],
)
def test_today_and_periods_that_are_not_over_are_no_future(first, until):
    check_collected(Policy(Circumstances(collected=collected(first, until))), TODAY)
    check_collected(Policy(), TODAY)


def test_tomorrow_may_be_in_the_next_year():
    check_collected(
        Policy(Circumstances(collected=collected("2027-01-01", "2027-01-02"))), date(2026, 12, 31)
    )
