"""Durable, atomic output: written aside under a lock, synced, renamed; what killed runs left goes.

What is written lies in a *temporary* beside its place, a file or a folder, until one rename puts it
there. A temporary is locked by whoever writes it (`flock`, which the kernel drops when a process
dies) and touched every hour; its name says on which host it was made. Whoever writes to the same
folder next removes dead ones first: those whose lock is free, if this host made them, and those
that nobody has touched for a day, where locks say nothing about other hosts.
"""

import ctypes
import errno
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread
from typing import BinaryIO

from provenance.file_locks import host, is_at, is_here, lock

PREFIX = ".provenance-tmp-"
"""Prefix of the name of every temporary."""

_BEAT = 3600
"""Seconds between two touches of a folder that is being written."""

_DEAD = 86_400
"""Seconds without a touch after which another host's temporary is dead."""

_ATTEMPTS = 100
"""Times that a temporary is made anew, before something else must be wrong than a sweep."""

_UNSYNCED = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
"""Error numbers of file systems that cannot sync a folder."""

_EXCHANGE = 2
"""The flag of `renameat2` that swaps two names."""

_HERE = -100
"""The folder against which `renameat2` resolves relative paths: the current one."""


@contextmanager
def temporary_folder(parent: Path, mode: int = 0o777) -> Iterator[Path]:
    """Lend a locked folder, and remove it, unless it was renamed.

    Parameters
    ----------
    parent : Path
        Where it is made; dead temporaries are removed from there.
    mode : int
        Of the folder, less the umask.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    sweep(parent)

    def make(path: Path) -> int:
        path.mkdir(mode)
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    path, descriptor = _locked_temporary(parent, make)
    stopped = Event()
    beat = Thread(target=_touch_hourly, args=(descriptor, stopped), daemon=True)
    beat.start()
    try:
        yield path
    finally:
        stopped.set()
        beat.join()
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


@contextmanager
def replacing(
    path: Path,
    *,
    aside: Path | None = None,
    mode: int = 0o666,
    synced: bool = True,
    exclusive: bool = False,
    swept: bool = False,
) -> Iterator[BinaryIO]:
    """Open a new file that takes the place of `path` at the end, whole or not at all.

    Parameters
    ----------
    path : Path
        The file; its folder is there.
    aside : Path or None
        Folder in which it is written, on the same file system; None takes its own. Dead
        temporaries are removed from there.
    mode : int
        Of the file, less the umask.
    synced : bool
        Whether it is on the disk before it is in its place: what can be made again need not be.
    exclusive : bool
        Whether a file that is there already is an error.
    swept : bool
        Whether `sweep` removes the dead ones already, so that it need not be done here.

    Raises
    ------
    FileExistsError
        If one is, and shall not.
    OSError
        If it cannot be written.
    """
    aside = path.parent if aside is None else aside
    if not swept:
        sweep(aside)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    made, descriptor = _locked_temporary(aside, lambda made: os.open(made, flags, mode))
    try:
        with os.fdopen(descriptor, "wb") as stream:  # locked until it is in its place
            yield stream
            stream.flush()
            if synced:
                os.fsync(descriptor)
            if exclusive:
                os.link(made, path)
            else:
                made.replace(path)
        if synced:
            sync(path.parent)
    finally:
        with suppress(OSError):
            made.unlink()


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Lend a folder beside `folder`, which it becomes at the end, whole, or which is removed.

    Parameters
    ----------
    folder : Path
        It is absent, or empty.

    Raises
    ------
    OSError
        If somebody took `folder` meanwhile, or it cannot be written.
    """
    with temporary_folder(folder.parent) as made:
        yield made
        sync_tree(made)
        made.rename(folder)
        sync(folder.parent)


def sweep(folder: Path) -> None:
    """Remove the temporaries of runs that are dead; what cannot be removed is left."""
    with suppress(OSError), os.scandir(folder) as entries:
        for path in [folder / entry.name for entry in entries if entry.name.startswith(PREFIX)]:
            with suppress(OSError):
                _remove_dead(path)


def make_folders(folder: Path, mode: int = 0o777) -> None:
    """Make a folder that is absent, and those that it is in, for good."""
    if not folder.is_dir():
        make_folders(folder.parent, mode)
        folder.mkdir(mode, exist_ok=True)
        sync(folder.parent)


def is_utf8(path: Path) -> bool:
    """Return whether a path is valid UTF-8, as libraries other than Python's own expect."""
    return os.fsencode(path).decode("utf-8", "replace").encode() == os.fsencode(path)


def open_regular(path: Path, *, follow: bool = True) -> FileIO:
    """Open a file for reading; what is none neither hangs us nor is read without end.

    Parameters
    ----------
    path : Path
        The file.
    follow : bool
        Whether it may be a link to one.

    Raises
    ------
    OSError
        If it cannot be opened, or is a pipe, a device or a folder.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    descriptor = os.open(path, flags)
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return FileIO(descriptor)


def read_small(path: Path, most: int = 1 << 28) -> bytes:
    """Read a file that people or other runs of ours wrote, and that is never large.

    Raises
    ------
    OSError
        If it cannot be read, is no regular file, or has more than `most` bytes.
    """
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise OSError(errno.EFBIG, f"it has more than {most:,} bytes", str(path))
        return file.readall()


def read_any(path: Path, most: int = 1 << 24) -> bytes:
    """Read a file, a pipe or a device that people name, to its end.

    Raises
    ------
    OSError
        If it cannot be read, or more than `most` bytes come out of it.
    """
    with path.open("rb") as file:
        return read_bounded(file, path, most)


def read_bounded(stream: BinaryIO, path: Path, most: int = 1 << 28) -> bytes:
    """Read an open file to its end; raises as `read_any`."""
    content = stream.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it has more than {most:,} bytes", str(path))
    return content


def sync(path: Path) -> None:
    """Bring a file's bytes, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSYNCED or not path.is_dir():
            raise
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Bring a folder to the disk with all that is in it."""
    with ThreadPoolExecutor(8) as pool:  # file systems write for several at once
        for _ in pool.map(sync, folder.rglob("*")):
            pass
    sync(folder)


def exchange(one: Path, other: Path) -> None:
    """Swap two folders in one step.

    Raises
    ------
    OSError
        If the system, or the file system, cannot.
    """
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if swap is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if swap(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


def _locked_temporary(parent: Path, make: Callable[[Path], int]) -> tuple[Path, int]:
    """Make a temporary and lock it; another one, where a sweep came between."""
    for _ in range(_ATTEMPTS):
        path = parent / f"{PREFIX}{host()}-{token_hex(6)}"
        try:
            descriptor = make(path)
        except FileNotFoundError:
            if not parent.is_dir():
                raise
            continue
        if lock(descriptor) is not False and is_at(path, descriptor):
            return path, descriptor
        os.close(descriptor)
    raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(parent))


def _remove_dead(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        locked = lock(descriptor)
        is_ours = locked is True and is_here(path.name[len(PREFIX) :])
        is_old = time.time() - os.fstat(descriptor).st_mtime > _DEAD
        if locked is False or not (is_ours or is_old) or not is_at(path, descriptor):
            return
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    finally:
        os.close(descriptor)


def _touch_hourly(descriptor: int, stopped: Event) -> None:
    while not stopped.wait(_BEAT):
        with suppress(OSError):
            os.utime(descriptor)
