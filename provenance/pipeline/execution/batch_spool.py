"""Spool tables to disk: texts that can be read only once, and findings beyond what memory holds."""

from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from typing import Literal
from weakref import finalize

import pyarrow as pa

from provenance.temporary_files import storage_errors, temporary_file


class BatchSpool:
    """An unnamed temporary file of batches, removed when it is closed or the process ends.

    Memory stays bounded, however many batches there are.

    Parameters
    ----------
    schema : pyarrow.Schema
        Schema of the batches.
    compression : "zstd" or None
        Without compression, batches that are read take no memory: they are mapped.
    """

    def __init__(self, schema: pa.Schema, compression: Literal["zstd"] | None = None) -> None:
        self._file = temporary_file()
        finalize(self, self._file.close)
        options = pa.ipc.IpcWriteOptions(compression=compression)
        self._writer = pa.ipc.new_file(self._file, schema, options=options)

    def append(self, batch: pa.RecordBatch) -> None:
        """Write a batch.

        Raises
        ------
        OutputError
            If the disk is full.
        """
        with storage_errors():
            self._writer.write_batch(batch)

    def seal(self) -> None:
        """Finish writing; raises as `append`."""
        with storage_errors():
            self._writer.close()
            self._file.flush()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield all batches in order; several threads may do so at a time."""
        content = mmap(self._file.fileno(), 0, access=ACCESS_READ)
        reader = pa.ipc.open_file(pa.py_buffer(content))
        for place in range(reader.num_record_batches):
            yield reader.get_batch(place)
