"""SHA-256 of bytes on disk, read in pieces so large that Python is seldom asked for between them.

Who asks for it after each small piece waits each time for the thread that has it. No file is
mapped: one that becomes shorter meanwhile would end the process.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import CancelledError
from io import RawIOBase
from mmap import mmap

_AT_ONCE = 1 << 25


def never() -> bool:
    """Tell a digest to go on to the end."""
    return False


def new_room(size: int = _AT_ONCE) -> memoryview:
    """Make room to read pieces into, for so many bytes or as many as are read at a time."""
    # Memory that the system gives when it is written to; a `bytearray` would be cleared at once.
    return memoryview(mmap(-1, max(min(size, _AT_ONCE), 1)))


def sha256(
    stream: RawIOBase,
    size: int,
    stopped: Callable[[], bool] = never,
    room: memoryview | None = None,
) -> str:
    """Digest a stream, from where it stands.

    Parameters
    ----------
    stream : RawIOBase
        Open for reading.
    size : int
        Bytes to read, or as many as there are up to that.
    stopped : callable
        Asked after each piece whether nobody wants the digest any more.
    room : memoryview or None
        What pieces are read into, where somebody has it already: that it is new memory costs a
        sixth of hashing what it holds.

    Raises
    ------
    CancelledError
        If nobody does.
    """
    found = hashlib.sha256()
    room = new_room(size) if room is None else room
    while size > 0 and (count := stream.readinto(room[:size])):
        found.update(room[:count])
        size -= count
        if stopped():
            raise CancelledError
    return found.hexdigest()
