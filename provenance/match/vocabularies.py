"""The words of candidate matches, and their pairs and triples: what of a registry is counted."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel
from provenance.jit.intrinsics import trailing_zeros
from provenance.match.candidates import Candidates
from provenance.match.parted import Parted, earlier_of, empty, last_of, part_of, put, room_for
from provenance.match.wordtables import ALONE, SPREAD, first_row, pair, row_of, triple, twice
from provenance.model import Int32s, Int64s, UInt8s, UInt32s, UInt64s

_FILTER_BITS, _NEAR_BITS = 4, 16
"""Bits a key: of keys that are not there one in six passes. Where all bits stay near all the same,
there are as many as let one in twenty pass."""

NEAR = 1 << 18
"""Bytes that a near cache holds."""

_FEW_WORDS = 1 << 11  # rows of a table of words at first
_PART, _MOST_PART_BITS = 1 << 13, 10  # keys of a part, at least; and of how many parts


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens, and the pairs and triples of neighbours, that candidates matched.

    Parameters
    ----------
    words : ndarray of uint64, shape (2 * 2**a,)
        As of `wordtables`: tokens by themselves, in a quarter of its rows at most.
    wanted : Parted
        Keys of pairs, ``before << 32 | token``, and of `triple`, as often as they are matched, and
        their places in `counts`.
    filter : ndarray of uint8, shape (2**c,)
        One bit a hashed key, to pass over what is not wanted.
    counts : ndarray of uint64, shape (2 * m,)
        Of each matched token the counts of the pair that ends there, and of the triple.
    """

    words: UInt64s
    wanted: Parted
    filter: UInt8s
    counts: UInt64s

    @property
    def bits(self) -> int:
        """Upper bits of a hash that tell its part."""
        return int(self.wanted.ends.shape[1]).bit_length() - 1


def vocabulary(
    candidates: Candidates, tokens: UInt32s, offsets: Int64s, threads: int = 1
) -> Vocabulary:
    """Collect the tokens, and the pairs and triples of neighbours, that candidates matched.

    Parameters
    ----------
    candidates : Candidates
        Matches with items of one registry.
    tokens, offsets : ndarray
        That registry's tokens, as in `Holdings`.
    threads : int
        How many collect at a time.
    """
    of_runs = np.repeat(candidates.items, np.diff(candidates.run_offsets))
    starts, sizes = offsets[of_runs] + candidates.runs[:, 0], candidates.runs[:, 2].copy()
    ends = np.cumsum(sizes, dtype=np.int64)
    parts = _parts(ends, threads)
    keys = np.maximum(sizes - 1, 0) + np.maximum(sizes - 2, 0)
    each = [int(keys[part].sum()) for part in parts]
    total = sum(each)
    bits = min(max(total // _PART, 1).bit_length() - 1, _MOST_PART_BITS)
    wanted = room_for(max(each), threads, bits, has_places=True)
    size = max(total * _FILTER_BITS, min(total * _NEAR_BITS, 8 * NEAR)) // 8
    made = np.zeros(1 << max(size, 1).bit_length(), np.uint8)

    def want(thread: int) -> None:
        own = parts[thread]
        _want(tokens, (starts[own], sizes[own], ends[own]), wanted, thread)

    with ThreadPoolExecutor(threads) as pool:
        words = pool.submit(_collect_words, tokens, starts, sizes)
        list(pool.map(want, range(threads)))
        by_parts(pool, lambda first, end: _note_keys(wanted, first, end, made), threads, wanted)
    counts = np.zeros(2 * int(sizes.sum()), np.uint64)
    return Vocabulary(words.result(), wanted, made, counts)


def _parts(ends: Int64s, parts: int) -> list[slice]:
    """Part runs so that each part has as many tokens, nearly."""
    total = ends[-1] if len(ends) else 0
    cuts = np.searchsorted(ends, total * np.arange(1, parts) / parts).tolist()
    return [slice(low, high) for low, high in pairwise([0, *cuts, len(ends)])]


def by_parts(
    pool: Executor, work: Callable[[int, int], None], threads: int, parted: Parted
) -> None:
    """Let each thread work on some of the parts: it is given the first, and the end of them."""
    bounds = np.linspace(0, parted.ends.shape[1], threads + 1).astype(np.int64).tolist()
    list(pool.map(work, bounds[:-1], bounds[1:]))


@kernel
def _collect_words(tokens: UInt32s, starts: Int64s, sizes: Int32s) -> UInt64s:
    """Make a table of the tokens of runs."""
    words, held = np.zeros(2 * _FEW_WORDS, np.uint64), np.int64(0)
    for run in range(len(starts)):
        for place in range(starts[run], starts[run] + sizes[run]):
            token = tokens[np.uint64(place)]
            key = pair(ALONE, token)
            row = row_of(words, key)
            if words[row] == key:
                continue
            words[row] = key
            held += 1
            if 8 * held > len(words):
                words = twice(words)
    return words


@kernel
def _want(
    tokens: UInt32s, runs: tuple[Int64s, Int32s, Int64s], wanted: Parted, thread: Scalar
) -> None:
    """Part the pairs and triples of runs, each with the place where its count will go."""
    starts, sizes, ends = runs
    empty(wanted, thread)
    for run in range(len(starts)):
        place = 2 * (ends[run] - sizes[run])
        for at in range(starts[run] + 1, starts[run] + sizes[run]):
            token, before = tokens[np.uint64(at)], tokens[np.uint64(at - 1)]
            place += 2
            _put_placed(wanted, thread, pair(before, token), place)
            if at > starts[run] + 1:
                first = tokens[np.uint64(at - 2)]
                _put_placed(wanted, thread, triple(first, before, token), place + 1)


@inlined
def _put_placed(wanted: Parted, thread: Scalar, key: Scalar, place: Scalar) -> None:
    part = part_of(key * SPREAD, wanted.ends.shape[1])
    wanted.places[thread, put(wanted, thread, part, key)] = place


@kernel
def _note_keys(wanted: Parted, first: Scalar, end: Scalar, bits: UInt8s) -> None:
    """Set the bit of each key of some parts: no other part has bits among theirs."""
    shift = shift_of(bits)
    for part in range(first, end):
        for thread in range(len(wanted.used)):
            begin, stop = last_of(wanted, thread, part)
            while begin >= 0:
                for at in range(begin, stop):
                    bit = filter_place(wanted.numbers[thread, np.uint64(at)], shift)
                    bits[bit >> np.uint64(3)] |= np.uint8(1 << (bit & np.uint64(7)))
                begin, stop = earlier_of(wanted, thread, begin)


@inlined
def shift_of(bits: UInt8s) -> Scalar:
    """Give the shift that leaves the places of a filter's bits."""
    return np.uint64(61) - trailing_zeros(np.uint64(bits.size))


@inlined
def filter_place(key: Scalar, shift: Scalar) -> Scalar:
    """Give the place of a key's bit in a filter of that shift."""
    return (key * SPREAD) >> shift


@inlined
def may_hold(bits: UInt8s, key: Scalar, shift: Scalar) -> Scalar:
    """Whether a filter may hold a key: 0 or 1."""
    bit = filter_place(key, shift)
    return np.int64(bits[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1


@inlined
def known_row(token: Scalar, words: UInt64s) -> tuple[Scalar, Scalar]:
    """Give the row of a token in a table of words, and whether it is there: 0 or 1."""
    key = pair(ALONE, token)
    row = first_row(words, key)
    if (words[row] != key) & (words[row] != np.uint64(0)):
        row = row_of(words, key)  # seldom: most rows are free
    return row, np.int64(words[row] == key)
