"""What earlier checks learnt of parts of corpora, kept on disk by what it depends on.

An entry's name is a digest of everything that decides its content: the bytes of the part, how it is
read, the registries and what is asked of their matches, and the code that reads and matches. So
nothing is ever out of date. An entry holds a digest of its name and content, and is used only where
that is right: one that is lost, damaged, or another's costs its time alone.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import TypeAlias

import numpy as np
import platformdirs
from blake3 import blake3

from provenance.atomic_output import make_folders, open_regular, replacing, sweep
from provenance.errors import OutputError
from provenance.model import UInt8s

MOST = 4 << 30
"""Bytes that are kept; beyond that, what was not asked for longest is forgotten."""

_MARK = b"provenance entry 2\n".ljust(32, b"\0")
"""What every entry begins with; behind it stand the digest of its name and content, and that."""

_HEAD = len(_MARK) + blake3.digest_size

_LARGEST = 1 << 30
"""Bytes of an entry: what is larger is neither kept nor believed."""

Buffer: TypeAlias = bytes | memoryview

_NEITHER = ("cli", "report")
"""Packages that cannot change what a part gives."""


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

    def find(self, name: str) -> UInt8s | None:
        """Give the content of an entry, if there is a whole one, and note that it was asked for."""
        with suppress(OSError), open_regular(self._path(name), follow=False) as file:
            size = os.fstat(file.fileno()).st_size
            if not _HEAD <= size <= _LARGEST:
                return None
            entry = np.empty(size, np.uint8)
            if _read_whole(file, entry) and _is_sound(name, entry):
                with suppress(OSError):
                    os.utime(file.fileno())
                return entry[_HEAD:]
        return None

    def keep(self, name: str, content: Sequence[Buffer]) -> None:
        """Keep an entry: whole, or not at all. Where there is no room, nothing is kept."""
        path = self._path(name)
        if sum(map(len, content)) > _LARGEST - _HEAD:
            return
        try:
            make_folders(path.parent, 0o700)
            if path.is_dir() and not path.is_symlink():
                _remove(path)
            # What is lost with the power is made again: nothing waits for the disk. `tidy` sweeps.
            aside = self.folder
            with replacing(path, aside=aside, mode=0o600, synced=False, swept=True) as file:
                file.write(_MARK + _digest(name, content))
                for each in content:
                    file.write(each)
        except OSError:
            return

    def forget(self, name: str) -> None:
        """Forget an entry that cannot be used."""
        with suppress(OSError):
            _remove(self._path(name))

    def tidy(self) -> None:
        """Forget what was not asked for longest, until `MOST` bytes are left."""
        sweep(self.folder)
        entries = sorted(_entries(self.folder), key=lambda entry: entry[1], reverse=True)
        total = 0
        for path, _, size in entries:
            total += size
            if total > MOST:
                with suppress(OSError):
                    _remove(path)

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]


def _digest(name: str, content: Iterable[Buffer]) -> bytes:
    found = blake3(name.encode())
    for each in content:
        found.update(each)
    return found.digest()


def _is_sound(name: str, entry: UInt8s) -> bool:
    head = entry[:_HEAD].tobytes()
    return head[: len(_MARK)] == _MARK and head[len(_MARK) :] == _digest(name, [entry[_HEAD:].data])


def _read_whole(file: RawIOBase, room: UInt8s) -> bool:
    """Fill an array from a file; tell whether there was enough in it."""
    left = room.data
    while left and (count := file.readinto(left)):
        left = left[count:]
    return not left


def _remove(path: Path) -> None:
    """Remove an entry, or whatever stands in its place."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


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
            _remove(path)
    except OSError as error:
        raise OutputError(
            f"{kept.folder} cannot be cleared ({error.strerror})",
            remedy="remove the folder by hand, as the user who owns it.",
        ) from error
    return kept


def code_digest() -> str:
    """Return a digest of the sources that decide what a part gives, compilation included."""
    package = Path(__file__).parents[1]
    files = {path.relative_to(package).as_posix(): path for path in package.rglob("*.py")}
    own = sorted(name for name in files if name.partition("/")[0] not in _NEITHER)
    return digest_of(part for name in own for part in (name, files[name].read_bytes()))


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
            facts = path.lstat()
        except OSError:
            continue  # somebody else has just forgotten it
        yield path, facts.st_mtime, facts.st_size
