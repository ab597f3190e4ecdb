"""Where a generation is made: a folder of folders, gone when it is done."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.registry.build.duckdb_engine import Limits, engine
from provenance.registry.build.item_parts import Shelf

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Workshop:
    """A place to work in, and what to work with.

    Parameters
    ----------
    folder : Path
        The staging folder.
    connection : duckdb.DuckDBPyConnection
        Sorts and groups.
    limits : Limits
        What may be used of the machine.
    shelf : Shelf
        Takes the items, as they come.
    keep_texts : bool
        Whether the texts go with the items; else a text is nowhere on the disk.
    cleaner : ThreadPoolExecutor
        Clears away what is done with.
    """

    folder: Path
    connection: "duckdb.DuckDBPyConnection"
    limits: Limits
    shelf: Shelf
    keep_texts: bool
    cleaner: ThreadPoolExecutor

    def clear(self, folder: Path) -> None:
        """Let go of a folder's files, behind the caller's back: it takes a while."""
        self.cleaner.submit(shutil.rmtree, folder)

    @property
    def parts(self) -> Path:
        """Folder of the shelf's parts."""
        return self.folder / "parts"

    @property
    def keys(self) -> Path:
        """Folder of what puts the items in order."""
        return self.folder / "keys"

    @property
    def unsorted(self) -> Path:
        """Folder of the postings, as they came."""
        return self.folder / "unsorted"

    @property
    def out(self) -> Path:
        """Folder of what is to last."""
        return self.folder / "registry"

    @property
    def data(self) -> Path:
        """Folder of the data files, until they have a digest to be named by."""
        return self.out / "data"


@contextmanager
def workshop(folder: Path, limits: Limits, *, keep_texts: bool) -> Iterator[Workshop]:
    """Furnish an empty folder.

    Yields
    ------
    Workshop
        Its folders go as soon as they are done with; `out` is left.

    Raises
    ------
    RegistryError
        If what is to be sorted takes more memory or disk than there is.
    """
    with engine(folder / "spill", limits) as connection, ThreadPoolExecutor(1) as cleaner:
        shelf = Shelf(folder / "parts", folder / "keys", limits.held)
        shop = Workshop(folder, connection, limits, shelf, keep_texts, cleaner)
        for path in (shop.parts, shop.keys, shop.unsorted, shop.data):
            path.mkdir(parents=True)
        yield shop
