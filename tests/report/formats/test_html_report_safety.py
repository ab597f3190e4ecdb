"""The page does what it is meant to do and nothing else, whoever wrote what stands on it."""

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given, settings

from provenance.model.results.result import GateOutcome, Report
from provenance.model.rules.policy import Gate, Unit
from provenance.model.rules.terms import Verdict
from provenance.report.formats.html_report import MAX_FINDINGS, MAX_LISTED, html_page
from tests.report.formats.html_parser import Page
from tests.report.result_strategies import RESULTS
from tests.report.sample_findings import finding, findings_table
from tests.report.samples import clear_report, sample_report

REPORT = sample_report()
TEXT = html_page(REPORT)
PAGE = Page(TEXT)
(SCRIPT,) = re.findall("<script>(.*?)</script>", TEXT, re.DOTALL)


def test_the_page_makes_no_requests():
    names = {tag for tag, _ in PAGE.elements}
    assert not names & {"img", "link", "iframe", "object", "embed", "form", "base"}
    assert not [n for _, attributes in PAGE.elements for n in attributes if n.startswith("on")]
    (style,) = re.findall(r"<style>(.*?)</style>", TEXT, re.DOTALL)
    assert not re.search(r"@import|url\((?!#)", style)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|eval|fetch|XMLHttp|import", SCRIPT)
    assert not PAGE.every("src")


def test_the_page_runs_its_own_script_and_no_other():
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', TEXT)
    policy = unescape(policy)
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; ")
    for kind, directive in (("style", "style-src"), ("script", "script-src")):
        (own,) = re.findall(rf"<{kind}>(.*?)</{kind}>", TEXT, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    scripts = [attributes for tag, attributes in PAGE.elements if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "findings-data"}, {}]
    assert not PAGE.every("style")


def test_a_page_without_findings_runs_nothing():
    text = html_page(clear_report())
    assert "script-src 'none'" in unescape(text)
    assert "<script" not in text


def test_links_lead_inside_the_page_or_to_the_web():
    ids = PAGE.every("id")
    assert len(ids) == len(set(ids))
    for address in PAGE.every("href"):
        assert address.startswith(("https://", "http://")) or address[1:] in ids, address
    assert "javascript:alert('url')" in PAGE.text


@pytest.mark.parametrize(
    "hostile",
    [
        *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}{% raw %}"),
        *("</style><b>", "]]><!--", "\u202ecod.exe", "\x1b[31m", "\x00", "'onmouseover='x"),
    ],
)
def test_no_text_of_others_does_anything(hostile):
    row = finding(
        f"doc{hostile}",
        "x",
        f"{hostile}[[{hostile}]]",
        hostile,
        item=hostile,
        url=f"https://a.example/{hostile}",
        field=hostile,
        file=hostile,
        alternatives=[{"source": hostile, "item": hostile, "share": 1.0}],
    )
    corpus = replace(REPORT.result.corpus, addresses=(hostile,))
    text = html_page(Report(replace(REPORT.result, corpus=corpus), findings_table([row])))
    page = Page(text)
    names = {tag for tag, _ in page.elements}
    assert not names & {"img", "b"}
    assert [tag for tag, _ in page.elements].count("script") == 2
    assert not [n for _, attributes in page.elements for n in attributes if n.startswith("on")]
    assert "49" not in page.text[: page.text.index("Documents")]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


@given(RESULTS)
@settings(max_examples=25)
def test_any_result_makes_a_page(result):
    text = html_page(Report(result, REPORT.findings))
    Page(text)
    text.encode("utf-8")


def test_a_gate_whose_source_cannot_be_written_is_shown_all_the_same():
    gate = Gate(verdict=Verdict.FORBIDDEN, source="\ud800", unit=Unit.TOKENS, limit=0.0)
    result = replace(REPORT.result, gates=(GateOutcome(gate, 0.0, 0.0, passed=True),))

    html_page(Report(result, REPORT.findings)).encode("utf-8")


def test_more_findings_than_fit_are_counted_and_the_page_stays_small():
    rows = [finding(f"page-{n}", "x", "a [[b]] c", "[[b]]") for n in range(MAX_FINDINGS + 950)]
    text = html_page(Report(REPORT.result, findings_table(rows)))
    assert "10,000 of 10,950 findings" in text
    assert "950 more are in findings.parquet." in text
    assert text.count('class="listed"') == MAX_LISTED
    assert len(text) < 12_000_000


def test_a_text_of_ten_megabytes_is_cut():
    row = finding(
        "z" * 10_000_000, "x", "y" * 10_000_000 + "[[match]]" + "y" * 10_000_000, "w" * 9_999_999
    )
    text = html_page(Report(REPORT.result, findings_table([row])))
    assert "<mark>match</mark>" in text
    assert len(text) < 200_000
