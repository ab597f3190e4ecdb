"""The working directory of a build, and its resources."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.registry.items.item_parts import SpillBuffer
from provenance.registry.sorting.duckdb_engine import BuildLimits, open_engine

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class BuildDir:
    """The staging folder of a build, with the engine and buffers that it uses.

    Parameters
    ----------
    folder : Path
        The staging folder.
    connection : duckdb.DuckDBPyConnection
        Sorts and groups.
    limits : BuildLimits
        Resource limits.
    spill_buffer : SpillBuffer
        Receives the items in the order of reading.
    keep_texts : bool
        Whether texts are stored with the items; else they are never written to disk.
    keep_authors : bool
        Whether the names of the authors of new items are stored.
    cleaner : ThreadPoolExecutor
        Removes folders in the background.
    """

    folder: Path
    connection: "duckdb.DuckDBPyConnection"
    limits: BuildLimits
    spill_buffer: SpillBuffer
    keep_texts: bool
    keep_authors: bool
    cleaner: ThreadPoolExecutor

    def remove_later(self, folder: Path) -> None:
        """Remove a folder in the background."""
        self.cleaner.submit(shutil.rmtree, folder)

    @property
    def parts(self) -> Path:
        """Folder of the spilled parts."""
        return self.folder / "parts"

    @property
    def keys(self) -> Path:
        """Folder of the spilled sort keys."""
        return self.folder / "keys"

    @property
    def unsorted(self) -> Path:
        """Folder of the spilled postings."""
        return self.folder / "unsorted"

    @property
    def data(self) -> Path:
        """Folder of the data files, before their digest names it."""
        return self.folder / "data"


@contextmanager
def open_build_dir(
    folder: Path, limits: BuildLimits, *, keep_texts: bool, keep_authors: bool = False
) -> Iterator[BuildDir]:
    """Set up the build of a segment in an empty folder, which is created.

    Yields
    ------
    BuildDir
        Its folders are removed as soon as they are no longer needed; the last with the context.

    Raises
    ------
    RegistryError
        If sorting runs out of memory or disk.
    """
    shutil.rmtree(folder, ignore_errors=True)  # of a build that was killed
    with open_engine(folder / "spill", limits) as connection, ThreadPoolExecutor(1) as cleaner:
        spill_buffer = SpillBuffer(folder / "parts", folder / "keys", limits.buffer_bytes)
        build_dir = BuildDir(
            folder, connection, limits, spill_buffer, keep_texts, keep_authors, cleaner
        )
        for path in (build_dir.parts, build_dir.keys, build_dir.unsorted, build_dir.data):
            path.mkdir(parents=True)
        yield build_dir
    shutil.rmtree(folder, ignore_errors=True)
