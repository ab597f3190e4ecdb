"""TFRecord files of `tf.train.Example`.

A record is its size in eight bytes, a checksum of it in four, the data, and a checksum of that. The
checksums are not verified. The data is a protocol buffer: a map of names to lists of bytes, floats
or integers.
"""

import zlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import File, read_fully
from provenance.read.formats.json_objects import Record
from provenance.read.formats.jsonl_blocks import Records
from provenance.read.formats.record_parts import (
    SizedRecord,
    as_text,
    in_batches,
    read_exactly,
    record_parts,
)

_SIZE_BYTES, _CHECKSUM_BYTES = 8, 4
_GZIP_MAGIC, _HEAD_BYTES = b"\x1f\x8b\x08", 1 << 12
_FEATURES = 1
_NAME, _FEATURE = 1, 2
_BYTES_LIST, _FLOAT_LIST, _INT64_LIST = 1, 2, 3
_VALUE = 1
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_MAX_VARINT_BYTES = 10
_MAX_NUMBERS = 8
"""Numbers of a list that are read: they are ids, if there is one, and token ids, if many."""


def tfrecord_parts(file: File, text_columns: Sequence[str]) -> list[Part]:
    """Return the part of a file; `text_columns` are those given by the user.

    Raises
    ------
    UnsupportedFormat
        If it has token ids, and no text.
    ColumnMissing
        If a given column is missing, or no column holds text.
    CorruptFile
        If it is damaged.
    """
    if file.compression is None and _is_gzip(file.head(_HEAD_BYTES)):
        file = replace(file, compression="gz")
    return record_parts(file, lambda size: _read_examples(file, size), text_columns)


def _is_gzip(head: bytes) -> bool:
    """Return whether a file is compressed, which TensorFlow writes without a suffix.

    The size of a first record may look like the beginning of gzip, but not all that follows.
    """
    if not head.startswith(_GZIP_MAGIC):
        return False
    try:
        return bool(zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head))
    except zlib.error:
        return False


def _read_examples(file: File, size: int) -> Generator[Records]:
    yield from in_batches(file, _examples(file), size, (ValueError, IndexError))


def _examples(file: File) -> Generator[SizedRecord]:
    with file.stream() as stream:
        while head := read_fully(stream, _SIZE_BYTES):
            size = int.from_bytes(head, "little")
            if size > file.max_document:
                yield {}, size
            head += read_exactly(stream, _SIZE_BYTES - len(head) + _CHECKSUM_BYTES)
            yield parse_example(memoryview(read_exactly(stream, size))), size
            read_exactly(stream, _CHECKSUM_BYTES)


def parse_example(data: memoryview) -> Record:
    """Parse a `tf.train.Example`: texts, lists of texts, single numbers, starts of lists of them.

    Raises
    ------
    ValueError, IndexError
        If it is none.
    """
    record: Record = {}
    for number, features in _fields(data):
        if number == _FEATURES:
            for _, entry in _fields(features):
                members = dict(_fields(entry))
                name = bytes(members[_NAME]).decode() if _NAME in members else ""
                record[name] = _feature(members[_FEATURE]) if _FEATURE in members else None
    return record


def _feature(data: memoryview) -> object:
    for kind, values in _fields(data):
        if kind == _BYTES_LIST:
            texts = [as_text(bytes(value)) for number, value in _fields(values) if number == _VALUE]
            return texts[0] if len(texts) == 1 else texts
        if kind == _INT64_LIST:
            numbers = _first_integers(values)
            return numbers[0] if len(numbers) == 1 else numbers
        if kind == _FLOAT_LIST:
            return None
    return None


def _first_integers(values: memoryview) -> list[int]:
    """Return the first numbers of an `Int64List`, packed or not."""
    numbers: list[int] = []
    at = 0
    while at < len(values) and len(numbers) < _MAX_NUMBERS:
        key, at = _varint(values, at)
        if key & 7 == _VARINT:
            number, at = _varint(values, at)
            numbers.append(number)
            continue
        size, at = _varint(values, at)
        end = min(at + size, len(values))
        while at < end and len(numbers) < _MAX_NUMBERS:
            number, at = _varint(values, at)
            numbers.append(number)
        at = end
    return numbers


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Yield number and content of the fields of a message that are bytes or messages."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            _, at = _varint(data, at)
        elif kind in {_FIXED64, _FIXED32}:
            at += 8 if kind == _FIXED64 else 4
        elif kind == _LENGTH:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise ValueError("a field is longer than its message")
            yield key >> 3, data[at : at + size]
            at += size
        else:
            raise ValueError("it is no message of a protocol buffer")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """Return the number at an offset, and the offset of its end."""
    number = shift = 0
    for place in range(at, at + _MAX_VARINT_BYTES):
        number |= (data[place] & 0x7F) << shift
        if data[place] < 0x80:
            return number, place + 1
        shift += 7
    raise ValueError("a number is too long")
