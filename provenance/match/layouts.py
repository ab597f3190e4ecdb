"""How postings are laid out: a directory over the upper bits of their hashes, and a filter."""

from dataclasses import dataclass

import numpy as np

from provenance.compiled import Scalar, kernel
from provenance.model import Positions, Postings, UInt32s, UInt64s

LINE_WORDS = 8
"""64-bit words in a cache line of the filter."""

SECOND = np.uint64(0x9E3779B97F4A7C15)
"""Mixes a hash anew, for its bits in the filter."""

_FILTER_BITS_A_KEY = 12
_LINE_BITS = 512
_LEAST_DEPTH, _MOST_DEPTH = 8, 28


@dataclass(frozen=True, slots=True)
class Layout:
    """How postings are laid out: by how many bits, with a filter of how many cache lines.

    Parameters
    ----------
    depth : int
        Upper bits of a hash that the directory tells.
    lines : int
        Cache lines of the filter.
    """

    depth: int
    lines: int


def layout(count: int, parting: int = 0) -> Layout:
    """Choose a layout for so many postings.

    Parameters
    ----------
    count : int
        How many there are at most.
    parting : int
        By how many upper bits they are parted: each part has a whole number of lines of its own.
    """
    depth = max(_LEAST_DEPTH, parting, min(_MOST_DEPTH, count.bit_length() - 3))
    lines = max(1, count * _FILTER_BITS_A_KEY // _LINE_BITS >> parting)
    return Layout(depth, lines << parting)


def entered(
    shingles: UInt64s, chosen: Layout, parting: int = 0, part: int = 0
) -> tuple[UInt32s, UInt64s]:
    """Enter the shingles of a part into its piece of directory and filter.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (n,)
        Whole hashes, sorted.
    chosen : Layout
        Of all postings.
    parting : int
        By how many upper bits they are parted.
    part : int
        Those bits.

    Returns
    -------
    directory : ndarray of uint32, shape (2**(depth - parting),)
        First posting of each bucket, counted from the part's first.
    filter : ndarray of uint64
        Its lines.
    """
    directory = np.empty(1 << (chosen.depth - parting), np.uint32)
    _enter(shingles, 64 - chosen.depth, directory)
    own = chosen.lines >> parting
    line_filter = blank_lines(own)
    _fill(shingles, np.uint64(chosen.lines), part * own, line_filter)
    return directory, line_filter


def blank_lines(count: int) -> UInt64s:
    """Make an empty filter of so many lines, each of them a whole line of the cache.

    Arrays begin anywhere; a line that lies in two lines of the cache is fetched twice.
    """
    size = 8 * LINE_WORDS
    memory = np.zeros((count + 1) * size, np.uint8)
    first = -memory.ctypes.data % size
    return memory[first : first + count * size].view(np.uint64)


def laid_out(shingles: UInt64s, items: UInt32s, positions: Positions) -> Postings:
    """Lay out postings that are in memory.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (n,)
        Whole hashes, sorted.
    items, positions : ndarray, shape (n,)
        As in `Postings`.
    """
    directory, line_filter = entered(shingles, layout(len(shingles)))
    directory = np.append(directory, np.uint32(len(shingles)))
    return Postings(shingles.astype(np.uint32), items, positions, directory, line_filter)


@kernel
def _fill(shingles: UInt64s, lines: Scalar, before: Scalar, line_filter: UInt64s) -> None:
    """Set the bits of shingles in that piece of a filter which has so many lines before it."""
    for index in range(shingles.size):
        shingle = shingles[index]
        line = ((shingle >> np.uint64(32)) * lines) >> np.uint64(32)
        place = (np.int64(line) - before) << 3
        mixed = shingle * SECOND
        for turn in range(4):
            word = np.int64((mixed >> np.uint64(61 - 3 * turn)) & np.uint64(7))
            bit = (mixed >> np.uint64(6 * turn)) & np.uint64(63)
            line_filter[place + word] |= np.uint64(1) << bit


@kernel
def _enter(shingles: UInt64s, shift: Scalar, directory: UInt32s) -> None:
    """Enter shingles that agree in all bits above those that tell their bucket."""
    bucket, inside = 0, directory.size - 1
    for place in range(shingles.size):
        own = np.int64(shingles[place] >> np.uint64(shift)) & inside
        while bucket <= own:
            directory[bucket] = place
            bucket += 1
    while bucket < directory.size:
        directory[bucket] = shingles.size
        bucket += 1
