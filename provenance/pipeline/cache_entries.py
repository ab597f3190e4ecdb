"""What is remembered of a part, as bytes: its reading, and the table of what was located in it."""

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
from provenance.pipeline.result_cache import Buffer, Memory
from provenance.pipeline.scan.readings import Counts, Opened, Reading
from provenance.pipeline.scan.row_metadata import DECLARED
from provenance.read.corpus.corpus_parts import Part

T = TypeVar("T")
Table = TypeVar("Table", Candidates, NearDuplicates, PassageSample)
Arrays = Sequence[npt.NDArray[np.generic]]

_UNUSABLE = (ValueError, LookupError, TypeError, RecursionError, MemoryError, pa.ArrowException)
"""What decoding gives where a digest is right, and the content is not what we write."""

_ALIGNED = 64
"""Bytes of whose multiples every array begins at one."""


def reading_name(memory: Memory | None, part: Part) -> str | None:
    """Name the reading of a part; None where it cannot be kept."""
    key = None if memory is None or part.key is None else part.key()
    if memory is None or key is None:
        return None
    return memory.name("reading", part.file, part.layout, *part.text_columns, key)


def recalled_reading(
    memory: Memory | None, name: str | None, registries: Sequence[Opened]
) -> Reading | None:
    """Give the reading that was kept under a name, if there is a whole one.

    Parameters
    ----------
    memory : Memory or None
        Where.
    name : str or None
        As of `reading_name`.
    registries : sequence of Opened
        That the part was matched against.
    """

    def load(content: UInt8s) -> Reading:
        reading = _decoded(content, len(registries))
        check_reading(reading, registries)
        return reading

    return _recalled(memory, name, load)


def keep_reading(memory: Memory | None, name: str | None, reading: Reading) -> None:
    """Keep a reading that reached the end of its part, if it has a name."""
    if memory is not None and name is not None and not reading.unread:
        memory.keep(name, _encoded(reading))


def spans_name(
    memory: Memory | None, part: Part, claims: Claims, backgrounds: Sequence[Opened]
) -> str | None:
    """Name the table of what claims on a part's texts turned out to be."""
    reading = reading_name(memory, part)
    if memory is None or reading is None:
        return None
    digests = [one.registry.manifest.digest for one in backgrounds]
    own = (claims.registries, claims.chosen, claims.firsts, claims.lasts)
    columns = [*own, *(getattr(claims.candidates, one.name) for one in fields(Candidates))]
    arrays = [np.ascontiguousarray(column).tobytes() for column in columns]
    return memory.name("spans", reading, *digests, *arrays)


def recalled_table(
    memory: Memory | None, name: str | None, check: Callable[[pa.Table], None]
) -> pa.Table | None:
    """Give the table that was kept under a name, if there is a whole one.

    Parameters
    ----------
    memory : Memory or None
        Where.
    name : str or None
        What it was kept under.
    check : callable
        Raises ValueError where a table cannot be the one that was kept.
    """

    def load(content: UInt8s) -> pa.Table:
        table = pa.ipc.open_file(pa.BufferReader(content)).read_all()
        table.validate(full=True)
        check(table)
        return table

    return _recalled(memory, name, load)


def keep_table(memory: Memory | None, name: str | None, table: pa.Table) -> None:
    """Keep a table, if it has a name."""
    if memory is not None and name is not None:
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_file(sink, table.schema, options=options) as writer:
            writer.write_table(table)
        memory.keep(name, [memoryview(sink.getvalue())])


def _recalled(memory: Memory | None, name: str | None, load: Callable[[UInt8s], T]) -> T | None:
    content = memory.find(name) if memory and name else None
    if memory is None or name is None or content is None:
        return None
    try:
        return load(content)
    except _UNUSABLE:
        memory.forget(name)
        return None


def _encoded(reading: Reading) -> list[Buffer]:
    """Lay out a reading: the size of a head, the head in JSON, and arrays, each aligned."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, DECLARED) as writer:
        writer.write_table(reading.declared)
    arrays = [
        np.ascontiguousarray(array)
        for array in (
            *chain.from_iterable(map(_columns, reading.candidates)),
            *chain.from_iterable(map(_columns, reading.lookalikes)),
            *_columns(reading.passages),
            reading.documents,
            np.frombuffer(sink.getvalue(), np.uint8),
        )
    ]
    head = {
        "counts": astuple(reading.counts),
        "skipped": [astuple(skipped) for skipped in reading.skipped],
        "bound": reading.passages.bound,
        "sampled_below": reading.sampled_below,
        "lengths": [len(array) for array in arrays],
    }
    told = json.dumps(head).encode()
    parts: list[Buffer] = [len(told).to_bytes(8, "little"), told]
    size = 8 + len(told)
    for array in arrays:
        parts += [bytes(-size % _ALIGNED), array.reshape(-1).view(np.uint8).data]
        size += -size % _ALIGNED + array.nbytes
    return parts


def _decoded(content: UInt8s, registries: int) -> Reading:
    end = 8 + int.from_bytes(content[:8].tobytes(), "little")
    head = json.loads(content[8:end].tobytes())
    kinds = [
        *registries * _columns(NO_CANDIDATES),
        *registries * _columns(NO_NEAR_DUPLICATES),
        *_columns(EMPTY_SAMPLE),
        np.zeros(0, np.int64),
        np.zeros(0, np.uint8),
    ]
    arrays: Iterator[Any] = iter(_arrays(content, end, head["lengths"], kinds))

    def made(like: Table) -> Table:
        return replace(like, **{name: next(arrays) for name in _names(like)})

    return Reading(
        counts=Counts(*head["counts"]),
        skipped=tuple(
            Skipped(file, reason, count, tuple(rows))
            for file, reason, count, rows in head["skipped"]
        ),
        candidates=tuple(made(NO_CANDIDATES) for _ in range(registries)),
        lookalikes=tuple(made(NO_NEAR_DUPLICATES) for _ in range(registries)),
        passages=replace(made(EMPTY_SAMPLE), bound=head["bound"]),
        documents=next(arrays),
        declared=pa.ipc.open_stream(pa.BufferReader(next(arrays))).read_all(),
        kept=None,
        sampled_below=head["sampled_below"],
    )


def _arrays(content: UInt8s, start: int, lengths: list[int], like: Arrays) -> Arrays:
    """Give arrays of some lengths, each like another one, as they stand from a place on."""
    made = []
    for length, one in zip(lengths, like, strict=True):
        start += -start % _ALIGNED
        shape = (length, *one.shape[1:])
        size = one.dtype.itemsize * int(np.prod(shape, dtype=object))
        if type(length) is not int or not 0 <= size <= len(content) - start:
            raise ValueError("there are fewer bytes than it says")
        made.append(content[start : start + size].view(one.dtype).reshape(shape))
        start += size
    return made


def _names(table: Table) -> list[str]:
    """Name the arrays of a table, in order."""
    return [one.name for one in fields(table) if isinstance(getattr(table, one.name), np.ndarray)]


def _columns(table: Table) -> list[npt.NDArray[np.generic]]:
    return [getattr(table, name) for name in _names(table)]
