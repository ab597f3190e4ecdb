"""Postings in order of their shingles.

Shingles are hashes, spread evenly: their upper bits say nearly where each belongs, and a few
steps of insertion do the rest. Sixty million postings a second on one core, where a general sort
does six.
"""

import numpy as np

from provenance.jit.decorators import Scalar, kernel
from provenance.model import Flags, Int32s, Int64s, Shingles, UInt32s, UInt64s

_FEW = 512
_WIDTH = 64


def parted_records(
    shingles: Shingles, numbers: UInt32s, kept: Flags, depth: int
) -> tuple[UInt64s, Int64s]:
    """Join the postings of items into records, parted by the upper bits of their shingles.

    Parameters
    ----------
    shingles : Shingles
        Of the items.
    numbers : ndarray of uint32, shape (n,)
        Of the items.
    kept : ndarray of bool, shape (n,)
        Which of the items have postings.
    depth : int
        How many bits count, at least 1.

    Returns
    -------
    records, bounds : ndarray
        As `partition` gives them.
    """
    right = np.uint64(_WIDTH - depth)
    bounds = np.zeros((1 << depth) + 1, np.int64)
    _count_kept(shingles.hashes, shingles.offsets, kept, right, bounds)
    np.cumsum(bounds, out=bounds)
    records = np.empty((bounds[-1], 2), np.uint64)
    places = bounds[:-1].copy()
    columns = (shingles.hashes, shingles.positions, shingles.offsets)
    _scatter_kept(columns, numbers, kept, right, places, records)
    return records, bounds


def partition(records: UInt64s, skip: int, depth: int) -> tuple[UInt64s, Int64s]:
    """Part records by some bits of their shingles.

    Parameters
    ----------
    records : ndarray of uint64, shape (n, 2)
        Shingle; item in the upper half and position in the lower.
    skip, depth : int
        How many upper bits are left out, and how many of the next ones count; `depth` at least 1.

    Returns
    -------
    records : ndarray of uint64, shape (n, 2)
        Part by part; within one in the order given.
    bounds : ndarray of int64, shape (2**depth + 1,)
        Part `i` is `records[bounds[i]:bounds[i + 1]]`.
    """
    left, right = np.uint64(skip), np.uint64(_WIDTH - depth)
    bounds = np.zeros((1 << depth) + 1, np.int64)
    _count_parts(records, left, right, bounds)
    np.cumsum(bounds, out=bounds)
    parted = np.empty_like(records)
    _scatter(records, left, right, bounds[:-1].copy(), parted)
    return parted, bounds


def sort_records(records: UInt64s, skip: int) -> tuple[UInt64s, UInt32s, UInt32s]:
    """Sort records by their shingles.

    Parameters
    ----------
    records : ndarray of uint64, shape (n, 2)
        In order of items, then positions.
    skip : int
        How many upper bits of the shingles are the same in all.

    Returns
    -------
    shingles : ndarray of uint64, shape (m,)
        In order; of one shingle in one item the first position alone.
    items : ndarray of uint32, shape (m,)
        In order within a shingle.
    positions : ndarray of uint32, shape (m,)
        The first of each.
    """
    depth = max(1, len(records).bit_length())  # most places then hold none, or one
    parted, bounds = partition(records, skip, depth)
    _settle(parted, bounds)
    for part in np.flatnonzero(np.diff(bounds) > _FEW):
        # A shingle that very many items share, and its neighbours: insertion would take forever.
        crowd = parted[bounds[part] : bounds[part + 1]]
        crowd[:] = crowd[np.argsort(crowd[:, 0], kind="stable")]
    shingles = np.empty(len(parted), np.uint64)
    items, positions = np.empty(len(parted), np.uint32), np.empty(len(parted), np.uint32)
    count = _unzip(parted, shingles, items, positions)
    return shingles[:count], items[:count], positions[:count]


@kernel
def _count_parts(records: UInt64s, left: np.uint64, right: np.uint64, counts: Int64s) -> None:
    for row in range(len(records)):
        counts[((records[np.uint64(row), 0] << left) >> right) + np.uint64(1)] += 1


@kernel
def _scatter(
    records: UInt64s, left: np.uint64, right: np.uint64, places: Int64s, out: UInt64s
) -> None:
    for index in range(len(records)):
        row = np.uint64(index)
        part = (records[row, 0] << left) >> right
        place = np.uint64(places[part])
        out[place, 0], out[place, 1] = records[row, 0], records[row, 1]
        places[part] += 1


@kernel
def _count_kept(
    hashes: UInt64s, offsets: Int64s, kept: Flags, right: np.uint64, counts: Int64s
) -> None:
    for item in range(len(kept)):
        if kept[item]:
            for place in range(offsets[item], offsets[item + 1]):
                counts[(hashes[place] >> right) + np.uint64(1)] += 1


@kernel
def _scatter_kept(
    shingles: tuple[UInt64s, Int32s, Int64s],
    numbers: UInt32s,
    kept: Flags,
    right: np.uint64,
    places: Int64s,
    out: UInt64s,
) -> None:
    hashes, positions, offsets = shingles
    for item in range(len(kept)):
        if not kept[item]:
            continue
        owner = np.uint64(numbers[item]) << np.uint64(32)
        for index in range(offsets[item], offsets[item + 1]):
            at = np.uint64(index)
            part = hashes[at] >> right
            place = np.uint64(places[part])
            out[place, 0], out[place, 1] = hashes[at], owner | np.uint64(positions[at])
            places[part] += 1


@kernel
def _settle(records: UInt64s, bounds: Int64s) -> None:
    for part in range(len(bounds) - 1):
        low, high = bounds[part], bounds[part + 1]
        if high - low > _FEW:
            continue
        for row in range(low + 1, high):
            shingle, rest = records[np.uint64(row), 0], records[np.uint64(row), 1]
            place = row
            while place > low and records[np.uint64(place - 1), 0] > shingle:
                records[np.uint64(place), 0] = records[np.uint64(place - 1), 0]
                records[np.uint64(place), 1] = records[np.uint64(place - 1), 1]
                place -= 1
            records[np.uint64(place), 0], records[np.uint64(place), 1] = shingle, rest


@kernel
def _unzip(records: UInt64s, shingles: UInt64s, items: UInt32s, positions: UInt32s) -> Scalar:
    """Part sorted records into columns, without the repeats of a shingle in one item."""
    count, before, owner = 0, np.uint64(0), np.uint32(0)
    for row in range(len(records)):
        shingle, rest = records[np.uint64(row), 0], records[np.uint64(row), 1]
        item = np.uint32(rest >> np.uint64(32))
        if count and before == shingle and owner == item:
            continue
        before, owner, at = shingle, item, np.uint64(count)
        shingles[at], items[at] = shingle, item
        positions[at] = np.uint32(rest & np.uint64(0xFFFFFFFF))
        count += 1
    return count
