"""Rows within a JSON object that may be too large to be parsed as a whole, one at a time."""

from collections.abc import Iterator, Set

from provenance.read.corpus.file_access import translate_read_errors
from provenance.read.dumps.dump_file import Dump
from provenance.read.dumps.parsers.json_posts import JsonObject
from provenance.read.formats.json_stream import JsonText, as_row, parse_value

_MAX_DEPTH = 16

Row = tuple[int, JsonObject, JsonObject | str]
"""Number of a row, the members read so far of the objects around it, and the row or its fault."""


def read_members(dump: Dump, containers: Set[str], rows: Set[str]) -> Iterator[Row]:
    """Yield the elements of the lists called `rows` of an object.

    Parameters
    ----------
    dump : Dump
        A file with one JSON object.
    containers : set of str
        Members in which, at any depth, such lists may be: objects, or lists of objects.
    rows : set of str
        Names of the lists.

    Raises
    ------
    CorruptFile
        If the file is cut short, or not JSON.
    DocumentTooLarge
        At a row that is larger than the limit.
    """
    count = 0
    with (
        dump.file.stream() as stream,
        translate_read_errors(
            dump.display_path, lambda: f"after {count:,} rows", damage=(ValueError,)
        ),
    ):
        text = JsonText(stream, dump.file.limit)
        for around, row in _Walk(text, containers, rows).walk({}, 0):
            yield count, around, row
            count += 1
        if text.peek():
            raise ValueError("there is content after the object")


class _Walk:
    """Walks through the objects that contain rows."""

    def __init__(self, text: JsonText, containers: Set[str], rows: Set[str]) -> None:
        self._text, self._containers, self._rows = text, containers, rows

    def walk(self, around: JsonObject, depth: int) -> Iterator[tuple[JsonObject, JsonObject | str]]:
        """Yield the rows in an object that is `depth` levels deep."""
        text, members = self._text, dict(around)
        for key in text.members():
            mark = text.peek()
            if key in self._rows and mark == "[":
                for source in text.elements():
                    yield members, as_row(parse_value(source), source)
            elif key in self._containers and mark in "[{" and depth < _MAX_DEPTH:
                yield from self._inside(members, depth + 1)
            else:
                members[key] = text.value()[0]

    def _inside(
        self, members: JsonObject, depth: int
    ) -> Iterator[tuple[JsonObject, JsonObject | str]]:
        """Yield the rows in an object, or in the objects of a list."""
        if self._text.peek() == "{":
            yield from self.walk(members, depth)
            return
        for _ in self._text.each_element():
            if self._text.peek() == "{":
                yield from self.walk(members, depth)
            else:
                self._text.source()
