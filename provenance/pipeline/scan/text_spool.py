"""Spool texts of a stream to disk, because it cannot be read a second time."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import gettempdir
from weakref import finalize

import pyarrow as pa

from provenance.errors import OutputError
from provenance.model import DOCUMENTS
from provenance.temporary_files import temporary_file


@contextmanager
def _spool_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"a dataset that can be read only once cannot be stored in {gettempdir()}: "
            f"{error.strerror or error}",
            remedy="free space there, name another folder in TMPDIR, or write it to a file first.",
        ) from error


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
        with _spool_errors():
            self._writer.write_batch(batch)

    def seal(self) -> None:
        """Finish writing; raises as `append`."""
        with _spool_errors():
            self._writer.close()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield all batches in order."""
        self._file.seek(0)
        reader = pa.ipc.open_file(self._file)
        for place in range(reader.num_record_batches):
            yield reader.get_batch(place)
