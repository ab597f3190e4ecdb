"""Arrow IPC files and streams, including Feather version 2.

The decompressed sizes of record batches are read from the message headers, which are flatbuffers,
before any batch is decompressed.
"""

import struct
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.errors import UnsupportedFormat
from provenance.model.content.fingerprints import Int64s
from provenance.read.columns.column_paths import top_columns
from provenance.read.columns.table_parts import RowBlock, TableFile, TablePiece
from provenance.read.corpus.file_access import (
    File,
    corrupt_file_error,
    next_block,
    translate_false_sizes,
    translate_read_errors,
)
from provenance.read.corpus.size_limits import check_expansion
from provenance.read.formats.arrow_validation import check_batch, check_names
from provenance.read.formats.batch_sizes import split_batch
from provenance.read.formats.detection import ARROW_MAGICS, check_table_file


def root_table(data: bytes) -> int:
    """Return the offset of the root table of a flatbuffer."""
    return int(struct.unpack_from("<I", data)[0])


def field_offset(data: bytes, table: int, number: int) -> int | None:
    """Return the offset of a field of a table; None if it is absent."""
    fields = table - struct.unpack_from("<i", data, table)[0]
    (size,) = struct.unpack_from("<H", data, fields)
    if 4 + 2 * number >= size:
        return None
    (offset,) = struct.unpack_from("<H", data, fields + 4 + 2 * number)
    return table + offset if offset else None


def table_offset(data: bytes, table: int, number: int) -> int | None:
    """Return the offset of the table that is a field of another; None if it is absent."""
    place = field_offset(data, table, number)
    return None if place is None else place + struct.unpack_from("<I", data, place)[0]


def read_integers(data: bytes, table: int, number: int, width: int) -> Int64s:
    """Return a vector of structs of `width` 64-bit integers, one struct per row."""
    place = table_offset(data, table, number)
    if place is None:
        return np.zeros((0, width), np.int64)
    (count,) = struct.unpack_from("<I", data, place)
    return np.frombuffer(data, "<i8", width * count, place + 4).reshape(-1, width)


_MAGIC = b"ARROW1"


def check_batch_sizes(file: File, source: pa.NativeFile) -> None:
    """Raise if a batch of a file would not fit into memory.

    Parameters
    ----------
    file : File
        For its limit, and for errors.
    source : pyarrow.NativeFile
        Its bytes; the position is reset to the start.

    Raises
    ------
    DocumentTooLarge
        If a batch is far larger decompressed than on disk.
    CorruptFile
        If one lies beyond the end of the file.
    """
    try:
        for number, (stored_size, size) in enumerate(_batch_sizes(source, file.display_path)):
            check_expansion(
                f"{file.display_path}: batch {number:,}", stored_size, size, file.max_document
            )
    except (struct.error, IndexError, ValueError, OSError, OverflowError, pa.ArrowException):
        pass  # damage is reported when the file is read
    finally:
        source.seek(0)


def _batch_sizes(source: pa.NativeFile, name: str) -> Iterator[tuple[int, int]]:
    """Yield stored and decompressed size of each compressed batch, without reading the bodies."""
    end = source.size()
    source.seek(8 if source.read(len(_MAGIC)) == _MAGIC else 0)
    while head := _next_header(source):
        message, body = root_table(head), source.tell()
        length = field_offset(head, message, 3)
        stored_size = 0 if length is None else struct.unpack_from("<q", head, length)[0]
        if stored_size < 0 or body + stored_size > end:
            raise corrupt_file_error(name, "", "a record batch extends beyond the end of the file")
        batch = _record_batch_header(head, message)
        if batch is not None and field_offset(head, batch, 3) is not None:  # it is compressed
            size = 0
            for offset, length in read_integers(head, batch, 2, 2).tolist():
                if length >= 8:
                    source.seek(body + offset)
                    size += max(struct.unpack("<q", source.read(8))[0], 0)
            yield stored_size, size
        source.seek(body + stored_size)


def _next_header(source: pa.NativeFile) -> bytes:
    """Read the metadata of the next message; empty at the end."""
    prefix = source.read(8)
    if prefix[:4] == _CONTINUATION:
        size = int.from_bytes(prefix[4:], "little")
    else:  # before version 0.15 there was no marker
        size = int.from_bytes(prefix[:4], "little")
        source.seek(source.tell() - len(prefix) + 4)
    if size > _MAX_METADATA_BYTES:
        raise ValueError("a message's metadata is too large")
    head: bytes = source.read(size)
    return head


def _record_batch_header(head: bytes, message: int) -> int | None:
    """Return the offset of the record batch header of a message; None if it has none."""
    kind = field_offset(head, message, 1)
    header = table_offset(head, message, 2)
    if kind is None or header is None:
        return None
    if head[kind] == _DICTIONARY_BATCH:
        return table_offset(head, header, 1)
    return header if head[kind] == _RECORD_BATCH else None


_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
"""Values of `MessageHeader` in Arrow's Message.fbs."""

_CONTINUATION = b"\xff\xff\xff\xff"
_MAX_METADATA_BYTES = 1 << 28


_SAMPLE_ROWS = 1000


def open_arrow(file: File) -> TableFile:
    """Read the schema of an Arrow file.

    Parameters
    ----------
    file : File
        An IPC file or stream.

    Returns
    -------
    TableFile
        In one piece.

    Raises
    ------
    CorruptFile
        If it is not Arrow, or is cut short.
    UnsupportedFormat
        If it is Feather version 1, compressed as a whole, or a Git LFS pointer.
    """
    check_table_file(file)
    batches = _Batches(file)
    with _open(file) as (schema, _):
        check_names(schema, file.display_path)
        return TableFile(
            file.name,
            schema,
            (TablePiece(file.size, batches.read),),
            batches.sample,
            file.display_path,
        )


@dataclass(frozen=True, slots=True)
class _Batches:
    file: File

    def read(self, paths: Sequence[str]) -> Iterator[RowBlock]:
        row = 0
        for batch in self._validated_batches(lambda schema: top_columns(paths, schema.names)):
            for piece in split_batch(batch, self.file.limit, row):
                yield RowBlock(piece, np.arange(row, row + len(piece), dtype=np.int64))
                row += len(piece)

    def sample(self, names: Sequence[str]) -> pa.Table:
        with _open(self.file) as (schema, _):
            sample_schema = pa.schema([schema.field(name) for name in names])
        with closing(self._validated_batches(lambda _: names)) as batches:
            first = next(batches, None)
        if first is None or not len(first):
            return sample_schema.empty_table()
        rows = first.select(list(names)).slice(0, _SAMPLE_ROWS)
        return pa.Table.from_batches([next(split_batch(rows, self.file.limit, 0))], sample_schema)

    def _validated_batches(
        self, choose: Callable[[pa.Schema], Sequence[str]]
    ) -> Generator[pa.RecordBatch]:
        """Yield some columns of each record batch, validated."""
        with _open(self.file) as (schema, _):
            places = [schema.get_field_index(name) for name in choose(schema)]
        row = 0
        with _open(self.file, places) as (_, batches):
            while (batch := next_block(batches, self.file.display_path, row)) is not None:
                check_batch(batch, self.file.display_path, row)
                yield batch
                row += len(batch)


@contextmanager
def _open(
    file: File, places: Sequence[int] = ()
) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """Open a file for the columns with the given indices, or for all.

    It is not memory-mapped: truncating a mapped file while it is read kills the process.
    """
    with translate_false_sizes(file), translate_read_errors(file.display_path):
        head = file.head(8)
        if head.startswith(b"FEA1"):
            raise UnsupportedFormat(
                f"{file.display_path}: Feather version 1 is not supported",
                remedy="write it again as Feather version 2, or as Parquet.",
            )
        source = file.source()
    with closing(source), translate_false_sizes(file):
        if file.is_local and file.size:
            check_batch_sizes(file, source)
        with translate_read_errors(file.display_path):
            options = pa.ipc.IpcReadOptions(included_fields=list(places), use_threads=False)
            if head.startswith(ARROW_MAGICS[0]):
                reader = pa.ipc.open_file(source, options=options)
                batches = (reader.get_batch(n) for n in range(reader.num_record_batches))
            else:
                reader = pa.ipc.open_stream(source, options=options)
                batches = iter(reader)
        yield reader.schema, batches
