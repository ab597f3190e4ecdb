"""JSON arrays as programs write them, cut into lines of one object each."""

import codecs
import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, Self

import pyarrow as pa

from provenance.read.corpus.file_access import translate_read_errors
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats.jsonl_blocks import LineBlock, limited_blocks, parse_json

_SPACE = b" \t\r\n"
_START = re.compile(rb'[ \t\r\n]*\[[ \t\r\n]*(\{[ \t\r\n]*"(?:[^"\\]|\\.)*"[ \t\r\n]*:)')
_NO_COLUMNS = pa.schema([])


class ArrayRest(NamedTuple):
    """The rest of an array, behind some of its elements.

    Parameters
    ----------
    start : bytes
        An array that begins with the next element, as far as it was read from the stream.
    row : int
        Number of elements before it.
    """

    start: bytes
    row: int


def regular_blocks(
    stream: BinaryIO, limit: DocumentLimit, size: int
) -> Generator[LineBlock, None, ArrayRest | None]:
    """Yield the elements of an array as lines, as far as they are objects that are written alike.

    The array is cut wherever the characters occur that separate its first two objects, up to the
    name of their first member. If all pieces are objects, these are the elements of the array: if
    the characters occurred within an element, there would be pieces that are not JSON.

    Parameters
    ----------
    stream : binary file
        JSON.
    limit : DocumentLimit
        For an element.
    size : int
        Bytes in a block, unless a single element is longer.

    Returns
    -------
    ArrayRest or None
        The rest, which is not of this form; None if there is none.

    Raises
    ------
    DocumentTooLarge
        At an element that is larger than the limit, after those before it were yielded.
    """
    row = 0
    with translate_read_errors(limit.file, lambda: f"after {row:,} rows"):
        data = stream.read(size).removeprefix(codecs.BOM_UTF8)
        form = _Form.detect(data)
        if form is None:
            return ArrayRest(data, 0)
        data = data[data.index(b"{") :]
        while True:
            # The last element is read with those before it: most files are one block.
            ahead = stream.read(size) if data.rstrip(_SPACE).endswith(b"]") else None
            end, following = form.objects_end(data, is_all=ahead == b"")
            lines = form.cut(data[:end])
            if lines is None or (not end and len(data) > limit.size):
                break
            for block in limited_blocks(limit, lines, row) if lines else ():
                yield block
                row += block.rows
            data = data[following:]
            if ahead == b"":
                return None
            ahead = ahead or stream.read(size)
            if not ahead:
                break
            data += ahead
            ahead = None
        return ArrayRest(b"[" + data + (ahead or b""), row)


@dataclass(frozen=True, slots=True)
class _Form:
    """Form in which the objects of an array are written.

    Parameters
    ----------
    opening : bytes
        Start of each object, up to the name of its first member.
    separator : bytes
        The end of an object and the opening of the next, with what is between them.
    """

    opening: bytes
    separator: bytes

    @classmethod
    def detect(cls, data: bytes) -> Self | None:
        """Return the form of the array with which `data` begins; None if it has not two objects."""
        start = _START.match(data)
        between = start and re.search(rb"\}[ \t\r\n]*,[ \t\r\n]*" + re.escape(start[1]), data)
        return cls(start[1], between[0]) if start and between else None

    def objects_end(self, data: bytes, *, is_all: bool) -> tuple[int, int]:
        """Return where the objects that `data` holds as a whole end, and what follows begins.

        `is_all`: whether the array ends with `data`.
        """
        if is_all:
            return data.rindex(b"]"), len(data)
        end = data.rfind(self.separator)
        return (0, 0) if end < 0 else (end + 1, end + len(self.separator) - len(self.opening))

    def cut(self, data: bytes) -> bytes | None:
        """Return objects as lines; None if what is between separators is not one object each."""
        objects = data.replace(self.separator, b"}\n" + self.opening)
        if not data:
            return data
        batch = parse_json(objects, _NO_COLUMNS, newlines_in_values=True)
        if batch is None or len(batch) != data.count(self.separator) + 1:
            return None
        if b"\n" not in data:
            return objects
        # No string has a line break in it, or it would not be valid JSON.
        separator, opening = (part.replace(b"\n", b" ") for part in (self.separator, self.opening))
        return data.replace(b"\n", b" ").replace(separator, b"}\n" + opening)
