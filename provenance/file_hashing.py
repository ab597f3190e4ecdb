"""Digests of bytes on disk, read in pieces: no file is mapped, unless a function says so.

What people cite, and hold against what other tools tell, is a SHA-256. What nobody but us reads
again is known by its BLAKE3, which a core makes three to ten times as fast.
"""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import CancelledError
from io import RawIOBase
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Protocol

from blake3 import blake3

_LARGE = 1 << 22
"""Bytes of a piece for whoever works beside a thread that holds Python for long: after each piece
it waits for that. Larger ones are slower to fetch back from memory."""

_NEAR = 1 << 21
"""Bytes of a piece that stays in a core's own cache between its reading and its hashing."""

_MAPPED = 1 << 28
"""Bytes of a mapped file that are hashed between two looks at whether anybody wants the digest."""


class _Hash(Protocol):
    def update(self, data: memoryview, /) -> object: ...

    def hexdigest(self) -> str: ...


def never() -> bool:
    """Tell a digest to go on to the end."""
    return False


def sha256(stream: RawIOBase, size: int, stopped: Callable[[], bool] = never) -> str:
    """Give the SHA-256 of a stream, from where it stands, in hex.

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
    return _digest(hashlib.sha256(), stream, size, _LARGE, stopped)


def blake3_of(stream: RawIOBase, size: int) -> str:
    """Give the BLAKE3 of a stream, in hex; as `sha256`."""
    return _digest(blake3(), stream, size, _NEAR, never)


def mapped_blake3(path: Path, stopped: Callable[[], bool] = never) -> str:
    """Give the BLAKE3 of a file that is mapped: should it become shorter, the process ends.

    Whoever will map it anyway loses nothing by that, and seldom waits for Python. What is mapped
    counts as the process's memory meanwhile.

    Parameters
    ----------
    path : Path
        The file.
    stopped : callable
        As of `sha256`.

    Raises
    ------
    OSError
        If it cannot be read.
    CancelledError
        If nobody wants the digest any more.
    """
    found = blake3()
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if not size:  # nothing can be mapped
            return found.hexdigest()
        with mmap(file.fileno(), size, access=ACCESS_READ) as mapped, memoryview(mapped) as view:
            for first in range(0, size, _MAPPED):
                found.update(view[first : first + _MAPPED])
                if stopped():
                    raise CancelledError
    return found.hexdigest()


def _digest(
    found: _Hash, stream: RawIOBase, size: int, at_once: int, stopped: Callable[[], bool]
) -> str:
    room = memoryview(bytearray(max(min(size, at_once), 1)))
    while size > 0 and (count := stream.readinto(room[:size])):
        found.update(room[:count])
        size -= count
        if stopped():
            raise CancelledError
    return found.hexdigest()
