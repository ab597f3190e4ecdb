"""How a CSV file is written: what parts its cells, whether they are quoted, what columns it has."""

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import Literal

_QUOTING: dict[bool, Literal[0, 3]] = {True: csv.QUOTE_MINIMAL, False: csv.QUOTE_NONE}
"""What the library calls it, by whether cells are quoted."""

_ROWS = 100
_LONGEST_NAME = 64
_NUMBER = re.compile(r"[-+\d.,:/ ]*\d[-+\d.,:/ ]*([eE][-+]?\d+)?")
"""Numbers, dates, times."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written.

    Parameters
    ----------
    delimiter : str
        What parts the cells of a row.
    quoted : bool
        Whether `"` encloses cells; in many TSV files it is a letter like others.
    names : tuple of str
        Columns, each of its own name.
    header : bool
        Whether the first row names them.
    """

    delimiter: str
    quoted: bool
    names: tuple[str, ...]
    header: bool


class _CellLimit:
    """The limit of a cell that the library has for the whole process, lifted while somebody reads.

    It would refuse long documents; ours are bounded by `Limit`.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._readers = 0
        self._before = 0

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Lift it; the last reader puts it back, unless somebody else has set it."""
        with self._turn:
            if not self._readers:
                self._before = csv.field_size_limit(sys.maxsize)
            self._readers += 1
        try:
            yield
        finally:
            with self._turn:
                self._readers -= 1
                if not self._readers and csv.field_size_limit() == sys.maxsize:
                    csv.field_size_limit(self._before)


_CELLS = _CellLimit()


@contextmanager
def parser(lines: Iterable[str], delimiter: str, *, quoted: bool) -> Iterator[Iterator[list[str]]]:
    """Open the library's parser, without its limit of a cell."""
    with _CELLS.lifted():
        yield csv.reader(lines, delimiter=delimiter, quoting=_QUOTING[quoted])


def dialect_of(head: bytes, path: str, *, whole: bool) -> Dialect:
    """Tell how a file is written.

    Parameters
    ----------
    head : bytes
        Its beginning.
    path : str
        Of which the ending prefers a delimiter.
    whole : bool
        Whether `head` is all there is, so that its last row is not cut.
    """
    text = head.decode("utf-8-sig", "replace")
    tabs = re.search(r"\.(tsv|tab)(\.\w+)?$", path.lower()) is not None
    tried = {
        delimiter: _rows(text, delimiter, quoted=True, whole=whole)
        for delimiter in ("\t,;|" if tabs else ",;\t|")
    }
    delimiter = max(tried, key=lambda mark: _fit(tried[mark]))
    rows, quoted = tried[delimiter], True
    if delimiter == "\t":
        plain = _rows(text, delimiter, quoted=False, whole=whole)
        quoted = _is_quoted(plain, rows)
        rows = rows if quoted else plain
    first = rows[0] if rows else []
    header = _is_header(first)
    return Dialect(delimiter, quoted, _distinct(first if header else [""] * len(first)), header)


def _rows(text: str, delimiter: str, *, quoted: bool, whole: bool) -> list[list[str]]:
    """Parse the first rows, but for one that may be cut."""
    lines = io.StringIO(text, newline="")
    with parser(lines, delimiter, quoted=quoted) as cells:
        rows = [row for row in islice(cells, _ROWS) if row]
    return rows if whole or len(rows) < 2 else rows[:-1]


def _fit(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Measure how many rows have the width of the first; among equals the widest is best."""
    width = len(rows[0]) if rows else 0
    alike = sum(len(row) == width for row in rows) / max(1, len(rows))
    return (alike, width) if width > 1 else (0.0, width)


def _is_quoted(plain: Sequence[Sequence[str]], quoted: Sequence[Sequence[str]]) -> bool:
    """Whether `"` encloses the cells of a file with tabs, given its rows read both ways."""
    if plain and all(map(_is_enclosed, plain[0])):
        return True
    if _fit(plain) != _fit(quoted):
        return _fit(quoted) > _fit(plain)
    # Where quotation marks never hold a row together, they enclose all of a cell, or nothing.
    return all(_is_enclosed(cell) for row in plain for cell in row if cell.startswith('"'))


def _is_enclosed(cell: str) -> bool:
    return len(cell) > 1 and cell.startswith('"') and cell.endswith('"')


def _is_header(row: Sequence[str]) -> bool:
    """Whether a first row names columns, rather than being one of the rows."""
    names = [name.strip() for name in row]
    told = [name for name in names if name]
    return (
        bool(told)
        and all(len(name) <= _LONGEST_NAME and "\n" not in name for name in told)
        and not any(_NUMBER.fullmatch(name) for name in told)
    )


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Give every column a name of its own."""
    found: dict[str, None] = {}
    for place, name in enumerate(names):
        told = name.strip() or f"column{place}"
        found[f"{told}.{place}" if told in found else told] = None
    return tuple(found)
