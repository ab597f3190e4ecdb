"""SHA-256 of bytes on disk, read in pieces so large that Python is seldom asked for between them.

Who asks for it after each small piece waits each time for the thread that has it. Nothing is
mapped: a file that becomes shorter meanwhile would end the process.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import CancelledError
from io import RawIOBase

_AT_ONCE = 1 << 25


def never() -> bool:
    """Tell a digest to go on to the end."""
    return False


def sha256(stream: RawIOBase, size: int, stopped: Callable[[], bool] = never) -> str:
    """Digest a stream, from where it stands.

    Parameters
    ----------
    stream : RawIOBase
        Open for reading.
    size : int
        Bytes to read, or as many as there are up to that.
    stopped : callable
        Asked after each piece whether nobody wants the digest any more.

    Raises
    ------
    CancelledError
        If nobody does.
    """
    found = hashlib.sha256()
    room = memoryview(bytearray(min(_AT_ONCE, size)))
    while size > 0 and (count := stream.readinto(room[:size])):
        found.update(room[:count])
        size -= count
        if stopped():
            raise CancelledError
    return found.hexdigest()
