"""Lines of a text file, each of bounded size."""

import codecs
import io
from collections.abc import Iterable, Iterator

from provenance.read.dumps.dump_file import Dump

_BLOCK_BYTES = 1 << 18
"""Decoded, it fits into the processor's cache, though one emoji makes all characters four bytes."""


def split_lines(blocks: Iterable[bytes]) -> Iterator[tuple[int, str | None]]:
    """Yield every line of some blocks with its number; None where it is not valid UTF-8."""
    row = 0
    for block in blocks:
        lines = _decode_lines(block.removesuffix(b"\n"))
        if b"\r" in block:
            lines = [line and line.rstrip("\r") for line in lines]
        yield from enumerate(lines, row)
        row += len(lines)


def _decode_lines(block: bytes) -> list[str | None]:
    try:
        return [*block.decode().split("\n")]
    except UnicodeDecodeError:
        if b"\n" not in block:
            return [None]
        return [line for part in block.split(b"\n") for line in _decode_lines(part)]


def read_byte_lines(dump: Dump) -> Iterator[bytes]:
    """Yield every line with its line break.

    Raises
    ------
    DocumentTooLarge
        At a line that is larger than the limit.
    """
    for block in read_line_blocks(dump):
        yield from io.BytesIO(block)


def read_line_blocks(dump: Dump) -> Iterator[bytes]:
    """Yield blocks of whole lines.

    Raises
    ------
    DocumentTooLarge
        At a line that is larger than the limit.
    """
    remainder: list[bytes] = []
    row = 0
    for number, piece in enumerate(dump.pieces(_BLOCK_BYTES)):
        data = piece.removeprefix(codecs.BOM_UTF8) if number == 0 else piece
        end = data.rfind(b"\n") + 1
        if end:
            block = b"".join((*remainder, data[:end]))
            yield block
            remainder, row = [], row + block.count(b"\n")
        remainder.append(data[end:])
        if sum(map(len, remainder)) > dump.file.max_document:
            raise dump.file.limit.error_for_row(row)
    if any(remainder):
        yield b"".join(remainder)
