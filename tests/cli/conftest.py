"""The command line as its user meets it, and a registry to ask."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Done = subprocess.CompletedProcess[str]
WORDS = "my neighbour has taught his parrot to imitate the doorbell and nobody sleeps"


def provenance(*arguments: str, cwd: Path, **options: object) -> Done:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "80", "HF_HUB_OFFLINE": "1"}
    streams = {} if "stdout" in options else {"stdout": subprocess.PIPE}
    return subprocess.run(
        [sys.executable, "-m", "provenance", *arguments],
        cwd=cwd,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        check=False,
        **streams,
        **options,  # type: ignore[call-overload]
    )


@pytest.fixture(scope="session", name="provenance")
def fixture_provenance() -> Callable[..., Done]:
    return provenance


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a dump, a registry of it, and a corpus."""
    folder = tmp_path_factory.mktemp("world")
    rows = [{"id": f"p{n}", "text": f"{WORDS} {n}"} for n in range(50)]
    (folder / "posts.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "train.jsonl").write_text("\n".join(map(json.dumps, rows[:3])))
    built = provenance("registry", "build", "reg", "--source", "x", "posts.jsonl", cwd=folder)
    assert built.returncode == 0, built.stderr
    return folder
