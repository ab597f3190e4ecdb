"""`provenance report`: a result told again, when nothing else of the check is left."""

import json
import shutil
from pathlib import Path

import pytest

from provenance.report.formats.rendering import FORMATS


@pytest.fixture(scope="module")
def told(provenance, world: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a check says in each format, and where its report lies. All else is gone."""
    place = tmp_path_factory.mktemp("told")
    for name in ("reg", "train.jsonl"):
        (shutil.copytree if (world / name).is_dir() else shutil.copy)(world / name, place / name)
    said = {}
    for name in FORMATS:
        out = ("--output", f"out-{name}")
        done = provenance(
            "check", "train.jsonl", "--registry", "reg", *out, "--format", name, cwd=place
        )
        assert done.returncode == 1, done.stderr
        said[name] = done.stdout.partition("\nReport: ")[0]
    shutil.rmtree(place / "reg")
    (place / "train.jsonl").unlink()
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for name in FORMATS:
        (elsewhere / name).mkdir()
        for file in ("result.json", "findings.parquet"):
            shutil.copy(place / f"out-{name}" / file, elsewhere / name / file)
    return {"place": str(elsewhere), **said}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_needs_the_result_and_the_findings_alone(provenance, told, name) -> None:
    done = provenance("report", name, "--format", name, cwd=Path(told["place"]))

    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip("\n") == told[name].rstrip("\n")
    assert done.stderr == ""


def test_a_report_goes_to_a_file(provenance, told, tmp_path: Path) -> None:
    out = tmp_path / "made" / "report.sarif"
    place = Path(told["place"])
    arguments = ("report", "json/result.json", "--format", "sarif", "--anchor", "data.dvc:2")
    done = provenance(*arguments, "-o", str(out), cwd=place)

    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    (run,) = json.loads(out.read_text("utf-8"))["runs"]
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "data.dvc"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["-o", "a.html"], "html"),
        (["-o", "a.md"], "markdown"),
        (["-o", "a.xml"], "junit"),
        (["-o", "a.html", "--format", "terminal"], "terminal"),
        (["-o", "a.txt"], "terminal"),
    ],
)
def test_the_suffix_of_the_file_decides_unless_a_format_is_named(
    provenance, told, tmp_path: Path, arguments: list[str], name: str
) -> None:
    report = Path(told["place"]) / name
    done = provenance("report", str(report), *arguments, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert (tmp_path / arguments[1]).read_text("utf-8").rstrip("\n") == told[name].rstrip("\n")


def test_excerpts_are_only_included_on_request(provenance, told) -> None:
    place, words = Path(told["place"]), "taught his parrot to imitate"
    plain = provenance("report", "csv", "--format", "csv", cwd=place)
    shown = provenance("report", "csv", "--format", "csv", "--excerpts", cwd=place)

    assert words not in plain.stdout
    assert words in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["report", "absent"], "no report"),
        (["report", "json", "--format", "sarif", "--anchor", "a.parquet"], "data file"),
        (["report", "json", "--format", "pdf"], "'pdf' is not one of"),
        (["report"], "Missing argument"),
        (["report", "json", "-o", "json"], "directory"),
    ],
)
def test_an_unwritable_report_exits_with_2(provenance, told, arguments, message) -> None:
    done = provenance(*arguments, cwd=Path(told["place"]))

    assert done.returncode == 2
    assert message in done.stderr
    assert "Try: " in done.stderr
    assert done.stdout == ""
