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
from provenance.match.wordtables import ALONE, SPREAD, first_slot, pair, slot_of, triple
from provenance.model import Int32s, Int64s, UInt8s, UInt32s, UInt64s

_FILTER_BITS = 23
_ALONE_BITS = 17
_ALONE_SHIFT = np.uint32(32 - _ALONE_BITS)
_AT_ONCE = 64  # keys that wait for memory
_SLOTS = 1 << 12  # of a table to begin with


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens, and the pairs and triples of neighbours, that candidates matched.

    Parameters
    ----------
    keys : ndarray of uint64, shape (2**b,)
        Open-addressing table of ``before << 32 | token``, and of `triple` keys; 0 is a free slot.
    filter : ndarray of uint8
        One bit a hashed key, to pass over what is not in the table.
    alone : ndarray of uint8
        One bit a cell of tokens, so few that they stay near: to pass over most tokens at once.
    """

    keys: UInt64s
    filter: UInt8s
    alone: UInt8s


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
    alone = np.zeros(1 << (_ALONE_BITS - 3), np.uint8)
    table = _collect(
        candidates.items,
        (candidates.run_offsets, candidates.runs),
        tokens,
        offsets,
        (bits, alone),
        np.zeros(_SLOTS, np.uint64),
    )
    return Vocabulary(table, bits, alone)


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
    filters = words.filter, words.alone
    counted = np.zeros((threads, len(words.keys)), np.uint32)

    def count_in(place: int, own: Int64s) -> None:
        _count_all(words.keys, filters, tokens, offsets, own, counted[place])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(count_in, range(threads), np.array_split(rows, threads)))
    total: UInt32s = counted[0]
    for other in counted[1:]:  # in place: a sum over an axis takes ten times as long
        total += other
    return total


@inlined
def _filter_place(key: Scalar) -> Scalar:
    return (key * SPREAD) >> np.uint64(64 - _FILTER_BITS)


@kernel
def _collect(
    items: UInt32s,
    matched: tuple[Int64s, Int32s],
    tokens: UInt32s,
    offsets: Int64s,
    filters: tuple[UInt8s, UInt8s],
    table: UInt64s,
) -> UInt64s:
    """Make the table of all keys, whatever it takes, and set the bit of each."""
    (run_offsets, runs), (bits, alone) = matched, filters
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
                cell = tokens[place] >> _ALONE_SHIFT
                alone[cell >> np.uint32(3)] |= np.uint8(1 << (cell & np.uint32(7)))
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
    larger = np.empty(4 * keys.size, np.uint64)  # numba takes longer to compile `zeros`
    for slot in range(larger.size):
        larger[slot] = 0
    for key in keys:
        if key != np.uint64(0):
            larger[slot_of(larger, key)] = key
    return larger


@kernel
def _count_all(
    keys: UInt64s,
    filters: tuple[UInt8s, UInt8s],
    tokens: UInt32s,
    offsets: Int64s,
    rows: Int64s,
    counted: UInt32s,
) -> None:
    bits, alone = filters
    waiting, count = np.empty(_AT_ONCE, np.uint64), 0
    for text in rows:
        begin = offsets[text]
        run = 0  # tokens up to here that the table may know, one after the other
        for place in range(begin, offsets[text + 1]):
            token = tokens[np.uint64(place)]
            key = pair(ALONE, token)
            if not _may_know(alone, token):
                run = 0
                continue
            run += 1
            if _may_hold(bits, key):
                _count_one(keys, key, counted)
            # What follows what is rare, and lies anywhere: it waits until it is fetched.
            if run > 1:
                waiting[np.uint64(count)] = key = pair(tokens[np.uint64(place - 1)], token)
                count += _may_hold(bits, key)
            if run > 2:
                before = tokens[np.uint64(place - 2)], tokens[np.uint64(place - 1)]
                waiting[np.uint64(count)] = key = triple(before[0], before[1], token)
                count += _may_hold(bits, key)
            if count > _AT_ONCE - 2:
                _count_waiting(keys, waiting[:count], counted)
                count = 0
    _count_waiting(keys, waiting[:count], counted)


@inner
def _count_waiting(keys: UInt64s, waiting: UInt64s, counted: UInt32s) -> None:
    for key in waiting:
        slot = first_slot(keys, key)
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
def _may_know(alone: UInt8s, token: Scalar) -> Scalar:
    cell = token >> _ALONE_SHIFT
    return (alone[cell >> np.uint32(3)] >> np.uint8(cell & np.uint32(7))) & 1


@inlined
def _may_hold(bits: UInt8s, key: Scalar) -> Scalar:
    bit = _filter_place(key)
    return np.int64(bits[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1
