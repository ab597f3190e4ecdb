"""How large a document may be: what is larger is refused where it is met, not held in memory."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from provenance.errors import DocumentTooLarge, InputError
from provenance.model import MAX_DOCUMENT

T = TypeVar("T")

VALUE = 16
"""Bytes that every value in a row counts as, at least: parsed, it takes more than in the file."""

_AT_ONCE = 8
"""So many times the limit of a document rows may have that are read at once, unless as much is on
disk."""
_RATIO = 10
"""Text hardly ever becomes so many times smaller by compression."""

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "KI": 2**10, "MI": 2**20, "GI": 2**30}
_SIZE = re.compile(r"(\d{1,12}) ?([KMG]I?|)B?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """How large a document of one file may be.

    Parameters
    ----------
    file : str
        The file, for errors.
    size : int
        Bytes.
    """

    file: str
    size: int = MAX_DOCUMENT

    def exceeded(self, row: int) -> DocumentTooLarge:
        """Return the error for a row that is too large."""
        size, larger = spelt(self.size), spelt(2 * self.size)
        return DocumentTooLarge(
            f"{self.file}: row {row:,} is larger than {size}, the limit of a document",
            remedy=f"take the row out, or raise the limit with --max-document {larger}.",
        )

    def is_exceeded(self, size: int, values: int) -> bool:
        """Whether a row of so many bytes and values is too large."""
        return max(size, VALUE * values) > self.size


def readable(blocks: Iterator[T]) -> Iterator[T]:
    """Give what comes before something that cannot be read, which matters if nothing does."""
    is_first = True
    try:
        for block in blocks:
            yield block
            is_first = False
    except InputError:
        if is_first:
            raise


def parse_size(text: str) -> int | None:
    """Return the bytes that a size such as "64MB", "1 GiB" or "500000" names; None if it is none.

    Examples
    --------
    >>> parse_size("64MB"), parse_size("1 GiB"), parse_size("500000"), parse_size("0")
    (64000000, 1073741824, 500000, None)
    """
    found = _SIZE.fullmatch(text.strip())
    return (int(found[1]) * _UNITS[found[2].upper()] or None) if found else None


def spelt(size: int) -> str:
    """Return a number of bytes as `parse_size` reads it.

    Examples
    --------
    >>> spelt(64_000_000), spelt(1 << 20)
    ('64MB', '1048576')
    """
    for unit in ("G", "M", "K"):
        if size and size % _UNITS[unit] == 0:
            return f"{size // _UNITS[unit]}{unit}B"
    return str(size)


def check_grown(what: str, stored: int, size: int, max_document: int) -> None:
    """Refuse rows that are read at once and are far larger in memory than on disk.

    Parameters
    ----------
    what : str
        Which rows of which file.
    stored, size : int
        Bytes on disk and in memory.
    max_document : int
        The limit of a document.

    Raises
    ------
    DocumentTooLarge
        If they are.
    """
    if size > max(_AT_ONCE * max_document, _RATIO * stored):
        raise DocumentTooLarge(
            f"{what} has {stored:,} bytes on disk and {size:,} in memory",
            remedy="write it again in smaller pieces, or raise the limit with "
            f"--max-document {-(-(size // _AT_ONCE) // 10**6)}MB.",
        )
