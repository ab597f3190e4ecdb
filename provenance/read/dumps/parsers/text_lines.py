"""Lines of a text file, each of bounded size."""

import codecs
import io
from collections.abc import Iterator

from provenance.read.columns.string_arrays import is_utf8
from provenance.read.dumps.dump_file import Dump

_BLOCK_BYTES = 1 << 18


def split_lines(block: bytes) -> list[str | None]:
    """Return the lines of a block; None for each that is not valid UTF-8."""
    lines = block.removesuffix(b"\n").split(b"\n")
    if b"\r" in block:
        lines = [line.rstrip(b"\r") for line in lines]
    try:  # one by one: in a whole block, one emoji makes all characters four bytes
        return [line.decode() for line in lines]
    except UnicodeDecodeError:
        return [line.decode() if is_utf8(line) else None for line in lines]


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
