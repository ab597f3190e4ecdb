"""Lines of a text file, each of bounded size."""

import codecs
from collections.abc import Iterator

from provenance.read.dumps.dump_file import Dump


def read_lines(dump: Dump) -> Iterator[tuple[int, str | None]]:
    """Yield every line with its number; None where it is not valid UTF-8.

    Raises
    ------
    DocumentTooLarge
        At a line that is larger than the limit.
    """
    for row, line in enumerate(read_byte_lines(dump)):
        try:
            yield row, line.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            yield row, None


def read_byte_lines(dump: Dump) -> Iterator[bytes]:
    """Yield every line with its line break.

    Raises
    ------
    DocumentTooLarge
        At a line that is larger than the limit.
    """
    remainder, row = b"", 0
    for number, piece in enumerate(dump.pieces()):
        data = remainder + (piece.removeprefix(codecs.BOM_UTF8) if number == 0 else piece)
        *lines, remainder = data.split(b"\n")
        for line in lines:
            yield line + b"\n"
        row += len(lines)
        if len(remainder) > dump.file.max_document:
            raise dump.file.limit.error_for_row(row)
    if remainder:
        yield remainder
