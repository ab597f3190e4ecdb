"""Items laid down as they came, in parts: to be numbered by their keys, then picked by number.

Only the keys are sorted. Texts and tokens stay in memory while they are few; else they are written
once and mapped, so that an item may be as long as it likes.
"""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model import Int64s
from provenance.registry.sites import sites

_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("item", pa.string()),
        pa.field("url", pa.string()),
        pa.field("created_at", pa.int64()),  # seconds
        pa.field("author", pa.string()),  # a digest
        pa.field("language", pa.string()),
        pa.field("licence", pa.string()),
        pa.field("length", pa.uint32()),
        # Lists of numbers as binary, which is picked row by row faster than lists are.
        pa.field("tokens", pa.large_binary()),
        pa.field("lead", pa.large_binary()),
        pa.field("trail", pa.large_binary()),
    ]
)
_TEXT = pa.field("text", pa.large_string())

_KEYS = ("source", "item", "created_at", "length")

Gather = Callable[[Int64s], pa.Table]


class Shelf:
    """Where threads lay parts down: in memory, or all on the disk once they are too many.

    Parameters
    ----------
    folder : Path
        Of those on the disk.
    room : int
        Bytes in memory.
    """

    def __init__(self, folder: Path, room: int) -> None:
        self._folder, self._room, self._lock = folder, room, Lock()
        self._held: dict[int, pa.Table] | None = {}

    def put(self, place: int, part: pa.Table) -> None:
        """Lay down the part whose first item has this place."""
        written = {place: part}
        with self._lock:
            if self._held is not None:
                self._held[place] = part
                if sum(one.nbytes for one in self._held.values()) <= self._room:
                    return
                written, self._held = self._held, None
        for first, one in written.items():
            with pa.ipc.new_file(self._folder / _name(first), one.schema) as file:
                file.write_table(one)

    def gatherer(self) -> Gather:
        """Make, once, a function that picks items by their places, in the order asked."""
        if self._held is None:
            return _gatherer(self._folder)
        whole = pa.concat_tables([self._held[first] for first in sorted(self._held)])
        self._held = {}
        whole = whole.combine_chunks()
        return lambda places: whole.take(pa.array(places))


def lay_part(columns: dict[str, Any], whole: pa.Array, place: int, shelf: Shelf, keys: Path) -> int:
    """Lay down a part.

    Parameters
    ----------
    columns : dict of str to column
        Of its items; their texts only if they are kept.
    whole : pyarrow.UInt64Array
        Hashes of their token sequences.
    place : int
        Of its first item, among all that are laid down.
    shelf : Shelf
        Takes them.
    keys : Path
        Folder of what puts them in order.

    Returns
    -------
    int
        How many items it has.
    """
    schema = _SCHEMA.append(_TEXT) if "text" in columns else _SCHEMA
    named = pa.table({name: columns[name] for name in schema.names})
    part = named.cast(schema).combine_chunks()
    shelf.put(place, part)
    key = part.select(_KEYS).append_column("whole", whole)
    key = key.append_column("site", sites(part["url"]))
    key = key.append_column("seq", pa.array(np.arange(place, place + len(part))))
    pq.write_table(key, keys / f"{place}.parquet", compression="none", use_dictionary=False)
    return len(part)


def _gatherer(parts: Path) -> Gather:
    starts = np.array(sorted(int(path.stem) for path in parts.iterdir()), np.int64)

    def gather(places: Int64s) -> pa.Table:
        of_part = np.searchsorted(starts, places, side="right") - 1
        by_part = np.argsort(of_part, kind="stable")
        found, firsts = np.unique(of_part[by_part], return_index=True)
        pieces = [
            _taken(parts / _name(starts[part]), places[rows] - starts[part])
            for part, rows in zip(found, np.split(by_part, firsts[1:]), strict=True)
        ]
        picked = pa.Table.from_batches(pieces).combine_chunks()
        if (np.diff(of_part) >= 0).all():
            return picked  # a dump that was written in the order of its items' ages
        back = np.empty(len(places), np.int64)
        back[by_part] = np.arange(len(places))
        return picked.take(pa.array(back))

    return gather


def _taken(path: Path, rows: Int64s) -> pa.RecordBatch:
    # Mapped for the moment: pages that stay mapped count as our memory.
    with pa.memory_map(str(path)) as mapped, pa.ipc.open_file(mapped) as file:
        return file.get_batch(0).take(pa.array(rows))


def _name(place: int) -> str:
    return f"{place}.arrow"
