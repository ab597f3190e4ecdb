"""Files of a ledger: on this machine, or on any file system that fsspec knows."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import fsspec

from provenance.atomic_output import (
    PREFIX,
    make_durable_folders,
    open_regular_file,
    replace_file,
    sync_path,
)
from provenance.errors import LedgerError

_BATCH = 256
"""Files of a remote ledger that are fetched at a time."""

_CHUNK = 1 << 20
_MAX_BYTES = 1 << 28
"""Largest file that is read at once."""


class LedgerFolder(Protocol):
    """The files of a ledger, by their paths in it. Files are never changed."""

    @property
    def address(self) -> str:
        """Return the address, as given."""

    def names(self, folder: str = "") -> list[str]:
        """Return the paths of all files below a folder, sorted, without hidden ones."""

    def read(self, names: Sequence[str]) -> Iterator[bytes | None]:
        """Yield the content of small files, in the order given; None for one that is missing."""

    def sha256(self, name: str) -> str | None:
        """Return the SHA-256 of a file of any size; None if it is missing."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file, durably and all at once."""

    def check_removable(self, name: str) -> None:
        """Raise `LedgerError` if a file is there that cannot be removed with its content."""

    def remove(self, names: Sequence[str]) -> None:
        """Remove files, as far as they are there."""

    def is_writable(self) -> bool:
        """Return whether files can be written, as far as can be told without writing one."""


def open_folder(address: str) -> LedgerFolder:
    """Return the files of the ledger at a path, or at an address that fsspec knows.

    Raises
    ------
    LedgerError
        If there is no such file system.
    """
    if "://" not in address:
        return _LocalFolder(address)
    try:
        system, path = fsspec.core.url_to_fs(address)
        if "file" in system.protocol:
            return _LocalFolder(path)
        return _RemoteFolder(address, system, path)
    except Exception as error:
        remedy = "give a folder, or an address such as s3://bucket/ledger"
        if isinstance(error, ImportError):
            remedy = f"install the library for it: pip install {error.name or 's3fs'}"
        raise LedgerError(f"the ledger {address} cannot be opened: {error}", remedy=remedy) from (
            error
        )


@contextmanager
def _errors(address: str) -> Iterator[None]:
    try:
        yield
    except LedgerError:
        raise
    except Exception as error:  # libraries of file systems raise any kind
        if isinstance(error, MemoryError):
            raise
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise LedgerError(
            f"the ledger {address} cannot be used: {reason}",
            remedy="check the address, your access to it, and that there is free space",
        ) from error


@dataclass(frozen=True, slots=True)
class _LocalFolder:
    address: str

    def names(self, folder: str = "") -> list[str]:
        root = Path(self.address)
        with _errors(self.address):
            self._check_inside(f"{folder}/")
            return sorted(_walk(str(root / folder), len(str(root)) + 1))

    def read(self, names: Sequence[str]) -> Iterator[bytes | None]:
        root = Path(self.address)
        folder = None
        for name in names:
            with _errors(f"{self.address}/{name}"):
                if folder != (folder := name.rpartition("/")[0]):
                    self._check_inside(name)
                try:
                    content = _read_whole(root / name)
                except FileNotFoundError:
                    yield None
                    continue
            yield content

    def sha256(self, name: str) -> str | None:
        with _errors(f"{self.address}/{name}"):
            self._check_inside(name)
            try:
                with (Path(self.address) / name).open("rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256").hexdigest()
                    _check_length(stream.fileno(), stream.tell())
            except FileNotFoundError:
                return None
            return digest

    def write(self, name: str, content: bytes) -> None:
        root = Path(self.address)
        with _errors(self.address):
            self._check_inside(name)
            make_durable_folders((root / name).parent)
            # Written in the ledger's own folder: that of records may have very many entries.
            with replace_file(root / name, folder=root) as stream:
                stream.write(content)

    def check_removable(self, name: str) -> None:
        self._check_inside(name)
        with _errors(f"{self.address}/{name}"):
            try:
                mode = (Path(self.address) / name).lstat().st_mode
            except FileNotFoundError:
                return
        if not stat.S_ISREG(mode):
            raise LedgerError(
                f"{self.address}/{name} is not a file of its own: what it stands for would stay",
                remedy="replace the link by the file that it leads to, and try again",
            )

    def remove(self, names: Sequence[str]) -> None:
        for name in names:
            self.check_removable(name)
            with _errors(f"{self.address}/{name}"):
                (Path(self.address) / name).unlink(missing_ok=True)
        for folder in {(Path(self.address) / name).parent for name in names}:
            if folder.is_dir():
                with _errors(self.address):
                    sync_path(folder)

    def _check_inside(self, name: str) -> None:
        """Raise `LedgerError` if a folder of the ledger is a link to a place outside of it."""
        place = Path(self.address)
        for part in name.split("/")[:-1]:
            place /= part
            if place.is_symlink():
                raise LedgerError(
                    f"{place} is a link to another folder, which is not part of the ledger",
                    remedy="replace the link by the folder that it leads to",
                )

    def is_writable(self) -> bool:
        return os.access(self.address, os.W_OK | os.X_OK)


def _read_whole(path: Path) -> bytes:
    """Read a regular file; one that ends before its size says is an error, not another content."""
    with open_regular_file(path) as file:
        if os.fstat(file.fileno()).st_size > _MAX_BYTES:
            raise OSError(errno.EFBIG, f"it has more than {_MAX_BYTES:,} bytes", str(path))
        content = file.readall()
        _check_length(file.fileno(), len(content))
        return content


def _check_length(descriptor: int, length: int) -> None:
    size = os.fstat(descriptor).st_size
    if length != size:
        raise OSError(errno.EIO, f"only {length:,} of its {size:,} bytes were read")


def _walk(folder: str, prefix: int) -> Iterator[str]:
    try:
        entries = os.scandir(folder)
    except FileNotFoundError:
        return
    with entries:
        for entry in entries:
            if entry.name.startswith((".", PREFIX)):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, prefix)
            else:
                yield entry.path[prefix:]


@dataclass(frozen=True, slots=True)
class _RemoteFolder:
    address: str
    system: fsspec.AbstractFileSystem
    path: str

    def names(self, folder: str = "") -> list[str]:
        with _errors(self.address):
            self.system.invalidate_cache()
            try:
                places = self.system.find(f"{self.path}/{folder}".rstrip("/"))
            except FileNotFoundError:
                return []
        prefix = f"{self.path.rstrip('/')}/"
        names = [str(place)[str(place).index(prefix) + len(prefix) :] for place in places]
        return sorted(name for name in names if not name.rpartition("/")[2].startswith("."))

    def read(self, names: Sequence[str]) -> Iterator[bytes | None]:
        for first in range(0, len(names), _BATCH):
            places = [f"{self.path}/{name}" for name in names[first : first + _BATCH]]
            with _errors(self.address):
                contents = self.system.cat(places, on_error="return") if places else {}
                if not isinstance(contents, dict):  # a list of one gives its content
                    contents = dict.fromkeys(places, contents)
                read = [contents.get(place) for place in places]
                for content in read:
                    if isinstance(content, Exception) and not isinstance(
                        content, FileNotFoundError
                    ):
                        raise content
            yield from (bytes(each) if isinstance(each, bytes) else None for each in read)

    def sha256(self, name: str) -> str | None:
        digest = hashlib.sha256()
        with _errors(self.address):
            try:
                with self.system.open(f"{self.path}/{name}", "rb") as stream:
                    while chunk := stream.read(_CHUNK):
                        digest.update(chunk)
            except FileNotFoundError:
                return None
        return digest.hexdigest()

    def write(self, name: str, content: bytes) -> None:
        # Object stores put objects in place at once; two writers of a name write the same bytes.
        with _errors(self.address):
            place = f"{self.path}/{name}"
            try:
                self.system.pipe_file(place, content)
            except FileNotFoundError:  # a file system with folders
                self.system.makedirs(place.rpartition("/")[0], exist_ok=True)
                self.system.pipe_file(place, content)

    def check_removable(self, name: str) -> None:
        """Do nothing: objects are no links."""

    def remove(self, names: Sequence[str]) -> None:
        for name in names:
            with _errors(self.address), suppress(FileNotFoundError):
                self.system.rm_file(f"{self.path}/{name}")

    def is_writable(self) -> bool:
        return True
