"""JSON that is not one object a line: an array, or objects one after the other."""

import codecs
import json
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import BinaryIO, TypeGuard

from provenance.model import Documents
from provenance.read import skips
from provenance.read.files import File, reading
from provenance.read.formats import check_text
from provenance.read.jsonlines import layout_of, lines_parts
from provenance.read.lines import Record, Records, parse
from provenance.read.parts import Part
from provenance.read.records import record_documents

_READ = 1 << 20
_LOT = 4 << 20
_HEAD = 1 << 16
_LINES = 50
_SAMPLE = 1 << 18
_SAMPLED = 200
_SPACE = re.compile(r"[ \t\r\n]*")
_DAMAGED = re.compile("[\udc80-\udcff]")
_DECODER = json.JSONDecoder()


def json_parts(file: File, named: Sequence[str]) -> list[Part]:
    """Make a file of JSON a part of a corpus, whichever way its objects are written."""
    if has_lines(file):
        return lines_parts(file, named)
    with closing(_lots(file, _SAMPLE)) as lots:
        sample = [record for lot in lots for _, record in lot.records[:_SAMPLED]][:_SAMPLED]
    layout = layout_of(sample, named, file.told)

    def read() -> Iterator[Documents]:
        for lot in _lots(file, _LOT):
            yield from record_documents(file.name, lot, layout.columns, searching=layout.searching)

    return [Part(file.name, file.size, read, layout.columns.texts)]


def has_lines(file: File) -> bool:
    """Whether a file of JSON has an object on each line.

    Raises
    ------
    UnsupportedFormat
        If it is not what its name says.
    """
    head = file.head(_HEAD)
    check_text(head, file.told)
    if file.format == "jsonl" or not is_lines(head):
        return is_lines(head)
    # A lone object in a file called .json may hold the list of rows.
    return bool(head.strip().partition(b"\n")[2].strip())


def is_lines(head: bytes) -> bool:
    """Whether a file that begins so has a value on each line, as far as its beginning shows.

    Notes
    -----
    What is printed for people begins with a line that is no object by itself, and none of the
    others is, unless it is indented. A damaged first line is followed by whole ones.
    """
    begun = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if begun.startswith(b"["):
        return False
    first, *others = begun.split(b"\n")
    if not begun.startswith(b"{") or not others or isinstance(parse(first), dict):
        return True
    whole = (line for line in others[:_LINES] if line.startswith(b"{"))
    return any(isinstance(parse(line), dict) for line in whole)


def _lots(file: File, size: int) -> Generator[Records]:
    with file.stream() as stream:
        yield from array_records(stream, file.told, size)


class Text:
    """A stream's characters, of which only those in use are kept."""

    def __init__(self, stream: BinaryIO) -> None:
        # Bytes that are no UTF-8 travel as surrogates, so that one bad string costs one row.
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._stream = stream
        self._held = ""
        self._at = 0

    def more(self) -> bool:
        """Read on: as much again, so that a long value is not read over and over."""
        rest = len(self._held) - self._at
        data = self._stream.read(max(_READ, rest))
        self._held = self._held[self._at :] + self._decoder.decode(data, final=not data)
        self._at = 0
        return bool(data)

    def peek(self) -> str:
        """Return the next character that is no space, and do not pass it; "" at the end."""
        while True:
            self._at = _end(_SPACE.match(self._held, self._at))
            if self._at < len(self._held):
                return self._held[self._at]
            if not self.more():
                return ""

    def skip(self) -> None:
        """Pass one character."""
        self._at += 1

    def value(self) -> tuple[object, str]:
        """Return the value that begins here, and how it is written."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
                whole = end < len(self._held)
            except json.JSONDecodeError:
                if not self.more():
                    raise
                continue
            if whole or not self.more():
                break
        written = self._held[self._at : end]
        self._at = end
        return value, written


def array_records(stream: BinaryIO, file: str, size: int) -> Iterator[Records]:
    """Read the elements of an array, or objects that follow each other.

    A string is taken as an object with a `text`. A lone object with one list of objects in it
    stands for that list.

    Parameters
    ----------
    stream : binary file
        Its content.
    file : str
        For errors.
    size : int
        Characters of objects given at a time.

    Raises
    ------
    CorruptFile
        If it is cut short, or no JSON: where one element ends is not known then.
    """
    row = 0
    lot, held = Records([], []), 0
    with reading(file, lambda: f"after {row:,} rows", damage=(ValueError, RecursionError)):
        for value, written in _elements(Text(stream)):
            found = _record(value, written)
            if isinstance(found, str):
                lot.faults.append((row, found))
            else:
                lot.records.append((row, found))
            row += 1
            held += len(written)
            if held >= size:
                yield lot
                lot, held = Records([], []), 0
    if lot.records or lot.faults:
        yield lot


def _elements(text: Text) -> Iterator[tuple[object, str]]:
    if text.peek() != "[":
        yield from _one_by_one(text)
        return
    text.skip()
    if text.peek() != "]":
        yield text.value()
    while text.peek() != "]":
        _expect(text, ",")
        text.peek()
        yield text.value()
    text.skip()
    if text.peek():
        raise ValueError("there is more behind the array")


def _one_by_one(text: Text) -> Iterator[tuple[object, str]]:
    if not text.peek():
        return
    first, written = text.value()
    if text.peek():
        yield first, written
        while text.peek():
            yield text.value()
        return
    member = list_of_rows(first)
    if member is not None and _is_object(first) and _is_rows(rows := first[member]):
        yield from ((row, json.dumps(row, ensure_ascii=False)) for row in rows)
    else:
        yield first, written


def list_of_rows(value: object) -> str | None:
    """Name the member of a lone object that is the list of rows; None where there is none."""
    named = [name for name, rows in value.items() if _is_rows(rows)] if _is_object(value) else []
    return named[0] if len(named) == 1 else None


def _is_rows(value: object) -> TypeGuard[list[Record]]:
    return isinstance(value, list) and bool(value) and all(map(_is_object, value))


def _is_object(value: object) -> TypeGuard[Record]:
    return isinstance(value, dict)


def _expect(text: Text, mark: str) -> None:
    found = text.peek()
    if found != mark:
        raise ValueError(f"{mark!r} is expected, not {found!r}")
    text.skip()


def _record(value: object, written: str) -> Record | str:
    if _DAMAGED.search(written):
        return skips.NOT_UTF8
    if isinstance(value, str):
        return {"text": value}
    return value if isinstance(value, dict) else skips.NOT_OBJECT


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0
