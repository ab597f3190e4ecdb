"""Which shingles of texts a registry holds: asked of all of them at a time.

A probe of a filter misses the caches, and so does a look into the postings. Neither waits for the
one before it: what will be read is fetched ahead, every shingle is probed without a branch on what
came out, and only those that one filter let through are looked for in the next, or looked up.
"""

from dataclasses import dataclass

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner, kernel
from provenance.jit.intrinsics import AHEAD, fetch, trailing_zeros
from provenance.match.index.postings_index import Index, bucket_of, locate, probe, word_of
from provenance.model import Int64s, Shingles, UInt32s, UInt64s

_ONE = np.uint64(1)
_AT_ONCE = 1 << 18  # shingles: of one filter at a time, more is in the cache
_SOON = np.int64(16)  # looks into the postings: each is long, and few are under way at a time
_LAST = np.int64(15)  # of the postings that are compared: it may stand in the next line


@dataclass(frozen=True, slots=True)
class Held:
    """Shingles of some texts that a registry holds.

    Parameters
    ----------
    places : ndarray of int64, shape (m,)
        Which shingles, in their order.
    firsts, lasts : ndarray of int64, shape (m,)
        Their postings, half-open.
    offsets : ndarray of int64, shape (n + 1,)
        Those of text `i` are `places[offsets[i]:offsets[i + 1]]`.
    """

    places: Int64s
    firsts: Int64s
    lasts: Int64s
    offsets: Int64s


def held(seeds: Shingles, registry: Index) -> Held:
    """Find which shingles of texts a registry holds.

    Parameters
    ----------
    seeds : Shingles
        Of the registry's seed width.
    registry : Index
        What to look in.
    """
    places, firsts, lasts = _hold_all(
        seeds.hashes,
        (registry.prefilter, registry.filter),
        registry.holdings.postings.shingles,
        registry.directory,
        registry.shift,
    )
    return Held(places, firsts, lasts, np.searchsorted(places, seeds.offsets).astype(np.int64))


@kernel
def _hold_all(
    seeds: UInt64s,
    filters: tuple[UInt64s, UInt64s],
    shingles: UInt32s,
    directory: UInt32s,
    shift: Scalar,
) -> tuple[Int64s, Int64s, Int64s]:
    (prefilter, words), through = filters, np.int64(0)
    passed, hashes = np.empty(len(seeds), np.uint32), np.empty(len(seeds), np.uint64)
    for start in range(0, len(seeds), _AT_ONCE):
        stop = min(start + _AT_ONCE, len(seeds))
        own = _pass_cells(seeds, start, stop, prefilter, passed[through:])
        through += _pass_words(seeds, words, passed[through : through + own], hashes[through:])
    passed, hashes = passed[:through], hashes[:through]
    places = np.empty(len(passed), np.int64)
    firsts, lasts = np.empty(len(passed), np.int64), np.empty(len(passed), np.int64)
    count = np.int64(0)
    for at in range(len(passed)):
        _fetch_soon(hashes, at, shingles, directory, shift)
        first, last = locate(shingles, directory, shift, hashes[np.uint64(at)])
        places[count], firsts[count], lasts[count] = passed[np.uint64(at)], first, last
        count += last > first
    return places[:count], firsts[:count], lasts[:count]


@inner
def _pass_cells(
    seeds: UInt64s, start: Scalar, stop: Scalar, prefilter: UInt64s, passed: UInt32s
) -> Scalar:
    """List the shingles of a stretch that the prefilter lets through: all, where there is none."""
    if not prefilter.size:
        for place in range(start, stop):
            passed[np.uint64(place - start)] = np.uint32(place)
        return stop - start
    last, through = len(seeds) - 1, np.int64(0)
    shift = np.uint64(58) - trailing_zeros(np.uint64(prefilter.size))
    for place in range(start, stop):
        ahead = seeds[np.uint64(min(place + AHEAD, last))] >> shift
        fetch(prefilter, ahead >> np.uint64(6))
        passed[np.uint64(through)] = np.uint32(place)
        cell = seeds[np.uint64(place)] >> shift
        through += np.int64((prefilter[cell >> np.uint64(6)] >> (cell & np.uint64(63))) & _ONE)
    return through


@inner
def _pass_words(seeds: UInt64s, words: UInt64s, passed: UInt32s, hashes: UInt64s) -> Scalar:
    """Move those to the front that the filter lets through, and say how many they are.

    Their hashes are put side by side: they lie far apart among all, and who looks them up must not
    wait for those as well.
    """
    last, through = len(passed) - 1, np.int64(0)
    count = np.uint64(words.size)
    for at in range(len(passed)):
        ahead = passed[np.uint64(min(at + AHEAD, last))]
        fetch(words, word_of(count, seeds[np.uint64(ahead)]))
        place = passed[np.uint64(at)]
        own = seeds[np.uint64(place)]
        passed[np.uint64(through)], hashes[np.uint64(through)] = place, own
        through += np.int64(probe(words, own))
    return through


@inlined
def _fetch_soon(
    hashes: UInt64s, at: Scalar, shingles: UInt32s, directory: UInt32s, shift: Scalar
) -> None:
    """Fetch what `locate` will read: first of the directory, then what that tells of."""
    last = len(hashes) - 1
    far, near = min(at + 2 * _SOON, last), min(at + _SOON, last)
    fetch(directory, bucket_of(hashes[np.uint64(far)], shift))
    first = np.int64(directory[bucket_of(hashes[np.uint64(near)], shift)])
    fetch(shingles, first)
    fetch(shingles, first + _LAST)
