"""Arrow's own files written again: the same batches, schema, metadata and compression."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.formats.arrow_file import check_batches, field_at, root_of, table_at
from provenance.read.formats.arrow_validation import check_batch
from provenance.read.rewriting.removal_plan import Cuts
from provenance.read.rewriting.text_replacement import edited_batch

_MAGIC = b"ARROW1"
_CODECS = {0: "lz4", 1: "zstd"}
_DAMAGE = (struct.error, IndexError, KeyError, UnicodeDecodeError)
"""What a header raises that is damaged, beside what pyarrow raises of its own."""


def rewrite_arrow(file: File, sink: BinaryIO, cuts: Cuts) -> None:
    """Write an IPC file or stream again, a batch at a time; one left empty is left out."""
    with translate_read_errors(file.told, damage=_DAMAGE), file.source() as source:
        check_batches(file, source)
        options = pa.ipc.IpcWriteOptions(compression=compression_of(source))
        source.seek(0)
        if source.read(len(_MAGIC)) == _MAGIC:
            source.seek(0)
            reader = pa.ipc.open_file(source)
            made = pa.ipc.new_file(sink, reader.schema, options=options, metadata=reader.metadata)
        else:
            source.seek(0)
            reader = pa.ipc.open_stream(source)
            made = pa.ipc.new_stream(sink, reader.schema, options=options)
        with made as writer:
            _write_batches(reader, writer, cuts, file)


def _write_batches(
    reader: pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader,
    writer: pa.ipc.RecordBatchFileWriter | pa.ipc.RecordBatchStreamWriter,
    cuts: Cuts,
    file: File,
) -> None:
    first = 0
    for batch, told in _batches(reader):
        check_batch(batch, file.told, first)
        kept = batch
        if cuts.touches(first, first + len(batch)):
            kept = edited_batch(batch, first, cuts, file.told)
        first += len(batch)
        if len(kept) or not len(batch):
            try:
                writer.write_batch(kept, custom_metadata=told)
            except pa.ArrowInvalid as error:
                if "ictionary" not in str(error):
                    raise
                raise _shared(file) from error


def _shared(file: File) -> UnsupportedFormat:
    return UnsupportedFormat(
        f"{file.told}: all its batches share one dictionary of texts, which cannot be changed",
        remedy="take whole documents out, without --redact, or write it as Parquet first",
    )


def _batches(
    reader: pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader,
) -> Iterator[tuple[pa.RecordBatch, pa.KeyValueMetadata | None]]:
    if isinstance(reader, pa.ipc.RecordBatchFileReader):
        for number in range(reader.num_record_batches):
            found = reader.get_batch_with_custom_metadata(number)
            yield found.batch, found.custom_metadata
        return
    while True:
        try:
            found = reader.read_next_batch_with_custom_metadata()
        except StopIteration:
            return
        yield found.batch, found.custom_metadata


def compression_of(source: pa.NativeFile) -> str | None:
    """Tell how the batches of an IPC file or stream are compressed; None where they are not.

    The library reads them without telling. It stands in the header of each batch, a table of
    flatbuffers: message → header (field 2) → compression (field 3) → codec (field 0).
    """
    source.seek(0)
    source.seek(8 if source.read(len(_MAGIC)) == _MAGIC else 0)
    for message in pa.ipc.MessageReader.open_stream(source):
        if message.type == "record batch":
            data = message.metadata.to_pybytes()
            batch = table_at(data, root_of(data), 2)
            compression = None if batch is None else table_at(data, batch, 3)
            if compression is None:
                return None
            codec = field_at(data, compression, 0)
            return _CODECS[0 if codec is None else data[codec]]
    return None
