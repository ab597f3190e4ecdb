"""The postings of a registry, laid out to be probed.

The sorted postings themselves are the table: a directory over the upper bits of a hash gives the
few neighbours among which it stands. Two filters turn away nearly every shingle of a text that
holds nothing.

How postings are laid out: a directory over the upper bits of their hashes, and two filters.

The first filter has one bit for each value of some upper bits of a hash. It is so small that most
of it stays in the processor's cache, and turns away four of five shingles that are not there. The
second, in which a shingle sets three bits of one word, is asked of the others alone; so it may be
smaller than it would have to be by itself. A registry so large that the first would not stay in the
cache either has none.
"""

from dataclasses import dataclass

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel
from provenance.jit.intrinsics import equal_sixteen, ones, trailing_zeros
from provenance.model import (
    BACKGROUND_BITS,
    Flags,
    Holdings,
    Int64s,
    Positions,
    Postings,
    UInt8s,
    UInt32s,
    UInt64s,
)

_SECOND = np.uint64(0x9E3779B97F4A7C15)  # mixes a hash anew, for its bits in the filter
_WORD = 6  # bits of a place that tell one of the bits of a word
_ONE = np.uint64(1)

_BITS_BEHIND, _BITS_ALONE = 8, 16  # a key, in the filter: behind the prefilter, and without one
_LEAST_DEPTH, _MOST_DEPTH = 8, 28
_CELLS_A_KEY = 3.3  # in the prefilter, or up to twice as many
_MOST_CELLS = 28  # 32 MiB: a larger one stays in no cache, and one of two cells a key still helps


@dataclass(frozen=True, slots=True)
class Layout:
    """How postings are laid out.

    Parameters
    ----------
    depth : int
        Upper bits of a hash that the directory tells.
    cells : int
        Upper bits of a hash that the prefilter tells; 0 where there is none.
    words : int
        64-bit words of the filter.
    """

    depth: int
    cells: int
    words: int


@dataclass(frozen=True, slots=True)
class Entered:
    """Postings entered into directory and filters, or into a piece of each.

    Parameters
    ----------
    directory : ndarray of uint32, shape (2**d,)
        First posting of each bucket, counted from the first of the piece.
    prefilter, filter : ndarray of uint64
        As in `Postings`.
    """

    directory: UInt32s
    prefilter: UInt64s
    filter: UInt64s


def layout(count: int, parting: int = 0) -> Layout:
    """Choose a layout for so many postings.

    Parameters
    ----------
    count : int
        How many there are at most.
    parting : int
        By how many upper bits they are parted: each part has whole words of its own.
    """
    depth = max(_LEAST_DEPTH, parting, min(_MOST_DEPTH, count.bit_length() - 3))
    cells = max(parting + _WORD, int(count * _CELLS_A_KEY).bit_length())
    if cells > _MOST_CELLS:
        cells = _MOST_CELLS if count.bit_length() < _MOST_CELLS else 0
    words = max(1, count * (_BITS_BEHIND if cells else _BITS_ALONE) // 64 >> parting)
    return Layout(depth, cells, words << parting)


def entered(shingles: UInt64s, chosen: Layout, parting: int = 0, part: int = 0) -> Entered:
    """Enter the shingles of a part into its piece of directory and filters.

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
    """
    directory = np.empty(1 << (chosen.depth - parting), np.uint32)
    _enter(shingles, 64 - chosen.depth, directory)
    cells = np.zeros(1 << (chosen.cells - parting - _WORD) if chosen.cells else 0, np.uint64)
    words = np.zeros(chosen.words >> parting, np.uint64)
    if chosen.cells:
        _fill_cells(shingles, 64 - chosen.cells, part * len(cells), cells)
    _fill_words(shingles, np.uint64(chosen.words), part * len(words), words)
    return Entered(directory, cells, words)


def laid_out(shingles: UInt64s, items: UInt32s, positions: Positions) -> Postings:
    """Lay out postings that are in memory.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (n,)
        Whole hashes, sorted.
    items, positions : ndarray, shape (n,)
        As in `Postings`.
    """
    made = entered(shingles, layout(len(shingles)))
    directory = np.append(made.directory, np.uint32(len(shingles)))
    lower = shingles.astype(np.uint32)
    return Postings(lower, items, positions, directory, made.prefilter, made.filter)


@inlined
def word_of(words: Scalar, shingle: Scalar) -> Scalar:
    """Give the word of a filter of so many that a shingle's bits are in."""
    # The high product maps the hash to a word without a division.
    return ((shingle >> np.uint64(32)) * words) >> np.uint64(32)


@inlined
def bits_of(shingle: Scalar) -> Scalar:
    """Give the bits of its word that a shingle sets."""
    mixed = shingle * _SECOND
    first, second = mixed >> np.uint64(58), (mixed >> np.uint64(52)) & np.uint64(63)
    return _ONE << first | _ONE << second | _ONE << ((mixed >> np.uint64(46)) & np.uint64(63))


@kernel
def _fill_cells(shingles: UInt64s, shift: Scalar, before: Scalar, cells: UInt64s) -> None:
    """Set the bits of shingles in that piece of a prefilter which has so many words before it."""
    for shingle in shingles:
        cell = shingle >> np.uint64(shift)
        cells[(cell >> np.uint64(_WORD)) - np.uint64(before)] |= _ONE << (cell & np.uint64(63))


@kernel
def _fill_words(shingles: UInt64s, words: Scalar, before: Scalar, own: UInt64s) -> None:
    """Set the bits of shingles in that piece of a filter which has so many words before it."""
    for shingle in shingles:
        own[word_of(words, shingle) - np.uint64(before)] |= bits_of(shingle)


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
