"""Rewriting of Arrow IPC files with the same batches, schema, metadata and compression."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.formats.arrow_file import (
    check_batch_sizes,
    field_offset,
    root_table,
    table_offset,
)
from provenance.read.formats.arrow_validation import check_batch
from provenance.read.rewriting.removal_plan import Removals
from provenance.read.rewriting.text_replacement import edit_batch

_MAGIC = b"ARROW1"
_CODECS = {0: "lz4", 1: "zstd"}
_DAMAGE = (struct.error, IndexError, KeyError, UnicodeDecodeError)
"""Exceptions raised for a damaged header, other than those of pyarrow."""


def rewrite_arrow(file: File, sink: BinaryIO, removals: Removals) -> None:
    """Rewrite an IPC file or stream batch by batch; a batch that becomes empty is dropped."""
    with translate_read_errors(file.display_path, damage=_DAMAGE), file.source() as source:
        check_batch_sizes(file, source)
        options = pa.ipc.IpcWriteOptions(compression=ipc_compression(source))
        source.seek(0)
        if source.read(len(_MAGIC)) == _MAGIC:
            source.seek(0)
            reader = pa.ipc.open_file(source)
            output = pa.ipc.new_file(sink, reader.schema, options=options, metadata=reader.metadata)
        else:
            source.seek(0)
            reader = pa.ipc.open_stream(source)
            output = pa.ipc.new_stream(sink, reader.schema, options=options)
        with output as writer:
            _write_batches(reader, writer, removals, file)


def _write_batches(
    reader: pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader,
    writer: pa.ipc.RecordBatchFileWriter | pa.ipc.RecordBatchStreamWriter,
    removals: Removals,
    file: File,
) -> None:
    first = 0
    for batch, metadata in _batches(reader):
        check_batch(batch, file.display_path, first)
        edited = batch
        if removals.touches(first, first + len(batch)):
            edited = edit_batch(batch, first, removals, file.display_path)
        first += len(batch)
        if len(edited) or not len(batch):
            try:
                writer.write_batch(edited, custom_metadata=metadata)
            except pa.ArrowInvalid as error:
                if "ictionary" not in str(error):
                    raise
                raise _shared_dictionary_error(file) from error


def _shared_dictionary_error(file: File) -> UnsupportedFormat:
    return UnsupportedFormat(
        f"{file.display_path}: all batches share one dictionary of texts, which cannot be changed",
        remedy="remove whole documents, without --redact, or convert it to Parquet first",
    )


def _batches(
    reader: pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader,
) -> Iterator[tuple[pa.RecordBatch, pa.KeyValueMetadata | None]]:
    if isinstance(reader, pa.ipc.RecordBatchFileReader):
        for number in range(reader.num_record_batches):
            batch_with_metadata = reader.get_batch_with_custom_metadata(number)
            yield batch_with_metadata.batch, batch_with_metadata.custom_metadata
        return
    while True:
        try:
            batch_with_metadata = reader.read_next_batch_with_custom_metadata()
        except StopIteration:
            return
        yield batch_with_metadata.batch, batch_with_metadata.custom_metadata


def ipc_compression(source: pa.NativeFile) -> str | None:
    """Return the compression of the batches of an IPC file or stream; None if uncompressed.

    pyarrow does not expose it. It is in the flatbuffer header of each batch: message → header
    (field 2) → compression (field 3) → codec (field 0).
    """
    source.seek(0)
    source.seek(8 if source.read(len(_MAGIC)) == _MAGIC else 0)
    for message in pa.ipc.MessageReader.open_stream(source):
        if message.type == "record batch":
            data = message.metadata.to_pybytes()
            batch = table_offset(data, root_table(data), 2)
            compression = None if batch is None else table_offset(data, batch, 3)
            if compression is None:
                return None
            codec = field_offset(data, compression, 0)
            return _CODECS[0 if codec is None else data[codec]]
    return None
