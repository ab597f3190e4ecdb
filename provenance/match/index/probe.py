"""Batch lookup of shingles in a registry's index.

Reads of a filter and of the postings miss the caches, but do not depend on each other. So they are
prefetched; each filter is applied to a whole batch without branches on the outcome; and only
shingles that pass are looked up in the next filter, or in the postings.
"""

from dataclasses import dataclass

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel, kernel_part
from provenance.jit.intrinsics import PREFETCH_DISTANCE, prefetch, trailing_zeros
from provenance.match.index.postings_index import (
    directory_bucket,
    filter_contains,
    filter_word,
    find_postings,
)
from provenance.model.content.fingerprints import Int64s, Shingles, UInt32s, UInt64s
from provenance.model.content.registry_arrays import Postings, RegistryArrays

_ONE = np.uint64(1)
_BATCH = 1 << 18  # shingles: with one filter at a time, more of it is in the cache
_POSTINGS_DISTANCE = np.int64(16)  # shorter than others: a lookup takes long
_LAST_COMPARED = np.int64(15)  # of the postings compared at once: it may be in the next cache line


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Shingles that are in a segment of a registry.

    Parameters
    ----------
    indices : ndarray of int64, shape (m,)
        Indices of the shingles, ascending.
    firsts, lasts : ndarray of int64, shape (m,)
        Their postings, half-open ranges.
    """

    indices: Int64s
    firsts: Int64s
    lasts: Int64s


def probe_segments(seeds: Shingles, registry: RegistryArrays) -> list[ProbeResult]:
    """Look up the shingles of texts in each segment of a registry.

    Parameters
    ----------
    seeds : Shingles
        Shingles of the registry's seed width.
    registry : RegistryArrays
        The registry.
    """
    return [probe_postings(seeds.hashes, segment.postings) for segment in registry.segments]


def probe_postings(hashes: UInt64s, postings: Postings) -> ProbeResult:
    """Look up shingles, given by their hashes, among the postings of a segment."""
    return ProbeResult(
        *_probe_all(
            hashes,
            (postings.prefilter, postings.filter),
            postings.shingles,
            postings.directory,
            64 - postings.depth,
        )
    )


@kernel
def _probe_all(
    seeds: UInt64s,
    filters: tuple[UInt64s, UInt64s],
    shingles: UInt32s,
    directory: UInt32s,
    shift: Scalar,
) -> tuple[Int64s, Int64s, Int64s]:
    (prefilter, words), passed_count = filters, np.int64(0)
    passed, hashes = np.empty(len(seeds), np.uint32), np.empty(len(seeds), np.uint64)
    for start in range(0, len(seeds), _BATCH):
        stop = min(start + _BATCH, len(seeds))
        batch_count = _apply_prefilter(seeds, start, stop, prefilter, passed[passed_count:])
        passed_count += _apply_filter(
            seeds, words, passed[passed_count : passed_count + batch_count], hashes[passed_count:]
        )
    passed, hashes = passed[:passed_count], hashes[:passed_count]
    places = np.empty(len(passed), np.int64)
    firsts, lasts = np.empty(len(passed), np.int64), np.empty(len(passed), np.int64)
    count = np.int64(0)
    for at in range(len(passed)):
        _prefetch_postings(hashes, at, shingles, directory, shift)
        first, last = find_postings(shingles, directory, shift, hashes[np.uint64(at)])
        places[count], firsts[count], lasts[count] = passed[np.uint64(at)], first, last
        count += last > first
    return places[:count], firsts[:count], lasts[:count]


@kernel_part
def _apply_prefilter(
    seeds: UInt64s, start: Scalar, stop: Scalar, prefilter: UInt64s, passed: UInt32s
) -> Scalar:
    """List the shingles of a batch that the prefilter accepts: all, if there is no prefilter."""
    if not prefilter.size:
        for place in range(start, stop):
            passed[np.uint64(place - start)] = np.uint32(place)
        return stop - start
    last, passed_count = len(seeds) - 1, np.int64(0)
    shift = np.uint64(58) - trailing_zeros(np.uint64(prefilter.size))
    for place in range(start, stop):
        upcoming = seeds[np.uint64(min(place + PREFETCH_DISTANCE, last))] >> shift
        prefetch(prefilter, upcoming >> np.uint64(6))
        passed[np.uint64(passed_count)] = np.uint32(place)
        cell = seeds[np.uint64(place)] >> shift
        passed_count += np.int64((prefilter[cell >> np.uint64(6)] >> (cell & np.uint64(63))) & _ONE)
    return passed_count


@kernel_part
def _apply_filter(seeds: UInt64s, words: UInt64s, passed: UInt32s, hashes: UInt64s) -> Scalar:
    """Move the shingles that the filter accepts to the front, and return their number.

    Their hashes are gathered as well: they lie far apart, and the lookup of postings should not
    wait for them.
    """
    last, passed_count = len(passed) - 1, np.int64(0)
    count = np.uint64(words.size)
    for at in range(len(passed)):
        upcoming = passed[np.uint64(min(at + PREFETCH_DISTANCE, last))]
        prefetch(words, filter_word(count, seeds[np.uint64(upcoming)]))
        place = passed[np.uint64(at)]
        shingle = seeds[np.uint64(place)]
        passed[np.uint64(passed_count)], hashes[np.uint64(passed_count)] = place, shingle
        passed_count += np.int64(filter_contains(words, shingle))
    return passed_count


@inlined
def _prefetch_postings(
    hashes: UInt64s, at: Scalar, shingles: UInt32s, directory: UInt32s, shift: Scalar
) -> None:
    """Prefetch what `find_postings` will read: the directory, then the postings it points to."""
    last = len(hashes) - 1
    far, near = min(at + 2 * _POSTINGS_DISTANCE, last), min(at + _POSTINGS_DISTANCE, last)
    prefetch(directory, directory_bucket(hashes[np.uint64(far)], shift))
    first = np.int64(directory[directory_bucket(hashes[np.uint64(near)], shift)])
    prefetch(shingles, first)
    prefetch(shingles, first + _LAST_COMPARED)
