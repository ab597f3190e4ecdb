"""`provenance diff`, as its user meets it."""

import json

import pytest


@pytest.fixture
def data(world, tmp_path):
    rows = [json.loads(line) for line in (world / "posts.jsonl").read_text().splitlines()[:2]]
    pages = [{"id": f"page{n}", "text": f"nothing of anybody's stands on page {n}"} for n in (1, 2)]
    for name, told in (("v1", pages), ("v2", [*pages, *rows])):
        (tmp_path / name).mkdir()
        lines = [json.dumps(row) for row in told]
        (tmp_path / name / "train.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_a_change_for_the_worse_fails_and_one_for_the_better_does_not(
    provenance, world, data
) -> None:
    asked = ("--registry", str(world / "reg"))
    worse = provenance("diff", "v1", "v2", *asked, cwd=data)
    assert (worse.returncode, worse.stderr) == (1, "")
    assert worse.stdout.startswith("WORSE  2 new findings, 0 vanished")
    assert "2 added, 0 removed, 0 changed." in worse.stdout
    assert all(len(line) <= 80 for line in worse.stdout.splitlines())
    assert provenance("diff", "v1", "v2", *asked, "--exit-zero", cwd=data).returncode == 0
    better = provenance("diff", "v2", "v1", *asked, "--format", "markdown", cwd=data)
    assert better.returncode == 0
    assert better.stdout.startswith("### PASS")
    same = provenance("diff", "v2", "v2", *asked, "--format", "json", cwd=data)
    assert same.returncode == 0
    assert json.loads(same.stdout)["new"]["status"] == "fail"


def test_missing_rules_are_an_error(provenance, world, data) -> None:
    done = provenance("diff", "v1", "v3", "--registry", str(world / "reg"), cwd=data)
    assert done.returncode == 2
    assert "v3" in done.stderr
    assert "Try:" in done.stderr
