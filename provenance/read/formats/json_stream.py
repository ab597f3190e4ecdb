"""A stream of JSON values of bounded size: those that are too large are not parsed."""

import codecs
import json
import re
from typing import BinaryIO

from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats.json_objects import decode_at

_CHUNK_BYTES = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_MAX_SCALAR_CHARS = 16
"""Length of the longest JSON token that is not a string and may be cut at the end of the buffer."""
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_TO_BRACKET = re.compile(r'[^"\[\]{}]*+(?:"(?:[^"\\]++|\\.)*+"[^"\[\]{}]*+)*+([\[\]{}])', re.DOTALL)
_SCALAR = re.compile(r'"(?:[^"\\]++|\\.)*+"|[^"]*?[\[\]{},]', re.DOTALL)


class TooDeep:
    """Stands for a value that nests too deep to be parsed."""


class JsonText:
    """Reader of JSON text that buffers only the value being parsed.

    Parameters
    ----------
    stream : binary file
        JSON.
    limit : DocumentLimit
        For each value that `value` returns.
    start : bytes
        What was read from the stream already.
    row : int
        Number of the first value, for errors.
    """

    def __init__(
        self, stream: BinaryIO, limit: DocumentLimit, start: bytes = b"", row: int = 0
    ) -> None:
        # Invalid UTF-8 is kept as surrogates, so that an invalid string affects one row only.
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._stream = stream
        self._limit = limit
        self._row = row
        self._buffer = self._decoder.decode(start)
        self._at = 0

    def more(self) -> bool:
        """Read as much again as is buffered, so that a long value is not rescanned often."""
        remaining = len(self._buffer) - self._at
        data = self._stream.read(max(_CHUNK_BYTES, min(remaining, self._limit.size)))
        self._buffer = self._buffer[self._at :] + self._decoder.decode(data, final=not data)
        self._at = 0
        return bool(data)

    def peek(self) -> str:
        """Return the next character that is not white space without consuming it; "" at the end."""
        character = self._buffer[self._at : self._at + 1]
        if character > " ":  # white space of JSON sorts before
            return character
        while True:
            self._at = _end(_SPACE.match(self._buffer, self._at))
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self.more():
                return ""

    def skip(self) -> None:
        """Consume one character."""
        self._at += 1

    def value(self) -> tuple[object, str]:
        """Return the next value, and its text.

        Raises
        ------
        DocumentTooLarge
            If it is larger than the limit.
        """
        try:
            value, end = decode_at(self._buffer, self._at)
            is_whole = end < len(self._buffer)
        except json.JSONDecodeError as error:
            if not self._may_go_on(error):
                raise
            is_whole = False
        except RecursionError:
            is_whole = False
        if not is_whole:
            end = self._end_of_value()
            try:
                value, end = decode_at(self._buffer, self._at)
            except RecursionError:
                value = TooDeep()
        if end - self._at > self._limit.size:
            raise self._limit.error_for_row(self._row)
        source = self._buffer[self._at : end]
        self._at = end
        self._row += 1
        return value, source

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Return whether more input may complete a value that could not be parsed."""
        return error.msg.startswith("Unterminated") or error.pos + _MAX_SCALAR_CHARS > len(
            self._buffer
        )

    def _end_of_value(self) -> int:
        """Read until the next value is buffered as a whole; return its end."""
        nesting = _ValueScanner(self._limit, self._row)
        while (end := nesting.end(self._buffer, self._at)) is None:
            if len(self._buffer) - self._at > self._limit.size:
                raise self._limit.error_for_row(self._row)
            if not self.more():
                return len(self._buffer)
        return end


class _ValueScanner:
    """Finds the end of a value and counts the values in it, without parsing."""

    def __init__(self, limit: DocumentLimit, row: int) -> None:
        self._limit, self._row = limit, row
        self._depth = self._values = self._scanned = 0

    def end(self, text: str, start: int) -> int | None:
        """Continue in `text`, where the value begins at `start`; None if it does not end there."""
        if not text.startswith(("[", "{"), start):
            return match.end() if (match := _SCALAR.match(text, start)) else None
        while match := _TO_BRACKET.match(text, start + self._scanned):
            self._scanned = match.end() - start
            opens = match[1] in "[{"
            self._depth += 1 if opens else -1
            self._values += opens + _STRING.sub("", match[0]).count(",")
            if self._limit.is_exceeded(0, self._values):
                raise self._limit.error_for_row(self._row)
            if not self._depth:
                return match.end()
        return None


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0
