"""Every report shows with a verdict how much of the source was searched for."""

import json
from dataclasses import replace

import pytest

from provenance.report.files.result_json import dumps
from provenance.report.formats.html_report import html_page
from provenance.report.terminal.check_summary import terminal_summary
from provenance.report.text.coverage_text import coverage_sentence
from tests.report.samples import sample_report

REPORT = sample_report()
RESULT = REPORT.result


def test_a_declared_total_gives_the_part() -> None:
    assert coverage_sentence(RESULT, "x") == (
        "Searched for: 600,000 of 26,000,000,000 items (0.0023%), 2018-05-04 to 2023-06-30."
    )


def test_an_undeclared_total_is_unknown() -> None:
    said = coverage_sentence(RESULT, "mastodon")
    assert said == "Searched for: 4 items, 2023-01-02 to 2023-01-09; total unknown."


def test_of_a_source_in_no_registry_only_declarations_are_searched_for() -> None:
    sentence = coverage_sentence(RESULT, "weibo")
    assert sentence == "Searched for: none of its items, only what rows declare."


def test_items_of_two_registries_add_up_and_an_unknown_total_makes_the_sum_unknown() -> None:
    (first, *_) = RESULT.registries
    (x,) = (source for source in first.sources if source.source == "x")
    twice = replace(RESULT, registries=(first, replace(first, sources=(x,))))
    assert "1,200,000 of 26,000,000,000 items" in coverage_sentence(twice, "x")
    silent = replace(first, sources=(replace(x, published=None),))
    said = coverage_sentence(replace(RESULT, registries=(first, silent)), "x")
    assert said.startswith("Searched for: 1,200,000 items, ")
    assert said.endswith("; total unknown.")


@pytest.mark.parametrize("source", ["x", "forum.example"])
def test_it_is_on_the_terminal_on_the_page_and_in_the_file(source) -> None:
    said = coverage_sentence(RESULT, source)
    text = " ".join(terminal_summary(REPORT, width=100, colour=False).split())
    assert said in text
    assert said in html_page(REPORT)
    rulings = json.loads(dumps(RESULT))["rulings"]
    assert {each["coverage"]["said"] for each in rulings if each["source"] == source} == {said}
    assert "not clearance" in text
