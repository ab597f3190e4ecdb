"""Tar archives, compressed or not, as folders of files."""

import io
import tarfile
from dataclasses import replace
from functools import cache
from tarfile import ReadError
from typing import BinaryIO, Self
from weakref import finalize

import fsspec

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.formats.compression import detect_compression
from provenance.read.formats.detection import TAR_MARK, TAR_MARK_OFFSET

MAX_COMPRESSED_MEMBERS = 64
"""In a compressed archive, each file is found by decompressing all that is before it."""

_HEAD_BYTES = 512
_MAX_HEADER_BYTES = 1 << 20
_READ_AT_ONCE = frozenset(
    {
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
    }
)
"""Types of headers that continue in the blocks behind them."""
_BUFFER_BYTES = 1 << 16
_MAX_READ_BYTES = 1 << 24
"""More is never read at once: a damaged header may state any size."""


def as_tar(file: File) -> File | None:
    """Return a file with its compression if it is a tar archive; else None."""
    with file.open() as stream, translate_read_errors(file.display_path):
        compression = detect_compression(stream.read(8))
    file = replace(file, compression=compression)
    head = file.head(_HEAD_BYTES)
    return file if head[TAR_MARK_OFFSET:].startswith(TAR_MARK) else None


def open_tar(file: File) -> fsspec.AbstractFileSystem:
    """Open an archive as a file system.

    Raises
    ------
    CorruptFile
        If it is damaged or cut short.
    """
    stream = _Rewindable(file)
    try:
        with translate_read_errors(
            file.display_path, damage=(tarfile.TarError, ValueError, KeyError)
        ):
            buffered = io.BufferedReader(stream, _BUFFER_BYTES)
            tarfile.TarFile(fileobj=buffered, tarinfo=BoundedMember)  # checks the first header
            buffered.seek(0)
            folder = _file_system()(buffered)
    except BaseException:
        stream.close()
        raise
    finalize(folder, stream.close)
    return folder


class BoundedMember(tarfile.TarInfo):
    """A member of an archive whose header is believed only so far as no damage can come of it.

    A name or attributes of any size would be read at once, and after a member of negative size the
    next header would be an earlier one, again and again.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Parse a block; raises `tarfile.ReadError` if a name or attributes are too long."""
        member = super().frombuf(buf, encoding, errors)
        if member.type in _READ_AT_ONCE and member.size > _MAX_HEADER_BYTES:
            raise ReadError("a header is too large")
        return member

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        """Read the next header; raises `tarfile.ReadError` if it states a negative size."""
        member = super().fromtarfile(tarfile)
        if member.size < 0:
            raise ReadError(f"{member.name!r} has a size of {member.size:,} bytes")
        return member


@cache
def _file_system() -> type[fsspec.AbstractFileSystem]:
    from fsspec.implementations.tar import TarFileSystem  # noqa: PLC0415 (it makes a logger)

    class BoundedTarFileSystem(TarFileSystem):  # type: ignore[misc]
        """A tar archive whose headers are bounded, but for the first, which is read before."""

        def _index(self) -> None:
            self.tar.tarinfo = BoundedMember
            super()._index()

    return BoundedTarFileSystem


def check_members(file: File, members: int) -> None:
    """Raise if so many files of a compressed archive cannot be read in reasonable time.

    Raises
    ------
    UnsupportedFormat
        If so.
    """
    if file.compression is not None and members > MAX_COMPRESSED_MEMBERS:
        raise UnsupportedFormat(
            f"{file.display_path}: this compressed archive has {members:,} dumps in it; up to "
            f"{MAX_COMPRESSED_MEMBERS} can be read from it",
            remedy="unpack it with `tar xf`, and give the folder.",
        )


class _Rewindable(io.RawIOBase):
    """The bytes of a file, decompressed; it is opened again to go back if it is compressed."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._stream: BinaryIO = file.stream()
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            offset += self._at
        elif whence == io.SEEK_END:
            raise io.UnsupportedOperation("the size is not known")
        if self._file.compression is None:
            self._at = self._stream.seek(offset)
            return self._at
        if offset < self._at:
            self._stream.close()
            self._stream, self._at = self._file.stream(), 0
        while self._at < offset and self.read(min(offset - self._at, _MAX_READ_BYTES)):
            pass
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(min(len(buffer), _MAX_READ_BYTES))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()
