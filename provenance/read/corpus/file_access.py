"""Files, wherever they lie, and what goes wrong with them.

What cannot be read, as an entry of a result.

Files on file systems elsewhere, whose errors are of no common kind.
"""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from provenance.errors import (
    CorruptFile,
    DatasetNotFound,
    InputError,
    ProvenanceError,
    is_out_of_memory,
)
from provenance.file_hashing import blake3_of, never, sha256
from provenance.model import MAX_DOCUMENT, Unread
from provenance.read.corpus.size_limits import Limit
from provenance.read.formats.compression import BROKEN, Salvaged

if TYPE_CHECKING:
    from io import RawIOBase
import os

import fsspec
import pyarrow as pa


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


T = TypeVar("T")
Errors = tuple[type[Exception], ...]
State = tuple[int, ...]

CHANGED = "it changed while it was checked"
LEFT_ALONE = "check it again when nobody writes to it"
"""Why a file counts as unread of which not all that was read is of the same bytes; what to do."""

_CHUNK = 1 << 20
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
        Where it lies.
    format : str
        "parquet", "jsonl", ...
    compression : str or None
        "gz", "zst", "bz2", "xz".
    given : str
        The path as the user gave it, for errors; empty where the name is that.
    max_document : int
        Bytes that a document in it may have.
    fault : InputError or None
        Why it cannot be read, where that was seen when it was found.
    """

    name: str
    path: str
    size: int
    system: fsspec.AbstractFileSystem
    format: str = ""
    compression: str | None = None
    given: str = ""
    max_document: int = MAX_DOCUMENT
    fault: InputError | None = None

    @property
    def limit(self) -> Limit:
        """How large a document in it may be."""
        return Limit(self.told, self.max_document)

    @property
    def told(self) -> str:
        """The path that the user can open."""
        return self.given or self.name

    @property
    def is_local(self) -> bool:
        """Whether the operating system can open `path`."""
        return "file" in self.protocols

    @property
    def protocols(self) -> tuple[str, ...]:
        """How addresses on its file system begin."""
        named = self.system.protocol
        return (named,) if isinstance(named, str) else tuple(named)

    def open(self) -> BinaryIO:
        """Open the bytes on disk."""
        with reading(self.told):
            if self.is_local:
                return cast("BinaryIO", _Disk(self.path))
            with foreign_errors():
                return cast("BinaryIO", Fetched(self.system.open(self.path, "rb")))

    def source(self) -> pa.NativeFile | BinaryIO:
        """Open the bytes on disk for Arrow to read here and there."""
        with reading(self.told):
            return pa.OSFile(os.fsencode(self.path)) if self.is_local else self.open()

    def stream(self) -> BinaryIO:
        """Open the bytes, decompressed; they end in an error only behind all that can be read."""
        if self.compression is None:
            return self.open()
        return cast("BinaryIO", Salvaged(self.open, self.compression))

    def head(self, size: int) -> bytes:
        """Read up to `size` bytes, decompressed, from the start."""
        with self.stream() as stream, reading(self.told):
            return read_fully(stream, size)

    def digest(self, stopped: Callable[[], bool] = never) -> str:
        """Return the SHA-256 of the bytes on disk; as `digests.sha256`."""
        with cast("RawIOBase", self.open()) as stream, reading(self.told):
            return sha256(stream, _ENDLESS, stopped)

    def key_of(self, extent: tuple[int, int]) -> str:
        """Return what our cache knows an extent of the bytes by: `digests.blake3_of` it."""
        first, end = extent
        with cast("RawIOBase", self.open()) as stream, reading(self.told):
            stream.seek(first)
            return blake3_of(stream, end - first)

    def state(self) -> State | None:
        """Return what differs once somebody writes to the file; None where that is not known."""
        if not self.is_local:
            return None
        with reading(self.told):
            facts = os.stat(self.path)
        return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns

    def check_unchanged(self, state: State | None) -> None:
        """Refuse what was read of the file, if it is not in the state it was in before.

        Raises
        ------
        InputError
            If it changed, or is not there any more.
        """
        if self.state() != state:
            raise InputError(f"{self.told}: {CHANGED}", remedy=LEFT_ALONE)


class _Disk(io.FileIO):
    """A file on this machine: an error says at which byte it could not be read on."""

    def read(self, size: int | None = -1) -> bytes:
        with self._placed():
            return super().read(-1 if size is None else size) or b""

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        with self._placed():
            return super().readinto(buffer) or 0

    @contextmanager
    def _placed(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            error.failed_at = self.tell()  # type: ignore[attr-defined]
            raise


def name_of(path: str) -> str:
    r"""Return a path as text; bytes in it that are not UTF-8 are written as escapes.

    Examples
    --------
    >>> name_of("caf\udce9.jsonl")
    'caf\\xe9.jsonl'
    """
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def offset_of(error: BaseException | None) -> int | None:
    """Return the byte at which a file could not be read on, where that is known."""
    return getattr(error, "failed_at", None)


def read_fully(stream: BinaryIO, size: int) -> bytes:
    """Read `size` bytes, or all that are left: a stream may give less than is asked."""
    pieces = []
    while size > 0 and (piece := stream.read(min(size, _CHUNK))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


@contextmanager
def reading(
    name: str, where: Callable[[], str] | None = None, *, damage: Errors = ()
) -> Iterator[None]:
    """Translate what goes wrong while the file at `name` is read.

    Parameters
    ----------
    name : str
        For the message.
    where : callable or None
        Tells how far reading got: "after 12 rows".
    damage : tuple of type
        What the file's parser raises where its content is damaged, beside what reading the bytes
        raises.

    Raises
    ------
    DatasetNotFound
        If the file is not there.
    InputError
        If it may not be read, or lies behind a connection that fails.
    CorruptFile
        If it is damaged or cut short.
    """
    try:
        yield
    except MemoryError:  # which Arrow's own is, too
        raise
    except (OSError, pa.ArrowException, csv.Error, *BROKEN, *damage) as error:
        if is_out_of_memory(error):
            raise
        raise fault_of(name, error, where) from error


def fault_of(name: str, error: Exception, where: Callable[[], str] | None = None) -> InputError:
    """Return the error to raise where the file at `name` cannot be read; as `reading`."""
    match error:
        case FileNotFoundError():
            return DatasetNotFound(
                f"{name}: there is no such file", remedy="check the path for a typing error."
            )
        case PermissionError():
            return InputError(
                f"{name}: permission denied", remedy="make the file readable for this user."
            )
        case ConnectionError() | TimeoutError():
            return InputError(
                f"{name}: there is no connection ({_plain(error)})",
                remedy="check the connection, and try again.",
            )
    offset = offset_of(error)
    place = "" if offset is None else f" at byte {offset:,}"
    place += f" {where()}" if where else ""
    if isinstance(error, RemoteError):
        return InputError(
            f"{name}: it cannot be fetched{place} ({_plain(error)})",
            remedy="check the connection and your credentials, and try again.",
        )
    return damaged(name, place.strip(), _plain(error))


def damaged(name: str, place: str, why: str) -> CorruptFile:
    """Return the error that the file called `name` cannot be read from a place on, if known."""
    told = f"damaged or cut short {place}".rstrip()
    return CorruptFile(f"{name}: {told} ({why})", remedy="fetch or write the file again.")


def following(blocks: Iterator[T], name: str, row: int) -> T | None:
    """Take the next block, which begins at `row` of the file called `name`; None at the end."""
    with reading(name, lambda: f"after {row:,} rows"):
        return next(blocks, None)


def _plain(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def unread_of(
    name: str, error: InputError, row: int | None = None, offset: int | None = None
) -> Unread:
    """Say that a file cannot be read.

    Parameters
    ----------
    name : str
        The file's name, as in `DOCUMENTS`.
    error : InputError
        Why.
    row, offset : int or None
        The first row that was not read, and its byte on disk, as far as they are known.
    """
    # Errors name the path that the user can open, which ends in the file's name.
    _, named, reason = error.message.partition(f"{name.rstrip('/')}: ")
    offset = offset_of(error.__cause__) if offset is None else offset
    return Unread(name, reason if named else error.message, error.remedy, row, offset)
