"""The registry's folder: locked while it is written, and changed by one rename."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from provenance.atomic_output import make_folders, sync
from provenance.errors import RegistryError, RegistryExists
from provenance.file_locks import hold
from provenance.registry.manifest import MANIFEST, Manifest, read_manifest, render

_GENERATIONS = "data-*"


@contextmanager
def new(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside `folder`, in which it can be built.

    Yields
    ------
    Path
        The staging folder. It is gone afterwards, and so is what a killed run left of it.

    Raises
    ------
    RegistryExists
        If `folder` is taken.
    RegistryError
        If another process is building there, or it cannot be written, now or later within the
        context.
    """
    with _translated(folder):
        if _is_taken(folder):
            raise _taken(folder)
        make_folders(folder.parent)
        with _locked(_beside(folder, "lock"), folder):
            if _is_taken(folder):
                raise _taken(folder)
            with _emptied(_beside(folder, "building")) as staging:
                yield staging


@contextmanager
def existing(folder: Path) -> Iterator[tuple[Path, Manifest]]:
    """Give an empty folder inside `folder`, in which its next generation can be built.

    Yields
    ------
    staging : Path
        The staging folder. It is gone afterwards, and so is what a killed run left of it.
    manifest : Manifest
        Of the present generation: nobody else changes it meanwhile.

    Raises
    ------
    RegistryNotFound
        If `folder` is not a registry.
    RegistryError
        If another process is writing to it, or it cannot be written, now or later within the
        context.
    """
    read_manifest(folder)  # no lock is left in a folder that is not a registry
    with (
        _translated(folder),
        _locked(folder / ".lock", folder),
        _emptied(folder / ".building") as staging,
    ):
        _sweep(folder)
        yield staging, read_manifest(folder)


def publish(staged: Path, manifest: Manifest, folder: Path) -> None:
    """Turn a finished generation into a registry where there was none.

    Parameters
    ----------
    staged : Path
        Folder that holds the generation's folder and nothing else.
    manifest : Manifest
        Of the generation.
    folder : Path
        Where the registry is to be.

    Raises
    ------
    RegistryExists
        If somebody took `folder` meanwhile.
    """
    _write(staged / MANIFEST, render(manifest))
    sync(staged / manifest.generation)
    sync(staged)
    try:
        staged.rename(folder)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise _taken(folder) from error
        raise
    sync(folder.parent)


def succeed(generation: Path, manifest: Manifest, folder: Path) -> None:
    """Put a finished generation in the place of a registry's present one.

    A reader finds the old one or the new one, whenever it looks.

    Parameters
    ----------
    generation : Path
        The generation's folder, on the same file system as `folder`.
    manifest : Manifest
        Of the generation.
    folder : Path
        The registry.
    """
    sync(generation)
    generation.rename(folder / manifest.generation)
    written = generation.with_name(MANIFEST)
    _write(written, render(manifest))
    sync(folder)
    written.replace(folder / MANIFEST)
    sync(folder)
    drop_others(folder, manifest)


def restate(staging: Path, manifest: Manifest, folder: Path) -> None:
    """Put another manifest of the same generation in the place of a registry's present one."""
    written = staging / MANIFEST
    _write(written, render(manifest))
    written.replace(folder / MANIFEST)
    sync(folder)


def drop_others(folder: Path, manifest: Manifest) -> None:
    """Remove every generation but the manifest's: an earlier one, or a killed run's."""
    for path in folder.glob(_GENERATIONS):
        if path.name != manifest.generation:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RegistryError(
            f"{folder} cannot be written: {error}",
            remedy="make sure that its disk has room and that you may write there",
        ) from error


@contextmanager
def _locked(path: Path, folder: Path) -> Iterator[None]:
    descriptor = _lock(path, folder)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _lock(path: Path, folder: Path) -> int:
    # The kernel drops the lock of a process that dies, so that a lock is never stale.
    try:
        return hold(path, os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RegistryError(
            f"another process is writing to {folder}",
            remedy="wait until it is done, then run this again",
        ) from error


@contextmanager
def _emptied(staging: Path) -> Iterator[Path]:
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _sweep(folder: Path) -> None:
    # A build that was killed right after its last rename left these beside the registry.
    if _beside(folder, "building").exists() or _beside(folder, "lock").exists():
        with suppress(OSError, RegistryError), _locked(_beside(folder, "lock"), folder):
            shutil.rmtree(_beside(folder, "building"), ignore_errors=True)


def _beside(folder: Path, name: str) -> Path:
    return folder.parent / f".{folder.name}.{name}"


def _is_taken(folder: Path) -> bool:
    return folder.exists() and not (folder.is_dir() and next(folder.iterdir(), None) is None)


def _taken(folder: Path) -> RegistryExists:
    if (folder / MANIFEST).is_file():
        return RegistryExists(
            f"{folder} exists already",
            remedy=f"add to it with: provenance registry add {folder}, or name another folder",
        )
    what = "a folder of other files" if folder.is_dir() else "a file"
    return RegistryExists(
        f"{folder} is {what}, and no registry",
        remedy="name a folder that is not there yet: it will be made",
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    sync(path)
