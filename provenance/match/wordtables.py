"""Tables of words, of pairs and of triples of words, by their keys: open addressing."""

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel
from provenance.instructions import fetch
from provenance.model import UInt32s, UInt64s

ALONE = np.uint64(0xFFFFFFFF)
"""Stands for the token before, in the key of a token counted by itself."""

_LARGE = 1 << 18  # slots of a table that no near cache holds
_HIGH = np.uint64(32)
SPREAD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def entered(
    keys: UInt64s, counts: UInt32s, asked: UInt64s | None = None
) -> tuple[UInt64s, UInt32s]:
    """Lay out counts that are known already in the slots of a table.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        What was counted, each key once.
    counts : ndarray of uint32, shape (n,)
        How often.
    asked : ndarray of uint64, shape (2**b,), or None
        A table: keys that it lacks are left out. None makes a table of all.

    Returns
    -------
    keys : ndarray of uint64, shape (2**b,)
        Of the table.
    counts : ndarray of uint32, shape (2**b,)
        In its slots; 0 where none is known.
    """
    is_open = asked is None
    size = 2 << len(keys).bit_length()  # at most half of the slots are taken
    table = np.zeros(size, np.uint64) if asked is None else asked
    slots = np.zeros(len(table), np.uint32)
    _lay_out(table, keys, counts, slots, is_open)
    return table, slots


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
    slot = np.uint64(first_slot(keys, key))
    while keys[slot] != key and keys[slot] != np.uint64(0):
        slot = (slot + np.uint64(1)) & mask
    return np.int64(slot)


@inner
def fetch_counts(
    tokens: UInt32s, first: Scalar, end: Scalar, counts: tuple[UInt64s, UInt32s, UInt32s, UInt32s]
) -> None:
    """Fetch what is known of the words of a run, where that does not fit into the nearer caches."""
    keys, in_corpus, in_registry, in_language = counts
    if keys.size < _LARGE:
        return
    for place in range(first, end):
        for back in range(min(place - first, 2) + 1):
            key = pair(ALONE, tokens[place])
            if back == 1:
                key = pair(tokens[place - 1], tokens[place])
            elif back == 2:
                key = triple(tokens[place - 2], tokens[place - 1], tokens[place])
            slot = first_slot(keys, key)
            fetch(keys, slot)
            fetch(in_corpus, slot)
            fetch(in_registry, slot)
            fetch(in_language, slot)


@inlined
def first_slot(keys: UInt64s, key: Scalar) -> Scalar:
    """Give the slot at which a key is looked for first."""
    return np.int64(((key * SPREAD) >> np.uint64(20)) & np.uint64(keys.size - 1))


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
