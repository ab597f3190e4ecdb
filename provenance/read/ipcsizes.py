"""How large the batches of an Arrow file become in memory, known before they are decompressed."""

import struct
from collections.abc import Iterator

import pyarrow as pa

from provenance.read.files import File, damaged
from provenance.read.flatbuffers import field_at, integers_at, root_of, table_at
from provenance.read.limits import check_grown

_MAGIC = b"ARROW1"


def check_batches(file: File, source: pa.NativeFile) -> None:
    """Refuse a file of which a batch would not fit into memory.

    Parameters
    ----------
    file : File
        For its limit, and for errors.
    source : pyarrow.NativeFile
        Its bytes, from the start; left there.

    Raises
    ------
    DocumentTooLarge
        If a batch is far larger than it is on disk.
    CorruptFile
        If one is said to lie beyond the end of the file.
    """
    try:
        for number, (stored, size) in enumerate(_sizes(source, file.told)):
            check_grown(f"{file.told}: batch {number:,}", stored, size, file.max_document)
    except (struct.error, IndexError, ValueError, OSError, OverflowError, pa.ArrowException):
        pass  # damaged: whoever reads it says so
    finally:
        source.seek(0)


def _sizes(source: pa.NativeFile, name: str) -> Iterator[tuple[int, int]]:
    """Yield the bytes of each compressed batch, on disk and in memory; bodies are not read."""
    end = source.size()
    source.seek(8 if source.read(len(_MAGIC)) == _MAGIC else 0)
    while head := _next_head(source):
        message, body = root_of(head), source.tell()
        length = field_at(head, message, 3)
        stored = 0 if length is None else struct.unpack_from("<q", head, length)[0]
        if stored < 0 or body + stored > end:
            raise damaged(name, "", "a record batch leads out of the file")
        batch = _batch_of(head, message)
        if batch is not None and field_at(head, batch, 3) is not None:  # it is compressed
            size = 0
            for offset, length in integers_at(head, batch, 2, 2).tolist():
                if length >= 8:
                    source.seek(body + offset)
                    size += max(struct.unpack("<q", source.read(8))[0], 0)
            yield stored, size
        source.seek(body + stored)


def _next_head(source: pa.NativeFile) -> bytes:
    """Read the metadata of the next message; empty at the end."""
    prefix = source.read(8)
    if prefix[:4] == _CONTINUATION:
        size = int.from_bytes(prefix[4:], "little")
    else:  # before version 0.15 there was no marker
        size = int.from_bytes(prefix[:4], "little")
        source.seek(source.tell() - len(prefix) + 4)
    if size > _MOST_METADATA:
        raise ValueError("a message's metadata is too large")
    head: bytes = source.read(size)
    return head


def _batch_of(head: bytes, message: int) -> int | None:
    """Return where the record batch of a message is described; None if it has none."""
    kind = field_at(head, message, 1)
    header = table_at(head, message, 2)
    if kind is None or header is None:
        return None
    if head[kind] == _DICTIONARY_BATCH:
        return table_at(head, header, 1)
    return header if head[kind] == _RECORD_BATCH else None


_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
"""Values of `MessageHeader` in Arrow's Message.fbs."""

_CONTINUATION = b"\xff\xff\xff\xff"
_MOST_METADATA = 1 << 28
