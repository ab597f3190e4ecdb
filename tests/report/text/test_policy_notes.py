"""What a policy did is told, and what in it did nothing."""

from dataclasses import replace
from datetime import date

from provenance.model.results.result import GateOutcome, Misdating, Report
from provenance.model.rules.policy import Agreement, Collection, Gate, Route
from provenance.model.rules.rulings import Alternative
from provenance.model.rules.terms import DateRange, Purpose, Verdict
from provenance.report.formats.html_report import html_page
from provenance.report.terminal.check_summary import terminal_summary
from provenance.report.text.policy_notes import policy_notes
from tests.report.samples import clear_report, sample_report

BARE = clear_report()


def told(report: Report = BARE, **result) -> tuple[str, ...]:
    policy = replace(report.result.policy, **result.pop("policy", {}))
    return policy_notes(replace(report, result=replace(report.result, policy=policy, **result)))


def test_shipped_rules_that_one_s_own_replace_are_named():
    (note,) = told(rules_path="my-rules", rules_replaced=("sources/x.yaml",))
    assert note.startswith("WARNING: files in my-rules replace shipped rules: sources/x.yaml.")


def test_each_collection_is_told_with_its_circumstances_and_what_was_found():
    bought = Collection(
        "bought",
        files="bought/*",
        collected=DateRange(date(2024, 5, 1), date(2024, 6, 1)),
        route=Route.PURCHASE,
        agreement="contract 17",
    )
    empty = Collection("nothing", column="meta.snapshot", value="2021-*")
    of_source = sample_report().result.shares[0]
    none = replace(of_source.documents, count=0)
    shares = tuple(
        replace(of_source, by="collection", key=key, documents=documents, verdict=verdict)
        for key, documents, verdict in (
            ("bought", of_source.documents, Verdict.FORBIDDEN),
            ("nothing", none, None),
            ("other content", of_source.documents, None),
            ("bought, dated by its rows", of_source.documents, Verdict.UNKNOWN),
        )
    )
    notes = told(policy={"collections": (bought, empty)}, shares=shares)
    assert notes[0] == (
        "Collection bought (files bought/*; purchased, under contract 17): what was found is "
        "2.1% of the tokens of the dataset, forbidden; checked for pretraining, collected "
        "2024-05-01 to 2024-05-31, by a party in any role."
    )
    assert any(
        note.startswith("Collection nothing (meta.snapshot = 2021-*): nothing was found; checked")
        for note in notes
    )
    assert any(note.startswith("Content in no collection: what was found") for note in notes)
    (dated,) = (note for note in notes if note.startswith("Bought, dated by its rows"))
    assert dated.endswith("unknown; collected on the day that each row states.")


def test_an_agreement_without_effect_is_noted_and_another_is_not():
    signed = Agreement("x", (Purpose.PRETRAINING,), DateRange(), "contract 1")
    assert told(policy={"agreements": (signed,)}) == (
        "The agreement 'contract 1' (x) changes the verdict of no finding.",
    )
    ruling = replace(BARE.result.rulings[0], documents=1, agreement=signed)
    assert told(rulings=(ruling,), policy={"agreements": (signed,)}) == ()
    ended = replace(signed, period=DateRange(until=date(2024, 1, 1)))
    undated = replace(BARE.result.policy.circumstances, collected=None)
    (note,) = told(policy={"agreements": (ended,), "circumstances": undated})
    assert note.endswith(
        "of no finding; it covers what was collected during its term, but the "
        "policy states no day of collection; it ended on 2023-12-31."
    )


def test_an_agreement_on_a_licence_of_an_expression_has_an_effect():
    signed = Agreement("cc-by-nc-4.0", (Purpose.PRETRAINING,), DateRange(), "contract 1")
    first = BARE.result.rulings[0]
    under = Alternative("under CC-BY-NC-4.0", Verdict.PERMITTED, "agreement", None)
    ruling = replace(first, documents=1, ruling=replace(first.ruling, alternatives=(under,)))
    assert told(rulings=(ruling,), policy={"agreements": (signed,)}) == ()


def test_a_gate_on_an_absent_source_is_noted_with_the_nearest_name():
    held = next(share.key for share in BARE.result.shares if share.by == "source")
    gates = [Gate(Verdict.FORBIDDEN, source) for source in (f"{held}s", held, None)]
    outcomes = tuple(GateOutcome(gate, 0.0, 0.0, passed=True) for gate in gates)
    (note,) = told(gates=outcomes, policy={"agreements": ()})
    assert note.startswith(f"The gate {gates[0]} has no effect: no registry contains items of")
    assert note.endswith(f"none were found (did you mean {held!r}?).")


def test_items_that_are_later_than_the_stated_collection_are_counted():
    stated = DateRange(date(2023, 6, 1), date(2023, 6, 2))
    excused = Misdating(None, stated, 1, 9, 0, date(2023, 7, 1))
    without = {"policy": {"agreements": ()}}
    (note,) = told(misdatings=(excused,), **without)
    assert note.startswith(
        "1 of 9 findings is of an item published after the stated collection (2023-06-01), and"
    )
    assert told(misdatings=(replace(excused, refuting=1),), **without) == (), "it is the headline"
    assert told(**without) == ()


def test_notes_are_on_the_terminal_and_on_the_page_escaped():
    signed = Agreement("x", (Purpose.PRETRAINING,), DateRange(None, None), "<b>\x1b[31mme")
    policy = replace(BARE.result.policy, agreements=(signed,))
    report = replace(BARE, result=replace(BARE.result, policy=policy))
    told = terminal_summary(report, width=80, colour=False)
    assert "Policy\n  The agreement" in told
    assert "\x1b" not in told
    assert "The agreement &#39;&lt;b&gt;" in html_page(report)
