"""File locks that are released when their process ends (`flock`), and host identification."""

import fcntl
import os
import platform
from contextlib import suppress
from functools import cache
from pathlib import Path
from secrets import token_hex

from blake3 import blake3


def open_locked(path: Path, flags: int, operation: int = fcntl.LOCK_EX) -> int:
    """Open and lock a path, even if another process replaces it meanwhile.

    Parameters
    ----------
    path : Path
        A file or a folder.
    flags, operation : int
        As for `os.open` and `fcntl.flock`.

    Returns
    -------
    int
        Its descriptor; closing it releases the lock.

    Raises
    ------
    OSError
        If it cannot be opened or locked.
    """
    while True:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, operation)
            if is_same_file(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def try_lock(descriptor: int) -> bool | None:
    """Lock a descriptor without waiting.

    Returns
    -------
    bool or None
        False where another process holds the lock; None where locks are not supported.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def is_same_file(path: Path, descriptor: int) -> bool:
    """Return whether a descriptor still refers to the file at a path."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat(follow_symlinks=False))
    return False


_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")
_MACHINE_ID_FILE = Path("/etc/machine-id")


@cache
def host_id() -> str:
    """Return an identifier of this host: of its kernel, which containers share, and of itself.

    Host names are not unique, so that the machine id is included. Where there is none, a host is
    not recognised after a restart.
    """
    kernel, machine = _read_id(_BOOT_ID_FILE), _read_id(_MACHINE_ID_FILE)
    node = platform.node().encode("utf-8", "surrogateescape")
    host = machine and machine + b" " + node
    ids = (kernel, host) if kernel or host else (node, node)
    unknown = token_hex(8).encode()  # unique
    return "".join(
        blake3(part or unknown).hexdigest(length=4)
        for part in (ids[0] or ids[1], ids[1] or unknown)
    )


def _read_id(path: Path) -> bytes:
    try:
        return path.read_bytes().strip()
    except OSError:
        return b""


def is_this_host(name: str) -> bool:
    """Return whether a name starts with the id of this kernel, or of this host before a restart."""
    ours = host_id()
    kernel, node = ours[:8], ours[8:]
    return name.startswith(kernel) or name[8:].startswith(node)
