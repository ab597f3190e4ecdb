"""Partition the postings of a registry by shingle, then sort each partition.

Postings of a large registry are spilled to disk; memory holds one partition per thread, a
thousandth of all.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from provenance.match.index.postings_index import (
    IndexLayout,
    IndexPart,
    build_index_part,
    choose_layout,
    group_equal_keys,
)
from provenance.model.content.fingerprints import Int64s, UInt32s, UInt64s
from provenance.model.content.registry_arrays import Positions
from provenance.registry.files.arrays_file import ArraySink
from provenance.registry.manifest import (
    DIRECTORY_FILE,
    FILTER_FILE,
    OWNERS_FILE,
    POSITIONS_FILE,
    PREFILTER_FILE,
    SHINGLES_FILE,
)
from provenance.registry.schema import position_dtype
from provenance.registry.sorting.duckdb_engine import check_row_count
from provenance.registry.sorting.radix_sort import sort_records
from provenance.registry.sorting.table_stream import map_in_threads

_PART_RECORDS = 1 << 18
_MAX_PARTITION_BITS = 10
_RECORD = 16  # bytes


@dataclass(frozen=True, slots=True)
class PartitionedPostings:
    """Postings of some items, partitioned by the upper bits of their shingles.

    Parameters
    ----------
    records : ndarray of uint64, shape (n, 2)
        As `partition_items` returns them, part by part.
    bounds : ndarray of int64, shape (2**depth + 1,)
        Part `i` is `records[bounds[i]:bounds[i + 1]]`.
    """

    records: UInt64s
    bounds: Int64s


@dataclass(frozen=True, slots=True)
class StagedPostings:
    """Unsorted postings of all items.

    Parameters
    ----------
    path : Path
        The file.
    partition_bits : int
        Number of bits by which they are partitioned.
    bounds : sequence of ndarray of int64, each of shape (2**partition_bits + 1,)
        For each `PartitionedPostings` in it, in order of items: the bounds of its parts among all
        records.
    in_memory : sequence of ndarray of uint64, each of shape (n, 2)
        Records of each `PartitionedPostings`, where they are in memory; empty where they are in the
        file.
    """

    path: Path
    partition_bits: int
    bounds: Sequence[Int64s]
    in_memory: Sequence[UInt64s]

    @property
    def count(self) -> int:
        """Number of postings, including repeats of a shingle within an item."""
        return int(self.bounds[-1][-1]) if self.bounds else 0

    def part(self, number: int) -> UInt64s:
        """Return a partition."""
        if self.in_memory:
            pieces = [
                records[
                    part_bounds[number] - part_bounds[0] : part_bounds[number + 1] - part_bounds[0]
                ]
                for part_bounds, records in zip(self.bounds, self.in_memory, strict=True)
            ]
            return np.concatenate(pieces)
        sizes = [int(part_bounds[number + 1] - part_bounds[number]) for part_bounds in self.bounds]
        buffer = bytearray(sum(sizes) * _RECORD)
        view, at = memoryview(buffer), 0
        with self.path.open("rb") as file:
            for part_bounds, size in zip(self.bounds, sizes, strict=True):
                file.seek(int(part_bounds[number]) * _RECORD)
                at += file.readinto(view[at : at + size * _RECORD])
        check_row_count("reading postings", len(buffer), at)
        return np.frombuffer(buffer, np.uint64).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class _SortedPart:
    record_count: int
    shingles: UInt32s
    owners: UInt32s
    positions: Positions
    index_part: IndexPart


def partition_bits(tokens: int) -> int:
    """Return the number of bits by which to partition the postings of so many tokens."""
    return min(_MAX_PARTITION_BITS, max(1, (tokens // _PART_RECORDS).bit_length()))


class PostingsBuffer:
    """Collects postings: in memory, or all of them on disk once they exceed a limit.

    Parameters
    ----------
    path : Path
        The file.
    depth : int
        Number of bits by which they are partitioned.
    max_bytes : int
        Limit of memory, in bytes.

    Attributes
    ----------
    staged : StagedPostings
        All postings so far.
    """

    def __init__(self, path: Path, depth: int, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bounds: list[Int64s] = []
        self._in_memory: list[UInt64s] = []
        self.staged = StagedPostings(path, depth, self._bounds, self._in_memory)

    def put(self, postings: PartitionedPostings) -> None:
        """Append the postings of the next items."""
        is_in_memory = len(self._in_memory) == len(self._bounds)
        self._bounds.append(postings.bounds + self.staged.count)
        self._in_memory.append(postings.records)
        if not is_in_memory or self.staged.count * _RECORD > self._max_bytes:
            with self.staged.path.open("ab") as file:
                for records in self._in_memory:
                    file.write(records.data)
            self._in_memory.clear()


def sort_postings(staged: StagedPostings, longest: int, out: Path, threads: int) -> int:
    """Sort the postings, and keep the first of each shingle in each item.

    Parameters
    ----------
    staged : StagedPostings
        The postings.
    longest : int
        Tokens of the longest item.
    out : Path
        Folder of the data files.
    threads : int
        Number of partitions processed at a time.

    Returns
    -------
    int
        Number of postings kept.

    Raises
    ------
    RegistryError
        If postings were lost.
    """
    posting_count, record_count = 0, 0
    work = partial(
        _sort_part,
        staged=staged,
        layout=choose_layout(staged.count, staged.partition_bits),
    )
    with ExitStack() as stack:
        shingles, items, positions, directory, prefilter, filter_words = (
            stack.enter_context(ArraySink(out / name, dtype))
            for name, dtype in (
                (SHINGLES_FILE, np.uint32),
                (OWNERS_FILE, np.uint32),
                (POSITIONS_FILE, position_dtype(longest)),
                (DIRECTORY_FILE, np.uint32),
                (PREFILTER_FILE, np.uint64),
                (FILTER_FILE, np.uint64),
            )
        )
        for part in map_in_threads(work, range(1 << staged.partition_bits), threads):
            shingles.put(part.shingles)
            items.put(part.owners)
            positions.put(part.positions)
            directory.put(part.index_part.directory + np.uint32(posting_count))
            prefilter.put(part.index_part.prefilter)
            filter_words.put(part.index_part.filter)
            posting_count, record_count = (
                posting_count + len(part.shingles),
                record_count + part.record_count,
            )
        directory.put(np.array([posting_count], np.uint32))
    check_row_count("sorting the postings", staged.count, record_count)
    return posting_count


def _sort_part(part: int, staged: StagedPostings, layout: IndexLayout) -> _SortedPart:
    records = staged.part(part)
    shingles, items, positions = group_equal_keys(
        *sort_records(records, staged.partition_bits), layout.directory_bits
    )
    return _SortedPart(
        len(records),
        shingles.astype(np.uint32),
        items,
        positions,
        build_index_part(shingles, layout, staged.partition_bits, part),
    )
