"""The index of a registry's postings: a directory and two filters.

The sorted postings themselves are the table: the directory, over the upper bits of a shingle's
hash, gives the bucket of a few postings that contains the shingle. Two filters reject nearly all
shingles of a text that contains nothing of the registry.

The first filter, the *prefilter*, has one bit for each value of some upper bits of a hash. It is so
small that most of it stays in the processor's cache, and rejects four of five shingles that are not
in the registry. The second, in which a shingle sets three bits of one word, is only read for the
rest, so it can be smaller than without a prefilter. A registry so large that the prefilter would
not stay in the cache has none.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel
from provenance.jit.intrinsics import equal_mask, popcount, trailing_zeros
from provenance.match.index.report_limits import NO_LIMITS, ReportLimits
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD
from provenance.model.content.fingerprints import Flags, Int64s, UInt8s, UInt32s, UInt64s
from provenance.model.content.registry_arrays import (
    BACKGROUND_BITS,
    Positions,
    Postings,
    RegistryArrays,
)

if TYPE_CHECKING:
    from provenance.match.index.stop_shingles import StopShingles

_FILTER_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # rehashes, for a shingle's bits in the filter
_WORD_BITS = 6  # bits of a bit's index that select it within a word
_ONE = np.uint64(1)

_BITS_PER_KEY, _BITS_PER_KEY_ALONE = 8, 16  # of the filter, with and without a prefilter
_MIN_DIRECTORY_BITS, _MAX_DIRECTORY_BITS = 8, 28
_PREFILTER_BITS_PER_KEY = 3.3  # up to twice as many: the size is a power of two
_MAX_PREFILTER_BITS = 28  # 32 MiB: a larger one exceeds the cache; 2 bits per key help


@dataclass(frozen=True, slots=True)
class IndexLayout:
    """Sizes of directory and filters.

    Parameters
    ----------
    directory_bits : int
        Upper bits of a hash that select a bucket of the directory.
    prefilter_bits : int
        Upper bits of a hash that select a bit of the prefilter; 0 if there is none.
    filter_words : int
        Number of 64-bit words of the filter.
    """

    directory_bits: int
    prefilter_bits: int
    filter_words: int


@dataclass(frozen=True, slots=True)
class IndexPart:
    """Directory and filters of postings, or of one partition of them.

    Parameters
    ----------
    directory : ndarray of uint32, shape (2**d,)
        First posting of each bucket, relative to the partition's first.
    prefilter, filter : ndarray of uint64
        As in `Postings`.
    """

    directory: UInt32s
    prefilter: UInt64s
    filter: UInt64s


def choose_layout(count: int, partition_bits: int = 0) -> IndexLayout:
    """Return the sizes for a number of postings.

    Parameters
    ----------
    count : int
        Number of postings, at most.
    partition_bits : int
        Number of upper hash bits by which postings are partitioned: each partition has whole words.
    """
    depth = max(
        _MIN_DIRECTORY_BITS, partition_bits, min(_MAX_DIRECTORY_BITS, count.bit_length() - 3)
    )
    cells = max(partition_bits + _WORD_BITS, int(count * _PREFILTER_BITS_PER_KEY).bit_length())
    if cells > _MAX_PREFILTER_BITS:
        cells = _MAX_PREFILTER_BITS if count.bit_length() < _MAX_PREFILTER_BITS else 0
    words = max(
        1, count * (_BITS_PER_KEY if cells else _BITS_PER_KEY_ALONE) // 64 >> partition_bits
    )
    return IndexLayout(depth, cells, words << partition_bits)


def build_index_part(
    shingles: UInt64s, layout: IndexLayout, partition_bits: int = 0, partition: int = 0
) -> IndexPart:
    """Build directory and filters of one partition of the postings.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (n,)
        Whole hashes, sorted.
    layout : IndexLayout
        Layout of all postings.
    partition_bits : int
        Number of upper hash bits by which postings are partitioned.
    partition : int
        The partition: the value of those bits.
    """
    directory = np.empty(1 << (layout.directory_bits - partition_bits), np.uint32)
    _fill_directory(shingles, 64 - layout.directory_bits, directory)
    cells = np.zeros(
        1 << (layout.prefilter_bits - partition_bits - _WORD_BITS) if layout.prefilter_bits else 0,
        np.uint64,
    )
    words = np.zeros(layout.filter_words >> partition_bits, np.uint64)
    if layout.prefilter_bits:
        _fill_prefilter(shingles, 64 - layout.prefilter_bits, partition * len(cells), cells)
    _fill_filter(shingles, np.uint64(layout.filter_words), partition * len(words), words)
    return IndexPart(directory, cells, words)


def group_equal_keys(
    shingles: UInt64s, items: UInt32s, positions: Positions, directory_bits: int
) -> tuple[UInt64s, UInt32s, Positions]:
    """Bring postings together that the index cannot tell apart.

    Shingles that agree in the bits of their bucket and in their lower 32 bits are one to the index,
    but another may be between them when they are sorted by their whole hashes. About one shingle in
    ``2**30`` is such a one.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (n,)
        Whole hashes, sorted.
    items, positions : ndarray, shape (n,)
        As in `Postings`.
    directory_bits : int
        Upper bits of a hash that select its bucket.

    Returns
    -------
    shingles, items, positions : ndarray
        The same postings; in the buckets concerned they are sorted by lower bits, then item.
    """
    shift = np.uint64(64 - directory_bits)
    first = _find_scattered(shingles, shift, 0)
    while first >= 0:
        bucket = shingles[first] >> shift
        end = first + int(np.searchsorted(shingles[first:] >> shift, bucket, side="right"))
        order = np.arange(len(shingles))
        rows = order[first:end]
        order[first:end] = rows[np.lexsort((items[rows], shingles[rows].astype(np.uint32)))]
        shingles, items, positions = shingles[order], items[order], positions[order]
        first = _find_scattered(shingles, shift, end)
    return shingles, items, positions


def build_postings(shingles: UInt64s, items: UInt32s, positions: Positions) -> Postings:
    """Build postings in memory.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (n,)
        Whole hashes, sorted.
    items, positions : ndarray, shape (n,)
        As in `Postings`.
    """
    layout = choose_layout(len(shingles))
    shingles, items, positions = group_equal_keys(shingles, items, positions, layout.directory_bits)
    part = build_index_part(shingles, layout)
    directory = np.append(part.directory, np.uint32(len(shingles)))
    lower = shingles.astype(np.uint32)
    return Postings(lower, items, positions, directory, part.prefilter, part.filter)


@inlined
def filter_word(words: Scalar, shingle: Scalar) -> Scalar:
    """Return the index of a shingle's word in a filter of `words` words."""
    # The high product maps the hash to a word without a division.
    return ((shingle >> np.uint64(32)) * words) >> np.uint64(32)


@inlined
def filter_bits(shingle: Scalar) -> Scalar:
    """Return the bits of its word that a shingle sets."""
    mixed = shingle * _FILTER_MULTIPLIER
    first, second = mixed >> np.uint64(58), (mixed >> np.uint64(52)) & np.uint64(63)
    return _ONE << first | _ONE << second | _ONE << ((mixed >> np.uint64(46)) & np.uint64(63))


@kernel
def _find_scattered(shingles: UInt64s, shift: Scalar, low: Scalar) -> Scalar:
    """Return the first posting of a bucket with equal keys apart, from `low` on; -1 if none is.

    `low` is the first posting of a bucket.
    """
    first = low
    for place in range(low + 1, len(shingles)):
        if shingles[place] >> shift != shingles[first] >> shift:
            first = place
        lower = np.uint32(shingles[place])
        if np.uint32(shingles[place - 1]) == lower:
            continue
        for before in range(first, place - 1):
            if np.uint32(shingles[before]) == lower:
                return first
    return -1


@kernel
def _fill_prefilter(shingles: UInt64s, shift: Scalar, before: Scalar, cells: UInt64s) -> None:
    """Set the bits of shingles in a slice of the prefilter that has `before` words before it."""
    for shingle in shingles:
        cell = shingle >> np.uint64(shift)
        cells[(cell >> np.uint64(_WORD_BITS)) - np.uint64(before)] |= _ONE << (cell & np.uint64(63))


@kernel
def _fill_filter(shingles: UInt64s, words: Scalar, before: Scalar, filter_words: UInt64s) -> None:
    """Set the bits of shingles in a slice of the filter that has `before` words before it."""
    for shingle in shingles:
        filter_words[filter_word(words, shingle) - np.uint64(before)] |= filter_bits(shingle)


@kernel
def _fill_directory(shingles: UInt64s, shift: Scalar, directory: UInt32s) -> None:
    """Fill the directory of shingles that agree in all bits above those of their bucket."""
    bucket, inside = 0, directory.size - 1
    for place in range(shingles.size):
        shingle_bucket = np.int64(shingles[place] >> np.uint64(shift)) & inside
        while bucket <= shingle_bucket:
            directory[bucket] = place
            bucket += 1
    while bucket < directory.size:
        directory[bucket] = shingles.size
        bucket += 1


BITS_SCALE = 8
"""Information of a token is stored in units of 1 / `BITS_SCALE` bit."""

CELL_SHIFT = np.uint32(32 - BACKGROUND_BITS)
"""Right shift from a token's hash to its cell of the background counts."""

_COMPARED_POSTINGS = 16  # postings that are compared at once; longer ranges are bisected
_CHUNK = 1 << 14  # intermediate results of a chunk of cells stay in the L2 cache
_ALL_BITS = np.uint64(0xFFFFFFFFFFFFFFFF)


_MAX_COUNTED_TOKENS = 1 << 26
"""Tokens of a registry from which on its n-grams are counted in a sample of its items: they are
counted again for each batch of candidates."""


@dataclass(frozen=True, slots=True)
class CountedItems:
    """The items of a registry in which n-grams are counted.

    Parameters
    ----------
    items : ndarray of int64
        Their numbers.
    contains : ndarray of bool, shape (n,)
        Whether an item is among them, or would be if it was the first with its tokens.
    share : float
        Expected share of all items, in (0, 1].
    tokens : int
        Number of their tokens.
    """

    items: Int64s
    contains: Flags
    share: float
    tokens: int


def select_counted_items(
    registry: RegistryArrays, most_tokens: int = _MAX_COUNTED_TOKENS
) -> CountedItems:
    """Select the items of a registry in which n-grams are counted, about `most_tokens` at most."""
    contains, share = registry.sampled(most_tokens)
    items = registry.firsts
    if share == 1.0:
        return CountedItems(items, contains, share, registry.size)
    items = items[contains[items]]
    offsets = registry.token_offsets
    return CountedItems(items, contains, share, int((offsets[items + 1] - offsets[items]).sum()))


@dataclass(frozen=True, slots=True)
class PostingsIndex:
    """A registry, ready to be matched against.

    Parameters
    ----------
    arrays : RegistryArrays
        The registry.
    bits : ndarray of uint8, shape (2**BACKGROUND_BITS,)
        Unigram information of the tokens of each cell, in units of 1 / `BITS_SCALE` bit.
    counted : CountedItems
        The items in which n-grams are counted.
    stops : StopShingles
        Stop shingles of all registries that are matched at a time.
    limits : ReportLimits
        Limits of what may be reported (`detectability.report_limits`); `NO_LIMITS` keeps all
        candidates.
    threshold : float
        Strength from which matches are reported, in bits.
    """

    arrays: RegistryArrays
    bits: UInt8s
    counted: CountedItems
    stops: "StopShingles"
    limits: ReportLimits
    threshold: float


def build_postings_index(
    arrays: RegistryArrays, stops: "StopShingles", threshold: float = STRENGTH_THRESHOLD
) -> PostingsIndex:
    """Build the index of a registry.

    Parameters
    ----------
    arrays : RegistryArrays
        The registry.
    stops : StopShingles
        Stop shingles of all registries that are matched at a time.
    threshold : float
        Strength from which matches are reported, in bits.
    """
    bits = _token_bits(arrays.background)
    return PostingsIndex(arrays, bits, select_counted_items(arrays), stops, NO_LIMITS, threshold)


def _token_bits(background: UInt64s) -> UInt8s:
    """Return ``-log2 p`` of each cell of tokens, of the background counts smoothed by 0.5."""
    total = float(background.sum()) + 0.5 * (1 << BACKGROUND_BITS)
    cell_bits = np.empty(len(background), np.uint8)
    for first in range(0, len(background), _CHUNK):
        bits = np.log2(total / (background[first : first + _CHUNK] + 0.5))
        cell_bits[first : first + _CHUNK] = np.clip(np.round(bits * BITS_SCALE), 0, 255)
    return cell_bits


@inlined
def filter_contains(words: UInt64s, shingle: Scalar) -> Scalar:
    """Return whether the filter may contain the shingle."""
    bits = filter_bits(shingle)
    return words[filter_word(np.uint64(words.size), shingle)] & bits == bits


@inlined
def directory_bucket(shingle: Scalar, shift: Scalar) -> Scalar:
    """Return the bucket of the directory with a shingle's postings."""
    return shingle >> np.uint64(shift)


@inlined
def find_postings(
    shingles: UInt32s, directory: UInt32s, shift: Scalar, shingle: Scalar
) -> tuple[Scalar, Scalar]:
    """Return the half-open range of a shingle's postings; empty if the registry lacks it."""
    bucket = directory_bucket(shingle, shift)
    first, end = np.int64(directory[bucket]), np.int64(directory[bucket + np.uint64(1)])
    lower = np.uint32(shingle)
    if end - first <= _COMPARED_POSTINGS and first + _COMPARED_POSTINGS <= len(shingles):
        # Nearly all buckets are so small. No branch depends on the position in the bucket.
        mask = equal_mask(shingles, first, lower) & ~(_ALL_BITS << np.uint64(end - first))
        first += np.int64(trailing_zeros(mask))
        return first, first + np.int64(popcount(mask))
    return _search_bucket(shingles, first, end, lower)


@inlined
def _search_bucket(
    shingles: UInt32s, first: Scalar, end: Scalar, lower: Scalar
) -> tuple[Scalar, Scalar]:
    """Return the range of equal values among sorted ones."""
    while first < end and shingles[np.uint64(first)] != lower:
        first += 1
    last = first
    while last < end and last - first <= _COMPARED_POSTINGS and shingles[np.uint64(last)] == lower:
        last += 1
    if last - first > _COMPARED_POSTINGS:
        high = end  # many items share it: bisect the rest of the bucket
        while last < high:
            middle = (last + high) // 2
            if shingles[middle] == lower:
                last = middle + 1
            else:
                high = middle
    return first, last
