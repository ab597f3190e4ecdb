"""How large the batches of an Arrow file become in memory, known before they are decompressed."""

import struct
from collections.abc import Iterator

import pyarrow as pa

from provenance.read.files import File
from provenance.read.flatbuffers import field_at, integers_at, root_of, table_at
from provenance.read.limits import grown

_MAGIC = b"ARROW1"
_BATCH = 8
"""So many times the limit of a document a batch may have, unless it has as much on disk."""
_RATIO = 10


def check_batches(file: File, source: pa.NativeFile) -> None:
    """Refuse a file of which a batch would not fit into memory.

    Parameters
    ----------
    file : File
        For its limit, and for errors.
    source : pyarrow.NativeFile
        Its bytes, mapped; read from the start, and left there.

    Raises
    ------
    DocumentTooLarge
        If a batch is far larger than it is on disk.
    """
    try:
        for number, (stored, size) in enumerate(_sizes(source)):
            if size > max(_BATCH * file.max_document, _RATIO * stored):
                raise grown(f"{file.told}: batch {number:,}", stored, size, size // _BATCH)
    except (struct.error, IndexError, ValueError, pa.ArrowException):
        pass  # damaged: whoever reads it says so
    finally:
        source.seek(0)


def _sizes(source: pa.NativeFile) -> Iterator[tuple[int, int]]:
    """Give the bytes of each compressed batch, on disk and in memory."""
    source.seek(8 if source.read(len(_MAGIC)) == _MAGIC else 0)
    for message in pa.ipc.MessageReader.open_stream(source):
        head = message.metadata.to_pybytes()
        batch = table_at(head, root_of(head), 2) if message.type in _BATCHES else None
        if batch is not None and message.type == "dictionary":
            batch = table_at(head, batch, 1)
        if batch is None:
            continue
        if field_at(head, batch, 3) is None:
            return
        body = message.body
        starts = [offset for offset, size in integers_at(head, batch, 2, 2).tolist() if size >= 8]
        sizes = [struct.unpack_from("<q", body, offset)[0] for offset in starts]
        yield body.size, sum(size for size in sizes if size > 0)


_BATCHES = ("record batch", "dictionary")
