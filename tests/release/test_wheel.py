"""What is built is whole: a wheel, in an environment of its own and without the checkout, works.

It takes minutes and an index of packages, so CI runs it, and `make package` on its own.
"""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    "CI" not in os.environ, reason="takes minutes: CI=1, or `make package`, runs it"
)


def run(*command: object, cwd: Path, **told: str) -> subprocess.CompletedProcess[str]:
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment | {"COLUMNS": "80", "NO_COLOR": "1"} | told,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )


@pytest.fixture(scope="module")
def built(root, tmp_path_factory):
    """Build both from a copy of what git would give, and say where they are."""
    folder = tmp_path_factory.mktemp("built")
    asked = run(
        sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "hatchling>=1.27",
        "--dest", folder / "asked", cwd=folder,
    )  # fmt: skip
    if asked.returncode != 0:
        pytest.skip("no index of packages can be reached")
    done = run(sys.executable, "-m", "build", "--outdir", folder / "dist", root, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "dist"


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """Install the wheel in a clean environment; give the folder of its commands."""
    place = tmp_path_factory.mktemp("clean")
    made = run(sys.executable, "-m", "venv", place / "venv", cwd=place)
    assert made.returncode == 0, made.stderr
    commands = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
    (wheel,) = built.glob("*.whl")
    done = run(commands / "python", "-m", "pip", "install", "--quiet", wheel, cwd=place)
    assert done.returncode == 0, done.stderr
    return commands


def test_the_wheel_holds_all_that_is_read_and_no_more(built, root):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    assert {name.partition("/")[0] for name in names} == {"provenance"}
    rules = {f"provenance/{path.relative_to(root)}" for path in (root / "rules").rglob("*.yaml")}
    shipped = {
        str(path.relative_to(root))
        for kind in ("*.py", "*.json", "*.jsonl", "*.j2", "*.parquet", "py.typed")
        for path in (root / "provenance").rglob(kind)
        if "__pycache__" not in path.parts
    }
    assert rules | shipped <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".nbi")]


def test_the_source_holds_what_is_tested_and_told(built, root):
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    told = {f"docs/{path.name}" for path in (root / "docs").iterdir()}
    assert told | {"README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml"} <= names
    assert {"tests/conftest.py", "tests/release/bom.py", "rules/verdicts.yaml"} <= names


def test_what_is_installed_agrees_with_itself(installed, tmp_path):
    done = run(installed / "python", "-m", "pip", "check", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_sample_is_checked_without_the_checkout(installed, tmp_path):
    provenance, kept = installed / "provenance", {"PROVENANCE_CACHE": str(tmp_path / "cache")}

    def said(*arguments: object, code: int = 0) -> str:
        done = run(provenance, *arguments, cwd=tmp_path, **kept)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    said("sample")
    said("registry", "build", "reg", "--source", "x", "sample/social.jsonl")
    told = said("check", "sample/pages.jsonl", "--registry", "reg", "--policy",
                "sample/provenance.toml", "--output", "report", code=1)  # fmt: skip
    assert told.startswith("FAIL")
    assert {path.name for path in (tmp_path / "report").iterdir()} == {
        "report.html", "result.json", "findings.parquet", "model.parquet",
    }  # fmt: skip
    said("policy", "init")
    said("rules", "test")
    assert "X (Twitter)" in said("rules", "explain", "x", "--collected", "2023-01-01")


def test_it_is_a_module_too(installed, tmp_path):
    done = run(installed / "python", "-m", "provenance", "--version", cwd=tmp_path)
    assert (done.returncode, done.stdout[:11]) == (0, "provenance ")
