"""Access to files, local or remote, and translation of errors that occur while reading them."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from provenance.errors import (
    CorruptFile,
    DatasetNotFound,
    InputError,
    ProvenanceError,
    is_out_of_memory,
)
from provenance.file_hashing import blake3_stream, never_stop, sha256_stream
from provenance.model.content.tables import Unread
from provenance.model.rules.policy import MAX_DOCUMENT
from provenance.read.corpus.size_limits import DocumentLimit, check_unpacked_size, max_expanded
from provenance.read.formats.compression import DECOMPRESSION_ERRORS, SalvagingReader

if TYPE_CHECKING:
    from io import RawIOBase
import os

import fsspec
import pyarrow as pa

_NO_RANGES = "range requests"
"""In what fsspec says of a server that sends no parts of files."""


class RemoteError(OSError):
    """An exception of a file system library that is not an `OSError` by itself."""


@contextmanager
def translate_remote_errors() -> Iterator[None]:
    """Raise exceptions of the file system libraries as `RemoteError`, which is an OSError.

    Exceptions of known types are left as they are.
    """
    try:
        yield
    except (OSError, MemoryError, ProvenanceError, pa.ArrowException, *DECOMPRESSION_ERRORS):
        raise
    except Exception as error:
        raise RemoteError(f"{type(error).__name__}: {error}") from error


class RemoteStream(io.RawIOBase):
    """A remote file whose errors are all `OSError` and carry the byte offset of the failure.

    Parameters
    ----------
    stream : BinaryIO
        As its file system opened it.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return whether the file system supports seeking."""
        return self._stream.seekable()

    def read(self, size: int | None = -1) -> bytes:
        """Read exactly `size` bytes, or all that are left: Arrow takes a short read for the end."""
        with self._record_offset():
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
        """Seek to a byte offset."""
        with self._record_offset():
            return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the current byte offset."""
        return self._stream.tell()

    def close(self) -> None:
        """Close the underlying stream."""
        if not self.closed:
            self._stream.close()
        super().close()

    @contextmanager
    def _record_offset(self) -> Iterator[None]:
        try:
            with translate_remote_errors():
                yield
        except OSError as error:
            if not hasattr(error, "failed_at"):
                with suppress(Exception):  # it failed already
                    error.failed_at = self.tell()  # type: ignore[attr-defined]
            raise


T = TypeVar("T")
ExceptionTypes = tuple[type[Exception], ...]
FileState = tuple[int, ...]

CHANGED = "the file was modified while it was checked"
CHANGED_REMEDY = "check it again when it is no longer being written"
"""Reason and remedy for a file that was modified while it was read."""

_VERSION_FIELDS = (
    *("ETag", "etag", "md5Hash", "content_md5", "checksum"),
    *("LastModified", "last_modified", "updated", "mtime", "modified", "created"),
)
"""Fields of fsspec's file systems that change with a file, the most exact first."""

_REQUESTED = re.compile(r"alloc of size (\d+) failed")
_CHUNK_BYTES = 1 << 20
_ENDLESS = 1 << 62


@dataclass(frozen=True, slots=True)
class File:
    """A file of a corpus, or a dump.

    Parameters
    ----------
    name : str
        As reports give it: relative to the address.
    path : str
        On its file system.
    size : int
        Bytes on disk.
    system : fsspec.AbstractFileSystem
        The file system that holds it.
    format : str
        "parquet", "jsonl", ...
    compression : str or None
        "gz", "zst", "bz2", "xz".
    given_path : str
        The path as the user gave it, for errors; empty where the name is that.
    max_document : int
        Bytes that a document in it may have.
    label_columns : tuple of str
        Columns to read that collections of the policy name.
    fault : InputError or None
        Why it cannot be read, if that was known when its folder was listed.
    """

    name: str
    path: str
    size: int
    system: fsspec.AbstractFileSystem
    format: str = ""
    compression: str | None = None
    given_path: str = ""
    max_document: int = MAX_DOCUMENT
    fault: InputError | None = None
    label_columns: tuple[str, ...] = ()

    @property
    def limit(self) -> DocumentLimit:
        """Return the limit on the size of a document in this file."""
        return DocumentLimit(self.display_path, self.max_document)

    @property
    def display_path(self) -> str:
        """Return the path as the user can open it."""
        return self.given_path or self.name

    @property
    def is_local(self) -> bool:
        """Return whether the operating system can open `path`."""
        return "file" in self.protocols

    @property
    def protocols(self) -> tuple[str, ...]:
        """Return the protocols of its file system, as written in URLs."""
        protocol = self.system.protocol
        return (protocol,) if isinstance(protocol, str) else tuple(protocol)

    def open(self) -> BinaryIO:
        """Open the bytes as stored."""
        with translate_read_errors(self.display_path):
            if self.is_local:
                return cast("BinaryIO", _LocalFile(self.path))
            with translate_remote_errors():
                return cast("BinaryIO", RemoteStream(self.system.open(self.path, "rb")))

    def source(self) -> pa.NativeFile | BinaryIO:
        """Open the bytes as stored, for random access by Arrow."""
        with translate_read_errors(self.display_path):
            return pa.OSFile(os.fsencode(self.path)) if self.is_local else self.open()

    def stream(self) -> BinaryIO:
        """Open the bytes, decompressed; damage raises an error only after all readable bytes."""
        if self.compression is None:
            return self.open()
        check_size = partial(check_unpacked_size, self.display_path, self.size)
        return cast("BinaryIO", SalvagingReader(self.open, self.compression, check_size))

    def head(self, size: int) -> bytes:
        """Read up to `size` bytes, decompressed, from the start."""
        with self.stream() as stream, translate_read_errors(self.display_path):
            return read_fully(stream, size)

    def sibling(self, name: str) -> "File":
        """Return another file of the same folder, which may not exist."""

        def beside(path: str) -> str:
            return path[: max(path.rfind("/"), path.rfind("\\")) + 1] + name

        return replace(
            self,
            name=beside(self.name),
            path=beside(self.path),
            size=0,
            compression=None,
            given_path=beside(self.display_path),
            fault=None,
        )

    def digest(self, stopped: Callable[[], bool] = never_stop) -> str:
        """Return the SHA-256 of the bytes as stored; `stopped` is passed to `sha256_stream`."""
        with cast("RawIOBase", self.open()) as stream, translate_read_errors(self.display_path):
            return sha256_stream(stream, _ENDLESS, stopped)

    def key_of(self, extent: tuple[int, int]) -> str:
        """Return the BLAKE3 of a byte range, by which the result cache knows it."""
        first, end = extent
        with cast("RawIOBase", self.open()) as stream, translate_read_errors(self.display_path):
            stream.seek(first)
            return blake3_stream(stream, end - first)

    def state(self) -> FileState | None:
        """Return device, inode, size and modification time; None for a remote file."""
        if not self.is_local:
            return None
        with translate_read_errors(self.display_path):
            facts = os.stat(self.path)
        return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns

    def identity(self) -> str | None:
        """Return the size, and the modification time or what the file system has instead (an ETag).

        It is the same on all machines that see the file, and another one once it is modified. None
        where the file system has nothing of the kind, as archives.
        """
        state = self.state()
        if state is not None:
            return f"{state[2]} {state[3]}"
        with translate_read_errors(self.display_path), translate_remote_errors():
            self.system.invalidate_cache(self.path)
            facts = self.system.info(self.path)
        versions = [facts[name] for name in _VERSION_FIELDS if facts.get(name)]
        return f"{self.size} {versions[0]}" if versions else None

    def check_unchanged(self, state: FileState | None) -> None:
        """Raise if the file is not in `state` any more.

        Raises
        ------
        InputError
            If it was modified or removed.
        """
        if self.state() != state:
            raise InputError(f"{self.display_path}: {CHANGED}", remedy=CHANGED_REMEDY)


class _LocalFile(io.FileIO):
    """A local file whose errors carry the byte offset of the failure."""

    # Without a context manager, which would take longer than most calls.

    def read(self, size: int | None = -1) -> bytes:
        try:
            return super().read(-1 if size is None else size) or b""
        except OSError as error:
            self._add_offset(error)
            raise

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            return super().readinto(buffer) or 0
        except OSError as error:
            self._add_offset(error)
            raise

    def _add_offset(self, error: OSError) -> None:
        error.failed_at = self.tell()  # type: ignore[attr-defined]


def printable_path(path: str) -> str:
    r"""Return a path as text in which bytes that are not UTF-8 are escaped.

    Examples
    --------
    >>> printable_path("caf\udce9.jsonl")
    'caf\\xe9.jsonl'
    """
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def failure_offset(error: BaseException | None) -> int | None:
    """Return the byte offset at which reading failed, if known."""
    return getattr(error, "failed_at", None)


def read_fully(stream: BinaryIO, size: int) -> bytes:
    """Read `size` bytes, or all that are left: a stream may return less than requested."""
    pieces = []
    while size > 0 and (piece := stream.read(min(size, _CHUNK_BYTES))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


@contextmanager
def translate_read_errors(
    name: str, where: Callable[[], str] | None = None, *, damage: ExceptionTypes = ()
) -> Iterator[None]:
    """Translate exceptions that occur while the file `name` is read, as `to_input_error` does.

    Parameters
    ----------
    name : str
        Name of the file in the message.
    where : callable or None
        Returns how far reading got: "after 12 rows".
    damage : tuple of type
        Exceptions that the parser of the file raises for damaged content.

    Raises
    ------
    DatasetNotFound
        If the file does not exist.
    InputError
        If access is denied, or the connection fails.
    CorruptFile
        If the file is damaged or cut short.
    """
    try:
        yield
    except MemoryError:  # Arrow's is a subclass
        raise
    except (OSError, pa.ArrowException, csv.Error, *DECOMPRESSION_ERRORS, *damage) as error:
        if is_out_of_memory(error):
            raise
        raise to_input_error(name, error, where) from error


@contextmanager
def translate_false_sizes(file: File) -> Iterator[None]:
    """Translate Arrow's lack of memory for more than a file can hold: it states a wrong size.

    Raises
    ------
    CorruptFile
        If so.
    """
    try:
        yield
    except pa.ArrowMemoryError as error:
        requested = _REQUESTED.search(str(error))
        if requested is None or int(requested[1]) <= max_expanded(file.size, file.max_document):
            raise
        reason = f"a part of it states a size of {int(requested[1]):,} bytes"
        raise corrupt_file_error(file.display_path, "", reason) from error


def to_input_error(
    name: str, error: Exception, where: Callable[[], str] | None = None
) -> InputError:
    """Return the error to raise for an exception that occurred in the file `name`."""
    match error:
        case FileNotFoundError():
            return DatasetNotFound(
                f"{name}: there is no such file", remedy="check the path for typing errors."
            )
        case PermissionError():
            return InputError(
                f"{name}: permission denied", remedy="make the file readable for this user."
            )
        case ConnectionError() | TimeoutError():
            return InputError(
                f"{name}: the connection failed ({_one_line(error)})",
                remedy="check the connection, and try again.",
            )
    offset = failure_offset(error)
    place = "" if offset is None else f" at byte {offset:,}"
    place += f" {where()}" if where else ""
    if isinstance(error, RemoteError):
        remedy = "check the connection and your credentials, and try again."
        if _NO_RANGES in str(error):
            remedy = "copy the file here: its server only sends files from their beginning."
        return InputError(
            f"{name}: the file cannot be fetched{place} ({_one_line(error)})", remedy=remedy
        )
    return corrupt_file_error(name, place.strip(), _one_line(error))


def corrupt_file_error(name: str, place: str, reason: str) -> CorruptFile:
    """Return the error for a file that is damaged or cut short at `place`, which may be empty."""
    damage = f"damaged or cut short {place}".rstrip()
    return CorruptFile(f"{name}: {damage} ({reason})", remedy="fetch or write the file again.")


def next_block(blocks: Iterator[T], name: str, row: int) -> T | None:
    """Return the next block, which begins at `row` of the file `name`; None at the end."""
    with translate_read_errors(name, lambda: f"after {row:,} rows"):
        return next(blocks, None)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def unread_entry(
    name: str, error: InputError, row: int | None = None, offset: int | None = None
) -> Unread:
    """Return the entry of a result for a file that cannot be read.

    Parameters
    ----------
    name : str
        The file's name, as in `DOCUMENTS`.
    error : InputError
        Why.
    row, offset : int or None
        First row that was not read, and its byte offset in the stored file, as far as known.
    """
    # The message begins with the path that the user can open, which ends in the file's name.
    _, separator, reason = error.message.partition(f"{name.rstrip('/')}: ")
    offset = failure_offset(error.__cause__) if offset is None else offset
    return Unread(name, reason if separator else error.message, error.remedy, row, offset)
