"""What `make demo` does: the sample, checked, gives what the sample's truth says.

`make readme` shows in README what the check prints now, and draws its picture.
"""

import json
import re
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.commandline import provenance
from tests.sample.picture import drawn

DUMPS = {
    "x": "social.jsonl",
    "stackexchange": "qa.jsonl",
    "cc0-1.0": "commons.jsonl",
    "rope-street-forum": "forum.jsonl",
}
ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "provenance" / "sample"
PICTURE = ROOT / "docs" / "shares.svg"
BEGIN, END = "```text\n", "\n…"


def check_the_sample(place):
    """Do in folder `place` what `make demo` does; give the folder of reports, and what was said."""
    registry, action = str(place / "registry"), "build"
    for source, name in DUMPS.items():
        dump = str(SAMPLE / name)
        made = provenance("registry", action, registry, "--source", source, dump, cwd=ROOT)
        assert made.returncode == 0, made.stderr
        action = "add"
    checked = provenance(
        "check", str((SAMPLE / "pages.jsonl").relative_to(ROOT)), "--registry", registry,
        "--policy", str(SAMPLE / "provenance.toml"), "--output", str(place / "report"), cwd=ROOT,
    )  # fmt: skip
    assert checked.returncode == 1, checked.stderr
    return place / "report", checked.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return check_the_sample(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def report(demo):
    return demo[0]


@pytest.fixture(scope="module")
def findings(report):
    return pq.read_table(report / "findings.parquet").to_pylist()


@pytest.fixture(scope="module")
def truth():
    return [json.loads(line) for line in (SAMPLE / "truth.jsonl").read_text("utf-8").splitlines()]


def place(row, document):
    return row[document], row["evidence"], row["source"], row["item"]


def test_all_that_was_put_there_is_found_and_nothing_else(findings, truth):
    assert {place(row, "document") for row in findings} == {place(row, "page") for row in truth}
    assert len(findings) == len(truth)


def test_verbatim_copies_are_found_to_the_character(findings, truth):
    found = {place(row, "document"): (row["start"], row["end"]) for row in findings}
    planted = {
        place(row, "page"): (row["start"], row["end"])
        for row in truth
        if row["edit"] in (None, "verbatim", "lower", "escaped")
    }
    assert {where: found[where] for where in planted} == planted


def test_every_verdict_is_shown(findings):
    assert {(row["source"], row["verdict"]) for row in findings} == {
        ("x", "forbidden"),
        ("stackexchange", "restricted"),
        ("rope-street-forum", "unknown"),
        ("cc0-1.0", "permitted"),
        ("reddit", "permitted"),
    }


def test_what_two_sources_hold_is_contested(findings):
    contested = [row for row in findings if row["contested"]]
    assert [(row["document"], row["source"]) for row in contested] == [("gauge-001", "x")]
    assert [other["source"] for other in contested[0]["alternatives"]] == ["cc0-1.0"]


def test_the_waiver_covers_the_museum_alone(findings):
    waived = {row["document"] for row in findings if row["waiver"]}
    museum = {row["document"] for row in findings if row["source"] == "x"}
    assert waived == {document for document in museum if document.startswith("museum-")}
    assert waived


def test_the_reports_are_written(report):
    assert json.loads((report / "result.json").read_text("utf-8"))["status"] == "fail"
    assert "<html" in (report / "report.html").read_text("utf-8")


def test_the_readme_shows_this_outcome(demo):
    shown = (ROOT / "README.md").read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    assert shown.startswith("FAIL")
    assert undated(shown) in undated(demo[1]), "run `make readme`"


def undated(text):
    """Return a summary without the day of the check."""
    return re.sub(r"on \d{4}-\d\d-\d\d, with", "on this day, with", text)


def result_of(report):
    return json.loads((report / "result.json").read_text("utf-8"))


def test_the_picture_is_of_this_outcome(report):
    assert PICTURE.read_text("utf-8") == drawn(result_of(report)), "run `make readme`"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        found, said = check_the_sample(Path(folder))
        PICTURE.write_text(drawn(result_of(found)), "utf-8")
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    shown = said.partition("\n\nTokens by verdict")[0]
    readme.write_text(before + BEGIN + shown + END + after, "utf-8")
