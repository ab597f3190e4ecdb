"""`provenance calibrate` as its user meets it."""

import json
from pathlib import Path

import pytest

from tests.cli.commandline import Done, provenance
from tests.cli.posts_and_prose import POSTS, PROSE


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


def calibrate(world: Path, *arguments: str) -> Done:
    return provenance("calibrate", "pages.jsonl", "--plants", "60", *arguments, cwd=world)


def test_a_calibration_is_printed_and_written(world: Path) -> None:
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


@pytest.mark.parametrize("wordless", ["9206 44239 11 290 1201 788", "cXVhcnRlciBwYXN0IHRlbg=="])
def test_texts_that_are_not_words_are_no_place_to_plant(world: Path, wordless: str) -> None:
    (world / "ids.jsonl").write_text("\n".join([json.dumps({"text": wordless})] * 20))
    measure = ("--registry", "reg", "--plants", "60", "-o", "ids.json")
    done = provenance("calibrate", "ids.jsonl", *measure, cwd=world)
    assert done.returncode == 2
    assert "ids.jsonl: column 'text' is not words but" in done.stderr
    assert "name the column that holds the text with --text-column" in done.stderr
    assert not (world / "ids.json").exists()
    done = provenance("calibrate", "pages.jsonl", "ids.jsonl", *measure, cwd=world)
    assert done.returncode == 2
    done = provenance(
        "calibrate", "pages.jsonl", "ids.jsonl", *measure, "--allow-unread", "1", cwd=world
    )
    assert done.returncode == 0, done.stderr
    assert "Not checked: ids.jsonl: column 'text' is not words but" in done.stderr
    fitted = provenance("registry", "fit", "reg", "pages.jsonl", "ids.jsonl", cwd=world)
    assert fitted.returncode == 2
    assert "ids.jsonl: column 'text' is not words but" in fitted.stderr
    (world / "ids.json").unlink()


@pytest.fixture(scope="module")
def calibrated(world: Path) -> Path:
    quoting = [{"text": f"{PROSE} {post['text']}. {PROSE}"} for post in POSTS]
    pages = [{"text": f"{PROSE}{number}"} for number in range(30)]
    (world / "quoting.jsonl").write_text("\n".join(map(json.dumps, [*pages, *quoting])))
    done = calibrate(world, "--registry", "reg", "-o", "made.json")
    assert done.returncode == 0, done.stderr
    return world


def check(world: Path, *arguments: str) -> Done:
    return provenance("check", *arguments, cwd=world)


def test_a_check_tells_corrected_shares_beside_those_that_were_verified(calibrated: Path) -> None:
    given = ("--registry", "reg", "--calibration", "made.json")
    done = check(calibrated, "quoting.jsonl", *given, "-o", "report")
    assert done.returncode == 1, done.stderr
    assert "corrected" in done.stdout
    assert "Corrected shares: recall was measured on another corpus." in done.stdout
    result = json.loads((calibrated / "report/result.json").read_text())
    assert result["calibration"]["path"] == "made.json"
    assert "recall was measured on another corpus" in result["calibration"]["reservations"]
    tokens = next(each["tokens"] for each in result["shares"] if each["key"] == "x")
    corrected = tokens["corrected"]
    assert tokens["share"] * 0.9 < corrected["share"] < tokens["high"] * 1.3
    assert corrected["low"] <= corrected["share"] <= corrected["high"]
    assert "Corrected shares" in (calibrated / "report/report.html").read_text()


def test_a_policy_names_its_calibration(calibrated: Path) -> None:
    (calibrated / "own.toml").write_text(
        '[check]\nregistries = ["reg"]\ncalibration = "made.json"\n[gate]\nforbidden = "50%"\n'
    )
    done = check(calibrated, "pages.jsonl", "--policy", "own.toml", "--format", "json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["policy"]["calibration"] == "made.json"
    assert not any("corpus" in each for each in result["calibration"]["reservations"])
    tokens = next(each["tokens"] for each in result["shares"] if each["key"] == "x")
    assert tokens["corrected"]["share"] == tokens["corrected"]["low"] == 0
    assert 0 < tokens["corrected"]["high"] <= tokens["high"] * 1.3


def test_a_calibration_of_other_registries_or_none_exits_with_2_and_a_remedy(
    calibrated: Path,
) -> None:
    other = calibrated / "other.jsonl"
    other.write_text(json.dumps({"id": "1", "text": "a lighthouse keeper who sells rye loaves"}))
    built = provenance("registry", "build", "reg2", "--source", "x", "other.jsonl", cwd=calibrated)
    assert built.returncode == 0, built.stderr
    for registry, calibration, said in (
        ("reg2", "made.json", "different registries"),
        ("reg", "none.json", "cannot be read"),
        ("reg", "other.jsonl", "schema"),
    ):
        done = check(
            calibrated, "pages.jsonl", "--registry", registry, "--calibration", calibration
        )
        assert done.returncode == 2
        assert said in done.stderr
        assert "Try:" in done.stderr


def test_a_sample_is_labelled_and_corrected_too(calibrated: Path) -> None:
    given = ("--registry", "reg", "--calibration", "made.json", "--sample", "50%")
    done = check(calibrated, "quoting.jsonl", *given, "-o", "sample")
    assert done.returncode in {0, 1}, done.stderr
    assert "Sampled: " in done.stdout
    result = json.loads((calibrated / "sample/result.json").read_text())
    assert result["sample"]["of_documents"] == 34
    assert 0 < result["sample"]["documents"] < 34
    assert all(share["tokens"]["corrected"] for share in result["shares"])


@pytest.mark.parametrize("sample", ["1", "0%", "101%", "some"])
def test_a_sample_that_is_no_share_exits_with_2_and_a_remedy(world: Path, sample: str) -> None:
    done = check(world, "pages.jsonl", "--registry", "reg", "--sample", sample)
    assert done.returncode == 2
    assert f"the sample '{sample}' is not a share" in done.stderr
    assert "percent sign" in done.stderr


def test_quiet_says_nothing(world: Path) -> None:
    done = calibrate(world, "--registry", "reg", "-o", "new/calibration.json", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (world / "new" / "calibration.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--registry", "bare"], "keeps no texts"),
        ([], "there is no registry"),
        (["--registry", "reg", "-o", "quoting.jsonl/a.json"], "is not a writable folder"),
        (["--registry", "reg", "--control", "none"], "none"),
    ],
)
def test_failures_exit_with_2_and_a_remedy(world: Path, arguments: list[str], said: str) -> None:
    done = calibrate(world, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Try:" in done.stderr
    assert done.stdout == ""
