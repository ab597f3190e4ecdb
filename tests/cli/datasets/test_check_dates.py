"""A stated date of collection before the items were published is an error, and clears nothing."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import WORDS

HELD = ("--registry", "reg")
LATE = "findings are of items published after the stated collection"


@pytest.fixture(scope="module")
def dated(provenance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Posts of 2024, and a dataset with half of them; the terms of 2024 forbid their use."""
    folder = tmp_path_factory.mktemp("dated")
    posts = [
        {"id": f"p{n}", "text": f"{WORDS} {n}", "created_at": f"2024-02-0{n + 1}T23:30:00Z"}
        for n in range(6)
    ]
    (folder / "posts.jsonl").write_text("\n".join(map(json.dumps, posts)))
    rows = [{"id": f"r{n}", "text": f"{WORDS} {n}", "batch": "old"} for n in range(3)]
    (folder / "train.jsonl").write_text("\n".join(map(json.dumps, rows)))
    built = provenance("registry", "build", "reg", "--source", "x", "posts.jsonl", cwd=folder)
    assert built.returncode == 0, built.stderr
    return folder


def checked(provenance, folder: Path, *options: str):
    return provenance("check", "train.jsonl", *HELD, *options, cwd=folder)


@pytest.mark.parametrize(
    "collected", ["2010-01-01", "2010", "2010..2012", "2006-01", "..2012", "1999-12-31"]
)
def test_a_date_before_the_items_clears_none_of_them(provenance, dated, collected) -> None:
    assert checked(provenance, dated).returncode == 1, "they are forbidden"
    done = checked(provenance, dated, "--collected", collected)
    assert done.returncode == 1, done.stdout
    said = " ".join(done.stdout.split())
    assert f"The stated date of collection cannot be right: 3 of 3 {LATE}" in said
    assert "the newest item found was published on 2024-02-0" in said


def test_it_is_incomplete_where_no_gate_fails(provenance, dated) -> None:
    impossible = ("--collected", "2010-01-01", "--fail-on", "forbidden=100%")
    done = checked(provenance, dated, *impossible, "--exit-zero", "--quiet")
    assert done.returncode == 2
    assert LATE in done.stderr
    assert "Correct the date of collection" in done.stderr
    done = checked(provenance, dated, *impossible, "--format", "json")
    result = json.loads(done.stdout)
    assert (done.returncode, result["status"]) == (2, "incomplete")
    (misdating,) = result["misdatings"]
    assert misdating.pop("newest").startswith("2024-02-0")
    assert misdating == {
        "collection": None,
        "stated": {"first": "2010-01-01", "until": "2010-01-02"},
        "findings": 3,
        "of_findings": 3,
        "refuting": 3,
    }


def test_every_format_for_people_says_so(provenance, dated) -> None:
    done = checked(provenance, dated, "--collected", "2010-01-01", "-o", "out")
    assert done.returncode == 1
    assert LATE in (dated / "out" / "report.html").read_text()
    for form in ("markdown", "junit", "sarif", "github"):
        done = provenance("report", "out", "--format", form, cwd=dated)
        assert LATE in done.stdout, form
        if form == "junit":
            assert ET.fromstring(done.stdout).findall(".//error[@type='collected']")


@pytest.mark.parametrize(
    ("collected", "is_possible"),
    [("2024-02-01", False), ("2024-02-02", True), ("2024-02", True), ("2024-02-01..", True)],
)
def test_a_possible_date_is_no_error(provenance, dated, collected, is_possible) -> None:
    """The last item is of 2024-02-03: a day's difference can be one of time zones."""
    options = ("--collected", collected, "--fail-on", "forbidden=100%")
    done = checked(provenance, dated, *options)
    assert done.returncode == (0 if is_possible else 2)
    assert ("cannot be right" in done.stdout) != is_possible


def test_a_date_of_a_collection_or_of_a_row_is_held_to_the_same(provenance, dated) -> None:
    policy = dated / "policy.toml"
    part = '[[collections]]\nname = "old"\ncolumn = "batch"\nvalue = "old"\ncollected = 2010\n'
    policy.write_text(part)
    done = checked(provenance, dated, "--policy", "policy.toml", "--collected", "2024-06")
    said = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert "3 of 3 findings in collection 'old' are of items published after" in said
    rows = [{"text": f"{WORDS} {n}", "collected": "2010-05"} for n in range(2)]
    rows.append({"text": f"{WORDS} 2", "collected": "2024-05"})
    (dated / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = provenance("check", "rows.jsonl", *HELD, cwd=dated)
    said = " ".join(done.stdout.split())
    assert done.returncode == 1
    assert "2 of 3 findings dated by their rows are of items published after they were" in said


def test_waived_findings_refute_no_date(provenance, dated) -> None:
    policy = dated / "waived.toml"
    policy.write_text(
        '[[waivers]]\nsource = "x"\nreason = "false-match"\nstatement = "Quoted from our page."\n'
        'approver = {given = "Rosa", family = "Osei"}\nexpires = 2027-06-30\n'
    )
    options = ("--policy", "waived.toml", "--collected", "2010-01-01")
    done = checked(provenance, dated, *options)
    said = " ".join(done.stdout.split())
    assert done.returncode == 0, said
    assert "The stated date of collection cannot be right" not in said
    assert f"3 of 3 {LATE}" in said


def test_rules_explain_what_cannot_have_been_collected_then(provenance, dated) -> None:
    asked = ("rules", "explain", "x", "--collected", "2010-01-01", "--published", "2024-02-01")
    done = provenance(*asked, cwd=dated)
    said = " ".join(done.stdout.split())
    assert "forbidden" in said
    assert "dated after the stated collection, which therefore cannot be right" in said


@pytest.mark.parametrize("command", ["explain", "timeline"])
def test_no_rule_is_asked_of_a_day_to_come(provenance, dated, command) -> None:
    done = provenance("rules", command, "x", "--collected", "2999-01-01", cwd=dated)
    assert (done.returncode, done.stdout) == (2, "")
    assert "2999-01-01 is in the future" in done.stderr


def test_the_time_in_a_row_s_own_address_refutes_a_date(provenance, tmp_path: Path) -> None:
    address = f"https://x.com/ada/status/{(1706832000000 - 1288834974657) << 22}"
    (tmp_path / "train.jsonl").write_text(json.dumps({"text": WORDS, "url": address}))
    for collected, code in (("2010-01-01", 2), ("2024", 0)):
        options = ("--collected", collected, "--fail-on", "forbidden=100%")
        done = provenance("check", "train.jsonl", "--declared-only", *options, cwd=tmp_path)
        assert done.returncode == code, done.stdout
        assert ("date of collection cannot be right" in done.stdout) is (code == 2)
