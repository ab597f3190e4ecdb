"""How often the words of candidate matches follow each other, in the corpus and in the registry.

Only what candidates hold is counted, and it is counted exactly, in one pass over the token arrays
that are in memory anyway. There are so few different tokens that a table of them stays in the
nearer caches. Pairs and triples are many: those that may be wanted are parted by their hashes, and
counted one part after the other, in a table that is small enough, too.

The words of candidate matches, and their pairs and triples: what of a registry is counted.

Keys that were found, counted for those who want them: one part after the other.

What is wanted of a part makes a table that the nearer caches hold, whatever all of it needs.
"""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner, kernel
from provenance.jit.intrinsics import fetch, trailing_zeros
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.bitmap_filter import SIXTEEN, may_be_among, presence
from provenance.match.scoring.ngram_table import (
    ALONE,
    SPREAD,
    Parted,
    count_of,
    earlier_of,
    empty,
    first_row,
    has_room,
    last_of,
    pair,
    part_of,
    put,
    room_for,
    row_of,
    triple,
    twice,
)
from provenance.model import Int32s, Int64s, UInt8s, UInt32s, UInt64s

_ONE, _TWO = np.uint64(1), np.uint64(2)
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


UNITS = np.uint64(1), np.uint64(1 << 32)
"""One occurrence in the corpus, and in the registry: a count is two, of 32 bits each."""


@kernel
def tally(wanted: Parted, found: Parted, span: tuple[Scalar, Scalar], counts: UInt64s) -> None:
    """Count what was found of some parts, and add that to the counts of what is wanted there."""
    most = np.int64(0)
    for part in range(span[0], span[1]):
        most = max(most, np.int64(count_of(wanted, part)))
    table = np.empty(2 * _rows_for(most), np.uint64)
    for part in range(span[0], span[1]):
        if count_of(found, part):
            own = table[: 2 * _rows_for(count_of(wanted, part))]
            for at in range(len(own)):
                own[at] = np.uint64(0)
            for thread in range(len(wanted.used)):
                _enter(own, wanted, thread, part)
            for thread in range(len(found.used)):
                unit = UNITS[0] if 2 * thread < len(found.used) else UNITS[1]
                _add_found(own, found, thread, part, unit)
            for thread in range(len(wanted.used)):
                _add_told(own, wanted, thread, part, counts)


@inner
def _enter(own: UInt64s, wanted: Parted, thread: Scalar, part: Scalar) -> None:
    begin, end = last_of(wanted, thread, part)
    while begin >= 0:
        for at in range(begin, end):
            key = wanted.numbers[thread, np.uint64(at)]
            own[_row_in(own, key, wanted.ends.shape[1])] = key
        begin, end = earlier_of(wanted, thread, begin)


@inner
def _add_found(own: UInt64s, found: Parted, thread: Scalar, part: Scalar, unit: Scalar) -> None:
    begin, end = last_of(found, thread, part)
    while begin >= 0:
        for at in range(begin, end):
            key = found.numbers[thread, np.uint64(at)]
            row = _row_in(own, key, found.ends.shape[1])
            own[row + _ONE] += unit * np.uint64(own[row] == key)
        begin, end = earlier_of(found, thread, begin)


@inner
def _add_told(own: UInt64s, wanted: Parted, thread: Scalar, part: Scalar, counts: UInt64s) -> None:
    begin, end = last_of(wanted, thread, part)
    while begin >= 0:
        for at in range(begin, end):
            row = _row_in(own, wanted.numbers[thread, np.uint64(at)], wanted.ends.shape[1])
            counts[wanted.places[thread, np.uint64(at)]] += own[row + _ONE]
        begin, end = earlier_of(wanted, thread, begin)


@inlined
def _rows_for(keys: Scalar) -> Scalar:
    """Give how many rows keep half of them free: a power of two, two at least."""
    rows = np.int64(2)
    while rows < 2 * keys:
        rows *= 2
    return rows


@inlined
def _row_in(table: UInt64s, key: Scalar, parts: Scalar) -> Scalar:
    """Give the place of a key in the table of its part, or the free one where it would stand."""
    # The bits behind those that all keys of the part share.
    mixed = key * SPREAD * np.uint64(parts)
    mask = np.uint64(table.size - 1)
    place = (mixed >> (np.uint64(65) - trailing_zeros(np.uint64(table.size)))) << _ONE
    while table[place] != key and table[place] != np.uint64(0):
        place = (place + np.uint64(2)) & mask
    return place


Among: TypeAlias = tuple[UInt32s, Int64s, Int64s]
"""Tokens and offsets of texts, and some of the texts."""

_KEYS = 2  # that a token brings at most, beside itself
_FEWEST, _MOST = 1 << 20, 1 << 26  # keys that all threads together find before they are counted
_FOR_EACH = 4  # of them are found for each that is wanted, or more: each time all of these are read
_AHEAD = np.int64(12)  # tokens
_BLOCK = 64  # tokens that are looked at together: a mask has a bit for each
_PAIR, _TRIPLE = 2, 3


def count(
    words: Vocabulary, corpus: Among, registry: Among, threads: int = 1, at_once: int | None = None
) -> None:
    """Count every key of a vocabulary in some texts.

    What is found is written to memory that the system clears first, which takes as long as finding
    it: few keys are found at a time, into the same memory, where few are wanted.

    Parameters
    ----------
    words : Vocabulary
        What to count.
    corpus, registry : tuple of three ndarray
        Tokens and offsets of texts, and which of these to count in.
    threads : int
        How many count at a time.
    at_once : int or None
        Keys that all together find before they are counted, nearly: they take eight bytes each.
        None takes what suits how many are wanted.
    """
    if at_once is None:
        at_once = min(max(_FOR_EACH * len(words.counts), _FEWEST), _MOST)
    pieces = [
        (own, offsets, tokens)
        for tokens, offsets, rows in (corpus, registry)
        for own in np.array_split(rows, threads)
    ]
    most = max(int((offsets[own + 1] - offsets[own]).sum()) for own, offsets, _ in pieces)
    found = room_for(min(_KEYS * most, at_once // len(pieces)), len(pieces), words.bits)
    keys = words.words[::2] if words.filter.size <= NEAR else words.words[:0]
    present = presence(keys[keys != 0].astype(np.uint32))
    singles = [words.words.copy() for _ in range(threads)]
    for own in singles:
        own[1::2] = 0
    reached = [(0, 0)] * len(pieces)

    def find(thread: int) -> None:
        lookups = singles[thread], words.filter, *present
        # What is found of the corpus stands before what is found of the registry.
        for unit, piece in zip(UNITS, (thread, threads + thread), strict=True):
            reached[piece] = _find_all(pieces[piece], reached[piece], lookups, unit, found, piece)

    def tally_some(first: int, end: int) -> None:
        tally(words.wanted, found, (first, end), words.counts)

    with ThreadPoolExecutor(threads) as pool:
        while any(row < len(own) for (row, _), (own, *_) in zip(reached, pieces, strict=True)):
            list(pool.map(find, range(threads)))
            by_parts(pool, tally_some, threads, words.wanted)
    for own in singles:
        words.words[1::2] += own[1::2]


@kernel
def _find_all(
    texts: tuple[Int64s, Int64s, UInt32s],
    reached: tuple[Scalar, Scalar],
    lookups: tuple[UInt64s, UInt8s, UInt32s, Scalar],
    unit: Scalar,
    found: Parted,
    thread: Scalar,
) -> tuple[Scalar, Scalar]:
    """Count the words of texts, and part their pairs and triples that may be wanted.

    Given are the row and the token that it came to before there was no room left.
    """
    rows, offsets, tokens = texts
    row, start = np.int64(reached[0]), np.int64(reached[1])
    empty(found, thread)
    while row < len(rows):
        begin, end = offsets[rows[row]], offsets[rows[row] + 1]
        place = max(start, begin)
        # What stands before a token: whether it is known, and whether it makes a pair that may be.
        first_known, first_paired = _known_before(tokens, begin, place, lookups)
        known_before, paired_before = np.uint64(first_known), np.uint64(first_paired)
        while place < end:
            if not has_room(found, thread):
                return row, place
            size = min(end - place, _BLOCK)
            known = _count_known(tokens, (place, size), lookups, unit)
            neighbours = known & ((known << _ONE) | known_before)
            paired = _wanted(tokens, place, neighbours, lookups, _PAIR)
            _put_keys(tokens, place, paired, found, thread, _PAIR)
            # A triple is wanted only where both of its pairs are.
            neighbours = paired & ((paired << _ONE) | paired_before)
            tripled = _wanted(tokens, place, neighbours, lookups, _TRIPLE)
            _put_keys(tokens, place, tripled, found, thread, _TRIPLE)
            last = np.uint64(size - 1)
            known_before, paired_before = known >> last & _ONE, paired >> last & _ONE
            place += size
        row, start = row + 1, np.int64(0)
    return row, start


@inlined
def _wanted(
    tokens: UInt32s,
    place: Scalar,
    left: Scalar,
    lookups: tuple[UInt64s, UInt8s, UInt32s, Scalar],
    width: Scalar,
) -> Scalar:
    """Give a mask of the tokens, of some, whose pair or triple may be wanted.

    Whether it is, is hard to foresee, too: only how many they are decides on a branch.
    """
    bits, wanted = lookups[1], np.uint64(0)
    shift = shift_of(bits)
    while left != np.uint64(0):
        bit = np.uint64(trailing_zeros(left))
        left &= left - _ONE
        key = _key_at(tokens, np.uint64(place) + bit, width)
        wanted |= np.uint64(may_hold(bits, key, shift)) << bit
    return wanted


@inlined
def _put_keys(
    tokens: UInt32s, place: Scalar, left: Scalar, found: Parted, thread: Scalar, width: Scalar
) -> None:
    """Put the pairs or triples that end at some tokens to the others of their part."""
    while left != np.uint64(0):
        key = _key_at(tokens, np.uint64(place) + np.uint64(trailing_zeros(left)), width)
        left &= left - _ONE
        put(found, thread, part_of(key * SPREAD, found.ends.shape[1]), key)


@inlined
def _key_at(tokens: UInt32s, at: Scalar, width: Scalar) -> Scalar:
    before, token = tokens[at - _ONE], tokens[at]
    return triple(tokens[at - _TWO], before, token) if width == _TRIPLE else pair(before, token)


@inlined
def _count_known(
    tokens: UInt32s,
    stretch: tuple[Scalar, Scalar],
    lookups: tuple[UInt64s, UInt8s, UInt32s, Scalar],
    unit: Scalar,
) -> Scalar:
    """Count the words of a few tokens, and give a mask of those that are known."""
    words, bits, present, present_shift = lookups
    place, size = stretch
    known = np.uint64(0)
    if bits.size > NEAR or place + _BLOCK > len(tokens):
        for ahead in range(size):
            _fetch_ahead(tokens, place + ahead, words, bits)
            known |= _count_one(tokens, place, np.uint64(ahead), words, unit)
        return known
    left = np.uint64(0)
    for first in range(0, size, SIXTEEN):
        some = may_be_among(tokens, place + first, present, present_shift)
        left |= some << np.uint64(first)
    left &= ~np.uint64(0) >> np.uint64(_BLOCK - size)
    while left != np.uint64(0):
        bit = np.uint64(trailing_zeros(left))
        left &= left - _ONE
        known |= _count_one(tokens, place, bit, words, unit)
    return known


@inlined
def _count_one(tokens: UInt32s, place: Scalar, bit: Scalar, words: UInt64s, unit: Scalar) -> Scalar:
    at, is_known = known_row(tokens[np.uint64(place) + bit], words)
    # Whether a word is known is hard to foresee: no branch depends on that alone.
    words[at + _ONE] += unit * np.uint64(is_known)
    return np.uint64(is_known) << bit


@inlined
def _fetch_ahead(tokens: UInt32s, place: Scalar, words: UInt64s, bits: UInt8s) -> None:
    """Fetch what will be asked some tokens on: a branch that depends on memory waits for it."""
    shift = shift_of(bits)
    ahead = np.uint64(min(place + _AHEAD, len(tokens) - 1))
    if bits.size > NEAR and ahead >= _TWO:
        first, before, token = tokens[ahead - _TWO], tokens[ahead - _ONE], tokens[ahead]
        fetch(words, first_row(words, pair(ALONE, token)))
        fetch(bits, filter_place(pair(before, token), shift) >> np.uint64(3))
        fetch(bits, filter_place(triple(first, before, token), shift) >> np.uint64(3))


@inner
def _known_before(
    tokens: UInt32s,
    begin: Scalar,
    place: Scalar,
    lookups: tuple[UInt64s, UInt8s, UInt32s, Scalar],
) -> tuple[Scalar, Scalar]:
    """Tell of the token before one whether it is known, and whether its pair may be wanted."""
    words, bits = lookups[0], lookups[1]
    is_known = is_paired = np.int64(0)
    if place > begin:
        _, is_known = known_row(tokens[place - 1], words)
    if is_known and place - 1 > begin and known_row(tokens[place - 2], words)[1]:
        is_paired = may_hold(bits, pair(tokens[place - 2], tokens[place - 1]), shift_of(bits))
    return is_known, is_paired
