"""Digests of data files: computing, checking, and syncing the files before they are named."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from provenance.errors import DigestMismatch, ProvenanceError
from provenance.file_hashing import blake3_mapped_file, blake3_stream, never_stop
from provenance.registry.files.mapped_files import Files, MappedFile, map_registry
from provenance.registry.files.verified_segments import file_states, is_verified
from provenance.registry.manifest import REMEDY, TEXTS_FILE, DataFile, Segment

Digest: TypeAlias = Callable[[Path], str]
"""Returns the BLAKE3 of a file, in hex."""


def digest_of_file(path: Path) -> str:
    """Return the BLAKE3 of a file.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        return blake3_stream(file, os.fstat(file.fileno()).st_size + 1)


class BackgroundHasher:
    """Computes digests of registries' files in the background, through memory maps.

    Parameters
    ----------
    executor : Executor
        Runs the jobs one after the other.
    stopped : callable
        Returns whether the digests are no longer needed.
    """

    def __init__(self, executor: Executor, stopped: Callable[[], bool] = never_stop) -> None:
        self._executor, self._stopped = executor, stopped
        self._jobs: dict[Path, Future[str]] = {}

    def start(self, folders: Iterable[Path]) -> None:
        """Start with the files of some registries; faults are left to be reported on opening."""
        for folder in folders:
            with suppress(ProvenanceError, OSError):
                for segment in map_registry(folder).segments:
                    if is_verified(segment, file_states(segment)):
                        continue
                    for file in digested_files(segment.entry):
                        self._start_file(segment.files[file.name].path)

    def _start_file(self, path: Path) -> None:
        if path not in self._jobs:
            self._jobs[path] = self._executor.submit(blake3_mapped_file, path, self._stopped)

    def submit(self, hashing: Callable[..., str]) -> None:
        """Queue another job, which receives the `stopped` callable."""
        self._executor.submit(hashing, self._stopped)

    def __call__(self, path: Path) -> str:
        """Return the digest of a file, waiting for its job if that has started."""
        job = self._jobs.pop(path, None)
        return blake3_mapped_file(path) if job is None or job.cancel() else job.result()


def digested_files(segment: Segment) -> list[DataFile]:
    """Return the files whose digests are checked on opening: all but the texts."""
    return [file for file in segment.files if file.name != TEXTS_FILE]


def sync_files(data: Path) -> tuple[DataFile, ...]:
    """Sync data files to the disk, before a manifest names them.

    Returns
    -------
    tuple of DataFile
        All files of the folder, in order of their names.
    """
    with ThreadPoolExecutor() as pool:
        return tuple(pool.map(sync_file, sorted(data.iterdir())))


def sync_file(path: Path) -> DataFile:
    """Sync a data file to the disk, and return its entry."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return DataFile(path.name, path.stat().st_size, digest_of_file(path))


def check_files(files: Files, entries: Iterable[DataFile], digest: Digest = digest_of_file) -> None:
    """Check the digests of data files.

    Parameters
    ----------
    files : mapping of str to MappedFile
        The files, whose sizes are already checked.
    entries : iterable of DataFile
        Their entries in the manifest.
    digest : callable
        Computes digests.

    Raises
    ------
    DigestMismatch
        If a file was altered, or was encrypted by somebody without the key.
    """
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda entry: _check_file(files[entry.name], entry, digest), entries):
            pass


def _check_file(file: MappedFile, entry: DataFile, digest: Digest) -> None:
    try:
        actual = digest(file.path)
    except OSError:  # removed since it was mapped
        actual = file.digest()
    if actual != entry.blake3:
        raise DigestMismatch(
            f"{file.path} was altered: its BLAKE3 is {actual}; the manifest says {entry.blake3}",
            remedy=REMEDY,
        )
    file.check_authentic()
