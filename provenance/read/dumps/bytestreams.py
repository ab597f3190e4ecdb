"""The bytes of a file, decompressed, in pieces of bounded size."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import zstandard

from provenance.errors import CorruptFile

PIECE = 1 << 22
WINDOW = 1 << 31
"""The widest that Zstandard has: Reddit's dumps were compressed with it."""

MAGIC = {b"\x1f\x8b": "gz", b"\x28\xb5\x2f\xfd": "zst", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz"}
NAMES = {"gz": "gzip", "zst": "Zstandard", "bz2": "bzip2", "xz": "xz"}
_FOREIGN = (EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError)


def compression(path: Path) -> str | None:
    """Return how a file is compressed, by its first bytes: "gz", "zst", "bz2", "xz" or None.

    Raises
    ------
    CorruptFile
        If its name says that it is, and its bytes do not.
    """
    with path.open("rb") as file:
        head = file.read(6)
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return kind
    said = path.suffix.lower().lstrip(".")
    if said in NAMES:
        raise CorruptFile(
            f"{path.name} is named as {NAMES[said]} data, and does not begin as such",
            remedy="download it again, or give it the name of what it is.",
        )
    return None


def pieces(path: Path, size: int = PIECE) -> Iterator[bytes]:
    """Read a file's bytes, decompressed.

    Raises
    ------
    CorruptFile
        If the compressed data is damaged, or ends too early.
    """
    kind = compression(path)
    if kind is None:
        with path.open("rb") as file:
            yield from iter(lambda: file.read(size), b"")
        return
    done = 0
    try:
        for piece in _UNPACKED[kind](path, size):
            yield piece
            done += len(piece)
    except _FOREIGN as error:
        raise CorruptFile(
            f"{path.name} is damaged or cut short: its {NAMES[kind]} data breaks off "
            f"after {done:,} bytes of content ({error})",
            remedy="download or copy the file again.",
        ) from error


class PieceFile(io.RawIOBase):
    """Pieces as a file that others can read from.

    Parameters
    ----------
    source : iterator of bytes
        What to read, in order.
    """

    def __init__(self, source: Iterator[bytes]) -> None:
        super().__init__()
        self._source = source
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill `buffer` as far as one piece goes."""
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._rest:
            piece = next(self._source, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def _opened(opener: Callable[[Path], BinaryIO]) -> Callable[[Path, int], Iterator[bytes]]:
    def read(path: Path, size: int) -> Iterator[bytes]:
        with closing(opener(path)) as file:
            yield from iter(lambda: file.read(size), b"")

    return read


def _zstandard(path: Path, size: int) -> Iterator[bytes]:
    """Decompress frame after frame; `stream_reader` would take a truncated one for whole."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW)
    held: list[bytes] = []
    frame = decompressor.decompressobj()
    open_frame = False
    with path.open("rb") as file:
        while chunk := file.read(size >> 4):
            while chunk:
                held.append(frame.decompress(chunk))
                open_frame = not frame.eof
                chunk = b"" if open_frame else frame.unused_data
                if not open_frame:
                    frame = decompressor.decompressobj()
            if sum(map(len, held)) >= size:
                yield b"".join(held)
                held = []
    if any(held):
        yield b"".join(held)
    if open_frame:
        raise EOFError("the last frame is not complete")


_UNPACKED: dict[str, Callable[[Path, int], Iterator[bytes]]] = {
    "gz": _opened(lambda path: gzip.open(path)),  # type: ignore[arg-type,return-value]
    "bz2": _opened(lambda path: bz2.open(path)),  # type: ignore[arg-type,return-value]
    "xz": _opened(lambda path: lzma.open(path)),  # type: ignore[arg-type,return-value]
    "zst": _zstandard,
}
