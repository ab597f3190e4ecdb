"""Commands that are killed at random moments leave a whole registry: the old one or the new one."""

import json
import random
import shutil
import subprocess
import sys
import time

import pytest

from provenance.registry.registry_folder import PROGRESS_FILE
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.registry.conftest import numbers_in_order, some_rows

MOMENTS = 100
COMMANDS = ("build", "add", "remove", "compact")


@pytest.fixture
def folder(tmp_path):
    """Dumps, and a registry of several segments."""
    rows = [row | {"created_at": None, "text": f"{row['text']} {row['item']}"} for row in POSTS]
    for name, low, high in (("first", 0, 900), ("second", 900, 1500), ("late", 1400, 2000)):
        lines = [json.dumps(row) for row in rows[low:high]]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    ids = [row["item"] for row in rows[::9]]
    (tmp_path / "ids.jsonl").write_text("\n".join(json.dumps({"id": each}) for each in ids))
    assert command(tmp_path, "build", "start").wait() == 0
    add = [*ARGUMENTS["add"][:-1], "second.jsonl"]
    assert command(tmp_path, "add", "start", add).wait() == 0
    return tmp_path


POSTS = some_rows(2000, seed=5, longest=60)
COLUMNS = ("--source-column", "source", "--id-column", "item")
ARGUMENTS = {
    "build": [*COLUMNS, "first.jsonl"],
    "add": [*COLUMNS, "late.jsonl"],
    "remove": ["--ids", "ids.jsonl"],
    "compact": [],
}


def command(folder, name, registry, arguments=None):
    words = ARGUMENTS[name] if arguments is None else arguments
    return subprocess.Popen(
        [sys.executable, "-m", "provenance", "registry", name, registry, "-q", *words],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def seconds_of(folder, name, registry):
    """Return how long a command takes that is not killed."""
    started = time.monotonic()
    assert command(folder, name, registry).wait() == 0
    return time.monotonic() - started


def items_of(path):
    verify_files(path)
    registry = open_registry(path)
    described = registry.describe(numbers_in_order(registry))
    columns = [described[name].to_pylist() for name in ("source", "item", "url")]
    return sorted(map(str, zip(*columns, strict=True)))


@pytest.mark.long
def test_a_hundred_kills_leave_what_was_before_or_what_is_after(folder):
    dice, outcomes = random.Random(7), []
    for name in COMMANDS:
        before, after = [], None
        if name != "build":
            before = items_of(folder / "start")
            shutil.copytree(folder / "start", folder / "done")
        seconds = seconds_of(folder, name, "done")
        after = items_of(folder / "done")
        assert (after == before) == (name == "compact")
        for _ in range(MOMENTS // len(COMMANDS)):
            if name != "build":
                shutil.copytree(folder / "start", folder / "r")
            process = command(folder, name, "r")
            time.sleep(dice.uniform(0.2, 1.3) * seconds)
            process.kill()
            process.wait()
            found = items_of(folder / "r") if (folder / "r").exists() else []
            assert found in (before, after)
            outcomes.append((name, found == after))
            assert not (folder / "r" / PROGRESS_FILE).exists()
            # What the next command leaves is what one that was not killed does.
            if name != "build" or found != after:
                # Other work on the machine may slow commands down; what was begun takes less time.
                seconds = max(seconds, seconds_of(folder, name, "r"))
            assert items_of(folder / "r") == after
            shutil.rmtree(folder / "r")
        shutil.rmtree(folder / "done")
    for name in ("build", "add", "remove"):
        assert {done for kind, done in outcomes if kind == name} == {False, True}
