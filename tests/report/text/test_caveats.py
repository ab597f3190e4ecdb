"""How far shares and findings can be trusted, in words."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from provenance.model.results.calibration import CorrectedShare
from provenance.report.formats.html_report import html_page
from provenance.report.terminal.check_summary import terminal_summary
from provenance.report.text.caveats import (
    calibration_caveats,
    sample_sentence,
    strength_sentence,
    undecided_sentence,
    upper_bound_sentence,
)
from provenance.report.text.sentences import headline
from tests.report.samples import calibrated_report, clear_report, sample_report, sampled_report

RESULT = sample_report().result


def test_nothing_found_comes_with_how_much_can_have_been_missed():
    clear = clear_report().result
    assert headline(clear) == "No content of the sources in the registries was found."
    assert "no source accounts for more than 0.0010%" in upper_bound_sentence(clear)
    assert upper_bound_sentence(RESULT) is None


def test_without_a_calibration_none_is_mentioned():
    assert calibration_caveats(RESULT) == ()
    assert "orrected" not in terminal_summary(sample_report(), width=80, colour=False)
    assert "orrected" not in html_page(sample_report())


def test_a_calibration_is_named_with_its_recall_and_each_reservation():
    rests, *reservations = calibration_caveats(calibrated_report().result)
    assert "calibration.json on 2026-05-01: of 3,761 planted items, 88.5% were found." in rests
    assert reservations == ["Corrected shares: recall was measured on another corpus."]


def test_a_calibration_without_planted_items_is_named_as_such():
    result = calibrated_report().result
    nothing = replace(result, calibration=replace(result.calibration, planted=0, recall=None))
    assert "of 0 planted items, 0% were found" not in calibration_caveats(nothing)[0]
    assert "none were tested" in calibration_caveats(nothing)[0]


def test_the_corrected_share_is_below_the_verified_one():
    for width in (40, 80, 100):
        lines = terminal_summary(calibrated_report(), width=width, colour=False).splitlines()
        (place,) = [row for row, line in enumerate(lines) if line.startswith("  x ")]
        assert lines[place + 1].split() == ["corrected", "2.3%", "2.2\N{EN DASH}2.5%"]
        assert len(lines[place + 1]) == len(lines[place])


def test_a_source_that_was_not_found_has_no_corrected_line():
    report = calibrated_report()
    none = tuple(
        replace(share, tokens=replace(share.tokens, count=0, share=0.0, corrected=NOTHING))
        for share in report.result.shares
    )
    lines = terminal_summary(
        replace(report, result=replace(report.result, shares=none)), width=80, colour=False
    )
    assert "\n    corrected" not in lines


NOTHING = CorrectedShare(0.0, 0.0, 0.001)


def test_the_page_has_the_corrected_share_beside_the_one_that_was_verified():
    page = html_page(calibrated_report())
    assert 'corrected 2.3% <span class="interval">2.2\N{EN DASH}2.5%</span>' in page
    assert "Corrected shares: recall was measured on another corpus." in page


def test_the_page_lists_calibration_and_sample_as_inputs():
    assert "7c" * 32 in html_page(calibrated_report())
    assert "<dt>Sample</dt><dd>10% of the documents</dd>" in html_page(sampled_report())
    assert "<dt>Sample</dt>" not in html_page(sample_report())


def test_a_sample_states_how_much_was_checked():
    assert sample_sentence(RESULT) is None
    said = sample_sentence(sampled_report().result)
    assert said.startswith("Sampled: 1,204 of 12,077 documents were checked")
    assert "(10% requested)" in said
    assert "estimates for the whole corpus" in said
    assert said in html_page(sampled_report())
    text = " ".join(terminal_summary(sampled_report(), width=80, colour=False).split())
    assert said in text
    assert "Sampled" not in terminal_summary(sample_report(), width=80, colour=False)


def test_a_gate_that_a_sample_does_not_decide_has_a_warning():
    failed, passed = sampled_report().result.gates
    assert undecided_sentence(failed) is None
    doubt = undecided_sentence(passed)
    assert "only because the sample is small" in doubt
    assert doubt in html_page(sampled_report())
    text = " ".join(terminal_summary(sampled_report(), width=60, colour=False).split())
    assert text.count(doubt) == 1


@given(st.floats(20, 400), st.floats(0, 1e6))
def test_any_strength_is_explained_by_chance(strength, expected):
    once, corpus = strength_sentence(strength, expected).split(". ")
    assert once.startswith("A match this strong occurs by chance ")
    assert corpus.endswith("by chance.")


def test_strength_is_explained_by_corpora_of_this_size():
    assert "One in about 3,000 corpora of this size contains one" in strength_sentence(30.0, 0.0003)
    assert "One in more than a billion corpora" in strength_sentence(90.0, 1e-20)
    assert "contains about 12 by chance" in strength_sentence(21.0, 12.2)
    assert "contains about 1 by chance" in strength_sentence(21.0, 0.8)
