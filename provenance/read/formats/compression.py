"""Streams that decompress and compress: gz, bz2, xz and zst."""

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

_CHUNK_BYTES = 1 << 20
_BUFFER_BYTES = 1 << 16
"""The least that is decompressed, so that the head of a file costs little."""
_MAX_WINDOW_BYTES = 1 << 31
"""Reddit dumps are compressed with windows of up to 2 GiB (`zstd --long=31`)."""
_MAX_XZ_BYTES = 1 << 29
"""Memory limit of an xz decoder; `xz -9` needs 65 MiB."""
_SKIPPABLE = range(0x184D2A50, 0x184D2A60)
_RLE = 1


class _ChunkStream(io.RawIOBase):
    """A stream over an iterator of chunks of bounded size.

    Parameters
    ----------
    pieces : iterator of bytes
        Its content.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._buffered = memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`; 0 at the end."""
        while not self._buffered:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._buffered = memoryview(piece)
        count = min(len(buffer), len(self._buffered))
        buffer[:count] = self._buffered[:count]
        self._buffered = self._buffered[count:]
        return count


def _decompress_zstd(source: BinaryIO) -> Iterator[bytes]:
    """Decompress zstd frames block by block: 1 MB may expand to 32 GB, a block to 128 KB at most.

    The layout of frames and blocks is that of RFC 8878, section 3.1.

    zstandard's own `stream_reader` ends a file that was cut by one byte without an error, after
    2,752,512 of 2,846,656 bytes: the end of a frame has to be looked for here.
    """
    reader = _ByteReader(source)
    while not reader.is_at_end():
        head = reader.next(4)
        if int.from_bytes(head, "little") in _SKIPPABLE:
            reader.skip(int.from_bytes(reader.next(4), "little"))
            continue
        head += reader.next(1)
        head += reader.next(zstandard.frame_header_size(head) - len(head))
        frame = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES).decompressobj()
        frame.decompress(head)
        is_last = False
        while not is_last:
            header = reader.next(3)
            block_header = int.from_bytes(header, "little")
            is_last, kind, size = bool(block_header & 1), block_header >> 1 & 3, block_header >> 3
            yield frame.decompress(header + reader.next(1 if kind == _RLE else size))
        if zstandard.get_frame_parameters(head).has_checksum:
            yield frame.decompress(reader.next(4))


class _ByteReader:
    """Reads a file in exact numbers of bytes."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._buffer = b""
        self._at = 0

    def is_at_end(self) -> bool:
        """Return whether the file is exhausted."""
        return not self._has(1)

    def next(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        if not self._has(size):
            raise EOFError("the last zstd frame is cut short")
        data = self._buffer[self._at : self._at + size]
        self._at += size
        return data

    def skip(self, size: int) -> None:
        """Skip `size` bytes."""
        while size:
            size -= len(self.next(min(size, _CHUNK_BYTES)))

    def _has(self, size: int) -> bool:
        while len(self._buffer) - self._at < size:
            more = self._source.read(_CHUNK_BYTES)
            if not more:
                return False
            self._buffer, self._at = self._buffer[self._at :] + more, 0
        return True


def _decompress_xz(source: BinaryIO) -> Iterator[bytes]:
    """Decompress xz streams; trailing data is ignored, as in `lzma.LZMAFile`."""
    decoder = lzma.LZMADecompressor(memlimit=_MAX_XZ_BYTES)
    if data := source.read(_CHUNK_BYTES):
        yield decoder.decompress(data, _CHUNK_BYTES)
    while data:
        while not decoder.eof:
            data = source.read(_CHUNK_BYTES) if decoder.needs_input else b""
            if decoder.needs_input and not data:
                raise EOFError("the last xz stream is cut short")
            yield decoder.decompress(data, _CHUNK_BYTES)
        if data := decoder.unused_data or source.read(_CHUNK_BYTES):
            decoder = lzma.LZMADecompressor(memlimit=_MAX_XZ_BYTES)
            try:
                yield decoder.decompress(data, _CHUNK_BYTES)
            except lzma.LZMAError:
                return


class _OwningReader(io.BufferedReader):
    """Closes the underlying file too, which decompressors leave open."""

    def __init__(self, stream: io.RawIOBase, source: BinaryIO) -> None:
        super().__init__(stream, _BUFFER_BYTES)
        self._source = source

    def close(self) -> None:
        super().close()
        self._source.close()


class SalvagingReader(io.RawIOBase):
    """A decompressed stream that yields all content before damage.

    Decompressors drop buffered output when they meet damage. In that case the file is read again
    from its start, in small chunks.

    Parameters
    ----------
    opener : callable
        Opens the file.
    compression : str
        Its compression.
    check_size : callable
        Called with the number of bytes so far; raises if they are too many.
    """

    def __init__(
        self,
        opener: Callable[[], BinaryIO],
        compression: str,
        check_size: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._opener, self._compression, self._check_size = opener, compression, check_size
        self._stream: BinaryIO = decompress(opener(), compression)
        self._returned_bytes = 0
        self._salvaged_chunks: Iterator[bytes] | None = None
        self._buffered = bytearray()
        self._fault: Exception | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes; raise only if none are left before the damage."""
        if self._salvaged_chunks is None:
            try:
                data = self._stream.read(size)
            except (OSError, *DECOMPRESSION_ERRORS):
                self._salvaged_chunks = self._reread()
            else:
                self._returned_bytes += len(data)
                self._check_size(self._returned_bytes)
                return data
        return self._read_salvaged(self._salvaged_chunks, size)

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

    def _read_salvaged(self, chunks: Iterator[bytes], size: int) -> bytes:
        while self._fault is None and (size < 0 or len(self._buffered) < size):
            try:
                piece = next(chunks, b"")
            except (OSError, *DECOMPRESSION_ERRORS) as error:
                self._fault = error
                break
            if not piece:
                break
            self._buffered += piece
        if self._fault is not None and not self._buffered:
            raise self._fault
        end = len(self._buffered) if size < 0 else size
        data = bytes(self._buffered[:end])
        del self._buffered[:end]
        return data

    def _reread(self) -> Iterator[bytes]:
        """Yield what follows the bytes that were returned, in small chunks."""
        position = 0
        with self._opener() as source:
            inner = _DECOMPRESSORS[self._compression](source)
            read_chunk: Callable[[int], bytes] = getattr(inner, "read1", None) or inner.read  # type: ignore[attr-defined]
            while piece := read_chunk(_SALVAGE_BYTES):
                new = piece[max(self._returned_bytes - position, 0) :]
                position += len(piece)
                if new:
                    yield new


_SALVAGE_BYTES = 1 << 13

_DECOMPRESSORS: dict[str, Callable[[BinaryIO], object]] = {
    "gz": lambda source: gzip.GzipFile(fileobj=source),
    "bz2": bz2.BZ2File,
    "xz": lambda source: _ChunkStream(_decompress_xz(source)),
    "zst": lambda source: _ChunkStream(_decompress_zstd(source)),
}
COMPRESSIONS = tuple(_DECOMPRESSORS)
_ALIASES = {"zstd": "zst", "gzip": "gz"}
_MAGICS = {
    "gz": rb"\x1f\x8b",
    "bz2": rb"BZh[1-9](?:1AY&|\x17rE8)",  # "BZh" alone begins words
    "xz": rb"\xfd7zXZ\x00",
    "zst": rb"\x28\xb5\x2f\xfd",
}

DECOMPRESSION_ERRORS = (
    EOFError,
    zstandard.ZstdError,
    lzma.LZMAError,
    zlib.error,
    zipfile.BadZipFile,
)
"""Exceptions that decompressors raise for damage, other than `OSError`."""


def detect_compression(head: bytes) -> str | None:
    """Return the compression by the first eight bytes of a file; None if it is not compressed."""
    return next((name for name, magic in _MAGICS.items() if re.match(magic, head)), None)


def compression_by_name(name: str) -> str | None:
    """Return the compression by the suffix of a file name; None if it tells none."""
    last = name.rpartition(".")[2].lower()
    last = _ALIASES.get(last, last)
    return last if last in _DECOMPRESSORS else None


def compress_into(sink: BinaryIO, compression: str | None) -> BinaryIO:
    """Return a stream that compresses into `sink` reproducibly; `sink` stays open."""
    return cast("BinaryIO", _COMPRESSORS[compression](sink))


class _PassThrough(io.RawIOBase):
    """Passes bytes on to a stream that the caller closes."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self._sink.write(data)


_COMPRESSORS: dict[str | None, Callable[[BinaryIO], object]] = {
    None: _PassThrough,
    "gz": lambda sink: gzip.GzipFile("", "wb", fileobj=sink, mtime=0),
    "bz2": lambda sink: bz2.BZ2File(sink, "wb"),
    "xz": lambda sink: lzma.LZMAFile(sink, "wb"),  # noqa: SIM115 (closed by the caller)
    "zst": lambda sink: zstandard.ZstdCompressor().stream_writer(sink, closefd=False),
}


def decompress(source: BinaryIO, compression: str | None) -> BinaryIO:
    """Return a decompressed stream of `source`, which it closes with itself."""
    if compression is None:
        return source
    return _OwningReader(_DECOMPRESSORS[compression](source), source)  # type: ignore[arg-type]
