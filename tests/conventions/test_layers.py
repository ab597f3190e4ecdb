"""import-linter holds which layer imports which."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PACKAGES = (
    "adapters",
    "cli",
    "errors",
    "fingerprint",
    "jit",
    "judge",
    "ledger",
    "match",
    "model",
    "read",
    "registry",
    "report",
    "signing",
    "pipeline",
)
FOUNDATIONS = (
    "atomic_output",
    "cpu_count",
    "disk_cache",
    "file_hashing",
    "file_locks",
    "startup",
    "temporary_files",
    "terminal_safety",
)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    call = "sys.exit(lint_imports(no_cache=True))"
    command = [
        sys.executable,
        "-c",
        f"import sys; from importlinter.cli import lint_imports; {call}",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_import_goes_down(root):
    outcome = lint_imports(root)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_every_package_is_in_a_layer(root):
    contract = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = " | ".join(contract["contracts"][0]["layers"]).split(" | ")
    assert set(PACKAGES) <= set(layers)


@pytest.mark.parametrize(
    ("importer", "imported"), [("model", "read"), ("pipeline.scan", "pipeline.checking")]
)
def test_an_import_upwards_is_caught(tmp_path, root, importer, imported):
    package = tmp_path / "provenance"
    for name in (*PACKAGES, "pipeline/scan", "pipeline/checking"):
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").write_text("")
    for base in FOUNDATIONS:
        (package / base).mkdir()
        (package / base / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    upwards = package.joinpath(*importer.split("."), "__init__.py")
    upwards.write_text(f"import provenance.{imported}\n")
    (tmp_path / "pyproject.toml").write_text((root / "pyproject.toml").read_text("utf-8"))
    outcome = lint_imports(tmp_path)
    assert outcome.returncode != 0
    told = f"provenance.{importer} is not allowed to import provenance.{imported}"
    assert told in outcome.stdout
