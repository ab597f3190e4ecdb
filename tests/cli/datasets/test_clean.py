"""`provenance clean`, as its user meets it."""

import json

import pytest


@pytest.fixture
def data(world, tmp_path):
    rows = [json.loads(line) for line in (world / "posts.jsonl").read_text().splitlines()[:2]]
    pages = [{"id": f"page{n}", "text": f"nothing of anybody's stands on page {n}"} for n in (1, 2)]
    (tmp_path / "data").mkdir()
    lines = [json.dumps(row) for row in (*rows, *pages)]
    (tmp_path / "data" / "train.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_clean_then_check_is_clear(provenance, world, data) -> None:
    registry = str(world / "reg")
    asked = ("check", "data", "--registry", registry)
    assert provenance(*asked, "-o", "report", cwd=data).returncode == 1
    done = provenance("clean", "data", "--result", "report", "-o", "out", cwd=data)
    assert (done.returncode, done.stderr.count("Error")) == (0, 0)
    assert "Removed: 2 documents." in done.stdout
    assert "Receipt: out/.provenance/receipt.json" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    left = (data / "out" / "train.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in left] == ["page1", "page2"]
    again = ("check", "out", "--registry", registry, "-q")
    assert provenance(*again, cwd=data).returncode == 0
    assert provenance(*again, "--model-of", "report", cwd=data).returncode == 0


def test_quiet_prints_nothing_and_redact_removes_spans(provenance, world, data) -> None:
    registry = str(world / "reg")
    done = provenance(
        *("clean", "data", "--registry", registry, "-o", "new/out", "-q", "--redact", "[gone]"),
        cwd=data,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    left = (data / "new" / "out" / "train.jsonl").read_text().splitlines()
    assert [json.loads(line)["text"] for line in left[:2]] == ["[gone]"] * 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("data", "-o", "data/out"), "within the corpus"),
        (("data", "-o", "report"), "already exists"),
        (("-", "-o", "out"), "only files on this machine"),
        (("data", "-o", "report/mine/out"), "mine is not a writable folder"),
        (
            ("data", "-o", "out", "--result", "report", "--purpose", "evaluation"),
            "already has a policy",
        ),
        (("data", "-o", "out", "--result", "nowhere"), "no report"),
        (("absent", "-o", "out"), "absent"),
        (("data", "-o", "out", "--verdict", "permitted"), "permitted"),
        (("data",), "--output"),
    ],
)
def test_failures_have_a_remedy(provenance, world, data, arguments, said) -> None:
    (data / "report").mkdir()
    (data / "report" / "mine").write_text("")
    named = () if "--result" in arguments else ("--registry", str(world / "reg"))
    done = provenance("clean", *arguments, *named, cwd=data)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Try:" in done.stderr
    assert sorted(path.name for path in data.iterdir()) == ["data", "report"]


def test_a_missing_model_is_an_error(provenance, world, data) -> None:
    done = provenance(
        *("check", "data", "--registry", str(world / "reg"), "--model-of", "nowhere"), cwd=data
    )
    assert done.returncode == 2
    assert "no model of a corpus at 'nowhere/model.parquet'" in done.stderr
    assert "--output" in done.stderr
