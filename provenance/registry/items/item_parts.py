"""Parts of staged items, in memory or spilled to disk, from which items are gathered by number.

Only the sort keys are sorted. Few items stay in memory; else texts and tokens are written once and
memory-mapped, so that the length of an item is not limited.
"""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from provenance.model.content.fingerprints import Int64s
from provenance.registry.items.item_keys import identity_hashes, order_keys, url_sites
from provenance.registry.sorting.duckdb_engine import create_parts_view

if TYPE_CHECKING:
    import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("item", pa.string()),
        pa.field("url", pa.string()),
        pa.field("created_at", pa.int64()),  # seconds
        pa.field("author", pa.string()),  # a digest
        pa.field("language", pa.string()),
        pa.field("licence", pa.string()),
        pa.field("link", pa.string()),
        pa.field("length", pa.uint32()),
        # Lists of numbers as binary: `take` is faster than on lists.
        pa.field("tokens", pa.large_binary()),
        pa.field("lead", pa.large_binary()),
        pa.field("trail", pa.large_binary()),
        pa.field("first_line", pa.uint8()),
    ]
)
_TEXT = pa.field("text", pa.large_string())

_KEYS = ("source", "item", "length")

Gather = Callable[[Int64s], pa.Table]


class SpillBuffer:
    """Collects parts from threads: in memory, or all of them on disk once they exceed a limit.

    Parameters
    ----------
    parts, keys : Path
        Folders of the spilled parts and of their sort keys.
    max_bytes : int
        Limit of the memory of both, in bytes.
    """

    def __init__(self, parts: Path, keys: Path, max_bytes: int) -> None:
        self._parts, self._keys, self._max_bytes, self._lock = parts, keys, max_bytes, Lock()
        self._in_memory: dict[int, tuple[pa.Table, pa.Table]] | None = {}

    def put(self, place: int, part: pa.Table, key: pa.Table) -> None:
        """Add the part whose first item has the given place, with its sort keys."""
        unwritten = {place: (part, key)}
        with self._lock:
            if self._in_memory is not None:
                self._in_memory[place] = part, key
                if (
                    sum(table.nbytes for both in self._in_memory.values() for table in both)
                    <= self._max_bytes
                ):
                    return
                unwritten, self._in_memory = self._in_memory, None
        for first, (table, its_key) in unwritten.items():
            with pa.ipc.new_file(self._parts / _part_name(first), table.schema) as file:
                file.write_table(table)
            path = self._keys / f"{first}.parquet"
            pq.write_table(its_key, path, compression="none", use_dictionary=False)

    def create_key_view(self, connection: "duckdb.DuckDBPyConnection", name: str) -> None:
        """Create a view of the keys of all parts."""
        if self._in_memory is None:
            create_parts_view(connection, name, self._keys)
            return
        keys = pa.concat_tables([key for _, key in self._in_memory.values()])
        with connection.cursor() as cursor:
            cursor.from_arrow(keys).create_view(name)

    def seal(self) -> Gather:
        """Return a function that gathers items by their places, in the order given; call once.

        Nothing can be added any more.
        """
        if self._in_memory is None:
            return _spilled_gatherer(self._parts)
        parts = [self._in_memory[first][0] for first in sorted(self._in_memory)]
        self._in_memory = {}
        return _InMemoryParts(pa.concat_tables(parts)).gather


class _InMemoryParts:
    """All parts, in memory."""

    def __init__(self, table: pa.Table) -> None:
        self._table, self._lock = table, Lock()

    def gather(self, places: Int64s) -> pa.Table:
        first = int(places[0])
        if (places == np.arange(first, first + len(places))).all():
            # The dump was sorted by date.
            return self._table.slice(first, len(places)).combine_chunks()
        with self._lock:
            self._table = self._table.combine_chunks()  # does nothing the second time
        return self._table.take(pa.array(places))


def stage_part(
    columns: dict[str, Any], token_hashes: pa.Array, place: int, spill_buffer: SpillBuffer
) -> int:
    """Add a part to the buffer.

    Parameters
    ----------
    columns : dict of str to column
        Columns of its items; with texts only if they are kept.
    token_hashes : pyarrow.UInt64Array
        Hashes of their token sequences.
    place : int
        Place of its first item among all staged ones.
    spill_buffer : SpillBuffer
        The buffer.

    Returns
    -------
    int
        Number of items.
    """
    schema = _SCHEMA.append(_TEXT) if "text" in columns else _SCHEMA
    table = pa.table({name: columns[name] for name in schema.names})
    part = table.cast(schema).combine_chunks()
    sites = url_sites(part["url"])
    identities = identity_hashes(part["source"], sites, part["item"])
    key = part.select(_KEYS).append_column("token_hash", token_hashes)
    key = key.append_column("site", sites)
    key = key.append_column("order_key", pa.array(order_keys(part["created_at"], identities)))
    key = key.append_column("seq", pa.array(np.arange(place, place + len(part))))
    spill_buffer.put(place, part, key)
    return len(part)


def _spilled_gatherer(parts: Path) -> Gather:
    starts = np.array(sorted(int(path.stem) for path in parts.iterdir()), np.int64)

    def gather(places: Int64s) -> pa.Table:
        of_part = np.searchsorted(starts, places, side="right") - 1
        by_part = np.argsort(of_part, kind="stable")
        part_numbers, firsts = np.unique(of_part[by_part], return_index=True)
        pieces = [
            _take_rows(parts / _part_name(starts[part]), places[rows] - starts[part])
            for part, rows in zip(part_numbers, np.split(by_part, firsts[1:]), strict=True)
        ]
        gathered = pa.Table.from_batches(pieces).combine_chunks()
        if (np.diff(of_part) >= 0).all():
            return gathered  # the dump was sorted by date
        back = np.empty(len(places), np.int64)
        back[by_part] = np.arange(len(places))
        return gathered.take(pa.array(back))

    return gather


def _take_rows(path: Path, rows: Int64s) -> pa.RecordBatch:
    # Mapped for this call only: mapped pages count as memory of the process.
    with pa.memory_map(str(path)) as memory, pa.ipc.open_file(memory) as file:
        return file.get_batch(0).take(pa.array(rows))


def _part_name(place: int) -> str:
    return f"{place}.arrow"
