"""Runs of word bytes: where they begin and end, found for sixty-four bytes at once."""

import numpy as np

from provenance.compiled import Scalar, inlined, inner
from provenance.fingerprint.classes import classes
from provenance.instructions import can_note_bits, load64, note_bits, ones, trailing_zeros
from provenance.model import Int32s, UInt8s, UInt64s

BLOCK = 64
"""Bytes whose classes are found at once."""

BEHIND = 64
"""Elements of `runs` behind as many as a text has bytes: of edges sixteen are noted at a time, or
`_UNROLLED`, more than there are, and zeros stand behind them."""

PLAIN = 56
"""Bytes of a run that `bits_of` tells of at most."""

_UNROLLED = 28  # edges that most blocks have at most
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@inner
def find_runs(view: UInt8s, specials: UInt64s, runs: Int32s) -> Scalar:
    """Find where runs of word bytes begin and end, in turn, and which bytes are special.

    Returns
    -------
    int
        How many runs there are. Sixteen elements of `runs` behind those of the last one are zero,
        and a bit of `specials` behind those of the last byte is set.
    """
    count, carried, blocks = np.int64(0), np.uint64(0), view.size // BLOCK + 1
    for block in range(blocks):
        words, special = classes(view, block * BLOCK)
        if (block + 1) * BLOCK > view.size:
            own = ~(_ALL << np.uint64(view.size % BLOCK))
            words, special = words & own, special & own
        specials[np.uint64(block)] = special
        edges = words ^ ((words << np.uint64(1)) | carried)
        carried = words >> np.uint64(63)
        count = note_edges(runs, count, block * BLOCK, edges)
    specials[np.uint64(blocks)] = _ALL
    for place in range(16):
        runs[np.uint64(count + place)] = 0
    return count >> 1


@inlined
def next_special(specials: UInt64s, known: Scalar, place: Scalar) -> Scalar:
    """Give the place of the first special byte from `place` on, one behind the text if none is.

    `known` is one before which there is none, from an earlier place on: each is looked for once, or
    a text without any would be looked through for each of its words.
    """
    if known >= place:
        return known
    block = np.uint64(place >> 6)
    bits = specials[block] & (_ALL << np.uint64(place & 63))
    while bits == np.uint64(0):
        block += np.uint64(1)
        bits = specials[block]
    return np.int64(block << np.uint64(6)) + np.int64(trailing_zeros(bits))


@inlined
def edges_of(runs: Int32s, run: Scalar) -> tuple[Scalar, Scalar]:
    """Give where a run begins and ends."""
    first = np.uint64(2 * run)
    return np.int64(runs[first]), np.int64(runs[first + np.uint64(1)])


@inlined
def note_edges(runs: Int32s, count: Scalar, first: Scalar, edges: Scalar) -> Scalar:
    """Note the places of edges behind those before; say how many there are then."""
    after = count + np.int64(ones(edges))
    if can_note_bits():
        for quarter in range(4):
            bits = edges >> np.uint64(16 * quarter)
            note_bits(runs, count, first + 16 * quarter, bits)
            count += np.int64(ones(bits & np.uint64(0xFFFF)))
        return after
    # More than there are, mostly, is written: a branch an edge would be dear.
    while edges != np.uint64(0):
        for step in range(_UNROLLED):
            runs[np.uint64(count + step)] = first + np.int64(trailing_zeros(edges))
            edges &= edges - np.uint64(1)
        count += _UNROLLED
    return after


@inlined
def bits_of(specials: UInt8s, start: Scalar, stop: Scalar) -> Scalar:
    """Tell which of a stretch's bytes are special, of its first `PLAIN` ones."""
    bits = load64(specials, start >> 3) >> np.uint64(start & 7)
    return bits & ~(_ALL << np.uint64(min(stop - start, PLAIN)))


@inlined
def is_plain(specials: UInt8s, start: Scalar, stop: Scalar) -> Scalar:
    """Whether no special byte stands in a stretch."""
    place = start
    while place < stop:
        if bits_of(specials, place, stop) != np.uint64(0):
            return False
        place += PLAIN
    return True
