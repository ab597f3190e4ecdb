"""The page on which findings are labelled: whole, blind, and safe whoever wrote what is on it."""

import json
import re
from dataclasses import replace
from html import unescape

import pyarrow as pa
import pytest

from provenance.model.content.tables import FINDINGS
from provenance.model.results.result import Report
from provenance.report.formats.html_review import review_page
from tests.report.formats.html_parser import Page
from tests.report.hostile_reports import HOSTILE, bloated, infected
from tests.report.sample_findings import FOUND, findings_table
from tests.report.samples import sample_report, sample_review

TEXT = review_page(sample_review())


def data_of(text):
    (data,) = re.findall('<script type="application/json" id="review-data">(.*?)</script>', text)
    return json.loads(data)


def test_the_page_has_the_sample_its_findings_and_their_labels():
    data = data_of(TEXT)
    assert data["sample"] == {
        "schema": "provenance/review/1", "findings": "7c" * 32, "seed": 3, "draws": len(FOUND),
        "scope": "all",
    }  # fmt: skip
    assert [each["document"] for each in data["findings"]] == [row["document"] for row in FOUND]
    first = data["findings"][0]
    assert (first["words"], first["source"]) == ("17 words", "X (Twitter)")
    matched = FOUND[0]["excerpt"][slice(*FOUND[0]["marks"][0])]
    assert first["excerpt"][2] == first["held"][2] == matched
    assert data["labels"] == {
        f"f{len(FOUND) - 1:016x}": {"label": "skip", "labeller": "R. <b>Osei", "date": "2026-03-01"}
    }


def test_what_the_tool_says_is_not_on_the_page():
    blind = {
        *("origin", "origin_reasons", "quoted_work", "strength", "bits", "expected", "verdict"),
        *("basis", "terms", "contested", "waiver", "state", "copies", "occurrences", "item_tokens"),
        *("alternatives", "declared", "evidence"),
    }
    other = dict(FOUND[1])
    rows = [{**row, **{name: other.get(name) for name in blind}} for row in FOUND]
    changed = Report(sample_report().result, findings_table(rows))
    assert changed.findings != sample_report().findings
    assert review_page(sample_review(changed)) == TEXT


def test_the_page_asks_for_nothing_and_runs_its_own_script_alone():
    page = Page(TEXT)
    names = {tag for tag, _ in page.elements}
    assert not names & {"img", "link", "iframe", "object", "embed", "form", "base", "b"}
    policy = unescape(TEXT)
    assert "default-src 'none'; style-src 'sha256-" in policy
    assert "unsafe" not in policy.partition("</head>")[0]
    assert [tag for tag, _ in page.elements].count("script") == 2
    (script,) = re.findall("<script>(.*?)</script>", TEXT, re.DOTALL)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|eval|fetch|XMLHttp|import", script)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_of_others_does_anything(text):
    review = sample_review(infected(sample_report(), text))
    (key,) = review.labels
    review = replace(review, labels={key: replace(review.labels[key], labeller=text)})
    page = review_page(review)
    assert [tag for tag, _ in Page(page).elements] == [tag for tag, _ in Page(TEXT).elements]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    assert data_of(page)["labels"][key]["labeller"] == text


def test_long_texts_are_cut():
    page = review_page(sample_review(bloated(sample_report(), "y" * 3_000_000)))
    assert len(page) < 200_000


def test_texts_that_were_not_kept_are_null():
    row = {**FOUND[0], "excerpt": None, "marks": None, "item_excerpt": None, "item_marks": None}
    table = pa.Table.from_pylist([row, row], schema=FINDINGS)
    found = data_of(review_page(sample_review(Report(sample_report().result, table))))["findings"]
    assert [(each["excerpt"], each["held"]) for each in found] == [(None, None)] * 2
