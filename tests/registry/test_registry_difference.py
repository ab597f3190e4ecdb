"""What a version of a registry has, and an earlier one has not."""

import random
import shutil
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.changes.withdrawal import remove_items
from provenance.registry.files.mapped_files import map_registry
from provenance.registry.registry_difference import compare_registries
from provenance.registry.segments.item_selection import Selection
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import open_registry
from tests.registry.conftest import batch_of, some_rows

UNMERGED = BuildLimits(segment_bytes=2000, merged_tokens=0)


def identities(folder):
    """Source, address and id of the items that count: the slow way."""
    registry = open_registry(folder)
    numbers = pa.array(registry.arrays().is_live.nonzero()[0].astype("uint32")).to_numpy()
    rows = registry.describe(numbers).select(["source", "url", "item"]).to_pylist()
    return {tuple(row.values()) for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_items_are_counted_however_they_are_divided(tmp_path, seed):
    dice = random.Random(seed)
    rows = some_rows(120, seed)
    folder, earlier = tmp_path / "r", tmp_path / "earlier"
    create_registry(folder, [batch_of(rows[:60])], limits=UNMERGED)
    shutil.copytree(folder, earlier)
    ids = [row["item"] for row in dice.sample(rows[:60], 7)]
    remove_items(folder, Selection(pa.array(ids)), reason="asked", limits=UNMERGED)
    extend_registry(folder, [batch_of(rows[50:])], limits=UNMERGED)
    compact_registry(folder)
    difference = compare_registries(map_registry(earlier), map_registry(folder))
    before, after = identities(earlier), identities(folder)
    assert difference.added == len(after - before) > 0
    assert (difference.withdrawn, difference.dropped) == (len(before - after), 0)
    assert difference.withdrawn == 7
    assert set(difference.tombstones["item"].to_pylist()) == set(ids)
    assert pc.unique(difference.tombstones["reason"]).to_pylist() == ["asked"]


def test_what_is_gone_without_a_tombstone_is_dropped(tmp_path):
    rows = some_rows(50)
    create_registry(tmp_path / "a", [batch_of(rows)], limits=UNMERGED)
    create_registry(tmp_path / "b", [batch_of(rows[:30])], limits=UNMERGED)
    a, b = map_registry(tmp_path / "a"), map_registry(tmp_path / "b")
    found = compare_registries(a, b)
    assert (found.added, found.withdrawn, found.dropped) == (0, 0, 20)
    back = compare_registries(b, a)
    assert (back.added, back.withdrawn, back.dropped) == (20, 0, 0)
    assert compare_registries(None, a).added == 50


def test_pending_withdrawals_count_before_files_are_rewritten(tmp_path):
    rows = some_rows(80)
    create_registry(tmp_path / "r", [batch_of(rows)], limits=UNMERGED)
    before = map_registry(tmp_path / "r")
    limits = replace(UNMERGED, rewritten_bytes=0)
    remove_items(tmp_path / "r", Selection(pa.array([rows[3]["item"]])), limits=limits)
    after = map_registry(tmp_path / "r")
    assert after.manifest.segments == before.manifest.segments
    assert compare_registries(before, after).withdrawn == 1
