"""What many authors of several sources write: their shingles are evidence of nobody.

What is frequent inside one source alone is another matter: a post that hundreds pass on there is
that source's all the same.
"""

from collections.abc import Sequence

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel, maker
from provenance.model import Flags, Holdings, Int64s, Shared, UInt8s, UInt32s, UInt64s

MANY = 20
"""Authors that make a shingle everybody's: in two sources or more, two of each at least."""

_LOOKED_AT = 64  # postings of a shingle; more would tell no more
_LIGHT = np.uint32(1)
_WORD = 4


def commons(registries: Sequence[Holdings]) -> UInt64s:
    """Give the shingles that many authors of several sources share, sorted.

    Parameters
    ----------
    registries : sequence of Holdings
        All that a corpus is matched against, in any order. An item whose author is unknown counts
        as one by an author of its own.
    """
    names = sorted({name for holdings in registries for name in holdings.sources})
    if len(names) < 2:
        return np.zeros(0, np.uint64)
    shingles, sources, authors = [], [], []
    for holdings in registries:
        own = np.array([names.index(name) for name in holdings.sources] or [0])
        shingles.append(holdings.shared.shingles)
        sources.append(own[holdings.shared.codes])
        authors.append(holdings.shared.authors.astype(np.int64))
    return _everybodys(np.concatenate(shingles), np.concatenate(sources), np.concatenate(authors))


def shared(shingles: UInt64s, items: UInt32s, codes: UInt8s, authors: UInt64s) -> Shared:
    """List the shingles of some postings that two authors or more of one source have.

    Parameters
    ----------
    shingles : ndarray of uint64, shape (n,)
        Whole hashes, sorted; all the postings of each.
    items : ndarray of uint32, shape (n,)
        The item of each posting, in order within a shingle.
    codes : ndarray of uint8
        The source of each item.
    authors : ndarray of uint64
        A hash of the author of each item; 0 where nobody knows.
    """
    again = np.flatnonzero(shingles[1:] == shingles[:-1])
    return Shared(*_shared(shingles, items, (codes, authors), again))


def _everybodys(shingles: UInt64s, sources: Int64s, authors: Int64s) -> UInt64s:
    """Sum up over sources; of one source in several registries, the one that knows most counts."""
    order = np.lexsort((-authors, sources, shingles))
    shingles, sources, authors = shingles[order], sources[order], authors[order]
    repeated = (shingles[1:] == shingles[:-1]) & (sources[1:] == sources[:-1])
    kept = np.concatenate([np.ones(min(1, len(shingles)), bool), ~repeated])
    unique, places, several = np.unique(shingles[kept], return_inverse=True, return_counts=True)
    total = np.bincount(places, authors[kept], len(unique))
    return np.asarray(unique[(several >= 2) & (total >= MANY)])


@kernel
def _shared(
    shingles: UInt64s, items: UInt32s, origins: tuple[UInt8s, UInt64s], again: Int64s
) -> tuple[UInt64s, UInt8s, UInt8s]:
    codes, authors = origins
    room = 1024
    found, sources, counts = (
        np.empty(room, np.uint64),
        np.empty(room, np.uint8),
        np.empty(room, np.uint8),
    )
    listed, last = 0, 0
    for first in again:
        if first < last:
            continue
        end = first + 1
        while end < shingles.size and shingles[end] == shingles[first]:
            end += 1
        last = min(end, first + _LOOKED_AT)
        for place in range(first, last):
            code = codes[items[place]]
            if _known_source(items, codes, first, place, code):
                continue
            count = _authors_of(items, codes, authors, place, last)
            if count < 2:
                continue
            if listed == room:
                room *= 2
                found, sources, counts = (
                    _grown(found, room),
                    _grown(sources, room),
                    _grown(counts, room),
                )
            found[listed], sources[listed], counts[listed] = shingles[first], code, count
            listed += 1
        last = end
    return found[:listed], sources[:listed], counts[:listed]


@inlined
def _known_source(
    items: UInt32s, codes: UInt8s, first: Scalar, place: Scalar, code: Scalar
) -> Scalar:
    known = False
    for before in range(first, place):
        known = known or codes[items[before]] == code
    return known


@maker
def _authors_of(
    items: UInt32s, codes: UInt8s, authors: UInt64s, place: Scalar, last: Scalar
) -> Scalar:
    """Count the authors of the source of `place` from there on."""
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


@maker
def _grown(values: Scalar, room: Scalar) -> Scalar:
    larger = np.empty(room, values.dtype)
    for place in range(values.size):
        larger[place] = values[place]
    return larger


@inlined
def weight_of(token: Scalar) -> Scalar:
    """Give a token's weight in quarters of a word, as its lower bits tell (see `Tokens`)."""
    light = token & _LIGHT
    return np.int64(_WORD) >> np.int64(light + ((token >> _LIGHT) & light))


@maker
def telling(tokens: UInt32s, marks: Flags, first: Scalar, end: Scalar, weight: Scalar) -> Flags:
    """Tell which tokens of a matched run are evidence.

    Parameters
    ----------
    tokens : ndarray of uint32
        Of all items.
    marks : ndarray of bool
        As `Index.marks`.
    first, end : int
        The run, within `tokens`.
    weight : int
        Of a shingle, in quarters of a word.

    Returns
    -------
    ndarray of bool, shape (end - first,)
        False for tokens that only shingles of everybody's hold together with others of the run.
    """
    tells = np.empty(end - first, np.bool_)
    for place in range(end - first):
        tells[place] = True
    for is_own in range(2):  # what an item's own shingles hold stays, whatever else holds it
        for place in range(first, end):
            behind, carried = place, 0
            while behind < end and carried < weight:
                carried += weight_of(tokens[behind])
                behind += 1
            if carried < weight:
                break
            if marks[place] != is_own:
                for covered in range(place - first, behind - first):
                    tells[covered] = is_own
    return tells
