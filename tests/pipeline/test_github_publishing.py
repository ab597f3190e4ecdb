"""A report told to a job of GitHub: its summary, its outputs, and one comment."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.errors import DatasetNotFound, OutputError
from provenance.model.results.result import Report
from provenance.pipeline.github_publishing import publish
from provenance.report.files.report_folder import write_report
from tests.cli.hub import TOKEN, hub
from tests.report.hostile_reports import HOSTILE, infected
from tests.report.samples import clear_report, sample_report


@pytest.fixture
def comments():
    with hub() as kept:
        yield kept


@pytest.fixture
def job(tmp_path, comments):
    """The variables of a job that runs for a pull request."""
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}))
    return {
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_REPOSITORY": "octo/data",
        "GITHUB_API_URL": comments.address,
        "GITHUB_TOKEN": TOKEN,
    }


@pytest.fixture
def told(tmp_path, job):
    def tell(report, when="on-failure", environment=None, **more):
        write_report(report, tmp_path / "report")
        place = job if environment is None else environment
        return publish(tmp_path / "report", place, sarif=None, comments=when, **more)

    return tell


def outputs(path: str) -> dict[str, str]:
    """Read outputs as the runner does."""
    text, found = Path(path).read_text("utf-8"), {}
    while text:
        name, end = re.match(r"([a-z]+)<<(\S+)\n", text).groups()
        value, _, text = text.partition("\n")[2].partition(f"\n{end}\n")
        found[name] = value
    return found


def clear():
    """The dataset of the failing report, cleared."""
    result = replace(clear_report().result, corpus=sample_report().result.corpus)
    return Report(result, clear_report().findings)


def test_a_job_gets_a_summary_annotations_and_outputs(told, job, tmp_path):
    write_report(sample_report(), tmp_path / "report")
    sarif = tmp_path / "made" / "p.sarif"
    made = publish(tmp_path / "report", job, sarif=sarif, comments="never")

    assert Path(job["GITHUB_STEP_SUMMARY"]).read_text("utf-8").startswith("### provenance: fails")
    assert made.annotations.startswith("::error ")
    said = outputs(job["GITHUB_OUTPUT"])
    assert said.keys() == {"verdict", "shares", "report", "sarif"}
    assert said["verdict"] == "fail"
    assert json.loads(said["shares"])["source"]["x"] == pytest.approx(0.0212, abs=1e-3)
    assert json.loads(Path(said["sarif"]).read_text("utf-8"))["version"] == "2.1.0"
    assert said["report"] == str(tmp_path / "report")
    assert made.failures == ()


def test_a_comment_is_written_once_and_then_kept_up_to_date(told, comments):
    told(sample_report())
    (first,) = comments.kept
    assert "### provenance: fails the policy" in first["body"]
    told(sample_report())
    told(clear())
    (same,) = comments.kept
    assert same["id"] == first["id"]
    assert "### provenance: passes the policy" in same["body"]
    assert comments.asked.count("POST") == 1


@pytest.mark.parametrize(("when", "number"), [("on-failure", 0), ("always", 1), ("never", 0)])
def test_a_clear_dataset_is_commented_on_only_where_asked(told, comments, when, number):
    told(clear_report(), when)
    assert len(comments.kept) == number


def test_each_dataset_has_its_own_comment(told, comments):
    told(sample_report())
    told(clear_report(), "always")
    assert len(comments.kept) == 2


def test_its_own_comment_is_found_behind_hundreds_of_others(told, comments):
    comments.kept = [{"id": n, "body": f"me too {n}"} for n in range(250)]
    told(sample_report())
    told(sample_report())
    assert len(comments.kept) == 251
    assert all(each["body"].startswith("me too") for each in comments.kept[:250])


@pytest.mark.parametrize(("code", "remedy"), [(403, "pull-requests: write"), (500, "permissions")])
def test_a_comment_that_is_not_taken_breaks_nothing(told, comments, job, code, remedy):
    comments.refuse = code
    made = told(sample_report())
    ((message, advice),) = made.failures
    assert str(code) in message
    assert remedy in advice
    assert TOKEN not in message + advice
    assert outputs(job["GITHUB_OUTPUT"])["verdict"] == "fail"


def test_a_host_that_is_not_there_breaks_nothing(told, job):
    for address in ("http://127.0.0.1:9", "file:///etc"):
        made = told(sample_report(), environment={**job, "GITHUB_API_URL": address})
        assert len(made.failures) == 1


def test_what_is_no_pull_request_has_no_comment(told, comments, job, tmp_path):
    (tmp_path / "event.json").write_text(json.dumps({"ref": "refs/heads/main"}))
    assert told(sample_report(), "always").failures == ()
    assert told(sample_report(), "always", {}).published == ()
    assert comments.asked == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_text_of_others_sets_an_output_or_breaks_a_comment(told, comments, job, kind):
    told(infected(sample_report(), HOSTILE[kind]), excerpts=True)
    assert outputs(job["GITHUB_OUTPUT"]).keys() == {"verdict", "shares", "report"}
    assert len(comments.kept) == 1


def test_what_cannot_be_told_at_all_is_an_error(told, job, tmp_path):
    with pytest.raises(DatasetNotFound):
        publish(tmp_path / "nowhere", job, sarif=None, comments="never")
    with pytest.raises(OutputError, match="cannot be written"):
        told(sample_report(), environment={**job, "GITHUB_OUTPUT": str(tmp_path)})
    (tmp_path / "event.json").write_text("{")
    assert "cannot be read" in told(sample_report()).failures[0][0]
