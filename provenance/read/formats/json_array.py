"""JSON that is not one object a line: an array, or objects one after the other."""

import codecs
import json
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import BinaryIO, TypeGuard

from provenance.errors import DocumentTooLarge
from provenance.model import Documents
from provenance.read.corpus import skipped_rows as skips
from provenance.read.corpus.corpus_parts import Part
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.corpus.size_limits import DocumentLimit, until_error
from provenance.read.formats.detection import check_text
from provenance.read.formats.json_lines import Records, parse
from provenance.read.formats.json_objects import Record, record_of
from provenance.read.formats.json_records import record_documents
from provenance.read.formats.json_stream import Deep, Text
from provenance.read.formats.jsonl_file import infer_layout, jsonl_parts

_LOT = 4 << 20
_HEAD = 1 << 16
_LINES = 50
_SAMPLE = 1 << 18
_SAMPLED = 200
_DAMAGED = re.compile("[\udc80-\udcff]")
_ROW = 100
"""Characters that a row counts for, beside its own, in a lot."""


def json_parts(file: File, named: Sequence[str]) -> list[Part]:
    """Make a file of JSON a part of a corpus, whichever way its objects are written."""
    if has_lines(file):
        return jsonl_parts(file, named)
    with closing(_lots(file, _SAMPLE)) as lots:
        records = (record for lot in until_error(lots) for _, record in lot.records)
        sample = list(islice(records, _SAMPLED))
    layout = infer_layout(sample, named, file.told)

    def read() -> Iterator[Documents]:
        for lot in _lots(file, _LOT):
            yield from record_documents(file.name, lot, layout.columns, layout.met)

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
        yield from array_records(stream, file.limit, size)


def array_records(stream: BinaryIO, limit: DocumentLimit, size: int) -> Iterator[Records]:
    """Read the elements of an array, or objects that follow each other.

    A string is taken as an object with a `text`. A lone object with one list of objects in it
    stands for that list.

    Parameters
    ----------
    stream : binary file
        Its content.
    limit : Limit
        Of an element.
    size : int
        Characters of objects given at a time.

    Raises
    ------
    CorruptFile
        If it is cut short, or no JSON: where one element ends is not known then.
    DocumentTooLarge
        At an element that is larger than the limit.
    """
    row = 0
    lot, held = Records([], []), 0
    with translate_read_errors(limit.file, lambda: f"after {row:,} rows", damage=(ValueError,)):
        try:
            for value, written in _elements(Text(stream, limit)):
                lot.add(row, _record(value, written))
                row += 1
                held += _ROW + len(written)
                if held >= size:
                    yield lot
                    lot, held = Records([], []), 0
        except DocumentTooLarge:
            yield lot  # the rows before it can be read
            raise
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
        for row in rows:
            found = record_of(row)
            told = "" if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
            yield Deep() if isinstance(found, str) else found, told
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
    return skips.TOO_DEEP if isinstance(value, Deep) else record_of(value)
