"""How often the words of candidate matches follow each other, in the corpus and in the registry.

Only what candidates hold is counted, and it is counted exactly: a table of the tokens, the pairs
and the triples of tokens that any candidate matched, and one pass over the token arrays that are in
memory anyway.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from provenance.compiled import Scalar, inlined, inner, kernel
from provenance.instructions import add, claim, fetch, trailing_zeros
from provenance.match.candidates import Candidates
from provenance.match.wordtables import (
    ALONE,
    SPREAD,
    first_row,
    free_rows,
    lay_out,
    pair,
    row_of,
    triple,
)
from provenance.model import Int32s, Int64s, UInt8s, UInt32s, UInt64s

IN_CORPUS, IN_REGISTRY = np.uint64(1), np.uint64(1 << 32)
"""One occurrence, in the counts of a row: there are two, of 32 bits each."""

_FILTER_BITS = 12  # a key: one in a dozen of those that are not there passes
_ALONE_BITS = 17
_ALONE_SHIFT = np.uint32(32 - _ALONE_BITS)
_AT_ONCE = 64  # keys that wait for memory
_KEYS = 3  # that a token brings at most


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens, and the pairs and triples of neighbours, that candidates matched.

    Parameters
    ----------
    table : ndarray of uint64, shape (2 * 2**b,)
        As of `wordtables`: of ``before << 32 | token``, and of `triple` keys.
    filter : ndarray of uint8, shape (2**c,)
        One bit a hashed key, to pass over what is not in the table.
    alone : ndarray of uint8
        One bit a cell of tokens, so few that they stay near: to pass over most tokens at once.
    """

    table: UInt64s
    filter: UInt8s
    alone: UInt8s


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
        How many collect at a time, into one table.
    """
    of_runs = np.repeat(candidates.items, np.diff(candidates.run_offsets))
    starts, sizes = offsets[of_runs] + candidates.runs[:, 0], candidates.runs[:, 2].copy()
    items = np.unique(of_runs)
    most = _KEYS * min(int(sizes.sum()), int((offsets[items + 1] - offsets[items]).sum()))
    # Words recur: half of the rows stay free unless nearly all of these keys are new.
    table = free_rows(1 << max(most, _KEYS * _AT_ONCE).bit_length())
    alone = [np.zeros(1 << (_ALONE_BITS - 3), np.uint8) for _ in range(threads)]
    parts = [(starts[part], sizes[part]) for part in _parts(sizes, threads)]
    done, count = [0] * threads, 0
    with ThreadPoolExecutor(threads) as pool:
        while left := [part for part in range(threads) if done[part] < len(parts[part][0])]:
            free = len(table) // 4 - count
            if free < max(len(table) // 16, 2 * _AT_ONCE * threads):
                # By NumPy, which asks for pages so large that a look needs no other one first.
                grown = free_rows(len(table))
                lay_out(grown, table)
                table, free = grown, len(grown) // 4 - count
            collect = partial(_collect, tokens, table, free // len(left))
            own = [[each[part] for part in left] for each in (parts, alone, done)]
            for part, (run, new) in zip(left, list(pool.map(collect, *own)), strict=True):
                done[part], count = run, count + new
    bits = np.zeros(1 << max(count * _FILTER_BITS // 8, 1).bit_length(), np.uint8)
    _note_keys(table, bits)
    return Vocabulary(table, bits, np.bitwise_or.reduce(alone))


def _parts(sizes: Int32s, parts: int) -> list[slice]:
    """Part runs so that each part has as many tokens, nearly."""
    ends = np.cumsum(sizes, dtype=np.int64)
    total = ends[-1] if len(ends) else 0
    cuts = np.searchsorted(ends, total * np.arange(1, parts) / parts).tolist()
    return [slice(low, high) for low, high in pairwise([0, *cuts, len(sizes)])]


def count(
    words: Vocabulary,
    tokens: UInt32s,
    offsets: Int64s,
    rows: Int64s,
    unit: np.uint64,
    threads: int = 1,
) -> None:
    """Count every key of a vocabulary in some texts, in its table.

    Parameters
    ----------
    words : Vocabulary
        What to count.
    tokens, offsets : ndarray
        Tokens of the texts.
    rows : ndarray of int64
        Which of the texts to count in.
    unit : uint64
        What an occurrence adds to the counts of its key: `IN_CORPUS` or `IN_REGISTRY`.
    threads : int
        How many count at a time.
    """

    def count_in(own: Int64s) -> None:
        _count_all(words.table, (words.filter, words.alone), tokens, offsets, own, unit)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(count_in, np.array_split(rows, threads)))


@inlined
def _shift_of(bits: UInt8s) -> Scalar:
    return np.uint64(61) - trailing_zeros(np.uint64(bits.size))


@inlined
def _filter_place(key: Scalar, shift: Scalar) -> Scalar:
    return (key * SPREAD) >> shift


@kernel
def _collect(
    tokens: UInt32s,
    table: UInt64s,
    room: Scalar,
    runs: tuple[Int64s, Int32s],
    alone: UInt8s,
    run: Scalar,
) -> tuple[Scalar, Scalar]:
    """Enter keys of runs, from one of them on, as long as there is room for so many new ones.

    Given are the run to go on with, and how many new keys there were. A run that is left is read
    from its begin when there is room.
    """
    starts, sizes = runs
    waiting, held, count = np.empty(_AT_ONCE, np.uint64), 0, np.int64(0)
    while run < len(starts):
        for place in range(starts[run], starts[run] + sizes[run]):
            token = tokens[np.uint64(place)]
            cell = token >> _ALONE_SHIFT
            alone[cell >> np.uint32(3)] |= np.uint8(1 << (cell & np.uint32(7)))
            waiting[np.uint64(held)] = pair(ALONE, token)
            held += 1
            if place > starts[run]:
                before = tokens[np.uint64(place - 1)]
                waiting[np.uint64(held)] = pair(before, token)
                held += 1
            if place > starts[run] + 1:
                waiting[np.uint64(held)] = triple(tokens[np.uint64(place - 2)], before, token)
                held += 1
            if held > _AT_ONCE - _KEYS:
                count += _enter_waiting(table, waiting[:held])
                held = 0
                if count + _AT_ONCE > room:
                    return run, count
        count += _enter_waiting(table, waiting[:held])
        held = 0
        run += 1
        if count + _AT_ONCE > room:
            break
    return run, count


@inner
def _enter_waiting(table: UInt64s, waiting: UInt64s) -> Scalar:
    """Enter keys, and say how many there were that nobody else entered."""
    for key in waiting:
        fetch(table, first_row(table, key))
    count = np.int64(0)
    for key in waiting:
        row = row_of(table, key)
        while table[row] != key:
            taken = claim(table, row, key)
            if taken == np.uint64(0):
                count += 1
            if taken == np.uint64(0) or taken == key:
                break
            row = row_of(table, key)  # another thread put another key there
    return count


@kernel
def _note_keys(table: UInt64s, bits: UInt8s) -> None:
    """Set the bit of each key."""
    shift = _shift_of(bits)
    for row in range(0, len(table), 2):
        key = table[np.uint64(row)]
        if key != np.uint64(0):
            bit = _filter_place(key, shift)
            bits[bit >> np.uint64(3)] |= np.uint8(1 << (bit & np.uint64(7)))


@kernel
def _count_all(
    table: UInt64s,
    filters: tuple[UInt8s, UInt8s],
    tokens: UInt32s,
    offsets: Int64s,
    rows: Int64s,
    unit: Scalar,
) -> None:
    bits, alone = filters
    shift = _shift_of(bits)
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
            if _may_hold(bits, key, shift):
                _count_one(table, key, unit)
            # What follows what is rare, and lies anywhere: it waits until it is fetched.
            if run > 1:
                waiting[np.uint64(count)] = key = pair(tokens[np.uint64(place - 1)], token)
                count += _may_hold(bits, key, shift)
            if run > 2:
                before = tokens[np.uint64(place - 2)], tokens[np.uint64(place - 1)]
                waiting[np.uint64(count)] = key = triple(before[0], before[1], token)
                count += _may_hold(bits, key, shift)
            if count > _AT_ONCE - 2:
                _count_waiting(table, waiting[:count], unit)
                count = 0
    _count_waiting(table, waiting[:count], unit)


@inner
def _count_waiting(table: UInt64s, waiting: UInt64s, unit: Scalar) -> None:
    for key in waiting:
        fetch(table, first_row(table, key))
    for key in waiting:
        _count_one(table, key, unit)


@inlined
def _count_one(table: UInt64s, key: Scalar, unit: Scalar) -> None:
    row = row_of(table, key)
    if table[row] == key:
        add(table, row + np.uint64(1), unit)


@inlined
def _may_know(alone: UInt8s, token: Scalar) -> Scalar:
    cell = token >> _ALONE_SHIFT
    return (alone[cell >> np.uint32(3)] >> np.uint8(cell & np.uint32(7))) & 1


@inlined
def _may_hold(bits: UInt8s, key: Scalar, shift: Scalar) -> Scalar:
    bit = _filter_place(key, shift)
    return np.int64(bits[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1
