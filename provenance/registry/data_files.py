"""Data files, and the digests by which they are known."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from provenance.errors import DigestMismatch, ProvenanceError
from provenance.file_hashing import blake3_of, mapped_blake3, never
from provenance.registry.manifest import REMEDY, TEXTS_FILE, DataFile, Manifest, read_manifest
from provenance.registry.mapped_files import Files, MappedFile, map_files

Digest: TypeAlias = Callable[[Path], str]
"""Gives the BLAKE3 of a file, in hex."""


def digest_of_file(path: Path) -> str:
    """Digest a file; as `digests.blake3_of`.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        return blake3_of(file, os.fstat(file.fileno()).st_size + 1)


class HashedAhead:
    """Digests of registries' files, made before anybody asks; what is open is mapped anyway.

    Parameters
    ----------
    aside : Executor
        Who makes them, one after the other.
    stopped : callable
        Tells whether nobody wants them any more.
    """

    def __init__(self, aside: Executor, stopped: Callable[[], bool] = never) -> None:
        self._aside, self._stopped = aside, stopped
        self._begun: dict[Path, Future[str]] = {}

    def begin(self, folders: Iterable[Path]) -> None:
        """Begin with some registries. What is wrong with one is for whoever opens it to say."""
        for folder in folders:
            with suppress(ProvenanceError, OSError):
                manifest = read_manifest(folder)
                data = folder / manifest.generation
                map_files(data, manifest.files)
                for path in (data / file.name for file in checked(manifest)):
                    if path not in self._begun:
                        self._begun[path] = self._aside.submit(mapped_blake3, path, self._stopped)

    def follow(self, hashing: Callable[..., str]) -> None:
        """Let something be hashed behind what was begun; it is told when to stop."""
        self._aside.submit(hashing, self._stopped)

    def __call__(self, path: Path) -> str:
        """Give the digest of any file, waiting where somebody is at it."""
        made = self._begun.pop(path, None)
        return mapped_blake3(path) if made is None or made.cancel() else made.result()


def checked(manifest: Manifest) -> list[DataFile]:
    """List the files whose digests are looked at when a registry is opened: texts are not."""
    return [file for file in manifest.files if file.name != TEXTS_FILE]


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
    return DataFile(path.name, path.stat().st_size, digest_of_file(path))


def check_files(files: Files, stated: Iterable[DataFile], digest: Digest = digest_of_file) -> None:
    """Hold data files against what the manifest says of them.

    Parameters
    ----------
    files : mapping of str to MappedFile
        The files, of the sizes that the manifest says.
    stated : iterable of DataFile
        What the manifest says.
    digest : callable
        Digests them.

    Raises
    ------
    DigestMismatch
        If one is altered.
    """
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda one: _check(files[one.name], one, digest), stated):
            pass


def _check(file: MappedFile, stated: DataFile, digest: Digest) -> None:
    try:
        found = digest(file.path)
    except OSError:  # removed since it was mapped
        found = file.digest()
    if found != stated.blake3:
        raise DigestMismatch(
            f"{file.path} was altered: its BLAKE3 is {found}; the manifest says {stated.blake3}",
            remedy=REMEDY,
        )
