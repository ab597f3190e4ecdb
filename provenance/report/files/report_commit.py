"""A report takes the place of an earlier one: at any moment there is the one or the other, whole.

A folder that holds nothing but a report is exchanged for the new one in one step. Where that cannot
be done (other files lie there, it is a mount or somebody's own, the file system cannot), the new
report moves into the folder under the name `PENDING`, by one rename, which is what decides; then
its files are renamed one after the other, and until the last one `result.json` is absent. Whoever
reads a report looks into `PENDING` first; whoever writes the next one finishes what was begun.
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
    exchange,
    make_folders,
    open_regular,
    read_small,
    sweep,
    sync,
    sync_tree,
    temporary_folder,
)
from provenance.file_locks import hold
from provenance.report.files import findings_parquet, model_parquet, result_json
from provenance.report.formats import html_report

PENDING = ".provenance-report"
"""Name of a report within the folder that it is being moved into."""

FILES = frozenset({findings_parquet.NAME, html_report.PAGE, model_parquet.NAME, result_json.NAME})
"""Names of all files that a report may have."""


def replace_report(folder: Path, make: Callable[[Path], None]) -> None:
    """Put a report into a folder, in the place of the one that is there.

    Parameters
    ----------
    folder : Path
        Made where it is absent. Files of other names in it are left alone.
    make : callable
        Writes the report into an empty folder.

    Raises
    ------
    OSError
        If it cannot be written; then the earlier one is in its place.
    """
    folder = Path(os.path.realpath(folder))
    if folder.is_dir():
        sweep(folder.parent)  # an exchange may have been interrupted
        with locked(folder), temporary_folder(folder) as staged:
            make(staged)
            sync_tree(staged)
            _succeed(staged, folder)
        return
    make_folders(folder.parent)
    with temporary_folder(folder.parent) as staged:
        make(staged)
        sync_tree(staged)
        try:
            staged.rename(folder)
            sync(folder.parent)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            with locked(folder):  # somebody else has made it meanwhile
                _succeed(staged, folder)


def open_file(folder: Path, name: str) -> BufferedReader:
    """Open a file of a report, wherever it is.

    Raises
    ------
    OSError
        If it cannot be opened.
    """
    places = [folder / PENDING / name, folder / name]
    for path in places * 2:  # it may be on its way from the one to the other
        with suppress(FileNotFoundError):
            return BufferedReader(open_regular(path))
    return BufferedReader(open_regular(places[-1]))


def _succeed(staged: Path, folder: Path) -> None:
    """Put a finished report into the place of an earlier one, whose folder is locked."""
    if not _exchanged(staged, folder):
        _finish(folder)
        _check_replaceable(folder)
        staged.rename(folder / PENDING)
        sync(folder)
        _finish(folder)


def _exchanged(staged: Path, folder: Path) -> bool:
    """Exchange two folders, if that takes nothing from anybody; tell whether that was done."""
    beside = folder.parent / staged.name
    if not _is_alone(folder, staged.name) or folder.samefile(os.curdir):
        return False
    try:
        staged.rename(beside)
    except OSError:
        return False
    try:
        _resemble(beside, folder)
        exchange(beside, folder)
    except OSError:
        return False
    finally:
        beside.rename(staged)  # whatever it is now: whoever lent it removes it
    sync(folder.parent)
    for name in {*os.listdir(staged)} - FILES:  # somebody has just put it there
        (staged / name).rename(folder / name)
    return True


def _is_alone(folder: Path, staged: str) -> bool:
    """Whether a folder holds a report and nothing else, but for the staged one."""
    with os.scandir(folder) as entries:
        return all(
            entry.name == staged or (entry.name in FILES and entry.is_file(follow_symlinks=False))
            for entry in entries
        )


def _resemble(made: Path, folder: Path) -> None:
    """Give a folder the owner, permissions and attributes of another."""
    facts = folder.stat()
    os.chown(made, facts.st_uid, facts.st_gid)
    shutil.copystat(folder, made)
    os.utime(made)


def _check_replaceable(folder: Path) -> None:
    """Refuse a folder in which a folder has the name of a report's file: it cannot be replaced."""
    for name in sorted(FILES):
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            raise IsADirectoryError(errno.EISDIR, f"{name} is a folder", str(path))


def _finish(folder: Path) -> None:
    """Move what is pending into its place, from wherever that was interrupted."""
    pending = folder / PENDING
    if not pending.is_dir():
        return
    with suppress(FileNotFoundError, ValueError):
        told = result_json.digests(read_small(pending / result_json.NAME).decode("utf-8"))
        # Where a result stands, all files beside it are its own.
        for name in (result_json.NAME, *(FILES - told.keys() - {result_json.NAME})):
            (folder / name).unlink(missing_ok=True)
    for path in sorted(pending.iterdir(), key=lambda path: path.name == result_json.NAME):
        path.replace(folder / path.name)
    sync(folder)  # before `pending` goes, for whoever finds it looks there first
    pending.rmdir()
    sync(folder)


@contextmanager
def locked(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a folder's lock, where it can be locked: one process writes, or several read."""
    descriptor = -1
    with suppress(OSError):
        operation = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        descriptor = hold(folder, os.O_RDONLY | os.O_DIRECTORY, operation)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)
