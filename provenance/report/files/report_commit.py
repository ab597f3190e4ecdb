"""Atomic replacement of a report: at any moment either the old or the new one can be read.

A folder that contains nothing but a report is exchanged for the new one in one step. Where that is
impossible (other files are in the folder, it is a mount point or the working directory, the file
system does not support it), one rename moves the new report into the folder under the name
`PENDING`, which commits it. Then its files are renamed one by one, `result.json` last; until then
there is no `result.json`. Readers look into `PENDING` first; the next writer completes an
interrupted replacement.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path

from provenance.atomic_output import (
    make_durable_folders,
    open_regular_file,
    read_small_file,
    remove_stale_temporaries,
    swap_folders,
    sync_rename,
    sync_tree,
    temporary_folder,
)
from provenance.file_locks import open_locked
from provenance.report.files import findings_parquet, model_parquet, result_json
from provenance.report.formats import html_report

PENDING = ".provenance-report"
"""Name of a new report within the folder that it is moved into."""

REPORT_FILES = frozenset(
    {
        findings_parquet.FILE_NAME,
        html_report.FILE_NAME,
        model_parquet.FILE_NAME,
        result_json.FILE_NAME,
    }
)
"""Names of all files of a report."""


def replace_report(folder: Path, make: Callable[[Path], None]) -> None:
    """Write a report into a folder, replacing an earlier one atomically.

    Parameters
    ----------
    folder : Path
        Created if missing. Other files in it are kept.
    make : callable
        Writes the report into an empty folder.

    Raises
    ------
    OSError
        If it cannot be written; then the earlier report is unchanged.
    """
    folder = Path(os.path.realpath(folder))
    if folder.is_dir():
        remove_stale_temporaries(folder.parent)  # remains of an interrupted exchange
        with lock_folder(folder), temporary_folder(folder) as staging:
            make(staging)
            sync_tree(staging)
            _replace(staging, folder)
        return
    make_durable_folders(folder.parent)
    with temporary_folder(folder.parent) as staging:
        make(staging)
        sync_tree(staging)
        try:
            staging.rename(folder)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            with lock_folder(folder):  # another process has created it meanwhile
                _replace(staging, folder)
        else:
            sync_rename(folder)


def open_report_file(folder: Path, name: str) -> BufferedReader:
    """Open a file of a report, pending or in place.

    Raises
    ------
    OSError
        If it cannot be opened.
    """
    places = [folder / PENDING / name, folder / name]
    for path in places * 2:  # it may be moved in between
        with suppress(FileNotFoundError):
            return BufferedReader(open_regular_file(path))
    return BufferedReader(open_regular_file(places[-1]))


def _replace(staging: Path, folder: Path) -> None:
    """Replace the report in a locked folder by a finished one."""
    if not _try_exchange(staging, folder):
        _finish(folder)
        _check_replaceable(folder)
        staging.rename(folder / PENDING)
        sync_rename(folder, folder)
        _finish(folder)


def _try_exchange(staging: Path, folder: Path) -> bool:
    """Exchange two folders if possible, and return whether that was done."""
    sibling = folder.parent / staging.name
    if not _has_only_report(folder, staging.name) or folder.samefile(os.curdir):
        return False
    try:
        staging.rename(sibling)
    except OSError:
        return False
    try:
        _copy_attributes(sibling, folder)
        swap_folders(sibling, folder)
    except OSError:
        return False
    finally:
        sibling.rename(staging)  # now either folder; its context manager removes it
    sync_rename(folder)
    for name in {*os.listdir(staging)} - REPORT_FILES:  # written by others in between
        (staging / name).rename(folder / name)
    return True


def _has_only_report(folder: Path, staging_name: str) -> bool:
    """Return whether a folder contains nothing but a report and the staged one."""
    with os.scandir(folder) as entries:
        return all(
            entry.name == staging_name
            or (entry.name in REPORT_FILES and entry.is_file(follow_symlinks=False))
            for entry in entries
        )


def _copy_attributes(new: Path, folder: Path) -> None:
    """Copy owner, permissions and attributes of a folder to a new one."""
    facts = folder.stat()
    os.chown(new, facts.st_uid, facts.st_gid)
    shutil.copystat(folder, new)
    os.utime(new)


def _check_replaceable(folder: Path) -> None:
    """Raise an error if a folder has the name of a report's file: it cannot be replaced."""
    for name in sorted(REPORT_FILES):
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            raise IsADirectoryError(errno.EISDIR, f"{name} is a folder", str(path))


def _finish(folder: Path) -> None:
    """Move the files of a pending report into place; continues after any interruption."""
    pending = folder / PENDING
    if not pending.is_dir():
        return
    with suppress(FileNotFoundError, ValueError):
        digests = result_json.file_digests(
            read_small_file(pending / result_json.FILE_NAME).decode("utf-8")
        )
        # Files next to a pending result.json belong to it; remove old ones that it does not have.
        for name in (
            result_json.FILE_NAME,
            *(REPORT_FILES - digests.keys() - {result_json.FILE_NAME}),
        ):
            (folder / name).unlink(missing_ok=True)
    for path in sorted(pending.iterdir(), key=lambda path: path.name == result_json.FILE_NAME):
        path.replace(folder / path.name)
    if sync_rename(folder, folder):  # before `pending` is removed: readers look there first
        pending.rmdir()
        sync_rename(folder, folder)


@contextmanager
def lock_folder(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Lock a folder, if it can be locked, for one writer or several readers."""
    descriptor = -1
    with suppress(OSError):
        operation = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        descriptor = open_locked(folder, os.O_RDONLY | os.O_DIRECTORY, operation)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)
