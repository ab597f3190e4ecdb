"""The hook, run by pre-commit itself, in a repository of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import WORDS

ROOT = Path(__file__).resolve().parents[2]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
PLAIN = "The valley lay quiet under its first snow, and the carts stood where they were left."


def run(*command: str, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(home),
        "NO_COLOR": "1",
    }
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def repository(world: Path, tmp_path: Path):
    """A repository with our hook. Its language alone is another: ours would fetch every library."""
    if not (Path(sys.executable).parent / "pre-commit").exists() or not shutil.which("git"):
        pytest.skip("pre-commit is not installed: pip install -e '.[dev]'")
    place = tmp_path / "repository"
    shutil.copytree(world / "reg", place / "registries" / "x")
    (place / "provenance.toml").write_text('[check]\nregistries = ["registries/x"]\n')
    hook = {**HOOK, "language": "system"}
    config = {"repos": [{"repo": "local", "hooks": [hook]}]}
    (place / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (place / ".gitignore").write_text("registries/\n")

    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        who = ("-c", "user.name=a", "-c", "user.email=a@team.example", "-c", "commit.gpgsign=false")
        return run("git", *who, *arguments, cwd=place, home=tmp_path / "home")

    git("init", "--quiet")
    installed = run("pre-commit", "install", cwd=place, home=tmp_path / "home")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return place, git


def write(path: Path, *texts: str) -> None:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))


def test_a_commit_that_adds_forbidden_posts_is_refused(repository) -> None:
    place, git = repository
    write(place / "a.jsonl", PLAIN)
    (place / "notes.md").write_text(f"{WORDS} 1\n")
    git("add", ".")
    clear = git("commit", "-m", "A dataset of our own")
    assert clear.returncode == 0, clear.stdout + clear.stderr
    assert "Passed" in clear.stdout + clear.stderr

    write(place / "b.jsonl", f"{WORDS} 1", PLAIN)
    write(place / "c.jsonl", f"{WORDS} 2")
    git("add", ".")
    refused = git("commit", "-m", "Posts")
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1
    assert said.count("### provenance: fails the policy") == 1, "one check for all files"
    assert "`b.jsonl` row 0" in said
    assert "`c.jsonl` row 0" in said
    assert "a.jsonl" not in said, "it did not change"

    write(place / "b.jsonl", PLAIN)
    git("rm", "--quiet", "--cached", "c.jsonl")
    git("add", "b.jsonl")
    assert git("commit", "-m", "Without them").returncode == 0


def test_a_commit_without_data_is_not_held_up(repository) -> None:
    place, git = repository
    (place / "notes.md").write_text("a\n")
    git("add", "notes.md")
    done = git("commit", "-m", "Notes")
    assert done.returncode == 0
    assert "Skipped" in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["a.parquet", "b/c.jsonl", "d.json.gz", "e.jsonl.zst", "f.csv"])
def test_the_hook_checks_data_files(name: str) -> None:
    assert re.search(HOOK["files"], name)


@pytest.mark.parametrize("name", ["a.py", "parquet.md", "jsonl", "a.csv.txt"])
def test_nothing_else_is(name: str) -> None:
    assert not re.search(HOOK["files"], name)


@pytest.mark.parametrize(
    ("name", "is_data"),
    [
        ("data/train.jsonl", True),
        ("train-00000-of-00002.parquet", True),
        ("data/config.json", True),
        ("registries/x/registry.json", False),
        ("registries/x/segment-0123456789abcdef/items.parquet", False),
        ("registries/x/tombstones-0123456789abcdef.parquet", False),
        ("registries/x/optouts-0123456789abcdef.parquet", False),
        ("registries/x/marks-0123456789abcdef.parquet", False),
        ("registries/x/additions-0123456789abcdef.parquet", False),
        ("registries/x/statuses-0123456789abcdef.parquet", False),
        ("registries/x/signature-0123456789abcdef.json", False),
        ("marks-of-pupils.parquet", True),
        ("report/result.json", False),
        ("report/findings.parquet", False),
        ("package.json", False),
        ("web/package-lock.json", False),
    ],
)
def test_registries_reports_and_lock_files_are_no_data(name, is_data):
    chosen = re.search(HOOK["files"], name) and not re.search(HOOK["exclude"], name)
    assert bool(chosen) == is_data
