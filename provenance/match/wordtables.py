"""Tables of words, of pairs and of triples of words, by their keys: open addressing."""

import numpy as np

from provenance import model
from provenance.compiled import Scalar, inlined, kernel
from provenance.instructions import trailing_zeros
from provenance.model import UInt32s, UInt64s

ALONE = np.uint64(model.ALONE)
"""`model.ALONE`, for kernels."""

_HIGH = np.uint64(32)
SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number, by which keys are multiplied to spread them: 2**64 over the golden ratio."""

_MIX = np.uint64(0xBF58476D1CE4E5B9)


def table_of(keys: UInt64s, counts: UInt32s) -> tuple[UInt64s, UInt32s]:
    """Lay out counts in a table of their own.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        What was counted, each key once.
    counts : ndarray of uint32, shape (n,)
        How often.

    Returns
    -------
    table : ndarray of uint64, shape (2**b,)
        The keys; at most half of the slots are taken.
    slots : ndarray of uint32, shape (2**b,)
        The counts; 0 in a free slot.
    """
    table = np.zeros(2 << len(keys).bit_length(), np.uint64)
    slots = np.zeros(len(table), np.uint32)
    _lay_out(table, keys, counts, slots, True)
    return table, slots


def laid_into(table: UInt64s, keys: UInt64s, counts: UInt32s) -> UInt32s:
    """Lay out counts in the slots of a table; those of keys that it lacks are left out.

    Parameters
    ----------
    table : ndarray of uint64, shape (2**b,)
        What is asked.
    keys, counts : ndarray
        As of `table_of`.

    Returns
    -------
    ndarray of uint32, shape (2**b,)
        0 where nothing is known.
    """
    slots = np.zeros(len(table), np.uint32)
    _lay_out(table, keys, counts, slots, False)
    return slots


@kernel
def _lay_out(
    table: UInt64s, keys: UInt64s, counts: UInt32s, slots: UInt32s, is_open: Scalar
) -> None:
    for place in range(len(keys)):
        slot = slot_of(table, keys[place])
        if is_open:
            table[slot] = keys[place]
        if table[slot] == keys[place]:
            slots[slot] = counts[place]


@inlined
def slot_of(keys: UInt64s, key: Scalar) -> Scalar:
    """Give the slot of a key, or the free one where it would stand."""
    mask = np.uint64(keys.size - 1)
    slot = first_slot(keys, key)
    while keys[slot] != key and keys[slot] != np.uint64(0):
        slot = (slot + np.uint64(1)) & mask
    return slot


@inlined
def first_slot(keys: UInt64s, key: Scalar) -> Scalar:
    """Give the slot at which a key is looked for first."""
    # The highest bits of the product are those that all bits of the key decide.
    return (key * SPREAD) >> (np.uint64(64) - trailing_zeros(np.uint64(keys.size)))


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
