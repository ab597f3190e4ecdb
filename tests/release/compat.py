"""`make compat`: our tests with the oldest and the newest dependencies, and stacks beside us."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "compat"
STACKS = Path(__file__).with_name("stacks.txt")
STACKS_PYTHON = "3.12"
"""Which Python the stacks are resolved for; it need not be installed."""
TESTS = (
    "tests/read",
    "tests/protocols",
    "tests/registry",
    "tests/sample",
    "tests/fingerprint/test_signatures.py",
    "tests/match/candidates/test_near_duplicates.py",
    "tests/cli/test_commands.py",
    "tests/cli/test_errors.py",
    "tests/cli/registries/test_registry.py",
    "tests/cli/datasets/test_calibrate.py",
    "tests/cli/datasets/test_clean.py",
    "tests/cli/test_first_steps.py",
    "tests/pipeline/checking/test_dataset_check.py",
    "tests/pipeline/cleaning/test_dataset_cleaning.py",
    "tests/pipeline/checking/test_jit_warmup.py",
    "tests/pipeline/test_host_process.py",
    "tests/pipeline/test_startup.py",
    "tests/pipeline/test_api.py",
)
"""The tests that exercise each dependency."""
STACKS_AGE = timedelta(days=14)
"""How old a release must be to be one that a stack is resolved to.

An index that is reached through copies shows a newer release to one request and hides it from the
next, which would look as if the package beside a stack had kept it back.
"""
_FLOORS = "floors"
"""The file in `BUILD` with what we need at least."""
_RESOLUTIONS = 4
"""How many stacks are resolved at once."""
_SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "cert": "SSL_CERT_FILE",
}
"""What pip is configured with, and what uv calls it."""


class Failed(Exception):
    """A command failed; the message is what it wrote on stderr."""


def environment() -> dict[str, str]:
    """Return the environment for uv: the package index is the one that pip is configured for."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    )
    told = {"UV_PYTHON_DOWNLOADS": "never"}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        if variable := _SETTINGS.get(name.rpartition(".")[2]):
            told[variable] = value.strip("'\"")
    return told | os.environ


def uv(*arguments: str, given: str | None = None) -> str:
    """Run uv in the checkout; return what it prints.

    Raises
    ------
    Failed
        If it fails.
    """
    command = [str(Path(sys.executable).with_name("uv")), "--quiet", *arguments]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, input=given, cwd=ROOT,
        env=environment(),
    )  # fmt: skip
    if done.returncode:
        raise Failed(done.stderr.strip())
    return done.stdout


def resolved(requirements: str, python: str, pins: Path, *options: str) -> dict[str, Version]:
    """Return the version of every package that requirements, one a line, resolve to.

    They are written to `pins`. Versions that it holds before are preferred, as pip keeps what is
    installed.
    """
    options = ("--no-header", "--no-annotate", "--python-version", python, *options)
    uv("pip", "compile", *options, "--output-file", str(pins), "-", given=requirements)
    lines = pins.read_text("utf-8").splitlines()
    pairs = (line.partition(";")[0].split("==") for line in lines if "==" in line)
    return {canonicalize_name(name): Version(version.strip()) for name, version in pairs}


def downgraded(alone: Mapping[str, Version], beside: Mapping[str, Version]) -> list[str]:
    """Return what is older beside us than without us, as `name 2.0 -> 1.0`."""
    return [
        f"{name} {version} -> {beside[name]}"
        for name, version in sorted(alone.items())
        if name in beside and beside[name] < version
    ]


def project() -> dict[str, list[str]]:
    """Return what pyproject.toml declares of the project."""
    declared: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]
    return declared


def python_versions() -> list[str]:
    """Return the declared Python versions that are installed here, oldest first, or else ours."""
    declared = [line.rpartition(" ")[2] for line in project()["classifiers"]]
    installed = []
    for version in (each for each in declared if each[:2] == "3." and each[2:].isdigit()):
        try:
            uv("python", "find", version)
        except Failed:
            continue
        installed.append(version)
    return installed or [".".join(map(str, sys.version_info[:2]))]


def is_here(found: Mapping[str, Version], python: str) -> bool:
    """Return whether these are the versions of this environment, and of its Python."""
    if python != ".".join(map(str, sys.version_info[:2])):
        return False
    try:
        return all(Version(metadata.version(name)) == found[name] for name in found)
    except metadata.PackageNotFoundError:
        return False


def tested(name: str, python: str, resolution: str) -> bool:
    """Build one environment with our dependencies as they resolve, and run the tests in it.

    If this environment has the same versions, `make test` runs the tests with them.
    """
    pins = BUILD / f"{name}.txt"
    required = "\n".join(project()["dependencies"])
    found = resolved(required, python, pins, "--resolution", resolution)
    names = [canonicalize_name(Requirement(line).name) for line in project()["dependencies"]]
    print(f"\n{name}: Python {python}, {', '.join(f'{each} {found[each]}' for each in names)}")
    if is_here(found, python):
        print(f"{name}: the versions of this environment, with which `make test` runs all tests")
        return True
    folder = str(BUILD / name)
    uv("venv", "--clear", "--python", python, folder)
    uv("pip", "install", "--python", folder, "--constraint", str(pins), "--editable", ".[dev]")
    command = [f"{folder}/bin/python", "-m", "pytest", "-p", "no:cacheprovider"]
    parallel = ["--numprocesses", os.environ.get("JOBS", "2"), "--dist", "loadfile"]
    sys.stdout.flush()
    return not subprocess.run([*command, *parallel, *TESTS], check=False, cwd=ROOT).returncode


def stacks() -> Iterator[str]:
    """Give the requirements of each stack, separated by spaces."""
    for line in STACKS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def outcome_alone(stack: str, error: Failed, resolve: Callable[[], object]) -> tuple[bool, str]:
    """Return whether a stack that does not resolve with what we need is at fault itself."""
    if "No solution found" in str(error):
        try:
            resolve()
        except Failed as without_us:
            error = without_us
            if "No solution found" in str(error):
                return True, f"  skipped  {stack}: it cannot be resolved without us either: {error}"
    return False, f"  FAILED   {stack}: {error}"


def fits(stack: str) -> tuple[bool, str]:
    """Resolve a stack alone, then beside us; return whether we change nothing, and the outcome."""
    requirements = stack.replace(" ", "\n")
    released = f"--exclude-newer={datetime.now(UTC) - STACKS_AGE:%Y-%m-%d}"
    pins = BUILD / f"{re.sub('[^a-z0-9]+', '-', stack)}.txt"
    dated = (requirements, STACKS_PYTHON, pins, released)
    try:
        # With what we need at least: no release of long ago stands for what people have.
        alone = resolved(*dated, f"--constraint={BUILD / _FLOORS}")
    except Failed as error:
        return outcome_alone(stack, error, lambda: resolved(*dated))
    try:
        beside = resolved(f"{requirements}\n.", STACKS_PYTHON, pins, released)
    except Failed as error:
        return False, f"  FAILED   {stack}: {error}"
    changes = downgraded(alone, beside)
    own = {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]}
    shared = ", ".join(f"{name} {alone[name]}" for name in sorted(own & alone.keys()))
    outcome = "FAILED  " if changes else "resolves"
    return not changes, f"  {outcome} {stack}: {', '.join(changes) or shared}"


def main() -> int:
    """Run everything; return the exit code."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for earlier in BUILD.glob("*.txt"):
        earlier.unlink()
    (BUILD / _FLOORS).write_text("\n".join(project()["dependencies"]), "utf-8")
    pythons = python_versions()
    try:
        passed = tested("oldest", pythons[0], "lowest-direct")
        passed &= tested("newest", pythons[-1], "highest")
    except Failed as error:
        print(f"{error}\nmake compat could not set up its environments. It needs a package index.")
        return 2
    print(f"\nBeside us, for Python {STACKS_PYTHON}:")
    with ThreadPoolExecutor(_RESOLUTIONS) as pool:  # they mostly wait for the index
        for fitting, outcome in pool.map(fits, stacks()):
            print(outcome)
            passed &= fitting
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
