"""SARIF: valid, and within what code scanning takes."""

import gzip
import json
import random
from dataclasses import replace

import jsonschema
import pytest

from provenance.errors import OutputError
from provenance.model.results.result import Report
from provenance.model.rules.terms import Verdict
from provenance.report.formats.rendering import render
from provenance.report.formats.sarif import MAX_RESULTS
from provenance.report.render_options import RenderOptions
from tests.report.hostile_reports import HOSTILE, infected
from tests.report.sample_findings import FOUND, findings_table
from tests.report.samples import clear_report, compared_report, sample_report

REPORTS = {"fails": sample_report, "clear": clear_report, "compared": compared_report}

PLAIN = RenderOptions()


def told(report, options=PLAIN):
    return json.loads(render("sarif", report, options))


def results(report, options=PLAIN):
    return told(report, options)["runs"][0]["results"]


@pytest.fixture(scope="module")
def validator(root):
    path = root.parent / "shared" / "schemas" / "sarif-schema-2.1.0.json"
    if not path.is_file():
        pytest.skip("the schema of SARIF is not beside the checkout (../shared/schemas)")
    return jsonschema.Draft4Validator(
        json.loads(path.read_text("utf-8")),
        format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER,
    )


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(
    "options", [RenderOptions(), RenderOptions(True, "data.dvc:3")], ids=["plain", "asked"]
)
def test_it_follows_the_schema(validator, name, options):
    validator.validate(told(REPORTS[name](), options))


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_follows_the_schema_whatever_others_wrote(validator, kind):
    validator.validate(
        told(infected(compared_report(), HOSTILE[kind]), RenderOptions(excerpts=True))
    )


def test_the_schema_rejects_invalid_documents(validator):
    document = told(sample_report())
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(document)


def test_a_source_and_a_statement_are_one_result():
    found = [(each["properties"]["source"], each["ruleId"]) for each in results(sample_report())]
    assert len(found) == len(set(found))
    assert [source for source, _ in found] == ["x", "forum.example", "stackexchange"]
    (forbidden,) = [each for each in results(sample_report()) if each["level"] == "error"]
    assert forbidden["properties"]["findings"] == 4
    assert forbidden["properties"]["waived"] == 1
    assert forbidden["message"]["text"].startswith("4 findings of X (Twitter) in 4 documents")


def test_permitted_content_is_no_result():
    assert "reddit" not in render("sarif", sample_report())


def test_what_passes_its_gate_is_no_error():
    passing = replace(
        sample_report().result,
        gates=tuple(replace(each, passed=True) for each in sample_report().result.gates),
    )
    levels = {each["level"] for each in results(Report(passing, sample_report().findings))}
    assert levels == {"warning", "note"}


def test_completely_waived_groups_are_suppressed():
    rows = [{**row, "waiver": "w"} for row in FOUND if row["source"] == "x"]
    (only,) = results(Report(sample_report().result, findings_table(rows)))
    assert only["level"] == "note"
    assert only["suppressions"][0]["kind"] == "external"


@pytest.mark.parametrize("name", REPORTS)
def test_every_result_has_a_place_that_is_small_and_text(name):
    for each in results(REPORTS[name]()):
        (location,) = each["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"] == {"uri": "provenance.toml"}
        assert physical["region"] == {"startLine": 1}
    assert "part-0.parquet" in render("sarif", sample_report()), "said, but not as a place"


@pytest.mark.parametrize(
    ("anchor", "uri", "line"),
    [
        ("data.dvc", "data.dvc", 1),
        ("data/train set.dvc:12", "data/train%20set.dvc", 12),
        ("./cards/README.md", "cards/README.md", 1),
        ("a:b", "a%3Ab", 1),
        ("é.lock:0", "%C3%A9.lock", 1),
    ],
)
def test_the_place_can_be_named(anchor, uri, line):
    each = results(sample_report(), RenderOptions(anchor=anchor))[0]
    physical = each["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}


@pytest.mark.parametrize(
    "anchor", ["train.parquet", "a/b.JSONL:3", "x.csv.gz", "/etc/passwd", "../up.dvc"]
)
def test_a_place_that_would_spoil_the_upload_is_refused(anchor):
    with pytest.raises(OutputError) as raised:
        told(sample_report(), RenderOptions(anchor=anchor))
    assert "--anchor" in raised.value.remedy


def test_a_policy_outside_the_repository_gives_its_name_alone():
    result = sample_report().result
    for path, uri in (("/home/me/p.toml", "p.toml"), ("../p.toml", "p.toml"), (None, "README.md")):
        moved = replace(result, policy=replace(result.policy, path=path))
        each = results(Report(moved, sample_report().findings))[0]
        assert each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def fingerprints(report):
    return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results(report)]


def test_a_result_is_known_again_when_rows_move_and_others_come():
    moved = [{**row, "row": row["row"] + 7, "file": "other.parquet"} for row in FOUND]
    more = [*moved, {**FOUND[0], "document": "another"}]
    before = fingerprints(sample_report())
    assert len(set(before)) == len(before)
    assert fingerprints(Report(sample_report().result, findings_table(more))) == before


def test_another_dataset_has_results_of_its_own():
    result = sample_report().result
    other = replace(result, corpus=replace(result.corpus, addresses=("data/other",)))
    assert not set(fingerprints(Report(other, sample_report().findings))) & set(
        fingerprints(sample_report())
    )


def test_a_baseline_gives_each_result_its_state():
    said = [(each["ruleId"], each["baselineState"]) for each in results(compared_report())]
    assert said == [
        ("x/developer-agreement/2025-06-04#forbidden/explicit-ml", "new"),
        ("no-terms#unknown/no-rule", "unchanged"),
        ("stackexchange/content-licence/2011-04-08#restricted/copyright-licence", "unchanged"),
        ("x/terms/2024-11-15#forbidden/explicit-ml", "absent"),
    ]
    assert not [each for each in results(sample_report()) if "baselineState" in each]


def test_the_limits_of_code_scanning_hold():
    noise, signs = random.Random(7), [*map(chr, range(0x4E00, 0xA000))]

    def word():
        return "".join(noise.choices(signs, k=600))

    count = MAX_RESULTS + 50
    rows = [
        {**FOUND[0], "source": f"{number} {word()}", "terms": word(), "file": word()}
        for number in range(count)
    ]
    text = render("sarif", Report(sample_report().result, findings_table(rows)))
    (run,) = json.loads(text)["runs"]
    kept = len(run["results"])
    assert 500 < kept < MAX_RESULTS <= 5_000
    assert len(run["tool"]["driver"]["rules"]) <= 25_000
    assert f"{count - kept:,} more results" in json.dumps(run["invocations"])
    assert len(gzip.compress(text.encode("utf-8"))) < 10 * 1000 * 1000
    for rule in run["tool"]["driver"]["rules"]:
        assert len(rule["id"]) <= 255
        assert len(rule["shortDescription"]["text"]) <= 1024
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 10
    for each in run["results"]:
        assert len(each["locations"]) <= 100
        assert run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"]


def test_five_thousand_results_are_kept_where_they_are_short():
    rows = [
        {**FOUND[0], "terms": f"t{number}", "source": "s"} for number in range(MAX_RESULTS + 50)
    ]
    (run,) = told(Report(sample_report().result, findings_table(rows)))["runs"]
    assert len(run["results"]) == MAX_RESULTS
    assert "50 more results" in json.dumps(run["invocations"])


def test_a_tampered_verdict_is_another_statement():
    rows = [FOUND[0], {**FOUND[0], "verdict": str(Verdict.UNKNOWN), "basis": "not-seen"}]
    found = results(Report(sample_report().result, findings_table(rows)))
    assert len({each["ruleId"] for each in found}) == 2
