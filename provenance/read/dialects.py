"""How a CSV file is written: what parts its cells, whether they are quoted, what columns it has."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

_DELIMITERS = ",;\t|"
_ROWS = 100
_LONGEST_NAME = 64
_NUMBER = re.compile(r"[-+]?[\d.,:/ ]*\d[\d.,:/ ]*([eE][-+]?\d+)?")


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


def dialect_of(head: bytes, path: str) -> Dialect:
    """Tell how a file is written.

    Parameters
    ----------
    head : bytes
        Its beginning.
    path : str
        Of which the ending prefers a delimiter.
    """
    text = head.decode("utf-8-sig", "replace")
    tabs = re.search(r"\.(tsv|tab)(\.\w+)?$", path.lower()) is not None
    delimiter = _delimiter(text, "\t,;|" if tabs else _DELIMITERS)
    quoted = delimiter != "\t" or _is_quoted(text)
    rows = _rows(text, delimiter, quoted=quoted)
    first = rows[0] if rows else []
    header = _is_header(first)
    names = first if header else [""] * len(first)
    return Dialect(delimiter, quoted, _distinct(names), header)


def _rows(text: str, delimiter: str, *, quoted: bool = True) -> list[list[str]]:
    """Parse the first rows, but for one that may be cut."""
    quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)
    rows = [row for _, row in zip(range(_ROWS + 1), lines, strict=False) if row]
    return rows[:-1] if len(rows) > 1 else rows


def _delimiter(text: str, candidates: str) -> str:
    """Choose what gives most rows the width of the first; among equals the widest."""

    def fit(delimiter: str) -> tuple[float, int]:
        rows = _rows(text, delimiter)
        width = len(rows[0]) if rows else 0
        alike = sum(len(row) == width for row in rows) / max(1, len(rows))
        return (alike, width) if width > 1 else (0.0, width)

    return max(candidates, key=fit)


def _is_quoted(text: str) -> bool:
    """Whether cells between tabs are quoted: then each that begins with `"` ends with it."""
    plain = _rows(text, "\t", quoted=False)
    if len({len(row) for row in plain}) > 1:
        return True  # a cell of several lines must be
    begun = [cell for row in plain for cell in row if cell.startswith('"')]
    return all(len(cell) > 1 and cell.endswith('"') for cell in begun)


def _is_header(row: Sequence[str]) -> bool:
    """Whether a first row names columns, rather than being one of the rows."""
    names = [name.strip() for name in row]
    told = [name for name in names if name]
    return (
        bool(told)
        and len(set(told)) == len(told)
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
