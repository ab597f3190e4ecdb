"""Shards of datasets of MosaicML Streaming (MDS).

A shard is, in little-endian: the number of samples, the offset of each and of the end, a header in
JSON that names the columns and how each is encoded, and the samples. A sample is the sizes of its
values that have no fixed size, followed by the values, in the order of the columns.
"""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from provenance.read.columns.column_choice import TOKEN_ID_NAMES
from provenance.read.corpus import skipped_rows
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import File
from provenance.read.formats.json_objects import Record, decode
from provenance.read.formats.jsonl_blocks import Records
from provenance.read.formats.record_parts import (
    SizedRecord,
    as_text,
    in_batches,
    read_exactly,
    record_parts,
)


def _integer(kind: str, data: bytes) -> int:
    return int(np.frombuffer(data, kind, 1)[0])


_NUMBERS = {
    "int": "<i8",
    **{f"int{bits}": f"<i{bits // 8}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"<u{bits // 8}" for bits in (8, 16, 32, 64)},
}
"""Encodings of whole numbers, which may be ids."""
_DECODERS: Mapping[str, Callable[[bytes], object]] = {
    "str": bytes.decode,
    "bytes": as_text,
    "json": lambda data: decode(data.decode()),
    **dict.fromkeys(("str_int", "str_float", "str_decimal"), bytes.decode),
    **{name: partial(_integer, kind) for name, kind in _NUMBERS.items()},
}
_ARRAYS = ("ndarray", "bytes")
_MAX_HEADER_BYTES = 1 << 24
_MAX_SAMPLES = 1 << 24
"""More are not believed: their offsets are read at once, and may be zeros that were compressed."""
_NUMBER_BYTES = 4


class _Column(NamedTuple):
    name: str
    encoding: str
    size: int | None


def mds_parts(file: File, text_columns: Sequence[str]) -> list[Part]:
    """Return the part of a shard; `text_columns` are those given by the user.

    Raises
    ------
    UnsupportedFormat
        If it has token ids or images, and no text.
    ColumnMissing
        If a given column is missing, or no column holds text.
    CorruptFile
        If it is damaged.
    """
    return record_parts(file, lambda size: _read_shard(file, size), text_columns)


def _read_shard(file: File, size: int) -> Generator[Records]:
    damage = (ValueError, KeyError, TypeError, RecursionError)
    yield from in_batches(file, _samples(file), size, damage)


def _samples(file: File) -> Generator[SizedRecord]:
    with file.stream() as stream:
        count = _number(read_exactly(stream, _NUMBER_BYTES))
        if count > _MAX_SAMPLES:
            raise ValueError(f"it states {count:,} samples")
        offsets = np.frombuffer(read_exactly(stream, _NUMBER_BYTES * (count + 1)), "<u4")
        header_bytes = int(offsets[0]) - _NUMBER_BYTES * (count + 2)
        sizes = np.diff(offsets.astype(np.int64))
        if not 0 < header_bytes <= _MAX_HEADER_BYTES or (sizes < 0).any():
            raise ValueError("its offsets are wrong")
        columns = _parse_header(read_exactly(stream, header_bytes))
        for sample_bytes in sizes.tolist():
            if sample_bytes > file.max_document:
                yield {}, sample_bytes
            data = read_exactly(stream, sample_bytes)
            try:
                yield _parse_sample(data, columns), sample_bytes
            except UnicodeDecodeError:
                yield skipped_rows.NOT_UTF8, sample_bytes


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _parse_header(data: bytes) -> list[_Column]:
    header = json.loads(data)
    fields = (header["column_names"], header["column_encodings"], header["column_sizes"])
    return [_Column(*column) for column in zip(*fields, strict=True)]


def _parse_sample(data: bytes, columns: Sequence[_Column]) -> Record:
    at = _NUMBER_BYTES * sum(column.size is None for column in columns)
    sizes = iter(np.frombuffer(data[:at], "<u4").tolist())
    record: Record = {}
    for column in columns:
        end = at + (next(sizes) if column.size is None else column.size)
        if column.encoding.startswith(_ARRAYS) and column.name in TOKEN_ID_NAMES:
            record[column.name] = [0]  # they are not read, but say what the column is
        else:
            decoder = _DECODERS.get(column.encoding)
            record[column.name] = None if decoder is None else decoder(data[at:end])
        at = end
    if at != len(data):
        raise ValueError("the sizes of its values are wrong")
    return record
