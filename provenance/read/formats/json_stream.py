"""JSON values one after the other in a stream, of which none is parsed that is too large."""

import codecs
import json
import re
from typing import BinaryIO

from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats.json_objects import decode_at

_READ = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_LONGEST = 16
"""Characters of the longest thing that is not parsed where it is cut short, but for strings."""
_MARK = re.compile(r'"(?:[^"\\]++|\\.)*+(?P<closing>"?)|(?P<mark>[\[\]{},])', re.DOTALL)


class Deep:
    """Stands for a value that nests too deep to be parsed."""


class Text:
    """A stream's characters, of which only those in use are kept.

    Parameters
    ----------
    stream : binary file
        JSON.
    limit : Limit
        Of each value that `value` returns.
    """

    def __init__(self, stream: BinaryIO, limit: DocumentLimit) -> None:
        # Bytes that are no UTF-8 travel as surrogates, so that one bad string costs one row.
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._stream = stream
        self._limit = limit
        self._row = 0
        self._held = ""
        self._at = 0

    def more(self) -> bool:
        """Read on: as much again, so that a long value is not read over and over."""
        rest = len(self._held) - self._at
        data = self._stream.read(max(_READ, min(rest, self._limit.size)))
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
        """Return the value that begins here, and how it is written.

        Raises
        ------
        DocumentTooLarge
            If it is larger than the limit; it has not been parsed then.
        """
        try:
            value, end = decode_at(self._held, self._at)
            is_whole = end < len(self._held)
        except json.JSONDecodeError as error:
            if not self._may_go_on(error):
                raise
            is_whole = False
        except RecursionError:
            is_whole = False
        if not is_whole:
            end = self._end_of_value()
            try:
                value, end = decode_at(self._held, self._at)
            except RecursionError:
                value = Deep()
        if end - self._at > self._limit.size:
            raise self._limit.exceeded(self._row)
        written = self._held[self._at : end]
        self._at = end
        self._row += 1
        return value, written

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Whether what follows may make a value of what could not be parsed."""
        return error.msg.startswith("Unterminated") or error.pos + _LONGEST > len(self._held)

    def _end_of_value(self) -> int:
        """Read on until the value that begins here is held as a whole; return where it ends."""
        nesting = _Nesting(self._limit, self._row)
        while (end := nesting.end(self._held, self._at)) is None:
            if len(self._held) - self._at > self._limit.size:
                raise self._limit.exceeded(self._row)
            if not self.more():
                return len(self._held)
        return end


class _Nesting:
    """Finds where a value ends, and counts the values in it, without parsing any."""

    def __init__(self, limit: DocumentLimit, row: int) -> None:
        self._limit, self._row = limit, row
        self._depth = self._values = self._done = 0

    def end(self, text: str, start: int) -> int | None:
        """Look on in `text`, in which the value begins at `start`; None where it goes on behind."""
        for found in _MARK.finditer(text, start + self._done):
            mark = found["mark"]
            if mark is None and not found["closing"]:
                self._done = found.start() - start
                return None
            self._done = found.end() - start
            if mark is not None:
                self._count(mark)
            if self._depth <= 0:
                return found.end()
        return None

    def _count(self, mark: str) -> None:
        self._depth += (mark in "[{") - (mark in "]}")
        self._values += mark in "[{,"
        if self._limit.is_exceeded(0, self._values):
            raise self._limit.exceeded(self._row)


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0
