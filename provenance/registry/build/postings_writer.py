"""The postings of a registry: parted by shingle, then sorted part by part.

Those of a large registry are laid on the disk: memory holds one part a thread, a thousandth of all.
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
from provenance.model import Int64s, Positions, Shared, UInt32s, UInt64s
from provenance.registry.arrays_file import ArraySink
from provenance.registry.build.duckdb_engine import conserve
from provenance.registry.build.radix_sort import sort_records
from provenance.registry.build.shingle_origins import Origins
from provenance.registry.build.table_stream import Sink, in_threads
from provenance.registry.manifest import (
    DIRECTORY_FILE,
    FILTER_FILE,
    OWNERS_FILE,
    POSITIONS_FILE,
    PREFILTER_FILE,
    SHARED_FILE,
    SHINGLES_FILE,
)
from provenance.registry.schema import SHARED_SCHEMA, position_type

_PART = 1 << 18
_DEEPEST = 10
_RECORD = 16  # bytes


@dataclass(frozen=True, slots=True)
class Parted:
    """Postings of some items, parted by the upper bits of their shingles.

    Parameters
    ----------
    records : ndarray of uint64, shape (n, 2)
        As `sorting.parted_records` gives them, part by part.
    bounds : ndarray of int64, shape (2**depth + 1,)
        Part `i` is `records[bounds[i]:bounds[i + 1]]`.
    """

    records: UInt64s
    bounds: Int64s


@dataclass(frozen=True, slots=True)
class Laid:
    """Postings of all items, as they came.

    Parameters
    ----------
    path : Path
        The file.
    depth : int
        Bits that they are parted by.
    bounds : sequence of ndarray of int64, each of shape (2**depth + 1,)
        Of each `Parted` in it, in order of items: which of all records its parts are.
    held : sequence of ndarray of uint64, each of shape (n, 2)
        Records of each `Parted`, where memory holds them; none where the file does.
    """

    path: Path
    depth: int
    bounds: Sequence[Int64s]
    held: Sequence[UInt64s]

    @property
    def count(self) -> int:
        """How many there are, repeats of a shingle in one item among them."""
        return int(self.bounds[-1][-1]) if self.bounds else 0

    def part(self, number: int) -> UInt64s:
        """Give a part."""
        if self.held:
            pieces = [
                records[one[number] - one[0] : one[number + 1] - one[0]]
                for one, records in zip(self.bounds, self.held, strict=True)
            ]
            return np.concatenate(pieces)
        sizes = [int(one[number + 1] - one[number]) for one in self.bounds]
        read = bytearray(sum(sizes) * _RECORD)
        room, at = memoryview(read), 0
        with self.path.open("rb") as file:
            for one, size in zip(self.bounds, sizes, strict=True):
                file.seek(int(one[number]) * _RECORD)
                at += file.readinto(room[at : at + size * _RECORD])
        conserve("reading postings", len(read), at)
        return np.frombuffer(read, np.uint64).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class _Sorted:
    laid: int
    shingles: UInt32s
    owners: UInt32s
    positions: Positions
    entered: IndexPart
    shared: Shared


def depth_of(tokens: int) -> int:
    """Choose by how many bits to part the postings of so many tokens."""
    return min(_DEEPEST, max(1, (tokens // _PART).bit_length()))


class Heap:
    """Where postings are laid as they come: in memory, or all on the disk once they are too many.

    Parameters
    ----------
    path : Path
        The file.
    depth : int
        Bits that they are parted by.
    room : int
        Bytes in memory.

    Attributes
    ----------
    laid : Laid
        All that lies there by now.
    """

    def __init__(self, path: Path, depth: int, room: int) -> None:
        self._room = room
        self._bounds: list[Int64s] = []
        self._held: list[UInt64s] = []
        self.laid = Laid(path, depth, self._bounds, self._held)

    def put(self, parted: Parted) -> None:
        """Lay postings behind those of earlier items."""
        is_held = len(self._held) == len(self._bounds)
        self._bounds.append(parted.bounds + self.laid.count)
        self._held.append(parted.records)
        if not is_held or self.laid.count * _RECORD > self._room:
            with self.laid.path.open("ab") as file:
                for records in self._held:
                    file.write(records.data)
            self._held.clear()


def sort_postings(laid: Laid, origins: Origins, longest: int, out: Path, threads: int) -> int:
    """Sort what was laid down, and keep the first of each shingle in each item.

    Parameters
    ----------
    laid : Laid
        The postings.
    origins : Origins
        Whose all items are.
    longest : int
        Tokens of the longest item.
    out : Path
        Folder of the registry's files.
    threads : int
        How many parts at once.

    Returns
    -------
    int
        How many postings are kept.

    Raises
    ------
    RegistryError
        If some were lost.
    """
    kept, seen, common = 0, 0, [SHARED_SCHEMA.empty_table()]
    work = partial(
        _sorted, laid=laid, chosen=choose_layout(laid.count, laid.depth), origins=origins
    )
    with ExitStack() as stack:
        shingles, items, positions, directory, prefilter, words = (
            stack.enter_context(ArraySink(out / name, dtype))
            for name, dtype in (
                (SHINGLES_FILE, np.uint32),
                (OWNERS_FILE, np.uint32),
                (POSITIONS_FILE, position_type(longest)),
                (DIRECTORY_FILE, np.uint32),
                (PREFILTER_FILE, np.uint64),
                (FILTER_FILE, np.uint64),
            )
        )
        for one in in_threads(work, range(1 << laid.depth), threads):
            shingles.put(one.shingles)
            items.put(one.owners)
            positions.put(one.positions)
            directory.put(one.entered.directory + np.uint32(kept))
            prefilter.put(one.entered.prefilter)
            words.put(one.entered.filter)
            common.append(_table(one.shared))
            kept, seen = kept + len(one.shingles), seen + one.laid
        directory.put(np.array([kept], np.uint32))
    conserve("sorting the postings", laid.count, seen)
    many = pa.concat_tables(common).combine_chunks()
    with Sink(out / SHARED_FILE, SHARED_SCHEMA) as sink:
        if len(many):
            sink.put(many)
    return kept


def _sorted(part: int, laid: Laid, chosen: IndexLayout, origins: Origins) -> _Sorted:
    unsorted = laid.part(part)
    shingles, items, positions = sort_records(unsorted, laid.depth)
    common = count_shared_shingles(shingles, items, origins.sources, origins.authors)
    return _Sorted(
        len(unsorted),
        shingles.astype(np.uint32),
        items,
        positions,
        build_index_part(shingles, chosen, laid.depth, part),
        common,
    )


def _table(common: Shared) -> pa.Table:
    columns = (common.shingles, common.codes, common.authors)
    return pa.table([pa.array(one) for one in columns], schema=SHARED_SCHEMA)
