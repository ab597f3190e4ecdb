"""A process that is killed leaves the old registry, the new one, or none; never half of one."""

import json
import random
import shutil
import subprocess
import sys
import time

import pytest

from provenance.errors import RegistryNotFound
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.verification import verify_files

# Builds or adds once for each line it reads, in a fork that kills itself at its nth step on the
# file system; answers how many steps were made.
CHILD = """
import json, os, signal, sys
from pathlib import Path
import numpy as np
import pyarrow as pa
from provenance.fingerprint.minhash import signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.span_edges import dropped_edges
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model import ITEMS, Items, Texts
from provenance.registry.build.registry_builder import extend_registry, create_registry
from provenance.registry.build.radix_sort import sort_records
from provenance.registry.build.item_copies import sequence_hashes

STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}

def warm_up():
    # Kernels that are compiled before the fork need not be loaded in each.
    texts = Texts(np.frombuffer(b"so few words", np.uint8), np.array([0, 12]))
    tokens = tokenise(texts)
    dropped_edges(texts, tokens)
    shingles = shingle(tokens, 2)
    signatures(shingles, current_parameters())
    sequence_hashes(tokens.hashes, tokens.offsets)
    sort_records(np.zeros((2, 2), np.uint64), 1)

def kill_at(last, made, folder):
    def hook(event, arguments):
        if event not in STEPS and (event != "open" or arguments[1] in ("r", "rb")):
            return
        # Kernels may be saved meanwhile; a relative path is one within a folder being removed.
        path = os.fsdecode(arguments[0]) if not isinstance(arguments[0], int) else ""
        if path.startswith(folder) or not path.startswith("/"):
            made.append(event)
            if len(made) == last:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)

batch = Items(pa.RecordBatch.from_pylist(json.loads(sys.stdin.readline()), ITEMS))
warm_up()
for line in sys.stdin:
    work, path, last = json.loads(line)
    child = os.fork() if last >= 0 else 0
    if not child:
        made = []
        kill_at(last, made, str(Path(path).parent))
        (create_registry if work == "build" else extend_registry)(Path(path), [batch])
        print(json.dumps(made), flush=True)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL:
        print("killed", flush=True)
"""

NEVER, UNFORKED = 0, -1


@pytest.fixture
def child(posts):
    """A process that works on the posts of seed 1, and is killed at it."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        rows = [
            row | {"created_at": row["created_at"] and int(row["created_at"].timestamp())}
            for row in posts(30, seed=1)
        ]
        process.stdin.write(json.dumps(rows) + "\n")

        def work(kind, path, last):
            process.stdin.write(json.dumps([kind, str(path), last]) + "\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield work


def chosen(events):
    """Some of all steps, and those around each rename."""
    every = dict(enumerate(json.loads(events), 1))
    near = {step + off for step in every if every[step] == "os.rename" for off in (-1, 0, 1, 2)}
    return sorted({*range(1, len(every), 20), *near} & {*every})


def test_building_is_all_or_nothing_at_every_step(child, items, posts, tmp_path):
    mine = [items(posts(30, seed=1))]
    whole = create_registry(tmp_path / "whole", mine).digest
    path = tmp_path / "r"
    outcomes = []
    for step in chosen(child("build", tmp_path / "first", NEVER)):
        assert child("build", path, step) == "killed"
        outcomes.append((path / "registry.json").exists())
        if not outcomes[-1]:
            assert not path.exists()
            create_registry(path, mine)
        assert verify_files(path).digest == whole
        extend_registry(path, mine)
        assert sorted(p.name for p in tmp_path.iterdir()) == ["first", "r", "whole"]
        shutil.rmtree(path)
    assert outcomes == sorted(outcomes)
    assert len(set(outcomes)) == 2


def test_adding_is_all_or_nothing_at_every_step(child, items, posts, tmp_path):
    mine = [items(posts(30, seed=1))]
    old = create_registry(tmp_path / "old", [items(posts(30))]).digest
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    new = extend_registry(tmp_path / "new", mine).digest
    shutil.copytree(tmp_path / "old", tmp_path / "first")
    path = tmp_path / "r"
    outcomes = []
    for step in chosen(child("add", tmp_path / "first", NEVER)):
        shutil.copytree(tmp_path / "old", path)
        assert child("add", path, step) == "killed"
        outcomes.append(verify_files(path).digest)
        assert extend_registry(path, mine).digest == new
        assert verify_files(path).digest == new
        assert len(list(path.iterdir())) == 2
        shutil.rmtree(path)
    changed = outcomes.index(new)
    assert outcomes == [old] * changed + [new] * (len(outcomes) - changed)
    assert 0 < changed < len(outcomes)


def test_killed_at_any_moment_it_can_be_built_again(items, posts, tmp_path):
    script = CHILD.replace(
        "for line in sys.stdin:", "print('ready', flush=True)\nfor line in sys.stdin:"
    )
    rows = [row | {"created_at": None} for row in posts(20_000, seed=1)]
    mine = [items(rows)]
    whole = create_registry(tmp_path / "whole", mine).digest
    dice = random.Random(time.time_ns())
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            process.stdin.write(json.dumps(rows) + "\n")
            process.stdin.flush()
            process.stdout.readline()
            process.stdin.write(json.dumps(["build", str(tmp_path / "r"), UNFORKED]) + "\n")
            process.stdin.flush()
            time.sleep(dice.uniform(0, 0.6))
            process.kill()
        try:
            assert verify_files(tmp_path / "r").digest == whole
        except RegistryNotFound:
            assert create_registry(tmp_path / "r", mine).digest == whole
        shutil.rmtree(tmp_path / "r")
