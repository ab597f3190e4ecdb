"""Tar archives, compressed or not, as folders of files."""

import io
import tarfile
from dataclasses import replace
from typing import BinaryIO
from weakref import finalize

import fsspec

from provenance.errors import UnsupportedFormat
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.formats.compression import detect_compression
from provenance.read.formats.detection import TAR_MARK, TAR_MARK_OFFSET

MAX_COMPRESSED_MEMBERS = 64
"""In a compressed archive, each file is found by decompressing all that is before it."""

_HEAD_BYTES = 512
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
    from fsspec.implementations.tar import TarFileSystem  # noqa: PLC0415 (it makes a logger)

    stream = _Rewindable(file)
    try:
        with translate_read_errors(
            file.display_path, damage=(tarfile.TarError, ValueError, KeyError)
        ):
            folder = TarFileSystem(io.BufferedReader(stream, _BUFFER_BYTES))
    except BaseException:
        stream.close()
        raise
    finalize(folder, stream.close)
    return folder


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
