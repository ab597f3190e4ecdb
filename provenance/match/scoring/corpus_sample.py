"""A bounded sample of the corpus's own passages, for its n-gram counts.

A corpus is cut into passages of `PASSAGE_LENGTH` tokens; a passage is in the sample if the hash of
its tokens is below a bound. So a sample is FracMinHash over passages: equal passages count once,
samples of shards merge in any order, and a finer sample contains every coarser one. The final
sample of a check depends only on the corpus, not on the order or the shards in which it was read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel
from provenance.model.content.fingerprints import Int64s, Tokens, UInt32s, UInt64s

PASSAGE_LENGTH = 128
"""Tokens of a passage; the last one of a text may be shorter."""

MAX_SAMPLE_TOKENS = 1 << 23
"""Most tokens of a sample."""

FULL_BOUND = 1 << 64
"""The bound of a sample of every passage."""

_MIX_1 = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xBF58476D1CE4E5B9)
_LANES = tuple(np.uint64(lane * 0xD6E8FEB86659FD93 % FULL_BOUND) for lane in (1, 2, 3, 4))


@dataclass(frozen=True, slots=True)
class PassageSample:
    """A sample of passages.

    Parameters
    ----------
    bound : int
        The sample holds exactly the passages whose hash is below it; at most `FULL_BOUND`.
    hashes : ndarray of uint64, shape (n,)
        Hashes of the passages, sorted, distinct.
    tokens : ndarray of uint32
        Tokens of all passages.
    offsets : ndarray of int64, shape (n + 1,)
        Tokens of passage `i` are `tokens[offsets[i]:offsets[i + 1]]`.
    """

    bound: int
    hashes: UInt64s
    tokens: UInt32s
    offsets: Int64s

    def contains(self, hashes: UInt64s) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which passages are in the sample, given that they are in the corpus."""
        if self.bound >= FULL_BOUND:
            return np.ones(len(hashes), bool)
        return hashes < np.uint64(self.bound)

    def holds(self, hashes: UInt64s) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which passages are in the sample, whatever corpus they are of."""
        # `np.isin` would hash the whole sample, and fails for large numbers before NumPy 2.1.
        places = np.searchsorted(self.hashes, hashes)
        is_within = places < len(self.hashes)
        held = np.zeros(len(hashes), np.bool_)
        held[is_within] = self.hashes[places[is_within]] == hashes[is_within]
        return held


EMPTY_SAMPLE = PassageSample(
    FULL_BOUND, np.zeros(0, np.uint64), np.zeros(0, np.uint32), np.zeros(1, np.int64)
)
"""The sample of an empty corpus."""


@dataclass(frozen=True, slots=True)
class PassageCopies:
    """Passages of a corpus that contain a copy of an item: distinct pairs, sorted by passage.

    Parameters
    ----------
    passages : ndarray of uint64, shape (n,)
        Hashes of the passages (`corpus_sample.sample_passages`).
    items : ndarray of uint32, shape (n,)
        The item that each copies.
    """

    passages: UInt64s
    items: UInt32s

    def within(self, sample: PassageSample) -> "PassageCopies":
        """Return the pairs whose passage is in a sample, whatever corpus that is of."""
        is_sampled = sample.holds(self.passages)
        return PassageCopies(self.passages[is_sampled], self.items[is_sampled])


NO_COPIES = PassageCopies(np.zeros(0, np.uint64), np.zeros(0, np.uint32))
"""The copies in an empty corpus."""


def merge_copies(parts: Iterable[PassageCopies]) -> PassageCopies:
    """Return the distinct pairs of several corpora."""
    parts = [NO_COPIES, *parts]
    passages = np.concatenate([part.passages for part in parts])
    items = np.concatenate([part.items for part in parts])
    order = np.lexsort((items, passages))
    passages, items = passages[order], items[order]
    is_new = np.ones(len(order), bool)
    is_new[1:] = (passages[1:] != passages[:-1]) | (items[1:] != items[:-1])
    return PassageCopies(passages[is_new], items[is_new])


def sample_passages(tokens: Tokens, bound: int = FULL_BOUND) -> PassageSample:
    """Sample the passages of texts."""
    hashes, firsts, sizes = _hash_passages(tokens.hashes, tokens.offsets)
    is_sampled = np.ones(len(hashes), bool) if bound >= FULL_BOUND else hashes < np.uint64(bound)
    return _collect(
        bound,
        hashes[is_sampled],
        firsts[is_sampled],
        sizes[is_sampled],
        [tokens.hashes],
        np.zeros(1, np.int64),
    )


def merge_samples(parts: Iterable[PassageSample]) -> PassageSample:
    """Merge samples of corpora into that of their union: associative, commutative, idempotent.

    The bound is the lowest of them, or lower if the sample would exceed `MAX_SAMPLE_TOKENS`.
    """
    samples = [EMPTY_SAMPLE, *parts]
    bound = min(part.bound for part in samples)
    hashes = np.concatenate([part.hashes for part in samples])
    sizes = np.concatenate([np.diff(part.offsets) for part in samples])
    firsts = np.concatenate([part.offsets[:-1] for part in samples])
    starts = np.cumsum([0, *(len(part.hashes) for part in samples[:-1])])
    tokens = [part.tokens for part in samples]
    merged = _collect(bound, hashes, firsts, sizes, tokens, starts)
    while len(merged.tokens) > MAX_SAMPLE_TOKENS:
        merged = coarsen(merged, min(merged.bound, FULL_BOUND) // 2)
    return merged


def coarsen(fine: PassageSample, bound: int) -> PassageSample:
    """Return the passages below a bound; a bound above that of the sample changes nothing."""
    bound = min(bound, fine.bound)
    is_below = fine.hashes < np.uint64(min(bound, FULL_BOUND - 1))
    firsts, sizes = fine.offsets[:-1][is_below], np.diff(fine.offsets)[is_below]
    return _collect(
        bound, fine.hashes[is_below], firsts, sizes, [fine.tokens], np.zeros(1, np.int64)
    )


def _collect(
    bound: int,
    hashes: UInt64s,
    firsts: Int64s,
    sizes: Int64s,
    tokens: Sequence[UInt32s],
    starts: Int64s,
) -> PassageSample:
    """Sort and deduplicate passages; those from `starts[i]` on are slices of `tokens[i]`."""
    unique, places = np.unique(hashes, return_index=True)
    if bound < FULL_BOUND:
        below = np.searchsorted(unique, np.uint64(bound))
        unique, places = unique[:below], places[:below]
    offsets = np.concatenate([[0], np.cumsum(sizes[places])]).astype(np.int64)
    sampled_tokens = np.empty(offsets[-1], np.uint32)
    by_place = np.argsort(places)
    bounds = np.searchsorted(places[by_place], [*starts.tolist(), len(hashes)]).tolist()
    for part_tokens, (first, end) in zip(tokens, pairwise(bounds), strict=True):
        rows = by_place[first:end]
        _copy_all(
            part_tokens, firsts[places[rows]], offsets[rows], sizes[places[rows]], sampled_tokens
        )
    return PassageSample(bound, unique, sampled_tokens, offsets)


@kernel
def _copy_all(
    tokens: UInt32s, firsts: Int64s, starts: Int64s, sizes: Int64s, sampled_tokens: UInt32s
) -> None:
    for passage in range(len(firsts)):
        source, target = tokens[firsts[passage] :], sampled_tokens[starts[passage] :]
        for place in range(sizes[passage]):
            target[place] = source[place]


@inlined
def passage_hash(document: UInt32s, passage: Scalar) -> Scalar:
    """Return the hash of a text's passage: four streams, which a processor runs in parallel."""
    first, end = passage * PASSAGE_LENGTH, min((passage + 1) * PASSAGE_LENGTH, document.size)
    one, two, three, four = _LANES
    place = first
    while place + 4 <= end:
        one = _mix(one, document[np.uint64(place)])
        two = _mix(two, document[np.uint64(place + 1)])
        three = _mix(three, document[np.uint64(place + 2)])
        four = _mix(four, document[np.uint64(place + 3)])
        place += 4
    while place < end:
        one = _mix(one, document[place])
        place += 1
    state = _mix(_mix(_mix(one, two), three), four) * _MIX_2
    return state ^ (state >> np.uint64(32))


@inlined
def _mix(state: Scalar, more: Scalar) -> Scalar:
    state = (state ^ np.uint64(more)) * _MIX_1
    return state ^ (state >> np.uint64(29))


@kernel
def _hash_passages(tokens: UInt32s, offsets: Int64s) -> tuple[UInt64s, Int64s, Int64s]:
    room = len(tokens) // PASSAGE_LENGTH + len(offsets)
    hashes = np.empty(room, np.uint64)
    firsts, sizes = np.empty(room, np.int64), np.empty(room, np.int64)
    count = 0
    for text in range(len(offsets) - 1):
        document = tokens[offsets[text] : offsets[text + 1]]
        for passage in range((document.size + PASSAGE_LENGTH - 1) // PASSAGE_LENGTH):
            hashes[count] = passage_hash(document, passage)
            firsts[count] = offsets[text] + passage * PASSAGE_LENGTH
            sizes[count] = min(PASSAGE_LENGTH, document.size - passage * PASSAGE_LENGTH)
            count += 1
    return hashes[:count], firsts[:count], sizes[:count]
