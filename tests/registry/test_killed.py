"""A process that is killed leaves the old registry, the new one, or none; never half of one."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from provenance.errors import RegistryNotFound
from provenance.registry import add, build, verify

# Run in a process of its own: builds or adds once for each line it reads, in a fork that kills
# itself at its nth step on the file system; says which registries were finished.
CHILD = """
import json, os, signal, sys
import pyarrow as pa
from provenance.model import ITEMS, Items
from provenance.registry import add, build
from pathlib import Path

STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"}

def kill_at(count):
    left = [count]
    def hook(event, arguments):
        if event in STEPS or (event == "open" and str(arguments[1]) != "r"):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)

batch = Items(pa.RecordBatch.from_pylist(json.loads(sys.stdin.readline()), ITEMS))
for line in sys.stdin:
    work, path, count = json.loads(line)
    child = os.fork()
    if not child:
        kill_at(count)
        (build if work == "build" else add)(Path(path), [batch])
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def plain(rows):
    return [
        row | {"created_at": row["created_at"] and int(row["created_at"].timestamp())}
        for row in rows
    ]


@pytest.fixture
def child(posts):
    """A process that builds and adds the posts of seed 1 and is killed at it."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdin.write(json.dumps(plain(posts(30, seed=1))) + "\n")

        def killed_at(work, path, step):
            process.stdin.write(json.dumps([work, str(path), step]) + "\n")
            process.stdin.flush()
            return int(process.stdout.readline()) == -signal.SIGKILL

        yield killed_at


def steps(start=1):
    """Every step of the first few, then ever fewer."""
    step = start
    while True:
        yield step
        step += 1


def test_building_is_all_or_nothing_at_every_step(child, items, posts, tmp_path):
    whole = build(tmp_path / "whole", [items(posts(30, seed=1))])
    outcomes = []
    for step in steps():
        path = tmp_path / "r"
        killed = child("build", path, step)
        if not killed:
            break
        try:
            outcomes.append(verify(path).digest == whole.digest)
        except RegistryNotFound:
            outcomes.append(None)
            assert build(path, [items(posts(30, seed=1))]).digest == whole.digest
        assert verify(path).digest == whole.digest
        shutil.rmtree(path)
        for left in tmp_path.glob(".r.*"):
            assert outcomes[-1]
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    assert len(outcomes) > 20
    assert outcomes.count(None) > 15
    assert outcomes.count(True) > 1
    assert False not in outcomes


def test_adding_is_all_or_nothing_at_every_step(child, items, posts, tmp_path):
    old = build(tmp_path / "old", [items(posts(30))])
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    new = add(tmp_path / "new", [items(posts(30, seed=1))])
    outcomes = []
    for step in steps():
        path = tmp_path / "r"
        shutil.copytree(tmp_path / "old", path)
        if not child("add", path, step):
            break
        outcomes.append(verify(path).digest)
        assert add(path, [items(posts(30, seed=1))]).digest == new.digest
        assert verify(path).digest == new.digest
        assert len(list(path.iterdir())) == 2
        shutil.rmtree(path)
    assert outcomes.count(old.digest) > 15
    assert outcomes.count(new.digest) > 1
    assert set(outcomes) == {old.digest, new.digest}
