"""How often the words of candidate matches follow each other, in the corpus and in the registry.

Only what candidates hold is counted, and it is counted exactly: a table of the tokens, the pairs
and the triples of tokens that any candidate matched, and one pass over the token arrays that are in
memory anyway.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel, maker
from provenance.instructions import fetch
from provenance.match.candidates import Candidates
from provenance.model import Int32s, Int64s, UInt8s, UInt32s, UInt64s

ALONE = np.uint64(0xFFFFFFFF)
"""Stands for the token before, in the key of a token counted by itself."""

_FILTER_BITS = 23
_AT_ONCE = 64  # keys that wait for memory
_LARGE = 1 << 18  # slots of a table that no near cache holds
_SLOTS = 1 << 12  # of a table to begin with
_HIGH = np.uint64(32)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens, and the pairs and triples of neighbours, that candidates matched.

    Parameters
    ----------
    keys : ndarray of uint64, shape (2**b,)
        Open-addressing table of ``before << 32 | token``, and of `triple` keys; 0 is a free slot.
    filter : ndarray of uint8
        One bit a hashed key, to pass over what is not in the table.
    """

    keys: UInt64s
    filter: UInt8s


def vocabulary(candidates: Candidates, tokens: UInt32s, offsets: Int64s) -> Vocabulary:
    """Collect the tokens, and the pairs and triples of neighbours, that candidates matched.

    Parameters
    ----------
    candidates : Candidates
        Matches with items of one registry.
    tokens, offsets : ndarray
        That registry's tokens, as in `Holdings`.
    """
    bits = np.zeros(1 << (_FILTER_BITS - 3), np.uint8)
    table = _collect(
        candidates.items, candidates.run_offsets, candidates.runs, tokens, offsets, bits
    )
    return Vocabulary(table, bits)


def count(
    words: Vocabulary, tokens: UInt32s, offsets: Int64s, rows: Int64s, threads: int = 1
) -> UInt32s:
    """Count every key of a vocabulary in some texts.

    Parameters
    ----------
    words : Vocabulary
        What to count.
    tokens, offsets : ndarray
        Tokens of the texts.
    rows : ndarray of int64
        Which of the texts to count in.
    threads : int
        How many count at a time.

    Returns
    -------
    ndarray of uint32, shape of `words.keys`
        Occurrences, in the slots of the table.
    """
    counted = np.zeros((threads, len(words.keys)), np.uint32)

    def count_in(place: int, own: Int64s) -> None:
        _count_all(words.keys, words.filter, tokens, offsets, own, counted[place])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(count_in, range(threads), np.array_split(rows, threads)))
    total: UInt32s = counted[0]
    for other in counted[1:]:  # in place: a sum over an axis takes ten times as long
        total += other
    return total


def entered(words: Vocabulary, keys: UInt64s, counts: UInt32s) -> UInt32s:
    """Lay out counts that are known already in the slots of a vocabulary; 0 where none is.

    Parameters
    ----------
    words : Vocabulary
        What is asked.
    keys : ndarray of uint64, shape (n,)
        What was counted, each key once.
    counts : ndarray of uint32, shape (n,)
        How often.
    """
    slots = np.zeros(len(words.keys), np.uint32)
    _lay_out(words.keys, keys, counts, slots)
    return slots


@kernel
def _lay_out(table: UInt64s, keys: UInt64s, counts: UInt32s, slots: UInt32s) -> None:
    for place in range(len(keys)):
        slot = slot_of(table, keys[place])
        if table[slot] == keys[place]:
            slots[slot] = counts[place]


@inlined
def slot_of(keys: UInt64s, key: Scalar) -> Scalar:
    """Give the slot of a key, or the free one where it would stand."""
    mask = np.uint64(keys.size - 1)
    slot = np.uint64(_first_slot(keys, key))
    while keys[slot] != key and keys[slot] != np.uint64(0):
        slot = (slot + np.uint64(1)) & mask
    return np.int64(slot)


@inner
def fetch_counts(
    tokens: UInt32s, first: Scalar, end: Scalar, counts: tuple[UInt64s, UInt32s, UInt32s, UInt32s]
) -> None:
    """Fetch what is known of the words of a run, where that does not fit into the nearer caches."""
    keys, in_corpus, in_registry, in_language = counts
    if keys.size < _LARGE:
        return
    for place in range(first, end):
        for back in range(min(place - first, 2) + 1):
            key = pair(ALONE, tokens[place])
            if back == 1:
                key = pair(tokens[place - 1], tokens[place])
            elif back == 2:
                key = triple(tokens[place - 2], tokens[place - 1], tokens[place])
            slot = _first_slot(keys, key)
            fetch(keys, slot)
            fetch(in_corpus, slot)
            fetch(in_registry, slot)
            fetch(in_language, slot)


@inlined
def _first_slot(keys: UInt64s, key: Scalar) -> Scalar:
    return np.int64(((key * _SPREAD) >> np.uint64(20)) & np.uint64(keys.size - 1))


@inlined
def pair(before: Scalar, token: Scalar) -> Scalar:
    """Give the key of a token behind another; behind `ALONE`, of the token by itself."""
    return (np.uint64(before) << _HIGH) | np.uint64(token)


@inlined
def triple(first: Scalar, before: Scalar, token: Scalar) -> Scalar:
    """Give the key of a token behind two others: a hash, for three do not fit in 64 bits."""
    mixed = pair(first, before) * _MIX
    mixed = ((mixed ^ (mixed >> np.uint64(29))) + np.uint64(token)) * _SPREAD
    return mixed ^ (mixed >> _HIGH)


@inlined
def _filter_place(key: Scalar) -> Scalar:
    return (key * _SPREAD) >> np.uint64(64 - _FILTER_BITS)


@kernel
def _collect(
    items: UInt32s,
    run_offsets: Int64s,
    runs: Int32s,
    tokens: UInt32s,
    offsets: Int64s,
    bits: UInt8s,
) -> UInt64s:
    """Make the table of all keys, whatever it takes, and set the bit of each."""
    table = np.zeros(_SLOTS, np.uint64)
    count = 0
    for candidate in range(len(items)):
        first = offsets[items[candidate]]
        for run in range(run_offsets[candidate], run_offsets[candidate + 1]):
            at = first + runs[run, 0]
            # A token brings three keys at most; half of the slots stay free.
            while 2 * (count + 3 * runs[run, 2]) > table.size:
                table = _larger(table)
            for place in range(at, at + runs[run, 2]):
                count += _enter(pair(ALONE, tokens[place]), table, bits)
                if place > at:
                    count += _enter(pair(tokens[place - 1], tokens[place]), table, bits)
                if place > at + 1:
                    key = triple(tokens[place - 2], tokens[place - 1], tokens[place])
                    count += _enter(key, table, bits)
    return table


@inner
def _enter(key: Scalar, keys: UInt64s, bits: UInt8s) -> Scalar:
    """Enter a key, and say how many that are new that is."""
    slot = slot_of(keys, key)
    if keys[slot] == key:
        return 0
    keys[slot] = key
    bit = _filter_place(key)
    bits[bit >> np.uint64(3)] |= np.uint8(1 << (bit & np.uint64(7)))
    return 1


@maker
def _larger(keys: UInt64s) -> UInt64s:
    larger = np.zeros(4 * keys.size, np.uint64)
    for key in keys:
        if key != np.uint64(0):
            larger[slot_of(larger, key)] = key
    return larger


@kernel
def _count_all(
    keys: UInt64s,
    bits: UInt8s,
    tokens: UInt32s,
    offsets: Int64s,
    rows: Int64s,
    counted: UInt32s,
) -> None:
    waiting, count = np.empty(_AT_ONCE, np.uint64), 0
    for text in rows:
        begin = offsets[text]
        for place in range(begin, offsets[text + 1]):
            token = tokens[place]
            key = pair(ALONE, token)
            if _may_hold(bits, key):
                _count_one(keys, key, counted)
            # What follows what is rare, and lies anywhere: it waits until it is fetched.
            if place > begin:
                waiting[count] = key = pair(tokens[place - 1], token)
                count += _may_hold(bits, key)
            if place > begin + 1:
                waiting[count] = key = triple(tokens[place - 2], tokens[place - 1], token)
                count += _may_hold(bits, key)
            if count > _AT_ONCE - 2:
                _count_waiting(keys, waiting[:count], counted)
                count = 0
    _count_waiting(keys, waiting[:count], counted)


@inner
def _count_waiting(keys: UInt64s, waiting: UInt64s, counted: UInt32s) -> None:
    for key in waiting:
        slot = _first_slot(keys, key)
        fetch(keys, slot)
        fetch(counted, slot)
    for key in waiting:
        _count_one(keys, key, counted)


@inlined
def _count_one(keys: UInt64s, key: Scalar, counted: UInt32s) -> None:
    slot = slot_of(keys, key)
    if keys[slot] == key:
        counted[slot] += 1


@inlined
def _may_hold(bits: UInt8s, key: Scalar) -> Scalar:
    bit = _filter_place(key)
    return np.int64(bits[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1
