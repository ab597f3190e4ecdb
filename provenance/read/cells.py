"""Rows of CSV as the standard library parses them, each within the limits of a document."""

import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from provenance.errors import DocumentTooLarge
from provenance.read import csv_parser
from provenance.read.dialects import QUOTING, Dialect
from provenance.read.limits import Limit

_ROWS = 4096
_SIZE = 4 << 20


class Lines:
    """Lines of a file of cells, as the parser takes them, for as long as a row is within limits.

    Parameters
    ----------
    stream : io.TextIOWrapper
        As `decoded` gives it.
    dialect : Dialect
        How its cells are parted.
    limit : Limit
        Of a row.

    Attributes
    ----------
    read : int
        Characters read so far.
    """

    def __init__(self, stream: io.TextIOWrapper, dialect: Dialect, limit: Limit) -> None:
        self._stream, self._delimiter, self._limit = stream, dialect.delimiter, limit
        self._passed: list[str] = []
        self._row = 0
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        size = cells = 0
        while line := self._stream.readline(self._limit.size + 1):
            if not self._passed:
                size = cells = 0
            size, cells = size + len(line), cells + line.count(self._delimiter)
            if self._limit.is_exceeded(size, cells):
                raise self._limit.exceeded(self._row)
            self.read += len(line)
            self._passed.append(line)
            yield line

    def taken(self, *, row: bool) -> str:
        """Return the lines read since this was last asked; `row` tells whether they are a row."""
        passed, self._passed = "".join(self._passed), []
        self._row += row
        return passed


def decoded(stream: BinaryIO) -> io.TextIOWrapper:
    """Decode a stream; bad bytes are kept as they are, so that they cost their own row alone."""
    buffered = io.BufferedReader(cast("io.RawIOBase", stream))
    return io.TextIOWrapper(buffered, "utf-8-sig", errors="surrogateescape", newline="")


def rows_of(lines: Lines, dialect: Dialect) -> Iterator[list[str]]:
    """Give the cells of each row that has any, without the header."""
    return (cells for row, cells, _ in written_rows(lines, dialect) if row >= 0 and cells)


def written_rows(lines: Lines, dialect: Dialect) -> Iterator[tuple[int, list[str], str]]:
    """Give rows as they are parsed and as they are written; what is no row has number -1."""
    reader = csv_parser.reader(
        iter(lines), delimiter=dialect.delimiter, quoting=QUOTING[dialect.quoted]
    )
    row = -1 if dialect.header else 0
    for cells in reader:
        if not cells:
            yield -1, cells, lines.taken(row=False)
            continue
        yield row, cells, lines.taken(row=row >= 0)
        row += 1
    if rest := lines.taken(row=False):
        yield -1, [], rest


def lots_of(rows: Iterator[list[str]], lines: Lines) -> Iterator[list[list[str]]]:
    """Gather rows, up to `_ROWS` of them or about `_SIZE` characters."""
    lot: list[list[str]] = []
    end = _SIZE
    try:
        for cells in rows:
            lot.append(cells)
            if len(lot) == _ROWS or lines.read >= end:
                yield lot
                lot, end = [], lines.read + _SIZE
    except DocumentTooLarge:
        if lot:
            yield lot  # the rows before it can be read
        raise
    if lot:
        yield lot
