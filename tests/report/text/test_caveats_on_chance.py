"""What stands against shares: bands, backgrounds and chance, in words."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from provenance.model.results.control import Rate
from provenance.model.results.corpus_model import CorpusModelSummary
from provenance.model.results.shares import Estimate
from provenance.model.rules.terms import DateRange
from provenance.report.text.caveats import (
    band_lines,
    band_sentence,
    chance_sentence,
    control_caveats,
    coverage_caveats,
    has_band,
)
from tests.report.sample_registries import CONTROL
from tests.report.samples import clear_report, sample_report

RESULT = sample_report().result


def estimate(share: float, more: float = 0.0, contested: float = 0.0) -> Estimate:
    return Estimate(1, share, 0.0, 1.0, min(share + more, 1.0), contested)


def test_a_band_ranges_from_the_uncontested_to_the_total_share():
    assert (
        band_sentence(estimate(0.03, 0.002, 0.01))
        == "2.0% uncontested to 3.2% in total; 1.0% contested"
    )
    assert (
        band_sentence(estimate(0.03, 0.0, 0.03))
        == "0% uncontested to 3.0% in total; 3.0% contested"
    )
    assert band_sentence(estimate(0.03, 0.002)) == "3.0% uncontested to 3.2% in total"


@given(st.floats(0.001, 1), st.floats(0.1, 1))
def test_a_share_is_a_band_where_others_hold_some_of_it_or_it_of_theirs(share, part):
    assert not has_band(estimate(share))
    assert has_band(estimate(share, contested=share * part))
    assert has_band(estimate(share / 2, more=share * part))


def test_a_band_that_figures_do_not_show_is_none():
    assert not has_band(estimate(0.0134, contested=0.00001))


def test_only_bands_with_different_ends_are_shown():
    assert [line.partition(":")[0] for line in band_lines(RESULT.shares)] == [
        "x",
        "forbidden",
        "forbidden",
        "x/developer-agreement/2025-06-04",
    ]
    assert band_lines(clear_report().result.shares) == ()


def test_chance_matches_are_stated_as_a_share_of_the_findings():
    control = replace(
        CONTROL, findings=400, expected=Rate(12, 4.8, 20.4), false_discovery=Rate(0.03, 0.012, 0.05)
    )
    assert chance_sentence(control) == (
        "Of 400 findings by content, about 12 (4.8\N{EN DASH}20) may be chance matches, "
        "3.0% (1.2\N{EN DASH}5.0%); measured with 40,000 items that cannot be in the corpus "
        "(registries/later)."
    )


def test_no_more_findings_can_be_chance_than_there_are():
    control = replace(CONTROL, findings=3, expected=Rate(4, 1, 10), false_discovery=Rate(1, 0.4, 1))
    assert "Of 3 findings by content, about 3 (1\N{EN DASH}3) may be chance" in chance_sentence(
        control
    )


def test_chance_is_stated_even_if_nothing_was_found():
    control = replace(CONTROL, findings=0, expected=Rate(0, 0, 7.38), false_discovery=None)
    assert chance_sentence(control).startswith(
        "Nothing was found by content; about 0 (0\N{EN DASH}7.4) chance matches would be"
    )


def test_items_that_control_and_registry_share_are_noted():
    assert control_caveats(CONTROL, None) == (
        "37 items of the control with the same text as an item of a registry: not counted.",
    )
    assert control_caveats(replace(CONTROL, shared=0), None) == ()
    (doubt,) = control_caveats(replace(CONTROL, shared=0, outdone=3), None)
    assert doubt.startswith("3 more passages of the control where an item of a registry matches at")


def test_a_control_older_than_the_corpus_is_doubted():
    control = replace(CONTROL, shared=0)
    before = DateRange(date(2023, 6, 1), date(2023, 6, 2))
    after = DateRange(date(2026, 2, 1), date(2026, 2, 2))
    (doubt,) = control_caveats(control, after)
    assert "date from 2026-01-01 on, before the corpus was collected" in doubt
    assert control_caveats(control, before) == ()


def test_limits_name_backgrounds_and_the_control():
    background, expected, chance = coverage_caveats(RESULT)
    assert background == (
        "Background registry registries/books: 3,036 items; findings that it also contains are "
        "contested."
    )
    assert expected.startswith("By chance alone, about 0.2 documents of a corpus of this size")
    assert expected.endswith("; 360 have some.")
    assert "(registries/later)" in chance
    assert "37 items of the control" in chance
    little = replace(RESULT, corpus=replace(RESULT.corpus, tokens=1))
    assert "By chance alone, fewer than 0.01 documents of" in coverage_caveats(little)[1]
    (expected,) = coverage_caveats(clear_report().result)
    assert expected.endswith(" would have findings by content; 0 have some.")


def test_an_earlier_model_is_named_with_its_caveats():
    own = CorpusModelSummary("0" * 64, 10, 1280)
    assert len(coverage_caveats(replace(clear_report().result, corpus_model=own))) == 1
    taken = replace(own, taken_from="report-1", reservations=("it did not look for reg/y",))
    said, _ = coverage_caveats(replace(clear_report().result, corpus_model=taken))
    assert said.startswith("Matches were scored with the corpus model of report-1, an earlier")
    assert said.endswith(" It did not look for reg/y.")
