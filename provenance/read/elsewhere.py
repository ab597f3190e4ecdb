"""Files on file systems elsewhere, whose errors are of no common kind."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

import pyarrow as pa

from provenance.errors import ProvenanceError
from provenance.read.compression import BROKEN


class RemoteError(OSError):
    """What a library raised of its own while it fetched something."""


@contextmanager
def foreign_errors() -> Iterator[None]:
    """Raise errors of the libraries that reach file systems as `RemoteError`, which is an OSError.

    Those that everybody knows stay what they are.
    """
    try:
        yield
    except (OSError, MemoryError, ProvenanceError, pa.ArrowException, *BROKEN):
        raise
    except Exception as error:
        raise RemoteError(f"{type(error).__name__}: {error}") from error


class Fetched(io.RawIOBase):
    """A file elsewhere: every error is an OSError, and says at which byte it could not be read on.

    Parameters
    ----------
    stream : BinaryIO
        As its file system opened it.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Whether its file system can start elsewhere than where it stands."""
        return self._stream.seekable()

    def read(self, size: int | None = -1) -> bytes:
        """Read `size` bytes, or all that are left: Arrow takes what is short for the whole."""
        with self._placed():
            if size is None or size < 0:
                return self._stream.read()
            data = self._stream.read(size)
            while data and len(data) < size and (more := self._stream.read(size - len(data))):
                data += more
            return data

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`; 0 at the end."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte."""
        with self._placed():
            return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the byte where it stands."""
        return self._stream.tell()

    def close(self) -> None:
        """Close it."""
        if not self.closed:
            self._stream.close()
        super().close()

    @contextmanager
    def _placed(self) -> Iterator[None]:
        try:
            with foreign_errors():
                yield
        except OSError as error:
            if not hasattr(error, "failed_at"):
                with suppress(Exception):  # it failed already
                    error.failed_at = self.tell()  # type: ignore[attr-defined]
            raise
