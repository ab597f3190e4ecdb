"""CSV, JSON Lines, JUnit and annotations: each read back by what reads it."""

import csv
import io
import json
import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from provenance.model.content.tables import FINDINGS
from provenance.model.results.result import Report
from provenance.report.files.findings_parquet import EXCERPT_COLUMNS, sort_findings
from provenance.report.formats.rendering import render
from provenance.report.render_options import RenderOptions
from tests.report.hostile_reports import HOSTILE, infected
from tests.report.sample_findings import FOUND, findings_table
from tests.report.samples import compared_report, sample_report

SHOWING = RenderOptions(excerpts=True)
LINE = re.compile(r"::(error|warning|notice) file=[^,:\n]*,line=\d+,title=[^,:\n]*::[^\n]*\n")


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_cell_of_a_spreadsheet_is_a_formula(kind):
    text = render("csv", infected(sample_report(), HOSTILE[kind]), SHOWING)
    rows = list(csv.reader(io.StringIO(text)))
    assert {len(row) for row in rows} == {len(FINDINGS.names)}
    assert len(rows) == 1 + len(FOUND)
    cells = [cell for row in rows for cell in row]
    assert not [
        cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))
    ]
    assert text.count("\n") == len(rows), "no cell breaks its line"


def test_a_spreadsheet_has_the_columns_of_the_findings():
    rows = table(render("csv", sample_report()))
    assert list(rows[0]) == [name for name in FINDINGS.names if name not in EXCERPT_COLUMNS]
    ordered = sort_findings(sample_report().findings).to_pylist()
    assert [row["document"] for row in rows] == [row["document"] for row in ordered]
    assert [int(row["row"]) for row in rows] == [row["row"] for row in ordered]
    assert [row["contested"] for row in rows] == [str(row["contested"]) for row in ordered]


def test_a_cell_is_cut_where_a_spreadsheet_would_break_it():
    rows = [{**FOUND[0], "document": "a" * 40_000}]
    (row,) = table(render("csv", Report(sample_report().result, findings_table(rows))))
    assert len(row["document"]) <= 32_767
    assert row["document"].endswith("…")


@pytest.mark.parametrize("kind", HOSTILE)
def test_json_lines_hold_the_findings_exactly(kind):
    report = infected(sample_report(), HOSTILE[kind])
    lines = render("jsonl", report, SHOWING).splitlines()
    given = sort_findings(report.findings).to_pylist()
    for line, row in zip(lines, given, strict=True):
        moment = row["created_at"] and row["created_at"].isoformat().replace("+00:00", "Z")
        assert json.loads(line) == {**row, "created_at": moment}


def test_json_lines_have_no_words_unless_asked():
    first = json.loads(render("jsonl", sample_report()).splitlines()[0])
    assert list(first) == [name for name in FINDINGS.names if name not in EXCERPT_COLUMNS]


def test_findings_that_are_new_since_a_baseline_are_first():
    rows = [{**FOUND[0], "row": row, "state": "unchanged"} for row in range(5)]
    rows[3]["state"] = "new"
    report = Report(sample_report().result, findings_table(rows))
    listed = table(render("csv", report))
    assert [int(row["row"]) for row in listed] == [3, 0, 1, 2, 4]
    lines = [json.loads(line) for line in render("jsonl", report).splitlines()]
    assert [row["row"] for row in lines] == [3, 0, 1, 2, 4]


@pytest.mark.parametrize("kind", HOSTILE)
def test_junit_can_be_read(kind):
    text = render("junit", infected(compared_report(), HOSTILE[kind]), SHOWING)
    root = ET.fromstring(text.encode("utf-8"))
    (suite,) = root
    assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    known = {"testsuites", "testsuite", "testcase", "failure", "skipped", "system-out"}
    assert {element.tag for element in root.iter()} <= known | {"properties", "property"}


def cases(report):
    root = ET.fromstring(render("junit", report))
    return {
        (case.get("classname"), case.get("name")): [child.tag for child in case]
        for case in root.iter("testcase")
    }


def test_junit_has_a_case_a_gate_and_a_case_a_source_and_statement():
    assert cases(sample_report()) == {
        ("provenance.gates", "forbidden=0%"): ["failure"],
        ("provenance.gates", "stackexchange:restricted.documents=10%"): [],
        ("provenance.gates", "no gate: unknown, restricted"): ["skipped"],
        ("provenance.x", "x/developer-agreement/2025-06-04#forbidden/explicit-ml"): ["failure"],
        ("provenance.forum.example", "no-terms#unknown/no-rule"): ["system-out"],
        (
            "provenance.stackexchange",
            "stackexchange/content-licence/2011-04-08#restricted/copyright-licence",
        ): ["system-out"],
        ("provenance.reddit", "reddit/data-api-terms/2023-06-19#permitted/agreement"): [
            "system-out"
        ],
    }


def test_junit_skips_groups_that_are_completely_waived():
    rows = [{**row, "waiver": "w"} for row in FOUND if row["source"] == "x"]
    found = cases(Report(sample_report().result, findings_table(rows)))
    assert ["skipped"] in found.values()
    assert found["provenance.gates", "forbidden=0%"] == ["failure"], "as the result says"


@pytest.mark.parametrize("kind", HOSTILE)
def test_annotations_are_lines_of_commands_and_nothing_else(kind):
    text = render("github", infected(sample_report(), HOSTILE[kind]), SHOWING)
    assert LINE.sub("", text) == ""
    for line in text.splitlines():
        assert re.search(r"%(?!25|3A|2C)", line) is None, "every % is escaped"


def test_annotations_are_ten_of_a_kind():
    rows = [
        {**row, "terms": f"t{number}"}
        for number in range(30)
        for row in (FOUND[0], FOUND[4], FOUND[5])
    ]
    text = render("github", Report(sample_report().result, findings_table(rows)), SHOWING)
    kinds = Counter(line.split(" ")[0] for line in text.splitlines())
    assert kinds == {"::error": 10, "::warning": 10, "::notice": 10}
    assert "22 more: see the report." in text


def test_annotations_say_the_verdict_first():
    first = render("github", sample_report()).splitlines()[0]
    assert first.startswith(
        "::error file=provenance.toml,line=1,title=provenance%3A fail::FAIL: 1.9%25"
    )
    open_ = replace(sample_report().result, violations=(), gates=())
    assert render("github", Report(open_, findings_table([]))).startswith("::warning ")
    passed = replace(open_, shares=())
    assert render("github", Report(passed, findings_table([]))).startswith("::notice ")
    assert render("github", sample_report(), RenderOptions(anchor="d.dvc:4")).startswith(
        "::error file=d.dvc,line=4,"
    )


INVISIBLE = [*'\u200b\ufeff\u00ad\u2060\u3164\u115f\u00a0\u034f "']


@pytest.mark.parametrize("before", ["", ";", "words; ", "a;b|", *INVISIBLE, "x;\u200b\u3164 "])
@pytest.mark.parametrize("formula", ["=1+1", "@SUM(A1)", "+1", "-1", "\uff1d1"])
def test_a_formula_is_none_wherever_a_spreadsheet_may_part_cells(before, formula):
    rows = [{**FOUND[0], "document": before + formula}]
    (row,) = table(render("csv", Report(sample_report().result, findings_table(rows))))
    for cell in re.split("[;|]", row["document"]):
        assert not re.match(r"(?:[^\w']|[\u115f\u1160\u3164\uffa0])*[-=+@\uff1d]", cell)


def test_words_that_are_no_formula_stay_as_they_are():
    text = "a; b, c-d (e = f) | g"
    rows = [{**FOUND[0], "document": text}]
    (row,) = table(render("csv", Report(sample_report().result, findings_table(rows))))
    assert row["document"] == text


def test_a_cell_of_nothing_but_marks_takes_no_time():
    rows = [{**FOUND[0], "document": ";|" * 16_000 + "=1"}]
    (row,) = table(render("csv", Report(sample_report().result, findings_table(rows))))
    assert len(row["document"]) <= 32_767
