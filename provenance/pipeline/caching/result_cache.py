"""Result cache on disk: readings and locations of parts, addressed by everything they depend on.

The key of an entry is a digest of everything that affects its content: the bytes of the part, how
it is read, the registries, the minimum length of matches, and the code. So entries are never stale.
An entry holds a digest of its key and content and is used only if that is right; a lost, damaged or
foreign entry costs time only.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from io import RawIOBase
from pathlib import Path
from typing import TypeAlias

import numpy as np
import platformdirs
from blake3 import blake3

from provenance.atomic_output import (
    make_durable_folders,
    open_regular_file,
    remove_stale_temporaries,
    replace_file,
)
from provenance.errors import OutputError
from provenance.model.content.fingerprints import UInt8s
from provenance.read.corpus.corpus_parts import Part

MAX_CACHE_BYTES = 4 << 30
"""Size limit of the cache; the least recently used entries beyond it are deleted."""

_MAGIC = b"provenance entry 2\n".ljust(32, b"\0")
"""First bytes of every entry; the digest of key and content follows, then the content."""

_HEADER_SIZE = len(_MAGIC) + blake3.digest_size

_MAX_ENTRY_BYTES = 1 << 30
"""Size limit of an entry; larger ones are neither stored nor loaded."""

Buffer: TypeAlias = bytes | memoryview

_EXCLUDED_PACKAGES = ("cli", "report")
"""Packages that do not affect the result of a part."""


@dataclass(frozen=True, slots=True)
class CacheUsage:
    """Size of the cache.

    Parameters
    ----------
    folder : Path
        Its folder.
    entries : int
        Number of entries: readings and findings of parts.
    size_bytes : int
        Bytes on disk.
    """

    folder: Path
    entries: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ResultCache:
    """A folder of entries, for checks in the same context.

    Parameters
    ----------
    folder : Path
        The folder.
    context_digest : str
        Digest of everything that entries depend on, except for the part.
    """

    folder: Path
    context_digest: str
    _stored: list[int] = field(default_factory=list, compare=False, repr=False)

    @property
    def keeps_unread(self) -> bool:
        """Return whether readings of parts that could not be read to their end are kept: no."""
        return False

    def name_part(self, part: Part) -> str | None:
        """Return what a part is known by: a digest of its content; None if that is unknown."""
        return None if part.key is None else part.key()

    def key(self, *of: str | bytes) -> str:
        """Return the key of the entry that depends on the given values."""
        return digest_of((self.context_digest, *of))

    def load(self, name: str) -> UInt8s | None:
        """Return the content of an intact entry, or None; marks the entry as used."""
        with suppress(OSError), open_regular_file(self._path(name), follow=False) as file:
            size = os.fstat(file.fileno()).st_size
            if not _HEADER_SIZE <= size <= _MAX_ENTRY_BYTES:
                return None
            entry = np.empty(size, np.uint8)
            content = entry_content(name, entry) if _fill_buffer(file, entry) else None
            if content is not None:
                with suppress(OSError):
                    os.utime(file.fileno())
            return content
        return None

    def store(self, name: str, content: Sequence[Buffer]) -> None:
        """Store an entry atomically; does nothing where there is no space.

        Once a run has filled the cache it stores no more: its first entries would be evicted.
        """
        path, size = self._path(name), sum(map(len, content))
        if size > _MAX_ENTRY_BYTES - _HEADER_SIZE or sum(self._stored) > MAX_CACHE_BYTES:
            return
        self._stored.append(size)
        try:
            make_durable_folders(path.parent, 0o700)
            if path.is_dir() and not path.is_symlink():
                _remove(path)
            # No sync: an entry lost in a power failure is computed again. `evict` cleans up.
            staging_folder = self.folder
            with replace_file(
                path, folder=staging_folder, mode=0o600, sync=False, keep_stale=True
            ) as file:
                file.write(entry_header(name, content))
                for chunk in content:
                    file.write(chunk)
        except OSError:
            return

    def delete(self, name: str) -> None:
        """Delete an entry that cannot be used."""
        with suppress(OSError):
            _remove(self._path(name))

    def evict(self) -> None:
        """Delete the least recently used entries beyond `MAX_CACHE_BYTES`."""
        remove_stale_temporaries(self.folder)
        entries = sorted(_entries(self.folder), key=lambda entry: entry[1], reverse=True)
        total = 0
        for path, _, size in entries:
            total += size
            if total > MAX_CACHE_BYTES:
                with suppress(OSError):
                    _remove(path)

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]


def entry_header(name: str, content: Iterable[Buffer]) -> bytes:
    """Return what precedes the content of an entry: its format, and a digest of name and content.

    Parameters
    ----------
    name : str
        Name of the entry.
    content : iterable of bytes or memoryview
        Its content.
    """
    digest = blake3(name.encode())
    for chunk in content:
        digest.update(chunk)
    return _MAGIC + digest.digest()


def entry_content(name: str, entry: UInt8s) -> UInt8s | None:
    """Return the content of an entry, without copying; None if it is damaged."""
    content = entry[_HEADER_SIZE:]
    is_intact = entry[:_HEADER_SIZE].tobytes() == entry_header(name, [content.data])
    return content if is_intact else None


def _fill_buffer(file: RawIOBase, buffer: UInt8s) -> bool:
    """Fill an array from a file; return whether the file was long enough."""
    remaining = buffer.data
    while remaining and (count := file.readinto(remaining)):
        remaining = remaining[count:]
    return not remaining


def _remove(path: Path) -> None:
    """Remove an entry, or any file or folder at its path."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def cache_folder() -> Path:
    """Return this user's cache folder: `PROVENANCE_CACHE`, or the platform's default."""
    override = os.environ.get("PROVENANCE_CACHE")
    return Path(override) if override else Path(platformdirs.user_cache_dir("provenance"))


def cache_usage() -> CacheUsage:
    """Return the size of the cache."""
    folder = cache_folder()
    sizes = [size for _, _, size in _entries(folder)]
    return CacheUsage(folder, len(sizes), sum(sizes))


def clear_cache() -> CacheUsage:
    """Delete all entries, and return what size they had.

    Raises
    ------
    OutputError
        If something cannot be removed.
    """
    usage = cache_usage()
    try:
        for path, _, _ in _entries(usage.folder):
            _remove(path)
    except OSError as error:
        raise OutputError(
            f"{usage.folder} cannot be cleared ({error.strerror})",
            remedy="remove the folder by hand, as the user who owns it.",
        ) from error
    return usage


@cache
def code_digest() -> str:
    """Return a digest of all sources and shipped tables that affect a part's result.

    It is computed once: a process runs what it has loaded, whatever is installed later.
    """
    package = Path(__file__).parents[2]
    paths = [path for pattern in ("*.py", "*.parquet") for path in package.rglob(pattern)]
    files = {path.relative_to(package).as_posix(): path for path in paths}
    names = sorted(name for name in files if name.partition("/")[0] not in _EXCLUDED_PACKAGES)
    return digest_of(part for name in names for part in (name, files[name].read_bytes()))


def digest_of(parts: Iterable[str | bytes]) -> str:
    """Return the SHA-256 of some values, each prefixed with its length."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def _entries(folder: Path) -> Iterator[tuple[Path, float, int]]:
    """Yield path, time of last use and size of all files of a cache."""
    for path in folder.glob("??/*"):
        try:
            facts = path.lstat()
        except OSError:
            continue  # another process has just removed it
        yield path, facts.st_mtime, facts.st_size
