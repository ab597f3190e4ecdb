"""Data files, and the digests by which they are known."""

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from provenance.errors import DigestMismatch
from provenance.registry.manifest import DataFile
from provenance.registry.tables import REMEDY


def settle_files(data: Path) -> tuple[DataFile, ...]:
    """Make sure that data files are on the disk, before any manifest names them.

    Returns
    -------
    tuple of DataFile
        All files of the folder, in order of their names.
    """
    with ThreadPoolExecutor() as pool:
        return tuple(pool.map(_settled, sorted(data.iterdir())))


def _settled(path: Path) -> DataFile:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return DataFile(path.name, os.fstat(file.fileno()).st_size, digest)


def check_files(data: Path, files: Iterable[DataFile]) -> None:
    """Hold data files against what the manifest says of them.

    Raises
    ------
    DigestMismatch
        If one is missing or altered.
    """
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda file: _check(data / file.name, file), files):
            pass


def check_sizes(data: Path, files: Iterable[DataFile]) -> None:
    """Hold the sizes of data files against what the manifest says, without reading them.

    Raises
    ------
    DigestMismatch
        If one is missing or of another size.
    """
    for stated in files:
        path = data / stated.name
        try:
            size = path.stat().st_size
        except OSError as error:
            raise _unread(path, error) from error
        if size != stated.bytes:
            raise _resized(path, size, stated)


def _check(path: Path, stated: DataFile) -> None:
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unread(path, error) from error
    if size != stated.bytes:
        raise _resized(path, size, stated)
    if digest != stated.sha256:
        raise DigestMismatch(
            f"{path} was altered: its SHA-256 is {digest}; the manifest says {stated.sha256}",
            remedy=REMEDY,
        )


def _unread(path: Path, error: OSError) -> DigestMismatch:
    return DigestMismatch(f"{path} cannot be read: {error.strerror}", remedy=REMEDY)


def _resized(path: Path, size: int, stated: DataFile) -> DigestMismatch:
    return DigestMismatch(
        f"{path} has {size} bytes; the manifest says {stated.bytes}", remedy=REMEDY
    )
