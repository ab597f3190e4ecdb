"""Encode readings as bytes: a header in JSON and aligned arrays, decoded without copying."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields, replace
from itertools import chain
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from provenance.match.candidates.candidate_table import NO_CANDIDATES, Candidates
from provenance.match.candidates.near_duplicates import NO_NEAR_DUPLICATES, NearDuplicates
from provenance.match.scoring.corpus_sample import (
    EMPTY_SAMPLE,
    NO_COPIES,
    PassageCopies,
    PassageSample,
)
from provenance.model.content.fingerprints import Texts, Tokens, UInt8s
from provenance.model.content.tables import Skipped, Unread
from provenance.pipeline.scan.label_values import LabelValues
from provenance.pipeline.scan.readings import Counts, Reading
from provenance.pipeline.scan.row_metadata import DECLARED_SCHEMA
from provenance.pipeline.scan.windows import WINDOW_COLUMNS, TextWindows, WindowOffsets
from provenance.pipeline.scan.wordless_counts import WordlessCounts

Buffer: TypeAlias = bytes | memoryview
Table = TypeVar("Table", Candidates, PassageCopies, NearDuplicates, PassageSample)
Arrays = Sequence[npt.NDArray[np.generic]]

_ALIGNMENT = 64
"""Alignment of arrays, in bytes."""


def encode_reading(reading: Reading) -> list[Buffer]:
    """Encode a reading, without `part` and `spool`: its header, then aligned arrays."""
    tables: list[Candidates | PassageCopies | NearDuplicates | PassageSample] = [
        *reading.candidates,
        *reading.copies,
        *reading.near_duplicates,
        reading.sample,
    ]
    arrays = [
        np.ascontiguousarray(array)
        for array in (
            *(array for table in tables for array in _arrays_of(table)),
            reading.documents,
            _encode_batches(reading.declared.to_batches(), DECLARED_SCHEMA),
            *chain.from_iterable(map(_window_arrays, reading.windows or ())),
        )
    ]
    header = {
        "texts_before": reading.texts_before,
        "is_last": reading.is_last,
        "counts": astuple(reading.counts),
        "skipped": [astuple(skipped) for skipped in reading.skipped],
        "unread": [astuple(unread) for unread in reading.unread],
        "labels": reading.labels.to_json(),
        "wordless": reading.wordless.to_json(),
        "bound": reading.sample.bound,
        "requested_bound": reading.requested_bound,
        "margins": None if reading.windows is None else [one.margin for one in reading.windows],
        "lengths": [len(array) for array in arrays],
    }
    encoded_header = json.dumps(header).encode()
    parts: list[Buffer] = [len(encoded_header).to_bytes(8, "little"), encoded_header]
    size = 8 + len(encoded_header)
    for array in arrays:
        parts += [bytes(-size % _ALIGNMENT), array.reshape(-1).view(np.uint8).data]
        size += -size % _ALIGNMENT + array.nbytes
    return parts


def decode_reading(content: UInt8s, part: int, registries: int) -> Reading:
    """Decode a reading; its arrays are views of `content`.

    Parameters
    ----------
    content : ndarray of uint8
        As `encode_reading` returned it.
    part : int
        Index of its part.
    registries : int
        Number of registries that the part was matched against.

    Raises
    ------
    ValueError, LookupError, TypeError, pyarrow.ArrowException
        If the content is not a reading.
    """
    end = 8 + int.from_bytes(content[:8].tobytes(), "little")
    header = json.loads(content[8:end].tobytes())
    margins = header["margins"]
    templates = [
        *registries * _arrays_of(NO_CANDIDATES),
        *registries * _arrays_of(NO_COPIES),
        *registries * _arrays_of(NO_NEAR_DUPLICATES),
        *_arrays_of(EMPTY_SAMPLE),
        np.zeros(0, np.int64),
        np.zeros(0, np.uint8),
        *list(_WINDOW_TEMPLATES) * len(margins or ()),
    ]
    arrays: Iterator[Any] = iter(_split_arrays(content, end, header["lengths"], templates))

    def next_table(like: Table) -> Table:
        return replace(like, **{name: next(arrays) for name in _array_names(like)})

    return Reading(
        part=part,
        texts_before=header["texts_before"],
        is_last=header["is_last"],
        counts=Counts(*header["counts"]),
        skipped=tuple(
            Skipped(file, reason, count, tuple(rows))
            for file, reason, count, rows in header["skipped"]
        ),
        candidates=tuple(next_table(NO_CANDIDATES) for _ in range(registries)),
        copies=tuple(next_table(NO_COPIES) for _ in range(registries)),
        near_duplicates=tuple(next_table(NO_NEAR_DUPLICATES) for _ in range(registries)),
        sample=replace(next_table(EMPTY_SAMPLE), bound=header["bound"]),
        documents=next(arrays),
        declared=pa.ipc.open_stream(pa.BufferReader(next(arrays))).read_all(),
        spool=None,
        windows=None if margins is None else tuple(_next_windows(arrays, one) for one in margins),
        requested_bound=header["requested_bound"],
        unread=tuple(Unread(*unread) for unread in header["unread"]),
        labels=LabelValues.from_json(header["labels"]),
        wordless=WordlessCounts.from_json(header["wordless"]),
    )


_WINDOW_TEMPLATES: Arrays = (
    *(np.zeros(0, np.int64) for _ in range(3)),
    np.zeros(0, np.bool_),
    np.zeros(0, np.uint32),
    *(np.zeros(0, np.int32) for _ in range(2)),
    *(np.zeros(0, np.int64) for _ in range(4)),
    np.zeros(0, np.uint8),
    np.zeros(0, np.int64),
    np.zeros(0, np.uint8),
)
"""Templates of the arrays that `_window_arrays` returns."""


def _window_arrays(windows: TextWindows) -> Arrays:
    tokens, before, texts = windows.tokens, windows.offsets, windows.texts
    columns = windows.batch.select(list(WINDOW_COLUMNS))
    first, last = texts.offsets[0], texts.offsets[-1]
    return (
        *(windows.numbers, windows.firsts, windows.lasts, windows.whole),
        *(tokens.hashes, tokens.starts, tokens.ends, tokens.offsets),
        *(before.tokens, before.bytes, before.points),
        *(texts.data[first:last], texts.offsets - first),
        _encode_batches([columns], columns.schema),
    )


def _next_windows(arrays: Iterator[Any], margin: int) -> TextWindows:
    numbers, firsts, lasts, whole = (next(arrays) for _ in range(4))
    tokens = Tokens(*(next(arrays) for _ in range(4)))
    before = WindowOffsets(*(next(arrays) for _ in range(3)))
    # Not through Arrow, whose buffers are read-only: kernels would be compiled for these as well.
    text = Texts(*(next(arrays) for _ in range(2)))
    [columns] = pa.ipc.open_stream(pa.BufferReader(next(arrays)))
    batch = pa.RecordBatch.from_arrays(
        [*columns.columns, text.column()], [*columns.schema.names, "text"]
    )
    return TextWindows(numbers, firsts, lasts, whole, batch, tokens, before, margin)


def _encode_batches(batches: Sequence[pa.RecordBatch], schema: pa.Schema) -> UInt8s:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return np.frombuffer(sink.getvalue(), np.uint8)


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


def _array_names(
    table: Candidates | PassageCopies | NearDuplicates | PassageSample,
) -> list[str]:
    """Return the names of a table's arrays, in order."""
    return [
        column.name
        for column in fields(table)
        if isinstance(getattr(table, column.name), np.ndarray)
    ]


def _arrays_of(
    table: Candidates | PassageCopies | NearDuplicates | PassageSample,
) -> list[npt.NDArray[np.generic]]:
    return [getattr(table, name) for name in _array_names(table)]
