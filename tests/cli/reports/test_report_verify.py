"""`provenance report verify`: files as they were written, and the same result again."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from provenance.errors import InputError
from provenance.model.rules.policy import Waiver, WaiverReason
from provenance.pipeline.attesting.report_replay import replay
from provenance.pipeline.checking.dataset_check import check
from provenance.pipeline.report_io import effective_policy, save_report
from provenance.pipeline.settings import Settings

WORDS = "the lamplighter keeps a tally of moths in a ledger by the stairs of Quill Street, number"


@pytest.fixture(scope="module")
def source(provenance, world, tmp_path_factory):
    """A folder with what a check needs, and its report."""
    folder = tmp_path_factory.mktemp("replayed")
    shutil.copy(world / "posts.jsonl", folder)
    shutil.copy(world / "train.jsonl", folder)
    shutil.copytree(world / "reg", folder / "reg")
    done = provenance("check", "train.jsonl", "--registry", "reg", "-o", "report", "-q", cwd=folder)
    assert done.returncode == 1, done.stderr
    return folder


@pytest.fixture
def place(source, tmp_path):
    shutil.copytree(source, tmp_path / "copy")
    return tmp_path / "copy"


def verify(provenance, place, *arguments):
    return provenance("report", "verify", "report", *arguments, cwd=place)


def test_an_unchanged_report_is_verified(provenance, place):
    done = verify(provenance, place)
    assert done.returncode == 0, done.stderr
    listed = [line.split()[0] for line in done.stdout.splitlines()[1:-1]]
    assert listed == ["result.json", "findings.parquet", "model.parquet", "report.html"]
    by_file = provenance("report", "verify", "report/result.json", cwd=place)
    assert by_file.stdout == done.stdout


@pytest.mark.parametrize("name", ["findings.parquet", "model.parquet", "report.html"])
@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_changed_file_is_named(provenance, place, name, damage):
    path = place / "report" / name
    if damage == "changed":
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    else:
        path.unlink()
    done = verify(provenance, place)
    assert (done.returncode, done.stdout) == (2, "")
    assert name in done.stderr or "model of a corpus" in done.stderr


def test_the_same_inputs_give_the_same_bytes(provenance, place):
    done = verify(provenance, place, "--replay", "-q")
    assert done.returncode == 0, done.stdout
    assert "Reproduced" in done.stdout
    assert "Every file is the same, byte for byte." in done.stdout


def test_a_replay_takes_every_setting_from_the_report(provenance, place):
    (place / "provenance.toml").write_text(
        '[check]\npurpose = "fine-tuning"\n[gate]\nforbidden = "50%"\n'
        '[[waivers]]\nsource = "x"\nreason = "own-content"\nstatement = "Ours."\n'
        'approver = {given = "Rosa", family = "Osei"}\nexpires = 2028-06-30\n'
        '[[agreements]]\nsource = "x"\npurposes = ["fine-tuning"]\nfrom = 2024-01-01\n'
        'until = 2030-01-01\nreference = "contract 1"\n'
    )
    (place / "quotes.jsonl").write_text(json.dumps({"id": "b1", "text": f"{WORDS} nine"}))
    books = ("registry", "build", "books", "--source", "quotes", "quotes.jsonl", "-q")
    assert provenance(*books, cwd=place).returncode == 0
    arguments = (
        "train.jsonl",
        "--registry",
        "reg",
        "--baseline",
        "report",
        "--background",
        "books",
    )
    more = ("--collected", "2024", "--chance", "2", "--no-common-background")
    done = provenance("check", *arguments, *more, "-o", "second", "-q", cwd=place)
    assert done.returncode in {0, 1}, done.stderr
    (place / "provenance.toml").unlink()  # the policy is in the report
    done = provenance("report", "verify", "second", "--replay", "-q", cwd=place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "byte for byte" in done.stdout


def test_a_check_is_repeated_as_of_its_date(provenance, place, monkeypatch):
    """The waiver has expired since: today, the same check fails."""
    monkeypatch.chdir(place)
    waiver = Waiver(WaiverReason.LICENSED, "Ours.", "counsel", date(2025, 1, 1), source="x")
    policy = replace(effective_policy(None, registries=["reg"]), waivers=(waiver,))
    report = check(["train.jsonl"], policy, Settings(now=datetime(2024, 6, 1, tzinfo=UTC)))
    save_report(report, "then")
    assert report.result.status == "pass"
    assert check(["train.jsonl"], policy, Settings()).result.status == "fail"
    outcome = replay(Path("then"), Settings())
    assert (outcome.is_same, outcome.files) == (True, ())


def test_a_sample_is_the_same_sample_again(provenance, place):
    done = provenance(
        "check", "posts.jsonl", "--registry", "reg", "--sample", "40%", "-o", "s", "-q", cwd=place
    )
    assert done.returncode == 1, done.stderr
    again = provenance("report", "verify", "s", "--replay", "-q", cwd=place)
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_changed_dataset_is_named(provenance, place):
    rows = (place / "train.jsonl").read_text().splitlines()
    (place / "train.jsonl").write_text("\n".join(rows[1:]))
    done = verify(provenance, place, "--replay", "-q")
    assert done.returncode == 1
    assert "NOT reproduced" in done.stdout
    changed = [line for line in done.stdout.splitlines() if "Changed:" in line]
    assert len(changed) == 1
    assert "dataset train.jsonl" in changed[0]
    assert "Findings: 0 new findings, 1 gone, of 3" in done.stdout
    assert "shares" in done.stdout


def test_a_changed_registry_is_named(provenance, place):
    (place / "more.jsonl").write_text(json.dumps({"id": "q1", "text": f"{WORDS} nine"}))
    added = provenance("registry", "add", "reg", "--source", "x", "more.jsonl", "-q", cwd=place)
    assert added.returncode == 0, added.stderr
    done = verify(provenance, place, "--replay", "-q")
    assert done.returncode == 1
    changed = [line.split(",")[0].strip() for line in done.stdout.splitlines() if "Changed" in line]
    assert changed == ["Changed: registry reg"]


def test_changed_rules_are_named(provenance, place):
    (place / "rules" / "sources").mkdir(parents=True)
    rule = (
        "id: harbour\nname: Harbour\nhosts: [harbour.example]\nterms: []\n"
        "unknown: nobody has read them\n"
    )
    (place / "rules" / "sources" / "harbour.yaml").write_text(rule)
    result = json.loads((place / "report" / "result.json").read_text())
    result["rules"]["digest"] = "0" * 64
    (place / "report" / "result.json").write_text(json.dumps(result))
    done = verify(provenance, place, "--replay", "-q")
    assert done.returncode == 1
    assert "Changed: rules, 000000000000… then" in done.stdout


def test_an_edited_result_is_not_reproduced(provenance, place):
    """Nothing in a report says that result.json itself is unchanged; the repeated check does."""
    path = place / "report" / "result.json"
    result = json.loads(path.read_text())
    share = next(each for each in result["shares"] if each["key"] == "forbidden")
    share["tokens"]["share"] /= 10
    path.write_text(json.dumps(result))
    assert verify(provenance, place).returncode == 0
    done = verify(provenance, place, "--replay", "-q")
    assert done.returncode == 1
    assert "No recorded input was changed. The report was edited" in done.stdout
    assert "Differs in result.json: shares" in done.stdout


def test_other_white_space_is_no_other_result_but_is_said(provenance, place):
    path = place / "report" / "result.json"
    path.write_text(json.dumps(json.loads(path.read_text())))
    done = verify(provenance, place, "--replay", "-q")
    assert done.returncode == 0
    assert "but not the bytes of result.json" in done.stdout


def test_a_missing_dataset_is_an_error(provenance, place):
    (place / "train.jsonl").unlink()
    done = verify(provenance, place, "--replay", "-q")
    assert done.returncode == 2
    assert "train.jsonl" in done.stderr


def test_a_stream_cannot_be_read_again(provenance, place):
    path = place / "report" / "result.json"
    result = json.loads(path.read_text())
    result["corpus"]["addresses"] = ["-"]
    path.write_text(json.dumps(result))
    done = verify(provenance, place, "--replay", "-q")
    assert done.returncode == 2
    assert "was read from a stream" in done.stderr


def test_data_in_memory_cannot_be_read_again(place, monkeypatch):
    import provenance

    monkeypatch.chdir(place)
    provenance.check([{"text": "only here"}], registries=["reg"]).write("memory")
    with pytest.raises(InputError, match="from a stream or from memory"):
        replay(place / "memory", Settings())
