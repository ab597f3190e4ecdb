"""Stretches of a long file of lines, so that threads can share it."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from provenance.errors import InputError
from provenance.read.files import File, following
from provenance.read.lines import BLOCK, line_blocks

STRETCH = 16 << 20
"""Bytes in a stretch, unless one line alone has more."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some whole lines of a file.

    Parameters
    ----------
    offset, size : int
        Where they begin, and how long they are, in bytes.
    row : int
        Row of the first.
    """

    offset: int
    size: int
    row: int

    def open(self, file: File) -> BinaryIO:
        """Open them, as if there was nothing else in `file`."""
        stream = file.open()
        stream.seek(self.offset)
        return cast("BinaryIO", _Window(stream, self.size))


def stretches(file: File) -> list[Stretch]:
    """Cut a file into stretches; none where it is short, compressed or in an archive.

    Rows are counted on the way, which takes a small part of the time that parsing takes: no
    thread could know otherwise with which row its stretch begins.
    """
    if file.compression or "zip" in file.protocols or file.size < 2 * STRETCH:
        return []
    return list(_stretches(file))


def _stretches(file: File) -> Iterator[Stretch]:
    with file.open() as stream:
        offset = len(codecs.BOM_UTF8) if file.head(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0
        blocks, first, size, row = line_blocks(stream, file.limit, min(BLOCK, STRETCH)), 0, 0, 0
        while True:
            try:
                block = following(blocks, file.told, row)
            except InputError:  # the last stretch will meet it where it is
                size = file.size - offset
                break
            if block is None:
                break
            if size and size + len(block.data) > STRETCH:
                yield Stretch(offset, size, first)
                offset, size, first = offset + size, 0, block.first
            size += len(block.data)
            row = block.first + block.rows
    if size:
        yield Stretch(offset, size, first)


class _Window(io.RawIOBase):
    """The next bytes of a stream, as many as there should be."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
