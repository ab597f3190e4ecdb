"""Entries of the result cache, and of folders of tasks: what is kept of each part of a corpus."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy.typing as npt
import pyarrow as pa

from provenance.model.content.fingerprints import UInt8s
from provenance.pipeline.caching.result_cache import Buffer, ResultCache
from provenance.read.corpus.corpus_parts import Part

T = TypeVar("T")

MAX_COUNT = 1 << 48
"""Upper limit of all counts in entries."""

_DECODE_ERRORS = (
    ValueError,
    LookupError,
    TypeError,
    RecursionError,
    MemoryError,
    pa.ArrowException,
)
"""Errors of decoding an entry whose digest is right but whose content we did not write."""


class EntryStore(Protocol):
    """Where entries are kept: `ResultCache`, or `TaskFolder`."""

    @property
    def keeps_unread(self) -> bool:
        """Return whether readings of parts that could not be read to their end are kept."""

    def name_part(self, part: Part) -> str | None:
        """Return what a part is known by; None if it cannot be stored."""

    def key(self, *of: str | bytes) -> str:
        """Return the name of the entry that depends on the given values."""

    def load(self, name: str) -> UInt8s | None:
        """Return the content of an intact entry, or None."""

    def store(self, name: str, content: Sequence[Buffer]) -> None:
        """Store an entry atomically."""

    def delete(self, name: str) -> None:
        """Delete an entry that cannot be used."""


def open_cache(folder: Path | None, digest: str) -> ResultCache | None:
    """Open the cache of readings that depend on the given digest; None where there is no folder."""
    if folder is None:
        return None
    cache = ResultCache(folder, digest)
    cache.evict()
    return cache


def reading_key(cache: EntryStore | None, part: Part) -> str | None:
    """Return the name of the entry of a part's reading; None where it cannot be stored."""
    key = None if cache is None else cache.name_part(part)
    if cache is None or key is None:
        return None
    return cache.key("reading", part.file, part.layout, *part.text_columns, key)


def load_table(
    cache: EntryStore | None, name: str | None, check: Callable[[pa.Table], None]
) -> pa.Table | None:
    """Load a cached table.

    Parameters
    ----------
    cache : EntryStore or None
        The cache.
    name : str or None
        Its key.
    check : callable
        Raises ValueError if the table is invalid.
    """

    def load(content: UInt8s) -> pa.Table:
        table = pa.ipc.open_file(pa.BufferReader(content)).read_all()
        table.validate(full=True)
        check(table)
        return table

    return load_entry(cache, name, load)


def store_table(cache: EntryStore | None, name: str | None, table: pa.Table) -> None:
    """Store a table, if it has a key."""
    if cache is not None and name is not None:
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_file(sink, table.schema, options=options) as writer:
            writer.write_table(table)
        cache.store(name, [memoryview(sink.getvalue())])


def load_entry(cache: EntryStore | None, name: str | None, load: Callable[[UInt8s], T]) -> T | None:
    """Return what `load` makes of an entry; None, and the entry is deleted, where it fails."""
    content = cache.load(name) if cache and name else None
    if cache is None or name is None or content is None:
        return None
    try:
        return load(content)
    except _DECODE_ERRORS:
        cache.delete(name)
        return None


def require_range(values: npt.NDArray[Any], low: int, end: int) -> None:
    """Raise ValueError unless all values of an entry are in `range(low, end)`."""
    require(bool(((values >= low) & (values < end)).all()))


def require(condition: object) -> None:
    """Raise ValueError, as the entry is invalid, unless a condition holds.

    A digest detects damage, but not an entry forged by a user with write access. Kernels do not
    check bounds, so every index of an entry is checked first.
    """
    if not condition:
        raise ValueError("invalid cache entry")
