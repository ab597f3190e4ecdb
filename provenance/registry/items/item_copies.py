"""Find items with identical token sequences."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from provenance.jit.decorators import kernel
from provenance.model.content.fingerprints import Int64s, UInt32s, UInt64s
from provenance.model.content.registry_arrays import RegistryArrays

MAX_COPIES = 20
"""Largest number of copies of an item that are named."""


@dataclass(frozen=True, slots=True)
class ItemCopies:
    """The other items with the tokens of an item.

    Parameters
    ----------
    items : tuple of (str, str)
        Source and id of the earliest, at most `MAX_COPIES`.
    count : int
        Number of copies.
    sources : tuple of str
        Sources of all copies and of the item itself, sorted.
    """

    items: tuple[tuple[str, str], ...]
    count: int
    sources: tuple[str, ...]


def find_copies(
    names: Callable[[UInt32s], pa.Table], arrays: RegistryArrays, numbers: UInt32s
) -> list[ItemCopies]:
    """Return the copies of each item, in the order given.

    Parameters
    ----------
    names : callable
        Returns columns `source` and `item` of items, by their numbers.
    arrays : RegistryArrays
        Of the registry.
    numbers : ndarray of uint32
        Numbers of items; repeats are allowed.
    """
    first, codes, sources = arrays.first, arrays.source_codes, arrays.sources
    first_numbers, places = np.unique(first[numbers], return_inverse=True)
    members = np.flatnonzero(arrays.is_live & np.isin(first, first_numbers)).astype(np.uint32)
    members = members[np.lexsort((members, arrays.keys.of(members), first[members]))]
    bounds = np.append(np.searchsorted(first[members], first_numbers), len(members))
    # Nearly all items have no copies.
    without_copies = [ItemCopies((), 0, (source,)) for source in sources]
    copies = [without_copies[code] for code in codes[members[bounds[places]]].tolist()]
    copied = np.flatnonzero(np.diff(bounds)[places] > 1).tolist()
    groups = [members[bounds[places[at]] : bounds[places[at] + 1]] for at in copied]
    other_members = [
        _other_members(group, numbers[at]) for at, group in zip(copied, groups, strict=True)
    ]
    ids = iter(_item_ids(names, other_members))
    for at, group, other_items in zip(copied, groups, other_members, strict=True):
        copies[at] = ItemCopies(
            items=tuple(next(ids) for _ in other_items),
            count=len(group) - 1,
            sources=tuple(sources[code] for code in np.unique(codes[group])),
        )
    return copies


def _other_members(members: UInt32s, number: np.uint32) -> UInt32s:
    earliest = members[: MAX_COPIES + 1]
    others: UInt32s = earliest[earliest != number]
    return others[:MAX_COPIES]


def _item_ids(names: Callable[[UInt32s], pa.Table], groups: list[UInt32s]) -> list[tuple[str, str]]:
    table = names(np.concatenate([np.zeros(0, np.uint32), *groups]))
    return list(zip(table["source"].to_pylist(), table["item"].to_pylist(), strict=True))


_MIX_1 = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xBF58476D1CE4E5B9)


def sequence_hashes(tokens: UInt32s, offsets: Int64s) -> UInt64s:
    """Hash the whole token sequence of every item.

    Parameters
    ----------
    tokens : ndarray of uint32, shape (m,)
        Tokens of all items.
    offsets : ndarray of int64, shape (n + 1,)
        Tokens of item `i` are `tokens[offsets[i]:offsets[i + 1]]`.

    Returns
    -------
    ndarray of uint64, shape (n,)
        Two distinct sequences of the same length collide with probability ``2**-64``.
    """
    hashes = np.empty(len(offsets) - 1, np.uint64)
    _hash_all(tokens, offsets, hashes)
    return hashes


@kernel
def _hash_all(tokens: UInt32s, offsets: Int64s, hashes: UInt64s) -> None:
    for item in range(len(hashes)):
        state = (np.uint64(offsets[item + 1] - offsets[item]) + _MIX_2) * _MIX_1
        for place in range(offsets[item], offsets[item + 1]):
            state = (state ^ np.uint64(tokens[place])) * _MIX_1
            state ^= state >> np.uint64(29)
        state *= _MIX_2
        hashes[item] = state ^ (state >> np.uint64(32))
