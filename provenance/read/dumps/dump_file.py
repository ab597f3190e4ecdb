"""What a layout is told about the file that it reads."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from provenance.read.corpus.file_access import File, translate_read_errors

T = TypeVar("T")

PIECE = 1 << 22
_HEAD = 1 << 12


@dataclass(frozen=True, slots=True)
class Dump:
    """One file, and whose items it holds.

    Parameters
    ----------
    file : File
        Where it is, and how it is compressed.
    source : str
        Whose the items are; empty where a column says so.
    source_column, text_column : str or None
        Columns that were named, in tables.
    """

    file: File
    source: str
    source_column: str | None = None
    text_column: str | None = None

    @property
    def name(self) -> str:
        """The file's name, as skipped rows show it."""
        return self.file.name

    @property
    def told(self) -> str:
        """The file's path, as errors show it."""
        return self.file.told

    @property
    def folder(self) -> str:
        """The name of the folder that the file lies in."""
        return self.file.path.replace("\\", "/").rpartition("/")[0].rpartition("/")[2]

    def pieces(self, size: int = PIECE) -> Iterator[bytes]:
        """Read the bytes, decompressed, in pieces of up to `size`.

        Raises
        ------
        CorruptFile
            If compressed data is damaged, or ends too early.
        """
        with self.file.stream() as stream:
            found = iter(lambda: stream.read(size), b"")
            yield from guarded(found, self.told, len, "bytes of content")

    def prefix(self) -> str:
        """Return what stands before `#row` in the ids of items that have none of their own.

        Notes
        -----
        It is the file's name and a digest of its first bytes. So shards called `train.parquet`
        in several folders stay apart, and a dump that is read again, from wherever it was moved
        to, gives the ids that it gave before.
        """
        digest = hashlib.blake2b(self.file.head(_HEAD), digest_size=4).hexdigest()
        return f"{self.name}~{digest}"


def guarded(found: Iterator[T], name: str, size: Callable[[T], int], unit: str) -> Iterator[T]:
    """Give what is read from the file called `name`; where that fails, tell how far it got.

    Raises
    ------
    CorruptFile
        If reading fails.
    """
    done = 0

    def where() -> str:
        return f"after {done:,} {unit}"

    while True:
        with translate_read_errors(name, where):
            one = next(found, None)
        if one is None:
            return
        done += size(one)
        yield one
