"""The postings of a registry, made ready to be probed.

The sorted postings themselves are the table: a directory over the upper bits of a hash gives the
few neighbours among which it stands. A filter of one cache line a probe turns away nearly every
shingle of a text that holds nothing.
"""

from dataclasses import dataclass

import numpy as np

from provenance.compiled import Scalar, inlined, kernel
from provenance.match.everybody import everywhere
from provenance.model import BACKGROUND_BITS, Flags, Holdings, Int64s, UInt8s, UInt64s

BITS_SCALE = 8
"""Information of a token is kept in units of 1 / `BITS_SCALE` bit."""

CELL_SHIFT = np.uint32(32 - BACKGROUND_BITS)
"""From a token's hash to its cell of the background."""

_FILTER_BITS_A_KEY = 12
_LINE_WORDS = 8
_FEW = 16  # postings that are walked one by one
_SECOND = np.uint64(0x9E3779B97F4A7C15)
_NOBODYS: UInt64s = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Index:
    """A registry, ready to be matched against.

    Parameters
    ----------
    holdings : Holdings
        What it was made of.
    filter : ndarray of uint64, shape (8 * lines,)
        Bloom filter in blocks of one cache line.
    directory : ndarray of int64, shape (2**d + 1,)
        First posting whose shingle has at least these upper `d` bits.
    shift : int
        ``64 - d``.
    longest : int
        Tokens of the longest item.
    bits : ndarray of uint8, shape (2**BACKGROUND_BITS,)
        Information of the tokens of each cell by themselves, in units of 1 / `BITS_SCALE` bit.
    public : ndarray of uint64
        Shingles of everybody's, sorted (`everybody.commons`).
    marks : ndarray of bool, shape of `holdings.tokens`
        Where they begin.
    """

    holdings: Holdings
    filter: UInt64s
    directory: Int64s
    shift: int
    longest: int
    bits: UInt8s
    public: UInt64s
    marks: Flags


def index(holdings: Holdings, public: UInt64s = _NOBODYS) -> Index:
    """Make a registry ready: one pass over its postings.

    Parameters
    ----------
    holdings : Holdings
        The registry.
    public : ndarray of uint64
        What `everybody.commons` says of all registries that are matched at a time.
    """
    shingles = holdings.postings.shingles
    depth = max(8, min(26, int(np.log2(max(len(shingles), 1))) - 1))
    lines = max(1, -(-len(shingles) * _FILTER_BITS_A_KEY // 512))
    line_filter = np.zeros(lines * _LINE_WORDS, np.uint64)
    _fill(shingles, line_filter)
    directory = np.empty((1 << depth) + 1, np.int64)
    _enter(shingles, 64 - depth, directory)
    longest = int(np.diff(holdings.token_offsets).max(initial=0))
    bits = _information(holdings.background)
    marks = everywhere(holdings, public)
    return Index(holdings, line_filter, directory, 64 - depth, longest, bits, public, marks)


def _information(background: UInt64s) -> UInt8s:
    """Bits of a token by itself: ``-log2 p``, of the background counts smoothed by a half."""
    counts = background.astype(np.float64)
    total = counts.sum() + 0.5 * (1 << BACKGROUND_BITS)
    bits = np.log2(total / (counts + 0.5))
    return np.asarray(np.clip(np.round(bits * BITS_SCALE), 0, 255), np.uint8)


@inlined
def probe(line_filter: UInt64s, shingle: Scalar) -> Scalar:
    """Whether the filter may hold the shingle; it is wrong once in some hundred."""
    lines = np.uint64(line_filter.size >> 3)
    # The high product maps the hash to a line without a division.
    line = ((shingle >> np.uint64(32)) * lines) >> np.uint64(32)
    mixed = shingle * _SECOND
    place = np.int64(line) << 3
    first = (line_filter[place + np.int64(mixed >> np.uint64(61))] >> (mixed & np.uint64(63))) & 1
    second = line_filter[place + np.int64((mixed >> np.uint64(58)) & np.uint64(7))] >> (
        (mixed >> np.uint64(6)) & np.uint64(63)
    )
    third = line_filter[place + np.int64((mixed >> np.uint64(55)) & np.uint64(7))] >> (
        (mixed >> np.uint64(12)) & np.uint64(63)
    )
    fourth = line_filter[place + np.int64((mixed >> np.uint64(52)) & np.uint64(7))] >> (
        (mixed >> np.uint64(18)) & np.uint64(63)
    )
    return (first & second & third & fourth & np.uint64(1)) != np.uint64(0)


@kernel
def _fill(shingles: UInt64s, line_filter: UInt64s) -> None:
    lines = np.uint64(line_filter.size >> 3)
    for index in range(shingles.size):
        shingle = shingles[index]
        line = ((shingle >> np.uint64(32)) * lines) >> np.uint64(32)
        place = np.int64(line) << 3
        mixed = shingle * _SECOND
        for turn in range(4):
            word = np.int64((mixed >> np.uint64(61 - 3 * turn)) & np.uint64(7))
            bit = (mixed >> np.uint64(6 * turn)) & np.uint64(63)
            line_filter[place + word] |= np.uint64(1) << bit


@kernel
def _enter(shingles: UInt64s, shift: Scalar, directory: Int64s) -> None:
    bucket = 0
    for place in range(shingles.size):
        own = np.int64(shingles[place] >> np.uint64(shift))
        while bucket <= own:
            directory[bucket] = place
            bucket += 1
    while bucket < directory.size:
        directory[bucket] = shingles.size
        bucket += 1


@inlined
def locate(
    shingles: UInt64s, directory: Int64s, shift: Scalar, shingle: Scalar
) -> tuple[Scalar, Scalar]:
    """Give the range of postings of a shingle; empty where the registry lacks it."""
    bucket = np.int64(shingle >> np.uint64(shift))
    first, end = directory[bucket], directory[bucket + 1]
    while first < end and shingles[first] < shingle:
        first += 1
    last = first
    while last < end and last - first <= _FEW and shingles[last] == shingle:
        last += 1
    if last - first > _FEW:
        high = end  # many items share it: halve what is left of the bucket
        while last < high:
            middle = (last + high) // 2
            if shingles[middle] == shingle:
                last = middle + 1
            else:
                high = middle
    return first, last


@inlined
def is_public(public: UInt64s, shingle: Scalar) -> Scalar:
    """Whether a shingle is everybody's."""
    low, high = 0, public.size
    while low < high:
        middle = (low + high) // 2
        if public[middle] < shingle:
            low = middle + 1
        else:
            high = middle
    return low < public.size and public[low] == shingle
