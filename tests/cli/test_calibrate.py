"""`provenance calibrate` as its user meets it."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_commands import POSTS, PROSE, provenance


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibrate")
    (folder / "posts.jsonl").write_text("\n".join(map(json.dumps, POSTS)))
    pages = [{"text": f"{PROSE}{number}"} for number in range(30)]
    (folder / "pages.jsonl").write_text("\n".join(map(json.dumps, pages)))
    for name, more in (("reg", []), ("bare", ["--no-text"])):
        built = provenance(
            "registry", "build", name, "--source", "x", "posts.jsonl", *more, cwd=folder
        )
        assert built.returncode == 0, built.stderr
    return folder


def calibrate(world: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return provenance("calibrate", "pages.jsonl", "--plants", "60", *arguments, cwd=world)


def test_a_calibration_is_told_and_written(world: Path) -> None:
    before = (world / "pages.jsonl").read_bytes()
    done = calibrate(world, "--registry", "reg", "-o", "calibration.json")
    assert done.returncode == 0, done.stderr
    assert "60 items planted among 30 documents" in done.stdout
    assert "verbatim" in done.stdout
    assert "Chance matches: unknown" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    written = json.loads((world / "calibration.json").read_text())
    assert written["schema"] == "provenance/calibration/1"
    assert len(written["plants"]["found"]) == 60
    assert (world / "pages.jsonl").read_bytes() == before


def test_quiet_says_nothing(world: Path) -> None:
    done = calibrate(world, "--registry", "reg", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--registry", "bare"], "keeps no texts"),
        ([], "there is no registry"),
        (["--registry", "reg", "-o", "none/calibration.json"], "there is no folder"),
        (["--registry", "reg", "--control", "none"], "none"),
    ],
)
def test_what_cannot_be_done_exits_with_2_and_a_remedy(
    world: Path, arguments: list[str], said: str
) -> None:
    done = calibrate(world, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Try:" in done.stderr
    assert done.stdout == ""
