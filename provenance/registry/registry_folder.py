"""The folder of a registry: locked while it is written, and replaced atomically by renaming."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from provenance.atomic_output import make_durable_folders, sync_path
from provenance.errors import RegistryError, RegistryExists
from provenance.file_locks import open_locked
from provenance.registry.manifest import MANIFEST, Manifest, read_manifest, render_manifest

_GENERATIONS = "data-*"


@contextmanager
def staged_registry(folder: Path) -> Iterator[Path]:
    """Create an empty folder beside `folder`, in which a registry can be built.

    Yields
    ------
    Path
        The staging folder. It is removed afterwards, with leftovers of killed builds.

    Raises
    ------
    RegistryExists
        If `folder` exists and is not empty.
    RegistryError
        If another process is building there, or it cannot be written, now or later within the
        context.
    """
    with _translate_errors(folder):
        if _is_occupied(folder):
            raise _exists_error(folder)
        make_durable_folders(folder.parent)
        with _open_lock(_sibling_name(folder, "lock"), folder):
            if _is_occupied(folder):
                raise _exists_error(folder)
            with _empty_folder(_sibling_name(folder, "building")) as staging:
                yield staging


@contextmanager
def staged_generation(folder: Path) -> Iterator[tuple[Path, Manifest]]:
    """Create an empty folder inside `folder`, in which its next generation can be built.

    Yields
    ------
    staging : Path
        The staging folder. It is removed afterwards, with leftovers of killed builds.
    manifest : Manifest
        Of the present generation, which no other process can change within the context.

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
        _translate_errors(folder),
        _open_lock(folder / ".lock", folder),
        _empty_folder(folder / ".building") as staging,
    ):
        _remove_leftovers(folder)
        yield staging, read_manifest(folder)


def publish_registry(staging: Path, manifest: Manifest, folder: Path) -> None:
    """Move a finished generation to the place of a new registry.

    Parameters
    ----------
    staging : Path
        Folder that contains only the generation's folder.
    manifest : Manifest
        Of the generation.
    folder : Path
        The registry to create.

    Raises
    ------
    RegistryExists
        If `folder` was created meanwhile.
    """
    _write_text(staging / MANIFEST, render_manifest(manifest))
    sync_path(staging / manifest.generation)
    sync_path(staging)
    try:
        staging.rename(folder)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise _exists_error(folder) from error
        raise
    sync_path(folder.parent)


def publish_generation(generation: Path, manifest: Manifest, folder: Path) -> None:
    """Replace a registry's present generation by a finished one.

    A reader sees either the old one or the new one.

    Parameters
    ----------
    generation : Path
        The generation's folder, on the same file system as `folder`.
    manifest : Manifest
        Of the generation.
    folder : Path
        The registry.
    """
    sync_path(generation)
    generation.rename(folder / manifest.generation)
    manifest_file = generation.with_name(MANIFEST)
    _write_text(manifest_file, render_manifest(manifest))
    sync_path(folder)
    manifest_file.replace(folder / MANIFEST)
    sync_path(folder)
    remove_other_generations(folder, manifest)


def replace_manifest(staging: Path, manifest: Manifest, folder: Path) -> None:
    """Replace a registry's manifest by another one of the same generation."""
    manifest_file = staging / MANIFEST
    _write_text(manifest_file, render_manifest(manifest))
    manifest_file.replace(folder / MANIFEST)
    sync_path(folder)


def remove_other_generations(folder: Path, manifest: Manifest) -> None:
    """Remove every generation but the manifest's: earlier ones, and those of killed runs."""
    for path in folder.glob(_GENERATIONS):
        if path.name != manifest.generation:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _translate_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RegistryError(
            f"{folder} cannot be written: {error}",
            remedy="check that the disk has space and that the folder is writable",
        ) from error


@contextmanager
def _open_lock(path: Path, folder: Path) -> Iterator[None]:
    descriptor = _acquire_lock(path, folder)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _acquire_lock(path: Path, folder: Path) -> int:
    # The kernel drops the lock of a process that dies, so that a lock is never stale.
    try:
        return open_locked(path, os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RegistryError(
            f"another process is writing to {folder}",
            remedy="wait until it has finished, then run this again",
        ) from error


@contextmanager
def _empty_folder(staging: Path) -> Iterator[Path]:
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    # A build that is killed right after its last rename leaves these next to the registry.
    if _sibling_name(folder, "building").exists() or _sibling_name(folder, "lock").exists():
        with suppress(OSError, RegistryError), _open_lock(_sibling_name(folder, "lock"), folder):
            shutil.rmtree(_sibling_name(folder, "building"), ignore_errors=True)


def _sibling_name(folder: Path, name: str) -> Path:
    return folder.parent / f".{folder.name}.{name}"


def _is_occupied(folder: Path) -> bool:
    return folder.exists() and not (folder.is_dir() and next(folder.iterdir(), None) is None)


def _exists_error(folder: Path) -> RegistryExists:
    if (folder / MANIFEST).is_file():
        return RegistryExists(
            f"{folder} already exists",
            remedy=f"add to it with: provenance registry add {folder}, or name another folder",
        )
    kind = "a folder of other files" if folder.is_dir() else "a file"
    return RegistryExists(
        f"{folder} is {kind}, not a registry",
        remedy="name a folder that does not exist: it will be created",
    )


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    sync_path(path)
