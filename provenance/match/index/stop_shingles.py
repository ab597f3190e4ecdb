"""Stop-shingle filter: shingles used by at least 20 authors in two or more sources are ignored.

A shingle that is frequent inside a single source is kept: a post that hundreds of users repeat
there is still that source's content.
"""

from collections.abc import Sequence

import numpy as np

from provenance.jit.decorators import Scalar, allocating_part, inlined, kernel
from provenance.model import Flags, Int64s, RegistryArrays, SharedShingles, UInt8s, UInt32s, UInt64s

MIN_AUTHORS = 20
"""Least authors of a stop shingle, over at least two sources with two or more authors each."""

_MAX_POSTINGS = 64  # postings of a shingle that are counted
_LIGHT = np.uint32(1)
_QUARTERS = 4


def find_stop_shingles(registries: Sequence[RegistryArrays]) -> UInt64s:
    """Return the shingles that many authors of several sources share, sorted.

    Parameters
    ----------
    registries : sequence of RegistryArrays
        All registries that a corpus is matched against, in any order. An item of unknown author
        counts as one by an author of its own.
    """
    names = sorted({name for arrays in registries for name in arrays.sources})
    if len(names) < 2:
        return np.zeros(0, np.uint64)
    shingles, sources, authors = [], [], []
    for arrays in registries:
        source_numbers = np.array([names.index(name) for name in arrays.sources] or [0])
        shingles.append(arrays.shared.shingles)
        sources.append(source_numbers[arrays.shared.codes])
        authors.append(arrays.shared.authors.astype(np.int64))
    return _merge_sources(
        np.concatenate(shingles), np.concatenate(sources), np.concatenate(authors)
    )


def count_shared_shingles(
    shingles: UInt64s, items: UInt32s, codes: UInt8s, authors: UInt64s
) -> SharedShingles:
    """Return the shingles that two or more authors of one source have.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (n,)
        Whole hashes, sorted, with all the postings of each.
    items : ndarray of uint32, shape (n,)
        Item of each posting, ascending within a shingle.
    codes : ndarray of uint8
        Source of each item.
    authors : ndarray of uint64
        Hash of the author of each item; 0 if unknown.
    """
    repeats = np.flatnonzero(shingles[1:] == shingles[:-1])
    return SharedShingles(*_count_authors_all(shingles, items, (codes, authors), repeats))


def _merge_sources(shingles: UInt64s, sources: Int64s, authors: Int64s) -> UInt64s:
    """Sum authors over sources; of one source in several registries, the highest count is used."""
    order = np.lexsort((-authors, sources, shingles))
    shingles, sources, authors = shingles[order], sources[order], authors[order]
    repeated = (shingles[1:] == shingles[:-1]) & (sources[1:] == sources[:-1])
    is_first = np.concatenate([np.ones(min(1, len(shingles)), bool), ~repeated])
    unique, places, source_counts = np.unique(
        shingles[is_first], return_inverse=True, return_counts=True
    )
    total = np.bincount(places, authors[is_first], len(unique))
    return np.asarray(unique[(source_counts >= 2) & (total >= MIN_AUTHORS)])


@kernel
def _count_authors_all(
    shingles: UInt64s, items: UInt32s, origins: tuple[UInt8s, UInt64s], repeats: Int64s
) -> tuple[UInt64s, UInt8s, UInt8s]:
    codes, authors = origins
    room = 1024
    shared, sources, counts = (
        np.empty(room, np.uint64),
        np.empty(room, np.uint8),
        np.empty(room, np.uint8),
    )
    count_rows, last = 0, 0
    for first in repeats:
        if first < last:
            continue
        end = first + 1
        while end < shingles.size and shingles[end] == shingles[first]:
            end += 1
        last = min(end, first + _MAX_POSTINGS)
        for place in range(first, last):
            code = codes[items[place]]
            if _is_repeated_source(items, codes, first, place, code):
                continue
            count = _count_authors(items, codes, authors, place, last)
            if count < 2:
                continue
            if count_rows == room:
                room *= 2
                shared, sources, counts = (
                    _grow(shared, room),
                    _grow(sources, room),
                    _grow(counts, room),
                )
            shared[count_rows], sources[count_rows], counts[count_rows] = (
                shingles[first],
                code,
                count,
            )
            count_rows += 1
        last = end
    return shared[:count_rows], sources[:count_rows], counts[:count_rows]


@inlined
def _is_repeated_source(
    items: UInt32s, codes: UInt8s, first: Scalar, place: Scalar, code: Scalar
) -> Scalar:
    is_repeated = False
    for before in range(first, place):
        is_repeated = is_repeated or codes[items[before]] == code
    return is_repeated


@allocating_part
def _count_authors(
    items: UInt32s, codes: UInt8s, authors: UInt64s, place: Scalar, last: Scalar
) -> Scalar:
    """Count the authors, from posting `place` on, of that posting's source."""
    count = 0
    for at in range(place, last):
        if codes[items[at]] != codes[items[place]]:
            continue
        is_new = True
        author = authors[items[at]]
        for before in range(place, at):
            same = codes[items[before]] == codes[items[place]] and authors[items[before]] == author
            if author != np.uint64(0) and same:
                is_new = False
                break
        count += is_new
    return count


@allocating_part
def _grow(values: Scalar, room: Scalar) -> Scalar:
    larger = np.empty(room, values.dtype)
    for place in range(values.size):
        larger[place] = values[place]
    return larger


@inlined
def token_weight(token: Scalar) -> Scalar:
    """Return a token's weight in quarters of a word, which its lower bits encode (see `Tokens`)."""
    light = token & _LIGHT
    return np.int64(_QUARTERS) >> np.int64(light + ((token >> _LIGHT) & light))


@allocating_part
def evidence_mask(
    tokens: UInt32s, stop_marks: Flags, first: Scalar, end: Scalar, weight: Scalar
) -> Flags:
    """Return which tokens of a matched run are evidence.

    Parameters
    ----------
    tokens : ndarray of uint32
        Tokens of all items.
    stop_marks : ndarray of bool
        As `PostingsIndex.stop_marks`.
    first, end : int
        The run, within `tokens`.
    weight : int
        Weight of a shingle, in quarters of a word.

    Returns
    -------
    ndarray of bool, shape (end - first,)
        False for tokens that are covered by stop shingles of the run only.
    """
    evidence = np.empty(end - first, np.bool_)
    for place in range(end - first):
        evidence[place] = True
    for is_evidence in range(2):  # tokens of other shingles are evidence, whatever else covers them
        for place in range(first, end):
            behind, total_weight = place, 0
            while behind < end and total_weight < weight:
                total_weight += token_weight(tokens[behind])
                behind += 1
            if total_weight < weight:
                break
            if stop_marks[place] != is_evidence:
                for covered in range(place - first, behind - first):
                    evidence[covered] = is_evidence
    return evidence
