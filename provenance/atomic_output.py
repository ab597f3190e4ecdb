"""Durable, atomic output: write to a locked temporary, sync, rename.

Output is written to a *temporary* file or folder next to its target, until a single rename puts it
in place. The process that writes it holds a `flock`, which the kernel releases when it dies, and
touches it every hour; its name identifies the host. The next writer in the same folder removes
stale temporaries: unlocked ones of this host, and those untouched for a day, because locks do not
reliably work across hosts.

An error before the rename means that nothing was replaced. After it the output is there, so that a
folder that then cannot be synced is no failure: `sync_rename` warns with `NotDurable`.
"""

import ctypes
import errno
import os
import shutil
import stat
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread
from typing import BinaryIO

from provenance.errors import NotDurable
from provenance.file_locks import host_id, is_same_file, is_this_host, open_locked, try_lock

PREFIX = ".provenance-tmp-"
"""Name prefix of every temporary."""

_TOUCH_INTERVAL = 3600
"""Seconds between two touches of a temporary folder."""

_STALE_SECONDS = 86_400
"""Age in seconds after which another host's temporary is stale."""

_ATTEMPTS = 100
"""Attempts at creating a temporary that other processes keep removing."""

_UNSYNCABLE_ERRNOS = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
"""Errors of file systems that cannot sync a folder."""

_RENAME_EXCHANGE = 2
"""Flag of `renameat2` that swaps two names."""

_AT_FDCWD = -100
"""Makes `renameat2` resolve relative paths against the current folder."""


@contextmanager
def temporary_folder(parent: Path, mode: int = 0o777) -> Iterator[Path]:
    """Create a locked folder, and remove it at the end unless it was renamed.

    Parameters
    ----------
    parent : Path
        Its parent, from which stale temporaries are removed.
    mode : int
        Mode of the folder, before the umask.

    Raises
    ------
    OSError
        If it cannot be created.
    """
    remove_stale_temporaries(parent)

    def make(path: Path) -> int:
        path.mkdir(mode)
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    path, descriptor = _locked_temporary(parent, make)
    stop = Event()
    toucher = Thread(target=_touch_hourly, args=(descriptor, stop), daemon=True)
    toucher.start()
    try:
        yield path
    finally:
        stop.set()
        toucher.join()
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


@contextmanager
def replace_file(
    path: Path,
    *,
    folder: Path | None = None,
    mode: int = 0o666,
    sync: bool = True,
    exclusive: bool = False,
    keep_stale: bool = False,
) -> Iterator[BinaryIO]:
    """Open a new file that atomically replaces `path` at the end.

    Parameters
    ----------
    path : Path
        The file; its folder exists.
    folder : Path or None
        Folder to write it in first, on the same file system; None uses the folder of
        `path`. Stale temporaries are removed from there.
    mode : int
        Mode of the file, before the umask.
    sync : bool
        Whether to sync it before the rename; not needed for data that can be computed again.
    exclusive : bool
        Whether an existing file is an error.
    keep_stale : bool
        Whether to leave stale temporaries to the caller (`remove_stale_temporaries`).

    Raises
    ------
    FileExistsError
        If the file exists and `exclusive` is set.
    OSError
        If it cannot be written.
    """
    folder = path.parent if folder is None else folder
    if not keep_stale:
        remove_stale_temporaries(folder)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    temporary, descriptor = _locked_temporary(
        folder, lambda temporary: os.open(temporary, flags, mode)
    )
    try:
        with os.fdopen(descriptor, "wb") as stream:  # locked until it is in place
            yield stream
            stream.flush()
            if sync:
                os.fsync(descriptor)
            if exclusive:
                os.link(temporary, path)
            else:
                temporary.replace(path)
        if sync:
            sync_rename(path)
    finally:
        with suppress(OSError):
            temporary.unlink()


def append_line(path: Path, line: bytes) -> None:
    """Append a line to a file, all of it or nothing; writers wait for each other.

    Parameters
    ----------
    path : Path
        Created if missing; its folder exists. A last line that was cut off is ended first.
    line : bytes
        With a line break at its end.

    Raises
    ------
    OSError
        If it cannot be written; then the file has its former content.
    """
    path = Path(os.path.realpath(path))
    descriptor = open_locked(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = b"\n" + line
        try:
            with os.fdopen(descriptor, "ab", closefd=False) as stream:
                stream.write(line)
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)
    sync_rename(path)


@contextmanager
def replace_folder(folder: Path) -> Iterator[Path]:
    """Create a folder that becomes `folder` at the end, or is removed on errors.

    Parameters
    ----------
    folder : Path
        Absent or empty.

    Raises
    ------
    OSError
        If `folder` was created meanwhile, or it cannot be written.
    """
    with temporary_folder(folder.parent) as temporary:
        yield temporary
        sync_tree(temporary)
        temporary.rename(folder)
        sync_rename(folder)


def remove_stale_temporaries(folder: Path) -> None:
    """Remove the temporaries of dead processes, ignoring errors."""
    with suppress(OSError), os.scandir(folder) as entries:
        for path in [folder / entry.name for entry in entries if entry.name.startswith(PREFIX)]:
            with suppress(OSError):
                _remove_if_stale(path)


def make_durable_folders(folder: Path, mode: int = 0o777) -> None:
    """Create a folder and its parents, and sync them."""
    if not folder.is_dir():
        make_durable_folders(folder.parent, mode)
        folder.mkdir(mode, exist_ok=True)
        sync_path(folder.parent)


def is_utf8(path: Path) -> bool:
    """Return whether a path is valid UTF-8, as libraries other than Python's own require."""
    return os.fsencode(path).decode("utf-8", "replace").encode() == os.fsencode(path)


def open_regular_file(path: Path, *, follow: bool = True) -> FileIO:
    """Open a regular file for reading; pipes and devices are rejected without blocking.

    Parameters
    ----------
    path : Path
        The file.
    follow : bool
        Whether it may be a symbolic link.

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
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return FileIO(descriptor)


def read_small_file(path: Path, max_bytes: int = 1 << 28) -> bytes:
    """Read a regular file of bounded size.

    Raises
    ------
    OSError
        If it cannot be read, is not a regular file, or has more than `max_bytes` bytes.
    """
    with open_regular_file(path) as file:
        if os.fstat(file.fileno()).st_size > max_bytes:
            raise OSError(errno.EFBIG, f"it has more than {max_bytes:,} bytes", str(path))
        return file.readall()


def read_file(path: Path, max_bytes: int = 1 << 24) -> bytes:
    """Read a file, pipe or device named by the user to its end.

    Raises
    ------
    OSError
        If it cannot be read, or yields more than `max_bytes` bytes.
    """
    with path.open("rb") as file:
        return read_stream(file, path, max_bytes)


def read_stream(stream: BinaryIO, path: Path, max_bytes: int = 1 << 28) -> bytes:
    """Read an open file to its end; raises as `read_file`."""
    content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise OSError(errno.EFBIG, f"it has more than {max_bytes:,} bytes", str(path))
    return content


def sync_path(path: Path) -> None:
    """Sync a file's content, or a folder's entries, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSYNCABLE_ERRNOS or not path.is_dir():
            raise
    finally:
        os.close(descriptor)


def sync_rename(output: Path, folder: Path | None = None) -> bool:
    """Sync the folder in which complete output was moved into place.

    Parameters
    ----------
    output : Path
        The output, to be named in a warning.
    folder : Path or None
        The folder; None means that of `output`.

    Returns
    -------
    bool
        False, after a warning `NotDurable`, if that failed: the output is there nevertheless.
    """
    try:
        sync_path(output.parent if folder is None else folder)
    except OSError as error:
        warnings.warn(
            f"{str(output)!r} was written and is complete, but it may be lost if the power fails: "
            f"its folder could not be synced to the disk ({error.strerror or error})",
            NotDurable,
            stacklevel=2,
        )
        return False
    return True


def sync_tree(folder: Path) -> None:
    """Sync a folder and everything in it to the disk."""
    with ThreadPoolExecutor(8) as pool:  # file systems sync several files in parallel
        for _ in pool.map(sync_path, folder.rglob("*")):
            pass
    sync_path(folder)


def swap_folders(first: Path, second: Path) -> None:
    """Swap two folders atomically.

    Raises
    ------
    OSError
        If the system or the file system does not support it.
    """
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if swap is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if swap(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(second))


def _locked_temporary(parent: Path, make: Callable[[Path], int]) -> tuple[Path, int]:
    """Create and lock a temporary; try again if another process removed it in between."""
    for _ in range(_ATTEMPTS):
        path = parent / f"{PREFIX}{host_id()}-{token_hex(6)}"
        try:
            descriptor = make(path)
        except FileNotFoundError:
            if not parent.is_dir():
                raise
            continue
        if try_lock(descriptor) is not False and is_same_file(path, descriptor):
            return path, descriptor
        os.close(descriptor)
    raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(parent))


def _remove_if_stale(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        has_lock = try_lock(descriptor)
        is_ours = has_lock is True and is_this_host(path.name[len(PREFIX) :])
        is_old = time.time() - os.fstat(descriptor).st_mtime > _STALE_SECONDS
        if has_lock is False or not (is_ours or is_old) or not is_same_file(path, descriptor):
            return
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    finally:
        os.close(descriptor)


def _touch_hourly(descriptor: int, stop: Event) -> None:
    while not stop.wait(_TOUCH_INTERVAL):
        with suppress(OSError):
            os.utime(descriptor)
