"""Keys partitioned by their upper bits, so that each partition is counted in its own table.

In one large table each lookup waits for memory. Partitioned first, the keys of one partition need
a table that fits into the L2 cache.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from provenance.jit.decorators import Scalar, inlined
from provenance.model.content.fingerprints import Int64s

_CHUNK_BITS = 8
_CHUNK = 1 << _CHUNK_BITS
_WITHIN = _CHUNK - 1
_ONE = np.uint64(1)

MARGIN = 1024
"""Keys that may be appended between two calls of `has_room`."""


class KeyPartitions(NamedTuple):
    """Partitioned keys: a row for each thread, in chunks that belong to one partition each.

    Parameters
    ----------
    keys : ndarray of uint64, shape (t, c * CHUNK)
        The keys.
    values : ndarray of uint32, shape (t, c * CHUNK) or (t, 0)
        A value for each key.
    ends : ndarray of int64, shape (t, partitions)
        Index for the next key of each partition.
    previous : ndarray of int64, shape (t, c)
        Previous chunk of the same partition; -1 if there is none.
    used : ndarray of int64, shape (t,)
        Number of chunks in use.
    """

    keys: NDArray[np.uint64]
    values: NDArray[np.uint32]
    ends: NDArray[np.int64]
    previous: NDArray[np.int64]
    used: Int64s


def allocate_partitions(
    count: int, threads: int, bits: int, *, has_places: bool = False
) -> KeyPartitions:
    """Allocate room for `count` keys of each thread, in ``2**bits`` partitions.

    The memory is not touched before it is needed; `clear_partitions` must be called first.
    """
    chunks = -(-count // _CHUNK) + 2 * (1 << bits) + 2 * MARGIN // _CHUNK
    return KeyPartitions(
        np.empty((threads, chunks * _CHUNK), np.uint64),
        np.empty((threads, chunks * _CHUNK if has_places else 0), np.uint32),
        np.empty((threads, 1 << bits), np.int64),
        np.empty((threads, chunks), np.int64),
        np.empty(threads, np.int64),
    )


@inlined
def partition_of(hashed: Scalar, parts: Scalar) -> Scalar:
    """Return the partition of a hashed key; their number is a power of two."""
    return np.uint64((hashed >> np.uint64(32)) * np.uint64(parts)) >> np.uint64(32)


@inlined
def clear_partitions(partitions: KeyPartitions, thread: Scalar) -> None:
    """Remove all keys of a thread."""
    parts = partitions.ends.shape[1]
    for part in range(parts):
        partitions.ends[thread, part] = part << _CHUNK_BITS
        partitions.previous[thread, part] = -1
    partitions.used[thread] = parts


@inlined
def has_room(partitions: KeyPartitions, thread: Scalar) -> Scalar:
    """Return whether `MARGIN` more keys are sure to fit."""
    parts, chunks = partitions.ends.shape[1], partitions.previous.shape[1]
    return partitions.used[thread] + parts + MARGIN // _CHUNK <= chunks


@inlined
def append_key(partitions: KeyPartitions, thread: Scalar, part: Scalar, key: Scalar) -> Scalar:
    """Append a key to a partition, and return its index."""
    at = partitions.ends[thread, part]
    partitions.keys[thread, np.uint64(at)] = key
    after = at + 1
    if after & _WITHIN == 0:
        chunk = partitions.used[thread]
        partitions.previous[thread, chunk] = at >> _CHUNK_BITS
        partitions.used[thread] = chunk + 1
        after = chunk << _CHUNK_BITS
    partitions.ends[thread, part] = after
    return at


@inlined
def last_chunk(partitions: KeyPartitions, thread: Scalar, part: Scalar) -> tuple[Scalar, Scalar]:
    """Return begin and end of a partition's last keys; see `previous_chunk`."""
    end = partitions.ends[thread, part]
    return (end >> _CHUNK_BITS) << _CHUNK_BITS, end


@inlined
def previous_chunk(
    partitions: KeyPartitions, thread: Scalar, begin: Scalar
) -> tuple[Scalar, Scalar]:
    """Return begin and end of the chunk before the one at `begin`; negative if there is none."""
    chunk = partitions.previous[thread, begin >> _CHUNK_BITS]
    return chunk << _CHUNK_BITS, (chunk + 1) << _CHUNK_BITS


@inlined
def count_keys(partitions: KeyPartitions, part: Scalar) -> Scalar:
    """Return the number of keys of a partition, of all threads."""
    count = 0
    for thread in range(len(partitions.used)):
        begin, end = last_chunk(partitions, thread, part)
        while begin >= 0:
            count += end - begin
            begin, end = previous_chunk(partitions, thread, begin)
    return count
