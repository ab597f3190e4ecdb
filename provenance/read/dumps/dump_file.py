"""A file of a dump, with the options for reading it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.dumps.tables.column_mapping import NO_COLUMNS, ColumnMapping

T = TypeVar("T")

CHUNK_BYTES = 1 << 22
_HEAD_BYTES = 1 << 12


@dataclass(frozen=True)
class Dump:
    """A file of a dump.

    Parameters
    ----------
    file : File
        The file.
    source : str
        Source of the items; empty if a column has it.
    columns : ColumnMapping
        Columns of tables given by the user.
    """

    file: File
    source: str
    columns: ColumnMapping = NO_COLUMNS

    @property
    def name(self) -> str:
        """Return the file's name, as in counts of skipped rows."""
        return self.file.name

    @property
    def display_path(self) -> str:
        """Return the file's path, as in errors."""
        return self.file.display_path

    @cached_property
    def folder(self) -> str:
        """Return the name of the folder of the file."""
        return self.file.path.replace("\\", "/").rpartition("/")[0].rpartition("/")[2]

    def pieces(self, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield the bytes, decompressed, in chunks of up to `size`.

        Raises
        ------
        CorruptFile
            If compressed data is damaged, or ends too early.
        """
        with self.file.stream() as stream:
            chunks = iter(lambda: stream.read(size), b"")
            yield from with_progress(chunks, self.display_path, len, "bytes of content")

    @cached_property
    def prefix(self) -> str:
        """Return the prefix of `#row` in the ids of items without an id.

        Notes
        -----
        File name and a digest of its first bytes: files called `train.parquet` in several folders
        stay distinct, and a dump that was moved gets the same ids when it is read again.
        """
        digest = hashlib.blake2b(self.file.head(_HEAD_BYTES), digest_size=4).hexdigest()
        return f"{self.name}~{digest}"


def with_progress(
    values: Iterator[T], name: str, size: Callable[[T], int], unit: str
) -> Iterator[T]:
    """Yield what is read from the file `name`; errors say how much was read before.

    Raises
    ------
    CorruptFile
        If reading fails.
    """
    count = 0

    def where() -> str:
        return f"after {count:,} {unit}"

    while True:
        with translate_read_errors(name, where):
            value = next(values, None)
        if value is None:
            return
        count += size(value)
        yield value
