"""Items and postings wait for their order in memory, or on the disk once they are too many."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.registry.build import item_staging
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.items import item_order
from provenance.registry.items.item_parts import SpillBuffer
from provenance.registry.segments.postings_writer import PartitionedPostings, PostingsBuffer
from provenance.registry.sorting.duckdb_engine import BuildLimits, open_engine, query_count
from provenance.registry.sorting.radix_sort import partition_records
from provenance.registry.sorting.table_stream import ChunkSize
from tests.property_campaigns import property_test

_ALL = 1 << 26


def files_in(path):
    return [*path.rglob("*.npy"), *path.rglob("*.parquet")]


@pytest.fixture
def small_parts(monkeypatch):
    """Let a thousand items make many parts, and many row groups."""
    monkeypatch.setattr(item_staging, "CHUNK_SIZE", ChunkSize(rows=90, weight=1 << 20))
    monkeypatch.setattr(item_order, "GROUP_ROWS", 70)


@pytest.fixture
def built(small_parts, posts, items, tmp_path):
    """Build and add with so much memory; give the files, and what lay on the disk meanwhile."""
    assert small_parts is None

    def work(held, threads=2):
        path, staged = tmp_path / f"{held}-{threads}", set()

        def look(_):
            staged.update(place.parent.name for place in tmp_path.glob(".*.building/work/*/*"))

        limits = BuildLimits(threads=threads, buffer_bytes=held)
        for number, make in enumerate((create_registry, extend_registry)):
            batches = [items(posts(100, seed=9 * number + one)) for one in range(9)]
            make(path, batches, progress=look, limits=limits)
        return {str(one.relative_to(path)): one.read_bytes() for one in files_in(path)}, staged

    return work


@pytest.mark.parametrize(("held", "threads"), [(0, 1), (0, 3), (20_000, 1), (60_000, 3), (_ALL, 3)])
def test_where_they_wait_changes_no_byte(built, held, threads):
    files, staged = built(held, threads)
    assert files == built(_ALL)[0]
    assert {"parts", "keys"} & staged == ({"parts", "keys"} if held < _ALL else set())


@property_test(
    30,
    300,
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=5),
    room=st.sampled_from([0, 150, _ALL]),
    data=st.data(),
)
def test_items_are_picked_in_the_order_asked_wherever_they_lie(sizes, room, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shelf")
    for name in ("parts", "keys"):
        (folder / name).mkdir()
    shelf, ends = SpillBuffer(folder / "parts", folder / "keys", room), np.cumsum([0, *sizes])
    for place in data.draw(st.permutations(range(len(sizes)))):  # threads lay as they may
        part = pa.table({"item": [str(one) for one in range(ends[place], ends[place + 1])]})
        shelf.put(int(ends[place]), part, part)
    with open_engine(folder / "spill", BuildLimits(threads=1)) as connection:
        shelf.create_key_view(connection, "staged")
        assert query_count(connection, "SELECT count(DISTINCT item) FROM staged") == ends[-1]
    gather = shelf.seal()
    every = st.integers(0, int(ends[-1]) - 1)
    runs = st.tuples(every, every).map(lambda edges: list(range(min(edges), max(edges) + 1)))
    for places in data.draw(st.lists(st.one_of(runs, st.lists(every, min_size=1)), max_size=4)):
        picked = gather(np.array(places, np.int64))["item"]
        assert picked.to_pylist() == list(map(str, places))
        assert picked.num_chunks == 1


@given(
    depth=st.integers(1, 3),
    groups=st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=6), min_size=1, max_size=6),
    held=st.integers(0, 400),
)
def test_postings_come_back_part_by_part_from_wherever_they_lie(
    depth, groups, held, tmp_path_factory
):
    path = tmp_path_factory.mktemp("heap") / "postings"
    heap = PostingsBuffer(path, depth, held)
    given_ = [[] for _ in range(1 << depth)]
    for number, shingles in enumerate(groups):
        records = np.array([(one, number) for one in shingles], np.uint64).reshape(-1, 2)
        heap.put(PartitionedPostings(*partition_records(records, 0, depth)))
        for one in shingles:
            given_[one >> (64 - depth)].append([one, number])
    parts = [heap.staged.part(part).tolist() for part in range(1 << depth)]
    assert parts == given_
    assert heap.staged.count == sum(map(len, groups))
    assert path.exists() is (heap.staged.count * 16 > held)
    assert sum(map(len, heap.staged.in_memory)) == (0 if path.exists() else heap.staged.count)
