"""How a CSV file is written: what parts its cells, whether they are quoted, what columns it has."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from provenance.read import csv_parser

QUOTING: dict[bool, Literal[0, 3]] = {True: csv.QUOTE_MINIMAL, False: csv.QUOTE_NONE}
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
    cells = csv_parser.reader(lines, delimiter=delimiter, quoting=QUOTING[quoted])
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
