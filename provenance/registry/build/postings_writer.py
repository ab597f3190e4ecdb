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
import pyarrow as pa

from provenance.match.index.postings_index import (
    IndexLayout,
    IndexPart,
    build_index_part,
    choose_layout,
)
from provenance.match.index.stop_shingles import count_shared_shingles
from provenance.model import Int64s, Positions, SharedShingles, UInt32s, UInt64s
from provenance.registry.arrays_file import ArraySink
from provenance.registry.build.duckdb_engine import check_row_count
from provenance.registry.build.radix_sort import sort_records
from provenance.registry.build.shingle_origins import ItemOrigins
from provenance.registry.build.table_stream import ParquetSink, map_in_threads
from provenance.registry.manifest import (
    DIRECTORY_FILE,
    FILTER_FILE,
    OWNERS_FILE,
    POSITIONS_FILE,
    PREFILTER_FILE,
    SHARED_FILE,
    SHINGLES_FILE,
)
from provenance.registry.schema import SHARED_SCHEMA, position_dtype

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
                records[one[number] - one[0] : one[number + 1] - one[0]]
                for one, records in zip(self.bounds, self.in_memory, strict=True)
            ]
            return np.concatenate(pieces)
        sizes = [int(one[number + 1] - one[number]) for one in self.bounds]
        read = bytearray(sum(sizes) * _RECORD)
        room, at = memoryview(read), 0
        with self.path.open("rb") as file:
            for one, size in zip(self.bounds, sizes, strict=True):
                file.seek(int(one[number]) * _RECORD)
                at += file.readinto(room[at : at + size * _RECORD])
        check_row_count("reading postings", len(read), at)
        return np.frombuffer(read, np.uint64).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class _SortedPart:
    laid: int
    shingles: UInt32s
    owners: UInt32s
    positions: Positions
    entered: IndexPart
    shared: SharedShingles


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
    room : int
        Limit of memory, in bytes.

    Attributes
    ----------
    laid : StagedPostings
        All postings so far.
    """

    def __init__(self, path: Path, depth: int, room: int) -> None:
        self._room = room
        self._bounds: list[Int64s] = []
        self._held: list[UInt64s] = []
        self.laid = StagedPostings(path, depth, self._bounds, self._held)

    def put(self, parted: PartitionedPostings) -> None:
        """Append the postings of the next items."""
        is_held = len(self._held) == len(self._bounds)
        self._bounds.append(parted.bounds + self.laid.count)
        self._held.append(parted.records)
        if not is_held or self.laid.count * _RECORD > self._room:
            with self.laid.path.open("ab") as file:
                for records in self._held:
                    file.write(records.data)
            self._held.clear()


def sort_postings(
    laid: StagedPostings, origins: ItemOrigins, longest: int, out: Path, threads: int
) -> int:
    """Sort the postings, and keep the first of each shingle in each item.

    Parameters
    ----------
    laid : StagedPostings
        The postings.
    origins : ItemOrigins
        Sources and authors of all items.
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
    kept, seen, common = 0, 0, [SHARED_SCHEMA.empty_table()]
    work = partial(
        _sort_part,
        laid=laid,
        chosen=choose_layout(laid.count, laid.partition_bits),
        origins=origins,
    )
    with ExitStack() as stack:
        shingles, items, positions, directory, prefilter, words = (
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
        for one in map_in_threads(work, range(1 << laid.partition_bits), threads):
            shingles.put(one.shingles)
            items.put(one.owners)
            positions.put(one.positions)
            directory.put(one.entered.directory + np.uint32(kept))
            prefilter.put(one.entered.prefilter)
            words.put(one.entered.filter)
            common.append(_stop_shingle_table(one.shared))
            kept, seen = kept + len(one.shingles), seen + one.laid
        directory.put(np.array([kept], np.uint32))
    check_row_count("sorting the postings", laid.count, seen)
    many = pa.concat_tables(common).combine_chunks()
    with ParquetSink(out / SHARED_FILE, SHARED_SCHEMA) as sink:
        if len(many):
            sink.put(many)
    return kept


def _sort_part(
    part: int, laid: StagedPostings, chosen: IndexLayout, origins: ItemOrigins
) -> _SortedPart:
    unsorted = laid.part(part)
    shingles, items, positions = sort_records(unsorted, laid.partition_bits)
    common = count_shared_shingles(shingles, items, origins.sources, origins.authors)
    return _SortedPart(
        len(unsorted),
        shingles.astype(np.uint32),
        items,
        positions,
        build_index_part(shingles, chosen, laid.partition_bits, part),
        common,
    )


def _stop_shingle_table(common: SharedShingles) -> pa.Table:
    columns = (common.shingles, common.codes, common.authors)
    return pa.table([pa.array(one) for one in columns], schema=SHARED_SCHEMA)
