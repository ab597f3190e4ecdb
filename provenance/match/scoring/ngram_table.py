"""Hash tables of n-gram counts.

A row is a key followed by its counts, so that a lookup waits for memory once. Open addressing with
linear probing; the key of a free row is 0.
"""

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, inlined, kernel, kernel_part
from provenance.jit.intrinsics import trailing_zeros
from provenance.model.content import language
from provenance.model.content.fingerprints import UInt32s, UInt64s

NO_CONTEXT = np.uint64(language.NO_CONTEXT)
"""`NO_CONTEXT`, for kernels."""

_UPPER_HALF = np.uint64(32)
HASH_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""An odd number by which keys are multiplied to spread them: 2**64 over the golden ratio."""

_SECOND_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)


def build_table(keys: UInt64s, counts: UInt32s) -> UInt64s:
    """Build a table of counts.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        Distinct keys.
    counts : ndarray of uint32, shape (n,)
        Their counts.

    Returns
    -------
    ndarray of uint64, shape (2 * 2**b,)
        At most half of the rows are in use.
    """
    table = empty_table(2 << len(keys).bit_length())
    _fill_table(table, np.stack([keys, counts.astype(np.uint64)], axis=1).ravel())
    return table


def empty_table(rows: int) -> UInt64s:
    """Return a table of free rows; their number is a power of two greater than one."""
    return np.zeros(2 * rows, np.uint64)


@kernel
def _fill_table(table: UInt64s, others: UInt64s) -> None:
    _insert_rows(table, others)


@allocating_part
def double_table(table: UInt64s) -> UInt64s:
    """Return a table of twice the rows with the same content."""
    larger = np.zeros(2 * len(table), np.uint64)
    _insert_rows(larger, table)
    return larger


@kernel_part
def _insert_rows(table: UInt64s, others: UInt64s) -> None:
    """Insert the rows of another table; their keys are new."""
    for row in range(len(others) // 2):
        key = others[np.uint64(2 * row)]
        if key != np.uint64(0):
            slot = find_row(table, key)
            table[slot], table[slot + np.uint64(1)] = key, others[np.uint64(2 * row + 1)]


@inlined
def find_row(table: UInt64s, key: Scalar) -> Scalar:
    """Return the index of a key, or of the free row where it belongs; its counts follow it."""
    mask = np.uint64(table.size - 1)
    place = home_row(table, key)
    while table[place] != key and table[place] != np.uint64(0):
        place = (place + np.uint64(2)) & mask
    return place


@inlined
def home_row(table: UInt64s, key: Scalar) -> Scalar:
    """Return the index at which a key is looked for first."""
    # The highest bits of the product depend on all bits of the key.
    shift = np.uint64(65) - trailing_zeros(np.uint64(table.size))
    return ((key * HASH_MULTIPLIER) >> shift) << np.uint64(1)


@inlined
def pair_key(before: Scalar, token: Scalar) -> Scalar:
    """Return the key of a bigram; of a unigram, if `before` is `NO_CONTEXT`."""
    return (np.uint64(before) << _UPPER_HALF) | np.uint64(token)


@inlined
def triple_key(first: Scalar, before: Scalar, token: Scalar) -> Scalar:
    """Return the key of a trigram: a hash, since three tokens do not fit in 64 bits."""
    mixed = pair_key(first, before) * _SECOND_MULTIPLIER
    mixed = ((mixed ^ (mixed >> np.uint64(29))) + np.uint64(token)) * HASH_MULTIPLIER
    return mixed ^ (mixed >> _UPPER_HALF)
