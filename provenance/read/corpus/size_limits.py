"""Limits on the size of documents: a larger one is refused before it is held in memory."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from provenance.errors import DocumentTooLarge, InputError
from provenance.model.rules.policy import MAX_DOCUMENT

T = TypeVar("T")

VALUE_BYTES = 16
"""Bytes that each value in a row counts as at least: parsed, it takes more than in the file."""

_MAX_DOCUMENTS_AT_ONCE = 8
"""Rows that are decoded together may take this many times the document limit, or more if they take
as much on disk."""
_MAX_EXPANSION = 10
"""Compression ratio that text hardly ever exceeds."""
_MAX_UNPACKED_RATIO = 1000
"""Ratio beyond which a compressed file is nothing but repetitions."""
_MIN_UNPACKED = 1 << 28
"""Unpacked bytes that are read at any ratio."""

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "KI": 2**10, "MI": 2**20, "GI": 2**30}
_SIZE = re.compile(r"(\d{1,12}) ?([KMG]I?|)B?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class DocumentLimit:
    """The limit on the size of a document of one file.

    Parameters
    ----------
    file : str
        The file, for errors.
    size : int
        In bytes.
    """

    file: str
    size: int = MAX_DOCUMENT

    def error_for_row(self, row: int) -> DocumentTooLarge:
        """Return the error for a row that is too large."""
        size, larger = format_size(self.size), format_size(2 * self.size)
        return DocumentTooLarge(
            f"{self.file}: row {row:,} is larger than {size}, the limit for a document",
            remedy=f"remove the row, or raise the limit with --max-document {larger}.",
        )

    def is_exceeded(self, size: int, values: int) -> bool:
        """Return whether a row of `size` bytes and `values` values is too large."""
        return max(size, VALUE_BYTES * values) > self.size


def until_error(blocks: Iterator[T]) -> Iterator[T]:
    """Yield the blocks before an error; the error is raised only if it comes first."""
    is_first = True
    try:
        for block in blocks:
            yield block
            is_first = False
    except InputError:
        if is_first:
            raise


def parse_size(text: str) -> int | None:
    """Return the bytes of a size such as "64MB", "1 GiB" or "500000"; None if it is not a size.

    Examples
    --------
    >>> parse_size("64MB"), parse_size("1 GiB"), parse_size("500000"), parse_size("0")
    (64000000, 1073741824, 500000, None)
    """
    match = _SIZE.fullmatch(text.strip())
    return (int(match[1]) * _UNITS[match[2].upper()] or None) if match else None


def format_size(size: int) -> str:
    """Return a number of bytes in the syntax of `parse_size`.

    Examples
    --------
    >>> format_size(64_000_000), format_size(1 << 20)
    ('64MB', '1048576')
    """
    for unit in ("G", "M", "K"):
        if size and size % _UNITS[unit] == 0:
            return f"{size // _UNITS[unit]}{unit}B"
    return str(size)


def max_expanded(stored_size: int, max_document: int) -> int:
    """Return the bytes in memory that rows of `stored_size` bytes on disk may take together."""
    return max(_MAX_DOCUMENTS_AT_ONCE * max_document, _MAX_EXPANSION * stored_size)


def check_expansion(subject: str, stored_size: int, size: int, max_document: int) -> None:
    """Raise if rows that are decoded together are far larger in memory than on disk.

    Parameters
    ----------
    subject : str
        File and rows, for the message.
    stored_size, size : int
        Bytes on disk and in memory.
    max_document : int
        The limit of a document in bytes.

    Raises
    ------
    DocumentTooLarge
        If they exceed `max_expanded`.
    """
    if size > max_expanded(stored_size, max_document):
        raise DocumentTooLarge(
            f"{subject} has {stored_size:,} bytes on disk and {size:,} in memory",
            remedy="write it again in smaller pieces, or raise the limit with "
            f"--max-document {-(-(size // _MAX_DOCUMENTS_AT_ONCE) // 10**6)}MB.",
        )


def check_unpacked_size(file: str, stored_size: int, size: int) -> None:
    """Raise if a compressed file unpacks to so much more that it can only be repetitions.

    A file of 160 KB may unpack to 5 GB, for which reading would take hours.

    Parameters
    ----------
    file : str
        The file, for the message.
    stored_size, size : int
        Bytes as stored, 0 if unknown, and those unpacked so far.

    Raises
    ------
    DocumentTooLarge
        If they exceed both `_MIN_UNPACKED` and `_MAX_UNPACKED_RATIO` times `stored_size`.
    """
    if stored_size and size > max(_MIN_UNPACKED, _MAX_UNPACKED_RATIO * stored_size):
        raise DocumentTooLarge(
            f"{file}: its {stored_size:,} bytes unpack to more than {_MAX_UNPACKED_RATIO:,} times "
            f"as many ({size:,} so far)",
            remedy="look at what it repeats; to read it nonetheless, unpack it, for files that are "
            "not compressed have no such limit.",
        )
