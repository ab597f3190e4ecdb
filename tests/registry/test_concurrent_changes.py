"""Several processes change a registry and read it at the same time: nothing fails or is lost."""

import json
import subprocess
import sys

import pytest

from provenance.registry.build.registry_builder import create_registry
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
