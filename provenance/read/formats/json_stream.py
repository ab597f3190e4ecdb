"""A stream of JSON values of bounded size: those that are too large are not parsed.

Where a value ends is found by its brackets and quotation marks; then it is parsed as a whole. For
ijson, which is as fast, a file ends at NaN, at whole numbers of more than 64 bits and at bytes that
are not UTF-8; here they cost one row at most. It also replaces lone surrogates by question marks,
holds elements of any size, and does not say how an element was written, which is needed to remove
parts of it.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from provenance.read.corpus import skipped_rows
from provenance.read.corpus.size_limits import VALUE_BYTES, DocumentLimit
from provenance.read.formats.json_objects import (
    Record,
    decode,
    has_surrogates,
    is_shallow,
    to_record,
)

_CHUNK_BYTES = 1 << 20
_LONG_CHARS = 2 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SCALAR = re.compile(r"[^ \t\r\n,:\[\]{}\"]++")
_TO_BRACKET = re.compile(rf'(?:[^"\[\]{{}}]++|{_STRING.pattern})*+([\[\]{{}}])', re.DOTALL)


class TooDeep:
    """Stands for a value that nests too deep to be parsed."""


class JsonText:
    """Reader of JSON text that buffers only the value being parsed.

    Parameters
    ----------
    stream : binary file
        JSON.
    limit : DocumentLimit
        For each value.
    """

    def __init__(self, stream: BinaryIO, limit: DocumentLimit) -> None:
        # Invalid UTF-8 is kept as surrogates, so that an invalid string affects one row only.
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._stream = stream
        self._limit = limit
        self._row = 0
        self._buffer = ""
        self._at = 0

    def more(self) -> bool:
        """Read far more than is buffered, so that a long value is not parsed again often."""
        buffered = len(self._buffer) - self._at
        wanted = 3 * buffered if buffered < _LONG_CHARS else self._limit.size
        data = self._stream.read(max(_CHUNK_BYTES, min(wanted, self._limit.size)))
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

    def expect(self, mark: str) -> None:
        """Consume the next character that is not white space, which has to be `mark`.

        Raises
        ------
        ValueError
            If it is another one.
        """
        character = self.peek()
        if character != mark:
            raise ValueError(f"expected {mark!r}, found {character!r}")
        self.skip()

    def value(self) -> tuple[object, str]:
        """Return the next value, and its text; the errors are those of `source`."""
        source = self.source()
        return parse_value(source), source

    def source(self) -> str:
        """Return the text of the next value, which is as long as its brackets say.

        Raises
        ------
        ValueError
            If there is none, or it is cut short.
        DocumentTooLarge
            If it is larger than the limit.
        """
        end = self._end_of_value()
        self._check_size(end)
        source = self._buffer[self._at : end]
        self._at = end
        self._row += 1
        return source

    def elements(self) -> Iterator[str]:
        """Yield the text of each element of an array; the errors are those of `source`."""
        for _ in self.each_element():
            yield self.source()

    def each_element(self) -> Iterator[None]:
        """Yield before each element of an array, which is to be consumed before the next.

        Raises
        ------
        ValueError
            If it is not JSON.
        """
        return self._parts("[", "]")

    def _parts(self, opening: str, closing: str) -> Iterator[None]:
        self.expect(opening)
        if self.peek() == closing:
            self.skip()
            return
        while True:
            yield
            if self.peek() == closing:
                self.skip()
                return
            self.expect(",")

    def members(self) -> Iterator[str]:
        """Yield the name of each member of an object; its value is to be consumed before the next.

        Raises
        ------
        ValueError
            If it is not JSON.
        """
        for _ in self._parts("{", "}"):
            if self.peek() != '"':
                raise ValueError("a member has no name")
            name = str(self.value()[0])
            self.expect(":")
            yield name

    def seek_member(self, name: str) -> None:
        """Read on to the value of a member of an object; the errors are those of `members`."""
        for each in self.members():
            if each == name:
                return
            self.source()

    def _end_of_value(self) -> int:
        """Read until the next value is buffered as a whole; return its end."""
        mark = self.peek()
        if mark in "[{" and mark:
            return self._end_of_container()
        pattern = _STRING if mark == '"' else _SCALAR
        while True:
            match = pattern.match(self._buffer, self._at)
            # What is no string may go on behind the buffer.
            if match and (mark == '"' or match.end() < len(self._buffer)):
                return match.end()
            self._check_size(len(self._buffer))
            if not self.more():
                if match is None:
                    raise ValueError("a value is missing or cut short")
                return len(self._buffer)

    def _end_of_container(self) -> int:
        depth, end = 0, self._at
        while True:
            while match := _TO_BRACKET.match(self._buffer, end):
                end = match.end()
                depth += 1 if match[1] in "[{" else -1
                if not depth:
                    return end
            self._check_size(len(self._buffer))
            end -= self._at
            if not self.more():
                raise ValueError("a list or an object is cut short")
            if depth * VALUE_BYTES > self._limit.size:
                raise self._limit.error_for_row(self._row)

    def _check_size(self, end: int) -> None:
        """Raise if the value up to `end` is too large.

        Raises
        ------
        DocumentTooLarge
            If it is.
        """
        size, limit = end - self._at, self._limit
        if size > limit.size or (
            limit.is_exceeded(0, self._buffer.count(",", self._at, end))
            and limit.is_exceeded(0, _STRING.sub("", self._buffer[self._at : end]).count(","))
        ):
            raise limit.error_for_row(self._row)


def parse_value(source: str) -> object:
    """Return the value that is written so.

    Raises
    ------
    ValueError
        If it is not JSON.
    """
    try:
        return decode(source)
    except RecursionError:
        return TooDeep()


def as_row(value: object, source: str) -> Record | str:
    """Return a parsed value and its source as a row, or the reason why it is none.

    A string counts as an object with a `text`.
    """
    if has_invalid_bytes(source):
        return skipped_rows.NOT_UTF8
    is_clean = not has_surrogates(source)
    if is_clean and isinstance(value, dict) and is_shallow(source):
        return value
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, TooDeep):
        return skipped_rows.TOO_DEEP
    return to_record(value, has_clean_keys=is_clean)


def has_invalid_bytes(source: str) -> bool:
    """Return whether the source of a value has bytes that are not UTF-8, as surrogates."""
    if source.isascii():
        return False
    try:
        source.encode()
    except UnicodeEncodeError:
        return True
    return False


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0
