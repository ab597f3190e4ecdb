"""Tables of words, of pairs and of triples of words: keys, and what was counted of each.

A table has rows of two numbers, one after the other: a key, and its counts. Whoever looks for a key
waits for memory once. Open addressing; a free row has the key 0.

Numbers parted by their upper bits: what belongs into one small table stands together.

Whoever looks numbers up in one large table waits for memory at each. Parted first, those of one
part after the other, they need a table that the nearer caches hold.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from provenance import model
from provenance.jit.decorators import Scalar, inlined, inner, kernel, maker
from provenance.jit.intrinsics import trailing_zeros
from provenance.model import Int64s, UInt32s, UInt64s

ALONE = np.uint64(model.ALONE)
"""`model.ALONE`, for kernels."""

_HIGH = np.uint64(32)
SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number, by which keys are multiplied to spread them: 2**64 over the golden ratio."""

_MIX = np.uint64(0xBF58476D1CE4E5B9)


def table_of(keys: UInt64s, counts: UInt32s) -> UInt64s:
    """Lay out counts in a table.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        What was counted, each key once.
    counts : ndarray of uint32, shape (n,)
        How often.

    Returns
    -------
    ndarray of uint64, shape (2 * 2**b,)
        At most half of the rows are taken.
    """
    table = free_rows(2 << len(keys).bit_length())
    _lay_out(table, np.stack([keys, counts.astype(np.uint64)], axis=1).ravel())
    return table


def free_rows(rows: int) -> UInt64s:
    """Make a table of free rows, of a number that is a power of two and more than one."""
    return np.zeros(2 * rows, np.uint64)


@kernel
def _lay_out(table: UInt64s, others: UInt64s) -> None:
    _enter(table, others)


@maker
def twice(table: UInt64s) -> UInt64s:
    """Give a table of twice the rows that holds what another one does."""
    larger = np.zeros(2 * len(table), np.uint64)
    _enter(larger, table)
    return larger


@inner
def _enter(table: UInt64s, others: UInt64s) -> None:
    """Enter the rows of another table, none of which is there."""
    for row in range(len(others) // 2):
        key = others[np.uint64(2 * row)]
        if key != np.uint64(0):
            own = row_of(table, key)
            table[own], table[own + np.uint64(1)] = key, others[np.uint64(2 * row + 1)]


@inlined
def row_of(table: UInt64s, key: Scalar) -> Scalar:
    """Give the place of a key, or the free one where it would stand; its counts are behind it."""
    mask = np.uint64(table.size - 1)
    place = first_row(table, key)
    while table[place] != key and table[place] != np.uint64(0):
        place = (place + np.uint64(2)) & mask
    return place


@inlined
def first_row(table: UInt64s, key: Scalar) -> Scalar:
    """Give the place at which a key is looked for first."""
    # The highest bits of the product are those that all bits of the key decide.
    shift = np.uint64(65) - trailing_zeros(np.uint64(table.size))
    return ((key * SPREAD) >> shift) << np.uint64(1)


@inlined
def pair(before: Scalar, token: Scalar) -> Scalar:
    """Give the key of a token behind another; behind `ALONE`, of the token by itself."""
    return (np.uint64(before) << _HIGH) | np.uint64(token)


@inlined
def triple(first: Scalar, before: Scalar, token: Scalar) -> Scalar:
    """Give the key of a token behind two others: a hash, for three do not fit in 64 bits."""
    mixed = pair(first, before) * _MIX
    mixed = ((mixed ^ (mixed >> np.uint64(29))) + np.uint64(token)) * SPREAD
    return mixed ^ (mixed >> _HIGH)


_CHUNK_BITS = 8
_CHUNK = 1 << _CHUNK_BITS
_WITHIN = _CHUNK - 1
_ONE = np.uint64(1)

STEADY = 1024
"""Numbers that may be put in between two questions of `has_room`."""


class Parted(NamedTuple):
    """Numbers of several threads, each with its own row; in chunks, of one part each.

    Parameters
    ----------
    numbers : ndarray of uint64, shape (t, c * CHUNK)
        The chunks.
    places : ndarray of uint32, shape (t, c * CHUNK) or (t, 0)
        What belongs to each number.
    ends : ndarray of int64, shape (t, parts)
        Where the next number of each part goes.
    before : ndarray of int64, shape (t, c)
        The chunk of the same part before each; -1 where there is none.
    used : ndarray of int64, shape (t,)
        Chunks that are in use.
    """

    numbers: NDArray[np.uint64]
    places: NDArray[np.uint32]
    ends: NDArray[np.int64]
    before: NDArray[np.int64]
    used: Int64s


def room_for(count: int, threads: int, bits: int, *, has_places: bool = False) -> Parted:
    """Make room for so many numbers of each thread, in ``2**bits`` parts; none is there yet.

    What is asked for is touched when it is needed.
    """
    chunks = -(-count // _CHUNK) + 2 * (1 << bits) + 2 * STEADY // _CHUNK
    return Parted(
        np.empty((threads, chunks * _CHUNK), np.uint64),
        np.empty((threads, chunks * _CHUNK if has_places else 0), np.uint32),
        np.empty((threads, 1 << bits), np.int64),
        np.empty((threads, chunks), np.int64),
        np.empty(threads, np.int64),
    )


@inlined
def part_of(mixed: Scalar, parts: Scalar) -> Scalar:
    """Give the part of a number whose upper bits are mixed; there is a power of two of parts."""
    return np.uint64((mixed >> np.uint64(32)) * np.uint64(parts)) >> np.uint64(32)


@inlined
def empty(parted: Parted, thread: Scalar) -> None:
    """Take all numbers of a thread away."""
    parts = parted.ends.shape[1]
    for part in range(parts):
        parted.ends[thread, part] = part << _CHUNK_BITS
        parted.before[thread, part] = -1
    parted.used[thread] = parts


@inlined
def has_room(parted: Parted, thread: Scalar) -> Scalar:
    """Whether `STEADY` more numbers surely find room."""
    parts, chunks = parted.ends.shape[1], parted.before.shape[1]
    return parted.used[thread] + parts + STEADY // _CHUNK <= chunks


@inlined
def put(parted: Parted, thread: Scalar, part: Scalar, number: Scalar) -> Scalar:
    """Put a number into a part, and say where it stands."""
    at = parted.ends[thread, part]
    parted.numbers[thread, np.uint64(at)] = number
    after = at + 1
    if after & _WITHIN == 0:
        chunk = parted.used[thread]
        parted.before[thread, chunk] = at >> _CHUNK_BITS
        parted.used[thread] = chunk + 1
        after = chunk << _CHUNK_BITS
    parted.ends[thread, part] = after
    return at


@inlined
def last_of(parted: Parted, thread: Scalar, part: Scalar) -> tuple[Scalar, Scalar]:
    """Give the last numbers of a part: where they begin and end; see `earlier_of`."""
    end = parted.ends[thread, part]
    return (end >> _CHUNK_BITS) << _CHUNK_BITS, end


@inlined
def earlier_of(parted: Parted, thread: Scalar, begin: Scalar) -> tuple[Scalar, Scalar]:
    """Give the numbers of the same part before those that begin there; -1 where there are none."""
    chunk = parted.before[thread, begin >> _CHUNK_BITS]
    return chunk << _CHUNK_BITS, (chunk + 1) << _CHUNK_BITS


@inlined
def count_of(parted: Parted, part: Scalar) -> Scalar:
    """Count the numbers of a part, of all threads."""
    count = 0
    for thread in range(len(parted.used)):
        begin, end = last_of(parted, thread, part)
        while begin >= 0:
            count += end - begin
            begin, end = earlier_of(parted, thread, begin)
    return count
