"""Spool texts of a stream to disk, because it cannot be read a second time."""

from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from weakref import finalize

import pyarrow as pa

from provenance.model import DOCUMENTS
from provenance.temporary_files import storage_errors, temporary_file


class TextSpool:
    """An unnamed temporary file of batches, removed when it is closed or the process ends.

    Memory stays bounded, however long the stream is.
    """

    def __init__(self) -> None:
        self._file = temporary_file()
        finalize(self, self._file.close)
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        self._writer = pa.ipc.new_file(self._file, DOCUMENTS, options=options)

    def append(self, batch: pa.RecordBatch) -> None:
        """Write a batch of schema `DOCUMENTS`.

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
        """Yield all batches in order."""
        content = mmap(self._file.fileno(), 0, access=ACCESS_READ)  # by several threads at a time
        reader = pa.ipc.open_file(pa.py_buffer(content))
        for place in range(reader.num_record_batches):
            yield reader.get_batch(place)
