"""The postings of a registry, laid out to be probed.

The sorted postings themselves are the table: a directory over the upper bits of a hash gives the
few neighbours among which it stands. Two filters turn away nearly every shingle of a text that
holds nothing.
"""

from dataclasses import dataclass

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel
from provenance.jit.intrinsics import equal_sixteen, ones, trailing_zeros
from provenance.match.layouts import bits_of, word_of
from provenance.model import (
    BACKGROUND_BITS,
    Flags,
    Holdings,
    Int64s,
    Positions,
    UInt8s,
    UInt32s,
    UInt64s,
)

BITS_SCALE = 8
"""Information of a token is kept in units of 1 / `BITS_SCALE` bit."""

CELL_SHIFT = np.uint32(32 - BACKGROUND_BITS)
"""From a token's hash to its cell of the background."""

_AT_ONCE = 16  # postings that are compared at once; more of a shingle are halved, not walked
_CELLS = 1 << 14  # what is computed of so many stays in the nearer caches
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_NOBODYS: UInt64s = np.zeros(0, np.uint64)
_NOTHING_ASKED: Int64s = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Index:
    """A registry, ready to be matched against.

    Parameters
    ----------
    holdings : Holdings
        What it was made of.
    prefilter, filter : ndarray of uint64
        As in `Postings`.
    directory : ndarray of uint32, shape (2**d + 1,)
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
    least : ndarray of int64
        How few tokens an item's only match in a text may have (`reach.least_tokens`); empty where
        all are looked at.
    """

    holdings: Holdings
    prefilter: UInt64s
    filter: UInt64s
    directory: UInt32s
    shift: int
    longest: int
    bits: UInt8s
    public: UInt64s
    marks: Flags
    least: Int64s


def index(holdings: Holdings, public: UInt64s = _NOBODYS) -> Index:
    """Make a registry ready.

    Parameters
    ----------
    holdings : Holdings
        The registry.
    public : ndarray of uint64
        What `everybody.commons` says of all registries that are matched at a time.
    """
    postings = holdings.postings
    shift = 64 - postings.depth
    bits = _information(holdings.background)
    marks = np.zeros(len(holdings.tokens), np.bool_)
    if len(public):  # there is none in most registries, and compiling takes a while
        _mark_all(
            public,
            (postings.shingles, postings.directory, shift),
            (postings.items, postings.positions),
            holdings.token_offsets,
            marks,
        )
    return Index(
        holdings,
        postings.prefilter,
        postings.filter,
        postings.directory,
        shift,
        holdings.longest,
        bits,
        public,
        marks,
        _NOTHING_ASKED,
    )


def _information(background: UInt64s) -> UInt8s:
    """Bits of a token by itself: ``-log2 p``, of the background counts smoothed by a half."""
    total = float(background.sum()) + 0.5 * (1 << BACKGROUND_BITS)
    known = np.empty(len(background), np.uint8)
    for first in range(0, len(background), _CELLS):
        bits = np.log2(total / (background[first : first + _CELLS] + 0.5))
        known[first : first + _CELLS] = np.clip(np.round(bits * BITS_SCALE), 0, 255)
    return known


@inlined
def probe(words: UInt64s, shingle: Scalar) -> Scalar:
    """Whether the filter may hold the shingle."""
    bits = bits_of(shingle)
    return words[word_of(np.uint64(words.size), shingle)] & bits == bits


@inlined
def bucket_of(shingle: Scalar, shift: Scalar) -> Scalar:
    """Give the bucket of the directory in which a shingle's postings are."""
    return shingle >> np.uint64(shift)


@inlined
def locate(
    shingles: UInt32s, directory: UInt32s, shift: Scalar, shingle: Scalar
) -> tuple[Scalar, Scalar]:
    """Give the range of postings of a shingle; empty, anywhere, where the registry lacks it."""
    bucket = bucket_of(shingle, shift)
    first, end = np.int64(directory[bucket]), np.int64(directory[bucket + np.uint64(1)])
    lower = np.uint32(shingle)
    if end - first <= _AT_ONCE and first + _AT_ONCE <= len(shingles):
        # Nearly all are so few. No branch depends on where among them a shingle is.
        own = equal_sixteen(shingles, first, lower) & ~(_ALL << np.uint64(end - first))
        first += np.int64(trailing_zeros(own))
        return first, first + np.int64(ones(own))
    return _search(shingles, first, end, lower)


@inlined
def _search(shingles: UInt32s, first: Scalar, end: Scalar, lower: Scalar) -> tuple[Scalar, Scalar]:
    """Find the range of equal numbers among sorted ones."""
    while first < end and shingles[np.uint64(first)] != lower:
        first += 1
    last = first
    while last < end and last - first <= _AT_ONCE and shingles[np.uint64(last)] == lower:
        last += 1
    if last - first > _AT_ONCE:
        high = end  # many items share it: halve what is left of the bucket
        while last < high:
            middle = (last + high) // 2
            if shingles[middle] == lower:
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


@kernel
def _mark_all(
    public: UInt64s,
    table: tuple[UInt32s, UInt32s, Scalar],
    postings: tuple[UInt32s, Positions],
    offsets: Int64s,
    marks: Flags,
) -> None:
    """Mark the tokens at which a shingle of everybody's begins."""
    shingles, directory, shift = table
    items, positions = postings
    for place in range(public.size):
        first, last = locate(shingles, directory, shift, public[place])
        for posting in range(first, last):
            token = offsets[items[posting]] + positions[posting]
            if token < offsets[items[posting] + 1]:  # else the registry is hostile
                marks[token] = True
