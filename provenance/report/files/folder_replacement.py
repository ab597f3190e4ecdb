"""Replacement of a folder's files as one set: whenever the writer dies, it has the old or the new.

The new files are written to a temporary folder, which changes places with the old one in one step;
files of others are linked into it first. Where that is impossible (a mount point, the working
directory, sub-folders of others, a file system without it), the new files are moved into the folder
as a sub-folder, `NEW`, in one step. Then the old ones are removed, the sub-folder becomes `MOVED`,
and its files take their places; the next writer continues after an interruption.
"""

import errno
import os
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from provenance.atomic_output import (
    make_durable_folders,
    remove_stale_temporaries,
    replace_folder,
    swap_folders,
    sync_rename,
    sync_tree,
    temporary_folder,
)
from provenance.report.files.report_commit import lock_folder

NEW, MOVED = ".provenance-new", ".provenance-moved"
"""Names of the new files within the folder: the old ones are there, or are not any more."""


def replace_files(
    folder: Path, contents: Mapping[str, bytes], owned: Collection[str] = (), mark: str = ""
) -> None:
    """Write files into a folder, in place of an earlier set.

    Parameters
    ----------
    folder : Path
        Created if missing.
    contents : mapping of str to bytes
        The files by name.
    owned : collection of str
        Names of files of an earlier set that are removed where the new one lacks them.
    mark : str
        Name of the file that says what the folder is; where files are moved, it is the last.

    Raises
    ------
    OSError
        If they cannot be written; then the earlier set is unchanged.
    """
    folder = Path(os.path.realpath(folder))
    if not folder.is_dir():
        make_durable_folders(folder.parent)
        with replace_folder(folder) as staging:
            _write(staging, contents)
        return
    remove_stale_temporaries(folder.parent)  # remains of an interrupted exchange
    names = {*contents, *owned}
    with lock_folder(folder), temporary_folder(folder) as staging:
        _finish(folder, names, mark)
        for name in sorted(names):
            if (folder / name).is_dir() and not (folder / name).is_symlink():
                raise IsADirectoryError(errno.EISDIR, f"{name} is a folder")
        _write(staging, contents)
        sync_tree(staging)
        if not _try_exchange(staging, folder, names):
            staging.rename(folder / NEW)
            sync_rename(folder, folder)
            _finish(folder, names, mark)


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def _try_exchange(staging: Path, folder: Path, names: Collection[str]) -> bool:
    """Exchange two folders if possible, and return whether that was done."""
    others = {*os.listdir(folder)} - {*names, staging.name}
    has_folders = any((folder / name).is_dir() for name in others)
    if has_folders or folder.samefile(os.curdir):
        return False
    try:
        for name in sorted(others):
            os.link(folder / name, staging / name, follow_symlinks=False)
        _exchange(staging, folder)
    except OSError:
        for name in others:
            (staging / name).unlink(missing_ok=True)
        return False
    sync_rename(folder)
    return True


def _exchange(staging: Path, folder: Path) -> None:
    """Exchange a folder with one in it."""
    sibling = folder.parent / staging.name
    staging.rename(sibling)
    try:
        facts = folder.stat()
        os.chown(sibling, facts.st_uid, facts.st_gid)
        shutil.copystat(folder, sibling)
        os.utime(sibling)
        swap_folders(sibling, folder)
    finally:
        sibling.rename(staging)  # now either folder; its context manager removes it


def _finish(folder: Path, names: Collection[str], mark: str) -> None:
    """Move new files into place; continues after any interruption."""
    if (folder / NEW).is_dir():
        for name in sorted(names, key=lambda name: name != mark):
            (folder / name).unlink(missing_ok=True)
        sync_rename(folder, folder)
        (folder / NEW).rename(folder / MOVED)
        sync_rename(folder, folder)
    if (folder / MOVED).is_dir():
        for path in sorted((folder / MOVED).iterdir(), key=lambda path: path.name == mark):
            path.replace(folder / path.name)
        sync_rename(folder, folder)
        with suppress(FileNotFoundError):
            (folder / MOVED).rmdir()
        sync_rename(folder, folder)
