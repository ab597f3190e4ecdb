"""Locks that end with their process (`flock`), and how far they can be relied on."""

import fcntl
import os
import platform
from contextlib import suppress
from functools import cache
from pathlib import Path
from secrets import token_hex

from blake3 import blake3


def hold(path: Path, flags: int, operation: int = fcntl.LOCK_EX) -> int:
    """Open and lock what is at a path, also where somebody replaces it meanwhile.

    Parameters
    ----------
    path : Path
        A file or a folder.
    flags, operation : int
        As of `os.open` and `fcntl.flock`.

    Returns
    -------
    int
        Its descriptor: whoever closes it gives up the lock.

    Raises
    ------
    OSError
        If it cannot be opened, or locked.
    """
    while True:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, operation)
            if is_at(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def lock(descriptor: int) -> bool | None:
    """Lock what is open, without waiting.

    Returns
    -------
    bool or None
        False where somebody else holds it; None where nothing can be locked.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def is_at(path: Path, descriptor: int) -> bool:
    """Whether what is open is still what stands at a path."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat(follow_symlinks=False))
    return False


_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MACHINE = Path("/etc/machine-id")


@cache
def host() -> str:
    """Name this host: by its running kernel, which containers share, and by itself.

    Many hosts have one host name: it tells one only together with the machine's own id. Where
    there is no such id, a host is not known again once it was started anew.
    """
    kernel, machine = _id_in(_BOOT), _id_in(_MACHINE)
    node = platform.node().encode("utf-8", "surrogateescape")
    itself = machine and machine + b" " + node
    known = (kernel, itself) if kernel or itself else (node, node)
    unknown = token_hex(8).encode()  # is no other's
    return "".join(
        blake3(one or unknown).hexdigest(length=4)
        for one in (known[0] or known[1], known[1] or unknown)
    )


def _id_in(path: Path) -> bytes:
    try:
        return path.read_bytes().strip()
    except OSError:
        return b""


def is_here(name: str) -> bool:
    """Whether a name that begins as `host` gave it is of this kernel, or of this host before."""
    ours = host()
    kernel, node = ours[:8], ours[8:]
    return name.startswith(kernel) or name[8:].startswith(node)
