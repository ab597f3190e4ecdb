"""A stream of JSON values of bounded size: those that are too large are not parsed."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from provenance.read.corpus import skipped_rows
from provenance.read.corpus.size_limits import DocumentLimit
from provenance.read.formats.json_objects import (
    PARSE_ERRORS,
    Record,
    are_shallow,
    decode_at,
    has_surrogates,
    is_shallow,
    parse,
    parse_at,
    to_record,
)

_CHUNK_BYTES = 1 << 20
_LONG_CHARS = 2 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_CUT_SHORT = "Input data was truncated"
"""Message of an error of `parse`, which says so of a surrogate, too."""
_MAX_SCALAR_CHARS = 16
"""Length of the longest JSON token that is not a string and may be cut at the end of the buffer."""
_OPENING = re.compile(r'\{[ \t\r\n]*"(?:[^"\\]|\\.)*"[ \t\r\n]*:')
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_TO_BRACKET = re.compile(r'[^"\[\]{}]*+(?:"(?:[^"\\]++|\\.)*+"[^"\[\]{}]*+)*+([\[\]{}])', re.DOTALL)


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

    def value(self) -> tuple[object, str]:
        """Return the next value, and its text.

        Raises
        ------
        DocumentTooLarge
            If it is larger than the limit.
        """
        value, end = self._parse_value()
        if end - self._at > self._limit.size:
            raise self._limit.error_for_row(self._row)
        source = self._buffer[self._at : end]
        self._at = end
        self._row += 1
        return value, source

    def rows(self) -> Iterator[tuple[Record | str, str]]:
        """Yield the elements of an array of which the bracket was consumed, each with its text.

        What is no row, as `as_row`, is the reason for that.

        Raises
        ------
        ValueError
            If it is not JSON.
        DocumentTooLarge
            At a value that is larger than the limit.
        """
        if self.peek() == "]":
            self.skip()
            return
        mark = ","
        while mark == ",":
            self.peek()
            yield from self._buffered_rows()
            value, source = self.value()
            yield as_row(value, source), source
            mark = self.peek()
            self.skip()
        if mark != "]":
            raise ValueError(f"expected ',', found {mark!r}")

    def _buffered_rows(self) -> Iterator[tuple[Record | str, str]]:
        """Yield rows while the buffer has them, the comma behind them, and the next character."""
        text, at = self._buffer, self._at
        is_first = True
        while True:
            try:
                value, end = parse_at(text, at)
            except (ValueError, RecursionError):
                return
            if text[end : end + 1] != "," or end - at > self._limit.size:
                return
            start, at = at, end + 1
            if text[at : at + 1] <= " ":
                at = _end(_SPACE.match(text, at))
            if at == len(text):
                return
            self._at = at
            self._row += 1
            source = text[start:end]
            yield as_row(value, source), source
            if is_first and (opening := _OPENING.match(text, at)) is not None:
                yield from self._rows_alike(opening[0], text[end - 1 : opening.end()])
                at = self._at
            is_first = False

    def _rows_alike(self, opening: str, separator: str) -> Iterator[tuple[Record | str, str]]:
        """Yield rows while the text before the next separator is an object.

        A separator is what is between two objects, with the brace before it and the opening behind
        it. To parse a text as a whole takes a third of the time of parsing that with which it
        begins.
        """
        end = self._buffer.rfind(separator, self._at)
        if end < 0:
            return
        text = self._buffer[self._at : end]
        pieces = text[len(opening) :].split(separator)
        lengths = np.fromiter(map(len, pieces), np.int64) + len(separator)
        is_all_shallow = text.isascii() and are_shallow(text.encode(), np.cumsum(lengths))
        for piece in pieces:
            source = f"{opening}{piece}}}"
            try:
                value = parse(source)
            except PARSE_ERRORS:
                return
            self._at += len(piece) + len(separator)
            self._row += 1
            is_plain = is_all_shallow or is_shallow(source)
            yield value if is_plain else to_record(value, has_clean_keys=True), source

    def _parse_value(self) -> tuple[object, int]:
        """Return the next value and its end in the buffer, which then holds it as a whole."""
        while True:
            try:
                value, end = decode_at(self._buffer, self._at)
            except json.JSONDecodeError as error:
                rest = self._read_on(error)
                if rest is not None:
                    return rest, len(self._buffer)
            except RecursionError:
                return TooDeep(), self._end_of_value()
            else:
                # A number may go on: "-2", "-2.", "-2e+".
                length = end - self._at
                if end + 2 < len(self._buffer) or not self.more():
                    return value, self._at + length

    def _read_on(self, error: json.JSONDecodeError) -> object:
        """Read on after a value could not be parsed; return the value if it is all that follows.

        Raises
        ------
        json.JSONDecodeError
            If more input cannot complete the value.
        DocumentTooLarge
            If it is larger than the limit.
        """
        if not self._may_go_on(error):
            raise error
        self._check_limit()
        if not self.more():
            raise error
        while not self._may_exceed_limit():
            try:
                return parse(self._buffer[self._at :])
            except PARSE_ERRORS as fault:
                if str(fault) != _CUT_SHORT or not self.more():
                    break
        return None

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Return whether more input may complete a value that could not be parsed."""
        return error.msg.startswith("Unterminated") or error.pos + _MAX_SCALAR_CHARS > len(
            self._buffer
        )

    def _check_limit(self) -> None:
        """Raise if the value with which the buffer ends is too large already.

        Raises
        ------
        DocumentTooLarge
            If it is.
        """
        if self._may_exceed_limit() and (
            len(self._buffer) - self._at > self._limit.size
            or self._limit.is_exceeded(0, _STRING.sub("", self._buffer[self._at :]).count(","))
        ):
            raise self._limit.error_for_row(self._row)

    def _may_exceed_limit(self) -> bool:
        """Return whether the buffer may be too large for a value; commas may be in strings."""
        commas = self._buffer.count(",", self._at)
        return self._limit.is_exceeded(len(self._buffer) - self._at, commas)

    def _end_of_value(self) -> int:
        """Read until the next value, which nests deep, is buffered as a whole; return its end."""
        depth, end = 0, self._at
        while True:
            while match := _TO_BRACKET.match(self._buffer, end):
                end = match.end()
                depth += 1 if match[1] in "[{" else -1
                if not depth:
                    return end
            self._check_limit()
            end -= self._at
            if not self.more():
                return len(self._buffer)
            end += self._at


def as_row(value: object, source: str) -> Record | str:
    """Return a parsed value and its source as a row, or the reason why it is none.

    A string counts as an object with a `text`.
    """
    if has_invalid_bytes(source):
        return skipped_rows.NOT_UTF8
    is_clean = not has_surrogates(source)
    if is_clean and isinstance(value, dict) and is_shallow(source):
        return value
    return to_row(value, is_clean)


def to_row(value: object, has_clean_keys: bool) -> Record | str:
    """Return a parsed value as a row, as `as_row`; its source has no invalid bytes."""
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, TooDeep):
        return skipped_rows.TOO_DEEP
    return to_record(value, has_clean_keys=has_clean_keys)


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
