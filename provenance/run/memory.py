"""What earlier checks learnt of parts of corpora, kept on disk by what it depends on.

An entry's name is a digest of everything that decides its content: the bytes of the part, how it is
read, the registries and what is asked of their matches, and the code that reads and matches. So
nothing is ever out of date, and an entry that is lost, or damaged, costs its time alone.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Protocol

import platformdirs

from provenance.errors import OutputError

MOST = 4 << 30
"""Bytes that are kept; beyond that, what was not asked for longest is forgotten."""

_ROOMS = ("read", "fingerprint", "match", "judge", "registry", "run", "model")


class Writer(Protocol):
    """Writes an entry."""

    def __call__(self, stream: BinaryIO) -> None:
        """Write it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is remembered.

    Parameters
    ----------
    folder : Path
        Where.
    entries : int
        How many parts' readings and findings.
    bytes : int
        On disk.
    """

    folder: Path
    entries: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Memory:
    """A folder of entries, for checks under the same circumstances.

    Parameters
    ----------
    folder : Path
        Where they lie.
    circumstances : str
        Digest of what decides all of them, beside the part itself.
    """

    folder: Path
    circumstances: str

    def name(self, *of: str | bytes) -> str:
        """Name the entry that depends on these."""
        return digest_of((self.circumstances, *of))

    def find(self, name: str) -> Path | None:
        """Give the file of an entry, if there is one, and note that somebody asked for it."""
        path = self._path(name)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def keep(self, name: str, write: Writer) -> None:
        """Keep an entry: whole, or not at all. Where there is no room, nothing is kept."""
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, prefix=_UNFINISHED, delete=False) as file:
                try:
                    write(file)  # type: ignore[arg-type]  # a named one is binary, too
                except BaseException:
                    Path(file.name).unlink()
                    raise
            Path(file.name).replace(path)
        except OSError:
            return

    def forget(self, name: str) -> None:
        """Forget an entry that cannot be read."""
        self._path(name).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Forget what was not asked for longest, until `MOST` bytes are left."""
        entries = sorted(_entries(self.folder), key=lambda entry: entry[1], reverse=True)
        total = 0
        for path, _, size in entries:
            total += size
            if total > MOST:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]


_UNFINISHED = ".tmp"


def memory_folder() -> Path:
    """Give the folder of this user's cache: `PROVENANCE_CACHE`, or where the system keeps such."""
    named = os.environ.get("PROVENANCE_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("provenance"))


def remembered() -> Kept:
    """Say how much is remembered."""
    folder = memory_folder()
    sizes = [size for _, _, size in _entries(folder)]
    return Kept(folder, len(sizes), sum(sizes))


def clear_memory() -> Kept:
    """Forget everything, and say how much that was.

    Raises
    ------
    OutputError
        If something cannot be removed.
    """
    kept = remembered()
    try:
        for path, _, _ in _entries(kept.folder):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{kept.folder} cannot be cleared ({error.strerror})",
            remedy="remove the folder by hand, as the user who owns it.",
        ) from error
    return kept


def code_digest() -> str:
    """Digest the sources of all that decides what a part gives: other code, other entries."""
    package = Path(__file__).parents[1]
    files = sorted(path for room in _ROOMS for path in (package / room).rglob("*.py"))
    return digest_of(part for path in files for part in (path.name, path.read_bytes()))


def digest_of(parts: Iterable[str | bytes]) -> str:
    """Return the SHA-256 over some parts, each with its length."""
    found = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        found.update(len(data).to_bytes(8, "little"))
        found.update(data)
    return found.hexdigest()


def _entries(folder: Path) -> Iterator[tuple[Path, float, int]]:
    """Give all files of a cache, with when they were last asked for and their size."""
    for path in folder.glob("??/*"):
        try:
            facts = path.stat()
        except OSError:
            continue  # somebody else has just forgotten it
        yield path, facts.st_mtime, facts.st_size
