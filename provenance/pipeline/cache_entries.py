"""Serialise readings and location tables of parts for the result cache."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, fields, replace
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from provenance.match.candidates.candidate_table import NO_CANDIDATES, Candidates
from provenance.match.candidates.near_duplicates import NO_NEAR_DUPLICATES, NearDuplicates
from provenance.match.scoring.corpus_sample import EMPTY_SAMPLE, PassageSample
from provenance.model import Skipped, UInt8s
from provenance.pipeline.cache_validation import check_reading
from provenance.pipeline.locate.claims import Claims
from provenance.pipeline.result_cache import Buffer, ResultCache
from provenance.pipeline.scan.readings import Counts, Reading, RegistryIndex
from provenance.pipeline.scan.row_metadata import DECLARED_SCHEMA
from provenance.read.corpus.corpus_parts import Part

T = TypeVar("T")
Table = TypeVar("Table", Candidates, NearDuplicates, PassageSample)
Arrays = Sequence[npt.NDArray[np.generic]]

_DECODE_ERRORS = (
    ValueError,
    LookupError,
    TypeError,
    RecursionError,
    MemoryError,
    pa.ArrowException,
)
"""Errors of decoding an entry whose digest is right but whose content we did not write."""

_ALIGNMENT = 64
"""Alignment of arrays within an entry, in bytes."""


def reading_key(cache: ResultCache | None, part: Part) -> str | None:
    """Return the cache key of a part's reading; None where it cannot be cached."""
    key = None if cache is None or part.key is None else part.key()
    if cache is None or key is None:
        return None
    return cache.key("reading", part.file, part.layout, *part.text_columns, key)


def load_reading(
    cache: ResultCache | None, name: str | None, registries: Sequence[RegistryIndex]
) -> Reading | None:
    """Load a cached reading.

    Parameters
    ----------
    cache : ResultCache or None
        The cache.
    name : str or None
        Key from `reading_key`.
    registries : sequence of RegistryIndex
        The registries that the part was matched against.
    """

    def load(content: UInt8s) -> Reading:
        reading = _decode_reading(content, len(registries))
        check_reading(reading, registries)
        return reading

    return _load_entry(cache, name, load)


def store_reading(cache: ResultCache | None, name: str | None, reading: Reading) -> None:
    """Store a complete reading, if it has a key."""
    if cache is not None and name is not None and not reading.unread:
        cache.store(name, _encode_reading(reading))


def spans_key(
    cache: ResultCache | None, part: Part, claims: Claims, backgrounds: Sequence[RegistryIndex]
) -> str | None:
    """Return the cache key of the table that locates the claims on a part."""
    reading = reading_key(cache, part)
    if cache is None or reading is None:
        return None
    digests = [background.registry.manifest.digest for background in backgrounds]
    claim_columns = (claims.registries, claims.chosen, claims.firsts, claims.lasts)
    columns = [
        *claim_columns,
        *(getattr(claims.candidates, background.name) for background in fields(Candidates)),
    ]
    arrays = [np.ascontiguousarray(column).tobytes() for column in columns]
    return cache.key("spans", reading, *digests, *arrays)


def load_table(
    cache: ResultCache | None, name: str | None, check: Callable[[pa.Table], None]
) -> pa.Table | None:
    """Load a cached table.

    Parameters
    ----------
    cache : ResultCache or None
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


def store_table(cache: ResultCache | None, name: str | None, table: pa.Table) -> None:
    """Store a table, if it has a key."""
    if cache is not None and name is not None:
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_file(sink, table.schema, options=options) as writer:
            writer.write_table(table)
        cache.store(name, [memoryview(sink.getvalue())])


def _load_entry(
    cache: ResultCache | None, name: str | None, load: Callable[[UInt8s], T]
) -> T | None:
    content = cache.load(name) if cache and name else None
    if cache is None or name is None or content is None:
        return None
    try:
        return load(content)
    except _DECODE_ERRORS:
        cache.delete(name)
        return None


def _encode_reading(reading: Reading) -> list[Buffer]:
    """Encode a reading: size of the header, header in JSON, aligned arrays."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, DECLARED_SCHEMA) as writer:
        writer.write_table(reading.declared)
    arrays = [
        np.ascontiguousarray(array)
        for array in (
            *chain.from_iterable(map(_arrays_of, reading.candidates)),
            *chain.from_iterable(map(_arrays_of, reading.near_duplicates)),
            *_arrays_of(reading.sample),
            reading.documents,
            np.frombuffer(sink.getvalue(), np.uint8),
        )
    ]
    header = {
        "counts": astuple(reading.counts),
        "skipped": [astuple(skipped) for skipped in reading.skipped],
        "bound": reading.sample.bound,
        "sampled_below": reading.requested_bound,
        "lengths": [len(array) for array in arrays],
    }
    encoded_header = json.dumps(header).encode()
    parts: list[Buffer] = [len(encoded_header).to_bytes(8, "little"), encoded_header]
    size = 8 + len(encoded_header)
    for array in arrays:
        parts += [bytes(-size % _ALIGNMENT), array.reshape(-1).view(np.uint8).data]
        size += -size % _ALIGNMENT + array.nbytes
    return parts


def _decode_reading(content: UInt8s, registries: int) -> Reading:
    end = 8 + int.from_bytes(content[:8].tobytes(), "little")
    header = json.loads(content[8:end].tobytes())
    kinds = [
        *registries * _arrays_of(NO_CANDIDATES),
        *registries * _arrays_of(NO_NEAR_DUPLICATES),
        *_arrays_of(EMPTY_SAMPLE),
        np.zeros(0, np.int64),
        np.zeros(0, np.uint8),
    ]
    arrays: Iterator[Any] = iter(_split_arrays(content, end, header["lengths"], kinds))

    def next_table(like: Table) -> Table:
        return replace(like, **{name: next(arrays) for name in _array_names(like)})

    return Reading(
        counts=Counts(*header["counts"]),
        skipped=tuple(
            Skipped(file, reason, count, tuple(rows))
            for file, reason, count, rows in header["skipped"]
        ),
        candidates=tuple(next_table(NO_CANDIDATES) for _ in range(registries)),
        near_duplicates=tuple(next_table(NO_NEAR_DUPLICATES) for _ in range(registries)),
        sample=replace(next_table(EMPTY_SAMPLE), bound=header["bound"]),
        documents=next(arrays),
        declared=pa.ipc.open_stream(pa.BufferReader(next(arrays))).read_all(),
        spool=None,
        requested_bound=header["sampled_below"],
    )


def _split_arrays(content: UInt8s, start: int, lengths: list[int], templates: Arrays) -> Arrays:
    """Return arrays of the given lengths, each of the type of its template, from an offset on."""
    arrays = []
    for length, template in zip(lengths, templates, strict=True):
        start += -start % _ALIGNMENT
        shape = (length, *template.shape[1:])
        size = template.dtype.itemsize * int(np.prod(shape, dtype=object))
        if type(length) is not int or not 0 <= size <= len(content) - start:
            raise ValueError("there are fewer bytes than it says")
        arrays.append(content[start : start + size].view(template.dtype).reshape(shape))
        start += size
    return arrays


def _array_names(table: Table) -> list[str]:
    """Return the names of a table's arrays, in order."""
    return [
        column.name
        for column in fields(table)
        if isinstance(getattr(table, column.name), np.ndarray)
    ]


def _arrays_of(table: Table) -> list[npt.NDArray[np.generic]]:
    return [getattr(table, name) for name in _array_names(table)]
