"""Keys that were found, counted for those who want them: one part after the other.

What is wanted of a part makes a table that the nearer caches hold, whatever all of it needs.
"""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, inner, kernel
from provenance.jit.intrinsics import trailing_zeros
from provenance.match.parted import Parted, count_of, earlier_of, last_of
from provenance.match.wordtables import SPREAD
from provenance.model import UInt64s

UNITS = np.uint64(1), np.uint64(1 << 32)
"""One occurrence in the corpus, and in the registry: a count is two, of 32 bits each."""

_ONE = np.uint64(1)


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
