"""The folder of a registry: locked while it is written, and replaced atomically by renaming."""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from provenance.atomic_output import make_durable_folders, sync_path, sync_rename
from provenance.errors import RegistryError, RegistryExists, RegistryNotFound
from provenance.file_locks import open_locked
from provenance.registry.manifest import (
    MANIFEST,
    Manifest,
    read_manifest,
    read_manifest_bytes,
    render_manifest,
    time_after,
)

_CONTENTS = (
    "segment-*",
    "statuses-*",
    "tombstones-*",
    "optouts-*",
    "marks-*",
    "additions-*",
    "signature-*",
    "data-" + 12 * "[0-9a-f]",
)
"""Patterns of names of what belongs to a registry, that of format 4 included."""

LOCK_FILE = ".lock"
"""In the folder of a registry: locked while it is changed."""

_RECIPE_FILE = "recipe"

PROGRESS_FILE = "progress.json"
"""In the folder of a build: what it has finished (see `build.build_progress`)."""


@contextmanager
def staged_registry(folder: Path, recipe: str | None = None) -> Iterator[Path]:
    """Create a folder beside `folder`, in which a registry can be built.

    Parameters
    ----------
    folder : Path
        The registry.
    recipe : str or None
        Identifies what is built. If the folder has progress of a build of the same recipe that was
        killed, that is kept; so is that of this build, should it fail.

    Yields
    ------
    Path
        The staging folder. It is removed afterwards, with leftovers of other builds.

    Raises
    ------
    RegistryExists
        If `folder` exists and is not empty.
    RegistryError
        If another process is building there, or it cannot be written, now or later within the
        context.
    """
    with _translate_errors(folder):
        require_vacant(folder)
        make_durable_folders(folder.parent)
        with _open_lock(_sibling_name(folder, "lock"), folder):
            require_vacant(folder)
            with _staging_folder(_sibling_name(folder, "building"), recipe) as staging:
                yield staging


@contextmanager
def staged_change(
    folder: Path, recipe: str | None = None, *, is_of_manifest: bool = False
) -> Iterator[tuple[Path, Manifest]]:
    """Create a folder inside `folder`, in which a change to it can be prepared.

    Waits until no other process is changing it.

    Parameters
    ----------
    folder : Path
        The registry.
    recipe : str or None
        As for `staged_registry`; it counts only for the same content of the registry.
    is_of_manifest : bool
        Whether only what the manifest says changes, as it may in a keyed copy.

    Yields
    ------
    staging : Path
        The staging folder. It is removed afterwards, with leftovers of killed processes.
    manifest : Manifest
        The present manifest, which no other process can change within the context.

    Raises
    ------
    RegistryNotFound
        If `folder` is not a registry.
    RegistryError
        If it is a keyed copy, or cannot be written, now or later within the context.
    """
    read_manifest(folder)  # no lock is left in a folder that is not a registry
    if not is_of_manifest:
        require_original(folder)
    with (
        _translate_errors(folder),
        _open_lock(folder / LOCK_FILE, folder, fcntl.LOCK_EX),
    ):
        _remove_leftovers(folder)
        manifest = read_manifest(folder)
        remove_unlisted(folder, manifest)
        recipe = recipe and f"{recipe} {manifest.digest}"
        with _staging_folder(folder / ".building", recipe) as staging:
            yield staging, manifest


def require_original(folder: Path) -> None:
    """Raise `RegistryError` if a registry is a keyed copy, which neither changes nor is copied."""
    if read_manifest(folder).key_id:
        raise RegistryError(
            f"{folder} is a keyed copy of a registry, which its owner publishes again to change it",
            remedy="change the registry that it was published from, then run: "
            "provenance registry publish",
        )


def publish_registry(staging: Path, manifest: Manifest, folder: Path) -> None:
    """Move finished segments to the place of a new registry.

    Parameters
    ----------
    staging : Path
        Folder that contains only what the manifest names.
    manifest : Manifest
        Of the new registry.
    folder : Path
        The registry to create.

    Raises
    ------
    RegistryExists
        If `folder` was created meanwhile.
    """
    (staging / PROGRESS_FILE).unlink(missing_ok=True)
    remove_unlisted(staging, manifest)
    for name in manifest.folders:
        sync_path(staging / name)
    publish_folder(staging, render_manifest(manifest), folder)


def publish_folder(staging: Path, manifest: str, folder: Path) -> None:
    """Move a staging folder, with a manifest, to its place; raises as `publish_registry`."""
    (staging / _RECIPE_FILE).unlink()
    _write_text(staging / MANIFEST, manifest)
    sync_path(staging)
    try:
        staging.rename(folder)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise _exists_error(folder) from error
        raise
    sync_rename(folder)


def publish_change(staging: Path, manifest: Manifest, folder: Path) -> None:
    """Replace a registry's manifest, after moving new segments and statuses to its folder.

    A reader sees either the earlier registry or the new one.

    Parameters
    ----------
    staging : Path
        Folder with what the manifest names and `folder` lacks, on the same file system.
    manifest : Manifest
        The new manifest.
    folder : Path
        The registry.
    """
    (staging / PROGRESS_FILE).unlink(missing_ok=True)
    for name in sorted(manifest.folders):
        if not (folder / name).exists():
            sync_path(staging / name)
            (staging / name).rename(folder / name)
    manifest_file = staging / MANIFEST
    _write_text(manifest_file, render_manifest(manifest))
    sync_path(folder)
    manifest_file.replace(folder / MANIFEST)
    if sync_rename(folder, folder):  # else the earlier manifest may come back
        remove_unlisted(folder, manifest)


def remove_unlisted(folder: Path, manifest: Manifest) -> None:
    """Remove what a manifest does not name: earlier segments, tables and signatures, leftovers."""
    listed = manifest.folders | _signature_of(folder)
    for path in (path for pattern in _CONTENTS for path in folder.glob(pattern)):
        if path.name in listed:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def require_free(folder: Path) -> None:
    """Raise `RegistryExists` if there is something at the place of a new registry."""
    if _is_occupied(folder):
        raise _exists_error(folder)


def signature_name(manifest: bytes) -> str:
    """Return the name of the file with the signatures of a manifest, given as it is stored."""
    return f"signature-{hashlib.sha256(manifest).hexdigest()[:16]}.json"


def _signature_of(folder: Path) -> set[str]:
    try:
        return {signature_name(read_manifest_bytes(folder))}
    except RegistryNotFound:
        return set()


def state_fresh_until(folder: Path, day: date) -> Manifest:
    """State until when a copy of a registry counts as fresh.

    Raises
    ------
    RegistryNotFound, RegistryVersion, CorruptFile, DigestMismatch, RegistryError
        As for `staged_change`.
    """
    with staged_change(folder, is_of_manifest=True) as (staging, earlier):
        if earlier.fresh_until == day:
            return earlier
        manifest = replace(earlier, fresh_until=day, created=time_after(earlier))
        publish_change(staging, manifest, folder)
    return manifest


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Hold the lock of those who change a registry, waiting for it; the folder exists.

    Raises
    ------
    RegistryError
        If it cannot be written, now or later within the context.
    """
    with _translate_errors(folder), _open_lock(folder / LOCK_FILE, folder, fcntl.LOCK_EX):
        yield


@contextmanager
def _translate_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RegistryError(
            f"{folder} cannot be written: {error.strerror or error}",
            remedy="check that the disk has space and that the folder is writable",
        ) from error


@contextmanager
def _open_lock(
    path: Path, folder: Path, mode: int = fcntl.LOCK_EX | fcntl.LOCK_NB
) -> Iterator[None]:
    descriptor = _acquire_lock(path, folder, mode)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _acquire_lock(path: Path, folder: Path, mode: int) -> int:
    # The kernel drops the lock of a process that dies, so that a lock is never stale.
    try:
        return open_locked(path, os.O_RDWR | os.O_CREAT, mode)
    except BlockingIOError as error:
        raise RegistryError(
            f"another process is writing to {folder}",
            remedy="wait until it has finished, then run this again",
        ) from error


@contextmanager
def _staging_folder(staging: Path, recipe: str | None) -> Iterator[Path]:
    """Create a staging folder, or keep one with progress of the same recipe."""
    if recipe is None or not (staging / PROGRESS_FILE).exists() or _read_recipe(staging) != recipe:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        _write_text(staging / _RECIPE_FILE, recipe or "")
    try:
        yield staging
    finally:
        if not (staging / PROGRESS_FILE).exists():
            shutil.rmtree(staging, ignore_errors=True)


def _read_recipe(staging: Path) -> str | None:
    try:
        return (staging / _RECIPE_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _remove_leftovers(folder: Path) -> None:
    # A build that is killed right after its last rename leaves these next to the registry.
    if _sibling_name(folder, "building").exists() or _sibling_name(folder, "lock").exists():
        with suppress(OSError, RegistryError), _open_lock(_sibling_name(folder, "lock"), folder):
            shutil.rmtree(_sibling_name(folder, "building"), ignore_errors=True)


def _sibling_name(folder: Path, name: str) -> Path:
    return folder.parent / f".{folder.name}.{name}"


def _is_occupied(folder: Path) -> bool:
    return folder.exists() and not (folder.is_dir() and next(folder.iterdir(), None) is None)


def require_vacant(folder: Path) -> None:
    """Raise `RegistryExists` if a new registry cannot take a place, because something is there."""
    if _is_occupied(folder):
        _remove_leftovers(folder)
        raise _exists_error(folder)


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
