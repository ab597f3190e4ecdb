"""How often the words of candidate matches follow each other, in the corpus and in the registry.

Only what candidates hold is counted, and it is counted exactly, in one pass over the token arrays
that are in memory anyway. There are so few different tokens that a table of them stays in the
nearer caches. Pairs and triples are many: those that may be wanted are parted by their hashes, and
counted one part after the other, in a table that is small enough, too.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner, kernel
from provenance.jit.intrinsics import fetch, trailing_zeros
from provenance.match.parted import Parted, empty, has_room, part_of, put, room_for
from provenance.match.presence import SIXTEEN, may_be_among, presence
from provenance.match.tallying import UNITS, tally
from provenance.match.vocabularies import (
    NEAR,
    Vocabulary,
    by_parts,
    filter_place,
    known_row,
    may_hold,
    shift_of,
)
from provenance.match.wordtables import ALONE, SPREAD, first_row, pair, triple
from provenance.model import Int64s, UInt8s, UInt32s, UInt64s

Among: TypeAlias = tuple[UInt32s, Int64s, Int64s]
"""Tokens and offsets of texts, and some of the texts."""

_KEYS = 2  # that a token brings at most, beside itself
_FEWEST, _MOST = 1 << 20, 1 << 26  # keys that all threads together find before they are counted
_FOR_EACH = 4  # of them are found for each that is wanted, or more: each time all of these are read
_AHEAD = np.int64(12)  # tokens
_BLOCK = 64  # tokens that are looked at together: a mask has a bit for each
_PAIR, _TRIPLE = 2, 3
_ONE, _TWO = np.uint64(1), np.uint64(2)


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
