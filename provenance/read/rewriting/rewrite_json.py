"""Rewriting of JSON arrays and consecutive objects; other elements keep every character."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats.json_array import row_list_path
from provenance.read.formats.json_stream import JsonText
from provenance.read.rewriting.json_strings import edit_json, find_elements, find_members
from provenance.read.rewriting.removal_plan import Removals

WriteText = Callable[[str], object]


class _RecordingText(JsonText):
    """A JSON reader that keeps the consumed text until it is taken."""

    def __init__(self, stream: BinaryIO, limit: DocumentLimit) -> None:
        super().__init__(stream, limit)
        self._consumed: list[str] = []
        self._mark = 0

    def more(self) -> bool:
        """Read more."""
        self._consumed.append(self._buffer[self._mark : self._at])
        self._mark = 0
        return super().more()

    def take_text(self) -> str:
        """Return the text consumed since the last call."""
        text = "".join((*self._consumed, self._buffer[self._mark : self._at]))
        self._consumed, self._mark = [], self._at
        return text


def rewrite_array(file: File, sink: BinaryIO, removals: Removals) -> None:
    """Rewrite a JSON file that is not JSON Lines."""

    def write(text: str) -> None:
        sink.write(text.encode("utf-8", "surrogateescape"))

    if file.head(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
        sink.write(codecs.BOM_UTF8)
    with file.stream() as stream, translate_read_errors(file.display_path):
        text = _RecordingText(stream, file.limit)
        if text.peek() == "[":
            text.skip()
            write(text.take_text())
            _rewrite_elements(_elements(text), file, write, removals)
        else:
            _rewrite_objects(text, file, write, removals)
        while text.peek():
            text.skip()
        write(text.take_text())


def _elements(text: _RecordingText) -> Iterator[tuple[str, str]]:
    """Yield the elements of an array, each with the text before it."""
    while text.peek() != "]":
        if text.peek() == ",":
            text.skip()
            text.peek()
        before = text.take_text()
        text.value()
        yield before, text.take_text()


def _rewrite_objects(
    text: _RecordingText, file: File, write: WriteText, removals: Removals
) -> None:
    if not text.peek():
        return
    before = text.take_text()
    value, source = text.value()
    text.take_text()
    path = None if text.peek() else row_list_path(value)
    if path is not None:
        write(before)
        _rewrite_list(path, source, file, write, removals)
        return

    def objects() -> Iterator[tuple[str, str]]:
        yield before, source
        while text.peek():
            separator = text.take_text()
            text.value()
            yield separator, text.take_text()

    _rewrite_elements(objects(), file, write, removals)


def _rewrite_list(
    path: Sequence[str], source: str, file: File, write: WriteText, removals: Removals
) -> None:
    """Rewrite an object around the list of rows, which is at a path in it."""
    start = 0
    for name in path:
        start = dict(find_members(source, start))[name]
    places = find_elements(source, start)
    ends = [start + 1, *(end for _, end in places)]
    pairs = zip(ends[:-1], places, strict=True)
    write(source[: start + 1])
    rows = ((source[end:first], source[first:last]) for end, (first, last) in pairs)
    _rewrite_elements(rows, file, write, removals)
    write(source[ends[-1] :])


def _rewrite_elements(
    elements: Iterator[tuple[str, str]], file: File, write: WriteText, removals: Removals
) -> None:
    has_written = False
    first = ""
    for row, (before, element) in enumerate(elements):
        first = first if row else before
        if row in removals.rows:
            continue
        # The separator before a removed row is removed with it.
        write(before if has_written else first)
        edited = (
            edit_json(element, removals.of(row, file.display_path))
            if row in removals.spans
            else element
        )
        write(edited)
        has_written = True
