"""Runs of word bytes: where they begin and end, found for sixty-four bytes at once."""

import numpy as np

from provenance.compiled import Scalar, inlined, inner
from provenance.fingerprint.classes import classes
from provenance.instructions import load64, ones, trailing_zeros
from provenance.model import Int32s, UInt8s, UInt64s

BLOCK = 64
"""Bytes whose classes are found at once."""

UNROLLED = 24
"""Edges of runs that most blocks have at most: `find_runs` writes so many more than there are."""

PLAIN = 56
"""Bytes of a run that `bits_of` tells of at most."""

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@inner
def find_runs(view: UInt8s, specials: UInt64s, runs: Int32s) -> Scalar:
    """Find where runs of word bytes begin and end, in turn, and which bytes are special."""
    count, carried = np.int64(0), np.uint64(0)
    for block in range(view.size // BLOCK + 1):
        words, specials[block] = classes(view, block * BLOCK)
        if (block + 1) * BLOCK > view.size:
            own = ~(_ALL << np.uint64(view.size % BLOCK))
            words, specials[block] = words & own, specials[block] & own
        edges = words ^ ((words << np.uint64(1)) | carried)
        carried = words >> np.uint64(63)
        after = count + np.int64(ones(edges))
        # More than there are, mostly, is written: a branch an edge would be dear.
        while edges != np.uint64(0):
            for step in range(UNROLLED):
                runs[np.uint64(count + step)] = block * BLOCK + np.int64(trailing_zeros(edges))
                edges &= edges - np.uint64(1)
            count += UNROLLED
        count = after
    return count


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
