"""A bounded sample of the corpus's own passages: the model of what its authors write by themselves.

A corpus is cut into passages of `LENGTH` tokens; a passage is in the sample where the hash of its
tokens is below a bound. So a sample is FracMinHash over passages: equal passages count once,
samples of shards merge in any order, and a finer sample holds every coarser one. The sample that a
check ends with depends on the corpus alone, not on the order or the shards in which it was read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel
from provenance.model import Int64s, Tokens, UInt32s, UInt64s

LENGTH = 128
"""Tokens of a passage; the last one of a text may be shorter."""

MOST = 1 << 23
"""Tokens that a sample keeps at most."""

EVERYTHING = 1 << 64
"""The bound that keeps every passage."""

_MIX_1 = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xBF58476D1CE4E5B9)
_LANES = tuple(np.uint64(lane * 0xD6E8FEB86659FD93 % EVERYTHING) for lane in (1, 2, 3, 4))


@dataclass(frozen=True, slots=True)
class Passages:
    """A sample of passages.

    Parameters
    ----------
    bound : int
        Every passage whose hash is below it is here, and no other; at most `EVERYTHING`.
    hashes : ndarray of uint64, shape (n,)
        Of the passages, sorted, without repeats.
    tokens : ndarray of uint32
        Of all passages.
    offsets : ndarray of int64, shape (n + 1,)
        Tokens of passage `i` are `tokens[offsets[i]:offsets[i + 1]]`.
    """

    bound: int
    hashes: UInt64s
    tokens: UInt32s
    offsets: Int64s

    def holds(self, hashes: UInt64s) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Tell which passages are in the sample."""
        if self.bound >= EVERYTHING:
            return np.ones(len(hashes), bool)
        return hashes < np.uint64(self.bound)


NO_PASSAGES = Passages(
    EVERYTHING, np.zeros(0, np.uint64), np.zeros(0, np.uint32), np.zeros(1, np.int64)
)
"""The sample of an empty corpus."""


def sample(tokens: Tokens, bound: int = EVERYTHING) -> Passages:
    """Sample the passages of some texts."""
    hashes, firsts, sizes = _passages_of(tokens.hashes, tokens.offsets)
    kept = np.ones(len(hashes), bool) if bound >= EVERYTHING else hashes < np.uint64(bound)
    return _gathered(
        bound, hashes[kept], firsts[kept], sizes[kept], [tokens.hashes], np.zeros(1, np.int64)
    )


def union(parts: Iterable[Passages]) -> Passages:
    """Sample the union of corpora from their samples: associative, commutative, idempotent.

    The bound is the lowest of them, or lower where the sample would grow beyond `MOST` tokens.
    """
    listed = [NO_PASSAGES, *parts]
    bound = min(part.bound for part in listed)
    hashes = np.concatenate([part.hashes for part in listed])
    sizes = np.concatenate([np.diff(part.offsets) for part in listed])
    firsts = np.concatenate([part.offsets[:-1] for part in listed])
    starts = np.cumsum([0, *(len(part.hashes) for part in listed[:-1])])
    tokens = [part.tokens for part in listed]
    merged = _gathered(bound, hashes, firsts, sizes, tokens, starts)
    while len(merged.tokens) > MOST:
        merged = coarser(merged, min(merged.bound, EVERYTHING) // 2)
    return merged


def coarser(fine: Passages, bound: int) -> Passages:
    """Keep the passages below a bound; one that is higher than the sample's own changes nothing."""
    bound = min(bound, fine.bound)
    kept = fine.hashes < np.uint64(min(bound, EVERYTHING - 1))
    firsts, sizes = fine.offsets[:-1][kept], np.diff(fine.offsets)[kept]
    return _gathered(bound, fine.hashes[kept], firsts, sizes, [fine.tokens], np.zeros(1, np.int64))


def _gathered(
    bound: int,
    hashes: UInt64s,
    firsts: Int64s,
    sizes: Int64s,
    tokens: Sequence[UInt32s],
    starts: Int64s,
) -> Passages:
    """Put passages in order, each once: those from `starts[i]` on lie somewhere in `tokens[i]`."""
    unique, places = np.unique(hashes, return_index=True)
    if bound < EVERYTHING:
        below = np.searchsorted(unique, np.uint64(bound))
        unique, places = unique[:below], places[:below]
    offsets = np.concatenate([[0], np.cumsum(sizes[places])]).astype(np.int64)
    picked = np.empty(offsets[-1], np.uint32)
    by_place = np.argsort(places)
    bounds = np.searchsorted(places[by_place], [*starts.tolist(), len(hashes)]).tolist()
    for own, (first, end) in zip(tokens, pairwise(bounds), strict=True):
        rows = by_place[first:end]
        _copy_all(own, firsts[places[rows]], offsets[rows], sizes[places[rows]], picked)
    return Passages(bound, unique, picked, offsets)


@kernel
def _copy_all(
    tokens: UInt32s, firsts: Int64s, starts: Int64s, sizes: Int64s, picked: UInt32s
) -> None:
    for passage in range(len(firsts)):
        source, target = tokens[firsts[passage] :], picked[starts[passage] :]
        for place in range(sizes[passage]):
            target[place] = source[place]


@inlined
def passage_hash(document: UInt32s, passage: Scalar) -> Scalar:
    """Hash a text's passage from its tokens: four threads of it, for a processor does four."""
    first, end = passage * LENGTH, min((passage + 1) * LENGTH, document.size)
    one, two, three, four = _LANES
    place = first
    while place + 4 <= end:
        one = _mixed(one, document[np.uint64(place)])
        two = _mixed(two, document[np.uint64(place + 1)])
        three = _mixed(three, document[np.uint64(place + 2)])
        four = _mixed(four, document[np.uint64(place + 3)])
        place += 4
    while place < end:
        one = _mixed(one, document[place])
        place += 1
    state = _mixed(_mixed(_mixed(one, two), three), four) * _MIX_2
    return state ^ (state >> np.uint64(32))


@inlined
def _mixed(state: Scalar, more: Scalar) -> Scalar:
    state = (state ^ np.uint64(more)) * _MIX_1
    return state ^ (state >> np.uint64(29))


@kernel
def _passages_of(tokens: UInt32s, offsets: Int64s) -> tuple[UInt64s, Int64s, Int64s]:
    room = len(tokens) // LENGTH + len(offsets)
    hashes = np.empty(room, np.uint64)
    firsts, sizes = np.empty(room, np.int64), np.empty(room, np.int64)
    count = 0
    for text in range(len(offsets) - 1):
        document = tokens[offsets[text] : offsets[text + 1]]
        for passage in range((document.size + LENGTH - 1) // LENGTH):
            hashes[count] = passage_hash(document, passage)
            firsts[count] = offsets[text] + passage * LENGTH
            sizes[count] = min(LENGTH, document.size - passage * LENGTH)
            count += 1
    return hashes[:count], firsts[:count], sizes[:count]
