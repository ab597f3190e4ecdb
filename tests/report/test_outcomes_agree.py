"""Every format states the same outcome of the same result."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from provenance.model.content.tables import Unread
from provenance.model.rules.terms import Verdict
from provenance.pipeline.attesting.attestations import attestation_statement
from provenance.pipeline.github_publishing import publish
from provenance.report.disclosure.disclosure_formats import DISCLOSURE_FORMATS
from provenance.report.files.report_folder import write_report
from provenance.report.formats.rendering import FORMATS, render
from tests.report.disclosure.disclosure_samples import answered_material
from tests.report.samples import sample_report

OUTCOMES = ("pass", "warn", "fail", "incomplete")
TITLES = {
    "Passes the policy": "pass",
    "Not decided": "warn",
    "Fails the policy": "fail",
    "Incomplete": "incomplete",
}
MARKS = {"PASS": "pass", "NOT DECIDED": "warn", "FAIL": "fail", "INCOMPLETE": "incomplete"}
WITHOUT_OUTCOME = {"csv", "jsonl", "obligations", "attribution"}
"""Formats that list findings, and have no outcome."""


def report_with(outcome):
    report = sample_report()
    result = report.result
    gates = tuple(
        replace(each, passed=outcome != "fail", share=each.share if outcome == "fail" else 0.0)
        for each in result.gates
    )
    known = tuple(share for share in result.shares if share.key != Verdict.UNKNOWN)
    return replace(
        report,
        result=replace(
            result,
            gates=gates,
            violations=result.violations if outcome == "fail" else (),
            unread=(Unread("a.jsonl", "damaged", "mend it"),) if outcome == "incomplete" else (),
            shares=result.shares if outcome == "warn" else known,
        ),
    )


def in_title(text):
    return next(value for title, value in TITLES.items() if title.lower() in text.lower())


def in_mark(text):
    return next(MARKS[mark] for mark in sorted(MARKS, key=len, reverse=True) if mark in text)


def from_github(text):
    found = re.findall(r"^::(\w+) .*title=provenance%3A ([^,:]*)", text, re.MULTILINE)
    [(level, mark)] = [each for each in found if each[1].upper() in MARKS]
    outcome = in_mark(mark.upper())
    assert level == {"pass": "notice", "warn": "warning"}.get(outcome, "error")
    return outcome


def from_junit(text):
    root = ET.fromstring(text)
    [found] = [each.get("value") for each in root.iter("property") if each.get("name") == "status"]
    cases = [each for each in root.iter("testcase") if each.get("name") == "unknown"]
    assert bool(cases) == (found == "warn")
    assert int(root.get("tests")) == len([*root.iter("testcase")])
    return found


READERS = {
    "terminal": lambda text: in_mark(text.splitlines()[0]),
    "html": lambda text: in_title(re.search(r"<title>(.*?):", text)[1]),
    "json": lambda text: json.loads(text)["outcome"],
    "markdown": lambda text: in_title(text.splitlines()[0]),
    "sarif": lambda text: json.loads(text)["runs"][0]["properties"]["status"],
    "junit": from_junit,
    "github": from_github,
}


def property_of(text, name):
    [dataset] = [each for each in json.loads(text)["components"] if each["bom-ref"] == "dataset"]
    return {each["name"]: each["value"] for each in dataset["properties"]}[name]


WORDS = {
    "Outcome: the text is within all limits": "pass",
    "Outcome: not decided": "warn",
    "Outcome: the text is not within the limits": "fail",
    "Outcome: none": "incomplete",
}


def in_words(text):
    [found] = {value for words, value in WORDS.items() if words in text}
    return found


def from_check_entry(text):
    [value] = [
        each["value"] for each in json.loads(text)["entries"] if each["id"].endswith("/check")
    ]
    return value["status"]


DISCLOSED = {
    "eu-summary": in_words,
    "eu-summary-json": from_check_entry,
    "ab-2013": in_words,
    "ab-2013-json": from_check_entry,
    "dataset-card": in_words,
    "spdx": in_words,
    "cyclonedx": lambda text: property_of(text, "provenance:check:status"),
}
DISCLOSED_WITHOUT = {"eu-domains", "eu-self-check", "croissant"}


def test_every_format_is_looked_at():
    assert READERS.keys() | WITHOUT_OUTCOME == FORMATS.keys()
    assert DISCLOSED.keys() | DISCLOSED_WITHOUT == DISCLOSURE_FORMATS.keys()


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("name", READERS)
def test_reports_state_the_outcome(name, outcome):
    assert READERS[name](render(name, report_with(outcome))) == outcome


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("name", DISCLOSED)
def test_disclosures_state_the_outcome(name, outcome):
    material = replace(answered_material(), report=report_with(outcome))
    assert DISCLOSED[name](DISCLOSURE_FORMATS[name].render(material)) == outcome


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_attestations_state_the_outcome(outcome):
    statement = attestation_statement(report_with(outcome).result, "1d" * 32)
    assert statement.predicate["provenance"]["status"] == outcome
    expected = {"pass": "PASSED", "warn": "WARNED"}.get(outcome, "FAILED")
    assert statement.predicate["result"] == expected


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outputs_of_a_job_state_the_outcome(tmp_path, outcome):
    write_report(report_with(outcome), tmp_path / "report")
    environment = {
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    publish(tmp_path / "report", environment, sarif=tmp_path / "a.sarif", comments="never")
    outputs = (tmp_path / "outputs").read_text("utf-8").splitlines()
    [place] = [place for place, line in enumerate(outputs) if line.startswith("verdict<<")]
    assert outputs[place + 1] == outcome
    assert in_title((tmp_path / "summary.md").read_text("utf-8").splitlines()[0]) == outcome
