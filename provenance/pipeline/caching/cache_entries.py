"""Entries of the result cache: readings and tables of located claims, one per part."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import count
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import pyarrow as pa

from provenance.match.candidates.candidate_table import Candidates
from provenance.model.content.fingerprints import UInt8s
from provenance.pipeline.caching.cache_validation import check_reading
from provenance.pipeline.caching.result_cache import Buffer, ResultCache, code_digest, digest_of
from provenance.pipeline.locate.backgrounds import Background
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.scan.reading_codec import decode_reading, encode_reading
from provenance.pipeline.scan.readings import Reading, RegistryIndex
from provenance.read.corpus.corpus_parts import Part

T = TypeVar("T")

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


def context_digest(registries: Iterable[RegistryIndex], declarations: str) -> str:
    """Return the digest of what readings depend on, except for the part.

    Parameters
    ----------
    registries : iterable of RegistryIndex
        The registries that parts are matched against.
    declarations : str
        Everything that affects what rows declare (`Declarations.key`); empty where nothing does.
    """
    registry_keys = (registry_index.cache_key for registry_index in registries)
    return digest_of([code_digest(), *registry_keys, "declared", declarations])


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


def load_readings(
    cache: EntryStore | None, name: str | None, part: Part, registries: Sequence[RegistryIndex]
) -> Iterator[Reading]:
    """Yield the cached readings of a part, until one is missing or the part ends.

    Parameters
    ----------
    cache : EntryStore or None
        The cache.
    name : str or None
        Key from `reading_key`.
    part : Part
        The part.
    registries : sequence of RegistryIndex
        The registries that the part was matched against.
    """

    def load(content: UInt8s) -> Reading:
        reading = decode_reading(content, part.index, len(registries))
        check_reading(reading, registries)
        return reading

    for number in count():
        reading = _load_entry(cache, _reading_name(cache, name, number), load)
        if reading is None:
            return
        yield reading
        if reading.is_last:
            return


def store_readings(
    cache: EntryStore | None, name: str | None, readings: Iterable[Reading]
) -> Iterator[Reading]:
    """Yield the readings of a part, and store them if the part has a name.

    The first one is stored last, so that it is there only if all of them are.
    """
    first: Reading | None = None
    for number, reading in enumerate(readings):
        if number:
            _store_reading(cache, name, number, reading)
        else:
            first = reading
        yield reading
    if first is not None:
        _store_reading(cache, name, 0, first)


def _store_reading(
    cache: EntryStore | None, name: str | None, number: int, reading: Reading
) -> None:
    name = _reading_name(cache, name, number)
    if cache is not None and name is not None and (cache.keeps_unread or not reading.unread):
        cache.store(name, encode_reading(reading))


def _reading_name(cache: EntryStore | None, name: str | None, number: int) -> str | None:
    """Return the name of the entry of a part's reading of the given number."""
    return name if cache is None or name is None or not number else cache.key(name, str(number))


def spans_key(
    cache: EntryStore | None,
    part: Part,
    reading: Reading,
    claims: Claims,
    backgrounds: Sequence[Background],
) -> str | None:
    """Return the cache key of the table that locates the claims on the texts of a reading."""
    name = reading_key(cache, part)
    if cache is None or name is None or reading.unread:  # the rest of the part may follow later
        return None
    digests = [background.digest for background in backgrounds]
    claim_columns = (claims.registries, claims.chosen, claims.firsts, claims.lasts)
    columns = [
        *claim_columns,
        *(getattr(claims.candidates, background.name) for background in fields(Candidates)),
    ]
    arrays = [np.ascontiguousarray(column).tobytes() for column in columns]
    return cache.key("spans", name, str(reading.texts_before), *digests, *arrays)


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

    return _load_entry(cache, name, load)


def store_table(cache: EntryStore | None, name: str | None, table: pa.Table) -> None:
    """Store a table, if it has a key."""
    if cache is not None and name is not None:
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_file(sink, table.schema, options=options) as writer:
            writer.write_table(table)
        cache.store(name, [memoryview(sink.getvalue())])


def _load_entry(
    cache: EntryStore | None, name: str | None, load: Callable[[UInt8s], T]
) -> T | None:
    content = cache.load(name) if cache and name else None
    if cache is None or name is None or content is None:
        return None
    try:
        return load(content)
    except _DECODE_ERRORS:
        cache.delete(name)
        return None
