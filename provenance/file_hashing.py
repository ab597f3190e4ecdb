"""Hash files in chunks; only `blake3_mapped_file` maps them.

Digests that users cite and compare are SHA-256. Digests that only we read are BLAKE3, which is
three to ten times as fast on one core.
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

_LARGE_CHUNK = 1 << 22
"""Chunk size for threads that run beside one that holds the GIL for long: they wait for the GIL
after each chunk. Larger chunks do not fit into the cache."""

_CACHED_CHUNK = 1 << 21
"""Chunk size that stays in a core's cache between reading and hashing."""

_MAPPED_CHUNK = 1 << 28
"""Bytes of a mapped file hashed between two checks for cancellation."""


class _Hash(Protocol):
    def update(self, data: memoryview, /) -> object: ...

    def hexdigest(self) -> str: ...


def never_stop() -> bool:
    """Never cancel."""
    return False


def sha256_stream(
    stream: RawIOBase, size: int, is_cancelled: Callable[[], bool] = never_stop
) -> str:
    """Return the SHA-256 of a stream from its current position, in hex.

    Parameters
    ----------
    stream : RawIOBase
        Open for reading.
    size : int
        Largest number of bytes to read.
    is_cancelled : callable
        Called after each chunk; returns whether to cancel.

    Raises
    ------
    CancelledError
        If cancelled.
    """
    return _hash_stream(hashlib.sha256(), stream, size, _LARGE_CHUNK, is_cancelled)


def blake3_stream(stream: RawIOBase, size: int) -> str:
    """Return the BLAKE3 of a stream, in hex; as `sha256_stream`."""
    return _hash_stream(blake3(), stream, size, _CACHED_CHUNK, never_stop)


def blake3_mapped_file(path: Path, is_cancelled: Callable[[], bool] = never_stop) -> str:
    """Return the BLAKE3 of a memory-mapped file; truncating the file meanwhile ends the process.

    This suits files that are mapped later anyway, and rarely needs the GIL. The mapping counts as
    memory of the process meanwhile.

    Parameters
    ----------
    path : Path
        The file.
    is_cancelled : callable
        As for `sha256_stream`.

    Raises
    ------
    OSError
        If it cannot be read.
    CancelledError
        If cancelled.
    """
    digest = blake3()
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if not size:  # an empty file cannot be mapped
            return digest.hexdigest()
        with mmap(file.fileno(), size, access=ACCESS_READ) as mapping, memoryview(mapping) as view:
            for first in range(0, size, _MAPPED_CHUNK):
                digest.update(view[first : first + _MAPPED_CHUNK])
                if is_cancelled():
                    raise CancelledError
    return digest.hexdigest()


def _hash_stream(
    digest: _Hash, stream: RawIOBase, size: int, chunk_size: int, is_cancelled: Callable[[], bool]
) -> str:
    buffer = memoryview(bytearray(max(min(size, chunk_size), 1)))
    while size > 0 and (count := stream.readinto(buffer[:size])):
        digest.update(buffer[:count])
        size -= count
        if is_cancelled():
            raise CancelledError
    return digest.hexdigest()
