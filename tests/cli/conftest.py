"""The command line as its user meets it, and a registry to ask."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli import commandline
from tests.cli.commandline import Done

WORDS = "my neighbour has taught his parrot to imitate the doorbell and nobody sleeps"


@pytest.fixture(scope="session")
def provenance() -> Callable[..., Done]:
    """The command line, called in this process."""
    return commandline.provenance


@pytest.fixture(scope="session")
def process() -> Callable[..., Done]:
    """The command line, as a process of its own."""
    return commandline.process


@pytest.fixture(scope="session")
def world(provenance: Callable[..., Done], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a dump, a registry of it, and a corpus."""
    folder = tmp_path_factory.mktemp("world")
    rows = [{"id": f"p{n}", "text": f"{WORDS} {n}"} for n in range(50)]
    (folder / "posts.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "train.jsonl").write_text("\n".join(map(json.dumps, rows[:3])))
    built = provenance("registry", "build", "reg", "--source", "x", "posts.jsonl", cwd=folder)
    assert built.returncode == 0, built.stderr
    # The first check on a machine says that it compiles, where that takes long.
    first = provenance("check", "train.jsonl", "--registry", "reg", "-q", "--no-cache", cwd=folder)
    assert first.returncode == 1, first.stderr
    return folder
