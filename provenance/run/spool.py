"""Texts that cannot be read again, kept on disk until they are looked at a second time."""

from collections.abc import Iterator
from weakref import finalize

import pyarrow as pa

from provenance.model import DOCUMENTS
from provenance.scratch import temporary_file


class Spool:
    """A file without a name: it is gone when it is closed, or when the process ends.

    Memory stays bounded, however long the stream is.
    """

    def __init__(self) -> None:
        self._file = temporary_file()
        finalize(self, self._file.close)
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        self._writer = pa.ipc.new_file(self._file, DOCUMENTS, options=options)

    def append(self, batch: pa.RecordBatch) -> None:
        """Keep a batch of schema `DOCUMENTS`."""
        self._writer.write_batch(batch)

    def seal(self) -> None:
        """Take no more batches."""
        self._writer.close()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give all batches again, in the order in which they came."""
        self._file.seek(0)
        reader = pa.ipc.open_file(self._file)
        for place in range(reader.num_record_batches):
            yield reader.get_batch(place)
