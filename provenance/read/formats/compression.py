"""Compressed files as streams of their bytes."""

import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

import zstandard

_CHUNK = 1 << 20
_WINDOW = 1 << 31
"""Dumps are compressed with windows of up to 2 GiB (`zstd --long=31`)."""
_XZ_MEMORY = 1 << 29
"""Bytes that an xz decoder may take; `xz -9` asks for 65 MiB."""
_SKIPPABLE = range(0x184D2A50, 0x184D2A60)
_RLE = 1


class _Pieces(io.RawIOBase):
    """A stream of pieces that are made one by one, each of bounded size.

    Parameters
    ----------
    pieces : iterator of bytes
        Its content.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`; 0 at the end."""
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._ready = memoryview(piece)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def _zstd(source: BinaryIO) -> Iterator[bytes]:
    """Decompress zstd frames block by block: 1 MB may hold 32 GB, a block holds 128 KB at most.

    The layout of frames and blocks is that of RFC 8878, section 3.1.
    """
    taken = _Taken(source)
    while not taken.is_at_end():
        head = taken.next(4)
        if int.from_bytes(head, "little") in _SKIPPABLE:
            taken.skip(int.from_bytes(taken.next(4), "little"))
            continue
        head += taken.next(1)
        head += taken.next(zstandard.frame_header_size(head) - len(head))
        frame = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        frame.decompress(head)
        is_last = False
        while not is_last:
            header = taken.next(3)
            told = int.from_bytes(header, "little")
            is_last, kind, size = bool(told & 1), told >> 1 & 3, told >> 3
            yield frame.decompress(header + taken.next(1 if kind == _RLE else size))
        if zstandard.get_frame_parameters(head).has_checksum:
            yield frame.decompress(taken.next(4))


class _Taken:
    """Bytes of a file, so many at a time."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._held = b""
        self._at = 0

    def is_at_end(self) -> bool:
        """Whether there is nothing more."""
        return not self._has(1)

    def next(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        if not self._has(size):
            raise EOFError("the last zstd frame is cut short")
        data = self._held[self._at : self._at + size]
        self._at += size
        return data

    def skip(self, size: int) -> None:
        """Pass `size` bytes."""
        while size:
            size -= len(self.next(min(size, _CHUNK)))

    def _has(self, size: int) -> bool:
        while len(self._held) - self._at < size:
            more = self._source.read(_CHUNK)
            if not more:
                return False
            self._held, self._at = self._held[self._at :] + more, 0
        return True


def _xz(source: BinaryIO) -> Iterator[bytes]:
    """Decompress xz streams; what follows the last of them is passed over, as by Python's own."""
    decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
    if data := source.read(_CHUNK):
        yield decoder.decompress(data, _CHUNK)
    while data:
        while not decoder.eof:
            data = source.read(_CHUNK) if decoder.needs_input else b""
            if decoder.needs_input and not data:
                raise EOFError("the last xz stream is cut short")
            yield decoder.decompress(data, _CHUNK)
        if data := decoder.unused_data or source.read(_CHUNK):
            decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
            try:
                yield decoder.decompress(data, _CHUNK)
            except lzma.LZMAError:
                return


class _Owning(io.BufferedReader):
    """Closes the file that a decompressor reads from, which the decompressors leave open."""

    def __init__(self, stream: io.RawIOBase, source: BinaryIO) -> None:
        super().__init__(stream, _CHUNK)
        self._source = source

    def close(self) -> None:
        super().close()
        self._source.close()


class Salvaged(io.RawIOBase):
    """What is compressed in a file, up to where it is damaged or cut short.

    Decompressors drop what they had ready when they meet damage. So the file is then read again,
    in small pieces, from its start.

    Parameters
    ----------
    opener : callable
        Opens the file.
    compression : str
        How it is compressed.
    """

    def __init__(self, opener: Callable[[], BinaryIO], compression: str) -> None:
        self._opener, self._compression = opener, compression
        self._stream: BinaryIO = decompressed(opener(), compression)
        self._given = 0
        self._rest: Iterator[bytes] | None = None
        self._ready = bytearray()
        self._fault: Exception | None = None

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes; fail only where there are none before the damage."""
        if self._rest is None:
            try:
                data = self._stream.read(size)
            except (OSError, *BROKEN):
                self._rest = self._again()
            else:
                self._given += len(data)
                return data
        return self._salvaged(self._rest, size)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`; 0 at the end."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file too."""
        if not self.closed:
            self._stream.close()
        super().close()

    def _salvaged(self, rest: Iterator[bytes], size: int) -> bytes:
        while self._fault is None and (size < 0 or len(self._ready) < size):
            try:
                piece = next(rest, b"")
            except (OSError, *BROKEN) as error:
                self._fault = error
                break
            if not piece:
                break
            self._ready += piece
        if self._fault is not None and not self._ready:
            raise self._fault
        end = len(self._ready) if size < 0 else size
        data = bytes(self._ready[:end])
        del self._ready[:end]
        return data

    def _again(self) -> Iterator[bytes]:
        """Give what follows the bytes that were given, piece by piece."""
        passed = 0
        with self._opener() as source:
            inner = _DECOMPRESSORS[self._compression](source)
            read: Callable[[int], bytes] = getattr(inner, "read1", None) or inner.read  # type: ignore[attr-defined]
            while piece := read(_PIECE):
                fresh = piece[max(self._given - passed, 0) :]
                passed += len(piece)
                if fresh:
                    yield fresh


_PIECE = 1 << 13

_DECOMPRESSORS: dict[str, Callable[[BinaryIO], object]] = {
    "gz": lambda source: gzip.GzipFile(fileobj=source),
    "bz2": bz2.BZ2File,
    "xz": lambda source: _Pieces(_xz(source)),
    "zst": lambda source: _Pieces(_zstd(source)),
}
COMPRESSIONS = tuple(_DECOMPRESSORS)
_SPELT = {"zstd": "zst", "gzip": "gz"}
_BEGUN = {
    "gz": rb"\x1f\x8b",
    "bz2": rb"BZh[1-9](?:1AY&|\x17rE8)",  # "BZh" alone begins words
    "xz": rb"\xfd7zXZ\x00",
    "zst": rb"\x28\xb5\x2f\xfd",
}

BROKEN = (EOFError, zstandard.ZstdError, lzma.LZMAError, zlib.error, zipfile.BadZipFile)
"""What decompressors raise on damage, beside `OSError`."""


def compression_of(head: bytes) -> str | None:
    """Recognise a compression by a file's first bytes, of which there should be eight."""
    return next((name for name, begun in _BEGUN.items() if re.match(begun, head)), None)


def named_compression(name: str) -> str | None:
    """Tell a compression by the end of a file's name; None where it says none."""
    last = name.rpartition(".")[2].lower()
    last = _SPELT.get(last, last)
    return last if last in _DECOMPRESSORS else None


def compressing(sink: BinaryIO, compression: str | None) -> BinaryIO:
    """Return a stream that compresses into `sink`, which stays open; the same bytes every time."""
    return cast("BinaryIO", _COMPRESSORS[compression](sink))


class _Lent(io.RawIOBase):
    """Passes bytes on to a stream that somebody else closes."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self._sink.write(data)


_COMPRESSORS: dict[str | None, Callable[[BinaryIO], object]] = {
    None: _Lent,
    "gz": lambda sink: gzip.GzipFile("", "wb", fileobj=sink, mtime=0),
    "bz2": lambda sink: bz2.BZ2File(sink, "wb"),
    "xz": lambda sink: lzma.LZMAFile(sink, "wb"),  # noqa: SIM115 (whoever asked closes it)
    "zst": lambda sink: zstandard.ZstdCompressor().stream_writer(sink, closefd=False),
}


def decompressed(source: BinaryIO, compression: str | None) -> BinaryIO:
    """Return a stream of what is compressed in `source`, which it closes with itself."""
    if compression is None:
        return source
    return _Owning(_DECOMPRESSORS[compression](source), source)  # type: ignore[arg-type]
