"""Tables of words, of pairs and of triples of words: keys, and what was counted of each.

A table has rows of two numbers, one after the other: a key, and its counts. Whoever looks for a key
waits for memory once. Open addressing; a free row has the key 0.
"""

import numpy as np

from provenance import model
from provenance.jit.decorators import Scalar, inlined, inner, kernel, maker
from provenance.jit.intrinsics import trailing_zeros
from provenance.model import UInt32s, UInt64s

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
