"""A process that is killed leaves the old registry, the new one, or none; never half of one."""

import json
import random
import shutil
import subprocess
import sys
import time

import pyarrow as pa
import pytest

from provenance.errors import RegistryNotFound
from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.changes.registry_merge import merge_registries, subset_registry
from provenance.registry.changes.withdrawal import remove_items, restore_items
from provenance.registry.segments.item_selection import Selection
from provenance.registry.sorting.duckdb_engine import BuildLimits
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
from provenance.model.content.fingerprints import Texts
from provenance.model.content.tables import ITEMS, Items
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.segments.item_selection import Selection
from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.changes.registry_merge import merge_registries, subset_registry
from provenance.registry.changes.withdrawal import remove_items, restore_items
from provenance.registry.sorting.radix_sort import sort_records
from provenance.registry.items.item_copies import sequence_hashes

STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link"}

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
UNMERGED = BuildLimits(merged_tokens=0)
LARGE = BuildLimits(merged_tokens=0, rewritten_bytes=0)
WITHDRAWN = Selection(source="x")
WORK = {
    "build": lambda path: create_registry(path, [batch]),
    "add": lambda path: extend_registry(path, [batch]),
    "add a segment": lambda path: extend_registry(path, [batch], limits=UNMERGED),
    "compact": compact_registry,
    "remove": lambda path: remove_items(path, WITHDRAWN),
    "remove from large segments": lambda path: remove_items(path, WITHDRAWN, limits=LARGE),
    "restore": lambda path: restore_items(path, pa.array(["gone"])),
    "merge": lambda path: merge_registries([path.parent / "one", path.parent / "two"], path),
    "subset": lambda path: subset_registry(path.parent / "two", WITHDRAWN, path),
}
warm_up()
for line in sys.stdin:
    work, path, last = json.loads(line)
    child = os.fork() if last >= 0 else 0
    if not child:
        made = []
        kill_at(last, made, str(Path(path).parent))
        WORK[work](Path(path))
        print(json.dumps(made), flush=True)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL:
        print("killed", flush=True)
"""

NEVER, UNFORKED = 0, -1
UNMERGED = BuildLimits(merged_tokens=0)
LARGE = BuildLimits(merged_tokens=0, rewritten_bytes=0)
WITHDRAWN = Selection(source="x")


@pytest.fixture
def written(posts):
    """Some posts, one of them an edited one of `segmented`."""
    return [*posts(30, seed=1), posts(90, longest=150)[0] | {"text": "edited"}]


@pytest.fixture
def child(written):
    """A process that works on what was written, and is killed at it."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        rows = [
            row | {"created_at": row["created_at"] and int(row["created_at"].timestamp())}
            for row in written
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


def test_building_is_all_or_nothing_at_every_step(child, items, written, tmp_path):
    mine = [items(written)]
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


def left_over(folder):
    """Give what lies in a registry that is no part of it; digests of withdrawn names are one."""
    manifest = verify_files(folder)
    names = {path.name for path in folder.iterdir()} - {"registry.json", *manifest.folders}
    kept = {name for name in names if name.startswith("withdrawn-names-")}
    assert len(kept) <= (manifest.tombstones is not None)
    return names - kept


@pytest.mark.parametrize(
    "kind",
    [
        *("add", "add a segment", "compact", "remove from large segments"),
        pytest.param("remove", marks=pytest.mark.long),
        pytest.param("restore", marks=pytest.mark.long),
    ],
)
def test_changing_is_all_or_nothing_at_every_step(kind, child, items, segmented, written, tmp_path):
    mine = [items(written)]
    change = {
        "add": lambda path: extend_registry(path, mine),
        "add a segment": lambda path: extend_registry(path, mine, limits=UNMERGED),
        "compact": compact_registry,
        "remove": lambda path: remove_items(path, WITHDRAWN).manifest,
        "remove from large segments": lambda path: (
            remove_items(path, WITHDRAWN, limits=LARGE).manifest
        ),
        "restore": lambda path: restore_items(path, pa.array(["gone"]))[0],
    }[kind]
    remove_items(segmented, Selection(ids=pa.array(["gone"]), source="x"))
    old = verify_files(segmented).digest
    for name in ("new", "first"):
        shutil.copytree(segmented, tmp_path / name)
    new = change(tmp_path / "new").digest
    path = tmp_path / "r"
    outcomes = []
    for step in chosen(child(kind, tmp_path / "first", NEVER)):
        shutil.copytree(segmented, path)
        assert child(kind, path, step) == "killed"
        outcomes.append(verify_files(path).digest)
        assert change(path).digest == new
        assert not left_over(path)
        shutil.rmtree(path)
    changed = outcomes.index(new)
    assert outcomes == [old] * changed + [new] * (len(outcomes) - changed)
    assert 0 < changed < len(outcomes)


@pytest.mark.parametrize(
    ("kind", "withdrawn"),
    [
        ("merge", "nobody"),
        pytest.param("merge", "Somebody-1", marks=pytest.mark.long),
        pytest.param("subset", "Somebody-1", marks=pytest.mark.long),
    ],
)
def test_registries_made_from_others_are_whole_or_absent(
    kind, withdrawn, child, items, segmented, written, tmp_path
):
    shutil.copytree(segmented, tmp_path / "two")
    create_registry(tmp_path / "one", [items(written)])
    remove_items(tmp_path / "two", Selection(author=withdrawn), limits=LARGE)
    others = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    path = tmp_path / "r"

    def make(path):
        if kind == "subset":
            return subset_registry(tmp_path / "two", WITHDRAWN, path).manifest
        return merge_registries([tmp_path / "one", tmp_path / "two"], path).manifest

    whole = make(tmp_path / "whole").digest
    outcomes = []
    for step in chosen(child(kind, tmp_path / "first", NEVER)):
        assert child(kind, path, step) == "killed"
        outcomes.append((path / "registry.json").exists())
        if not outcomes[-1]:
            assert not path.exists()
            assert make(path).digest == whole
        assert verify_files(path).digest == whole
        shutil.rmtree(path)
        assert {file: file.read_bytes() for file in others} == others
    assert outcomes == sorted(outcomes)
    assert len(set(outcomes)) == 2


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
