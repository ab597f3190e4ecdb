"""How often the words of candidate matches follow each other, in the corpus and in the registry.

Only what candidates hold is counted, and it is counted exactly, in one pass over the token arrays
that are in memory anyway. There are so few different tokens that a table of them stays in the
nearer caches. Pairs and triples are many: those that may be wanted are parted by their hashes, and
counted one part after the other, in a table that is small enough, too.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel
from provenance.instructions import fetch, trailing_zeros
from provenance.match.parted import (
    STEADY,
    Parted,
    count_of,
    earlier_of,
    empty,
    has_room,
    last_of,
    part_of,
    put,
    room_for,
)
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

_UNITS = np.uint64(1), np.uint64(1 << 32)
"""One occurrence in the corpus, and in the registry: a count is two, of 32 bits each."""

_KEYS = 2  # that a token brings at most, beside itself
_AT_ONCE = 1 << 26  # keys that all threads together find before they are counted
_AHEAD = np.int64(12)  # tokens
_ONE, _TWO = np.uint64(1), np.uint64(2)


def count(
    words: Vocabulary, corpus: Among, registry: Among, threads: int = 1, at_once: int = _AT_ONCE
) -> None:
    """Count every key of a vocabulary in some texts.

    Parameters
    ----------
    words : Vocabulary
        What to count.
    corpus, registry : tuple of three ndarray
        Tokens and offsets of texts, and which of these to count in.
    threads : int
        How many count at a time.
    at_once : int
        Keys that all together find before they are counted, nearly: they take eight bytes each.
    """
    pieces = [
        (own, offsets, tokens)
        for tokens, offsets, rows in (corpus, registry)
        for own in np.array_split(rows, threads)
    ]
    most = max(int((offsets[own + 1] - offsets[own]).sum()) for own, offsets, _ in pieces)
    found = room_for(min(_KEYS * most, at_once // len(pieces)), len(pieces), words.bits)
    singles = [words.words.copy() for _ in range(threads)]
    for own in singles:
        own[1::2] = 0
    reached = [(0, 0)] * len(pieces)

    def find(thread: int) -> None:
        lookups = singles[thread], words.filter
        # What is found of the corpus stands before what is found of the registry.
        for unit, piece in zip(_UNITS, (thread, threads + thread), strict=True):
            reached[piece] = _find_all(pieces[piece], reached[piece], lookups, unit, found, piece)

    def tally(first: int, end: int) -> None:
        _tally(words.wanted, found, (first, end), words.counts)

    with ThreadPoolExecutor(threads) as pool:
        while any(row < len(own) for (row, _), (own, *_) in zip(reached, pieces, strict=True)):
            list(pool.map(find, range(threads)))
            by_parts(pool, tally, threads, words.wanted)
    for own in singles:
        words.words[1::2] += own[1::2]


@kernel
def _find_all(
    texts: tuple[Int64s, Int64s, UInt32s],
    reached: tuple[Scalar, Scalar],
    lookups: tuple[UInt64s, UInt8s],
    unit: Scalar,
    found: Parted,
    thread: Scalar,
) -> tuple[Scalar, Scalar]:
    """Count the words of texts, and part their pairs and triples that may be wanted.

    Given are the row and the token that it came to before there was no room left.
    """
    rows, offsets, tokens = texts
    row, start = np.int64(reached[0]), np.int64(reached[1])
    words, bits = lookups
    shift, parts = shift_of(bits), found.ends.shape[1]
    empty(found, thread)
    while row < len(rows):
        begin, end = offsets[rows[row]], offsets[rows[row] + 1]
        start = max(start, begin)
        # What stands before a token: whether it is known, and whether it makes a pair that may be.
        is_known, is_paired = _known_before(tokens, begin, start, lookups)
        for place in range(start, end):
            if (place == start or place % (STEADY // _KEYS) == 0) and not has_room(found, thread):
                return row, place
            token = tokens[np.uint64(place)]
            _fetch_ahead(tokens, place, lookups, shift)
            was_known, was_paired = is_known, is_paired
            at, is_known = known_row(token, words)
            # Whether a word is known is hard to foresee: no branch depends on that alone.
            words[at + _ONE] += unit * np.uint64(is_known)
            before = tokens[np.uint64(max(place - 1, 0))]
            key = pair(before, token)
            is_paired = was_known & is_known & may_hold(bits, key, shift)
            if is_paired:
                put(found, thread, part_of(key * SPREAD, parts), key)
                # A triple is wanted only where both of its pairs are.
                if was_paired:
                    key = triple(tokens[np.uint64(place - 2)], before, token)
                    if may_hold(bits, key, shift):
                        put(found, thread, part_of(key * SPREAD, parts), key)
        row, start = row + 1, np.int64(0)
    return row, start


@inlined
def _fetch_ahead(
    tokens: UInt32s, place: Scalar, lookups: tuple[UInt64s, UInt8s], shift: Scalar
) -> None:
    """Fetch what will be asked some tokens on: a branch that depends on memory waits for it."""
    words, bits = lookups
    ahead = np.uint64(min(place + _AHEAD, len(tokens) - 1))
    if bits.size > NEAR and ahead >= _TWO:
        first, before, token = tokens[ahead - _TWO], tokens[ahead - _ONE], tokens[ahead]
        fetch(words, first_row(words, pair(ALONE, token)))
        fetch(bits, filter_place(pair(before, token), shift) >> np.uint64(3))
        fetch(bits, filter_place(triple(first, before, token), shift) >> np.uint64(3))


@inner
def _known_before(
    tokens: UInt32s, begin: Scalar, place: Scalar, lookups: tuple[UInt64s, UInt8s]
) -> tuple[Scalar, Scalar]:
    """Tell of the token before one whether it is known, and whether its pair may be wanted."""
    words, bits = lookups
    is_known = is_paired = np.int64(0)
    if place > begin:
        _, is_known = known_row(tokens[place - 1], words)
    if is_known and place - 1 > begin and known_row(tokens[place - 2], words)[1]:
        is_paired = may_hold(bits, pair(tokens[place - 2], tokens[place - 1]), shift_of(bits))
    return is_known, is_paired


@kernel
def _tally(wanted: Parted, found: Parted, span: tuple[Scalar, Scalar], counts: UInt64s) -> None:
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
                unit = _UNITS[0] if 2 * thread < len(found.used) else _UNITS[1]
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
