"""What a layout is told about the file that it reads."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

HEAD = 1 << 12


@dataclass(frozen=True, slots=True)
class Dump:
    """One file, and whose items it holds.

    Parameters
    ----------
    path : Path
        The file.
    source : str
        Whose the items are; empty where a column says so.
    source_column, text_column : str or None
        Columns that were named, in tables.
    """

    path: Path
    source: str
    source_column: str | None = None
    text_column: str | None = None

    @property
    def name(self) -> str:
        """The file's name, as skipped rows and errors show it."""
        return self.path.name

    def nameless(self) -> str:
        """Return what stands before `#row` in the ids of items that have none of their own.

        Notes
        -----
        It is the file's name and a digest of the file's first bytes: shards called
        `train.parquet` in several folders stay apart, and a dump that is read again, from
        wherever it was moved to, gives the ids that it gave before.
        """
        with self.path.open("rb") as file:
            digest = hashlib.blake2b(file.read(HEAD), digest_size=4).hexdigest()
        return f"{self.name}~{digest}"
