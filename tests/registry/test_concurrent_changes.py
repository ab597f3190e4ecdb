"""Several processes change a registry and read it at the same time: nothing fails or is lost."""

import json
import shutil
import subprocess
import sys
from threading import Barrier, Thread

import numpy as np
import pytest

from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.changes.registry_merge import merge_registries
from provenance.registry.manifest import read_manifest
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files

_ADD = """
import json, sys
from datetime import datetime
from pathlib import Path
import pyarrow as pa
from provenance.model.content.tables import ITEMS, Items
from provenance.registry.build.registry_builder import extend_registry
for line in sys.stdin:
    rows = json.loads(line)
    for row in rows:
        row["created_at"] = row["created_at"] and datetime.fromisoformat(row["created_at"])
    extend_registry(Path(sys.argv[1]), [Items(pa.RecordBatch.from_pylist(rows, ITEMS))])
"""

_COMPACT = """
import sys
from pathlib import Path
from provenance.registry.build.registry_builder import compact_registry
for _ in sys.stdin:
    compact_registry(Path(sys.argv[1]))
"""

_REMOVE = """
import json, sys
from pathlib import Path
import pyarrow as pa
from provenance.registry.segments.item_selection import Selection
from provenance.registry.changes.withdrawal import remove_items
for line in sys.stdin:
    remove_items(Path(sys.argv[1]), Selection(ids=pa.array(json.loads(line))))
"""

_READ = """
import sys
from pathlib import Path
import numpy as np
from provenance.registry.store import open_registry
for _ in sys.stdin:
    registry = open_registry(Path(sys.argv[1]))
    arrays = registry.arrays()
    numbers = np.flatnonzero(arrays.is_live)
    assert len(numbers) == registry.manifest.items
    assert None not in registry.texts(numbers[:50].astype(np.uint32))
    names = registry.describe(numbers.astype(np.uint32))
    assert len(names) == registry.manifest.items
    assert len(set(zip(names["source"].to_pylist(), names["item"].to_pylist()))) == len(names)
"""


_UNMERGED = BuildLimits(merged_tokens=1)
"""Every addition keeps a segment of its own, as large ones do."""


@pytest.fixture
def three(tmp_path, posts, items):
    """A registry, and two batches to be added to it: of other posts, and of some that it has."""
    rows = posts(90, 7)
    create_registry(tmp_path / "r", [items(rows[:30])])
    return tmp_path / "r", [items(rows[20:60]), items([*rows[25:30], *rows[60:]])]


@pytest.mark.parametrize("limits", [BuildLimits(), _UNMERGED])
@pytest.mark.parametrize("first", [0, 1])
def test_who_adds_during_an_addition_waits_and_nothing_is_lost(three, tmp_path, limits, first):
    registry, batches = three
    digests = set()
    for order in ([0, 1], [1, 0]):
        whole = shutil.copytree(registry, tmp_path / f"{order}")
        for number in order:
            extend_registry(whole, [batches[number]], limits=limits)
        digests.add(read_manifest(whole).digest)
    assert _add_at_once(registry, batches, first, limits) == [first, 1 - first]
    manifest = verify_files(registry)
    assert manifest.items == 90
    assert {manifest.digest} == digests  # whoever comes first


def _add_at_once(registry, batches, first, limits):
    """Add two batches, the second while the first is being read; return their order."""
    inside, ended = Barrier(2), []

    def add(number, hold=False):
        def read():
            if hold:
                inside.wait(60)
                inside.wait(60)
            yield batches[number]

        extend_registry(registry, read(), limits=limits)
        ended.append(number)

    holder = Thread(target=add, args=(first, True))
    holder.start()
    inside.wait(60)
    other = Thread(target=add, args=(1 - first,))
    other.start()
    other.join(0.5)
    assert ended == []
    inside.wait(60)
    holder.join()
    other.join()
    return ended


@pytest.mark.parametrize("limits", [BuildLimits(), BuildLimits(merged_tokens=1500), _UNMERGED])
@pytest.mark.parametrize("first", [0, 1])
def test_of_two_versions_added_at_once_the_later_addition_counts_and_no_item_is_lost(
    tmp_path, posts, items, limits, first
):
    registry, rows = tmp_path / "r", posts(90, 7)
    create_registry(registry, [items(rows[:30])])
    versions = [[row | {"text": f"version {n} of it"} for row in rows[20:40]] for n in range(2)]
    batches = [items([*versions[0], *rows[40:60]]), items([*versions[1], *rows[60:]])]
    whole = shutil.copytree(registry, tmp_path / "whole")
    for number in (first, 1 - first):
        extend_registry(whole, [batches[number]], limits=limits)
    assert _add_at_once(registry, batches, first, limits) == [first, 1 - first]
    assert verify_files(registry).digest == read_manifest(whole).digest
    opened = open_registry(registry)
    numbers = np.flatnonzero(opened.arrays().is_live).astype(np.uint32)
    names = opened.describe(numbers)["item"].to_pylist()
    assert sorted(names) == sorted(row["item"] for row in rows)
    texts = dict(zip(names, opened.texts(numbers), strict=True))
    assert {texts[row["item"]] for row in rows[20:40]} == {f"version {1 - first} of it"}


@pytest.mark.parametrize("limits", [BuildLimits(), _UNMERGED])
def test_a_digest_does_not_tell_when_segments_were_written(three, tmp_path, items, posts, limits):
    parts = [items(posts(20, number)) for number in range(3)]
    digests = set()
    for turn, order in enumerate(([0, 1, 2], [2, 0, 1])):
        folders = [tmp_path / f"{turn}-{number}" for number in range(3)]
        for number in order:
            create_registry(folders[number], [parts[number]])
        merged = tmp_path / f"{turn}-all"
        merge_registries(folders, merged, limits=limits)
        digests.add(verify_files(merged).digest)
    assert len(digests) == 1


def _start(code, registry):
    words = [sys.executable, "-W", "ignore", "-c", code, str(registry)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.long
def test_processes_that_change_and_read_at_once_neither_fail_nor_lose_items(tmp_path, posts, items):
    registry, rounds = tmp_path / "r", 6
    create_registry(registry, [items(posts(50, 99))])
    removed = [[row["item"] for row in posts(50, 99)[turn:36:6]] for turn in range(rounds)]
    added = [[posts(20, 10 * adder + turn) for turn in range(rounds)] for adder in range(4)]
    inputs = [
        *((_ADD, "".join(f"{json.dumps(_plain(rows))}\n" for rows in turns)) for turns in added),
        (_REMOVE, "".join(f"{json.dumps(names)}\n" for names in removed)),
        *((code, "\n" * rounds) for code in (_COMPACT, _READ, _READ)),
    ]
    processes = [(_start(code, registry), text) for code, text in inputs]
    for process, text in processes:
        process.stdin.write(text)
        process.stdin.close()
    for process, _ in processes:
        with process:
            errors = process.stderr.read()
        assert process.returncode == 0, errors
    manifest = verify_files(registry)
    batches = [posts(50, 99)[36:], *(rows for turns in added for rows in turns)]
    create_registry(tmp_path / "whole", [items(rows) for rows in batches])
    assert manifest.items == open_registry(tmp_path / "whole").manifest.items
    assert manifest.sources == open_registry(tmp_path / "whole").manifest.sources


def _plain(rows):
    """Return rows as JSON can hold them."""
    return [
        row | {"created_at": row["created_at"] and row["created_at"].isoformat()} for row in rows
    ]
