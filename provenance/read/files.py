"""Files, wherever they lie, and what goes wrong with them."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

import fsspec
import pyarrow as pa

from provenance.errors import CorruptFile, DatasetNotFound, InputError, is_out_of_memory
from provenance.file_hashing import blake3_of, never, sha256
from provenance.model import MAX_DOCUMENT
from provenance.read import csv_parser
from provenance.read.compression import BROKEN, Salvaged
from provenance.read.limits import Limit

if TYPE_CHECKING:
    from io import RawIOBase

T = TypeVar("T")
Errors = tuple[type[Exception], ...]

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
            return cast("BinaryIO", self.system.open(self.path, "rb"))

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
    except (OSError, pa.ArrowException, csv_parser.Error, *BROKEN, *damage) as error:
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
