"""Plain words, eight at once: fewer than sixteen ASCII letters and digits each.

Nearly all words of most corpora are plain, and most stand next to others. One by one, each takes
some thirty instructions; eight at once take little more.

`hash_eight(view, runs, run, hashes, starts, ends, count, special)` reads the eight runs whose edges
stand from `runs[run]` on as plain words, and writes them as tokens from `count` on. It gives two
masks whose lowest bit is the first run: those that may be other words (too long, or one of
`dropped.SUSPECTS`), and those that end behind the byte `special`. The caller answers for the
bounds: `view` has room for sixteen bytes from where each run begins.
"""

from typing import Any, cast

import numpy as np
from numba import types
from numba.extending import intrinsic

from provenance.compiled import Scalar, inlined, written
from provenance.fingerprint.dropped import SUSPECTS
from provenance.fingerprint.hashing import LOWER, absorb, mixed
from provenance.fingerprint.lanes import COUNT, Lanes
from provenance.fingerprint.runs import edges_of
from provenance.fingerprint.vectors import NUMBER, WORD, Emitter, vector
from provenance.instructions import trailing_zeros
from provenance.model import Int32s, UInt8s, UInt32s

_LONGEST = 15  # bytes of a plain word

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_NUMBERS, _WORDS = vector(NUMBER, COUNT), vector(WORD, COUNT)


def _hash_eight(
    _typing: Any,
    view: Any,
    runs: Any,
    _run: Any,
    hashes: Any,
    starts: Any,
    ends: Any,
    _count: Any,
    _special: Any,
) -> Any:
    def generate(*given: Any) -> Any:
        emitter = Emitter(*given)
        builder = emitter.builder
        _, _, run, _, _, _, count, special = emitter.arguments
        edges = emitter.load(1, run, vector(NUMBER, 2 * COUNT))
        first, last = emitter.columns(edges, 2)
        emitter.store(4, count, first)
        emitter.store(5, count, last)
        rows = []
        for lane in range(COUNT):
            start = builder.zext(builder.extract_element(first, NUMBER(lane)), WORD)
            rows.append(emitter.load(0, start, vector(WORD, 2)))
        eight, more = emitter.columns(emitter.joined(rows), 2)
        lengths = Lanes(builder, builder.zext(builder.sub(last, first), _WORDS))
        found, others = _hashed(Lanes(builder, eight), Lanes(builder, more), lengths)
        emitter.store(3, count, builder.trunc(found.value, _NUMBERS))
        limit = Lanes.of(builder, special)
        behind = Lanes(builder, builder.zext(last, _WORDS)).is_more(limit)
        return emitter.told([others.as_bits(), behind.as_bits()])

    whole, pair = types.int64, cast("Any", types.UniTuple)(types.uint64, 2)
    return pair(view, runs, whole, hashes, starts, ends, whole, whole), generate


def _hashed(first: Lanes, second: Lanes, lengths: Lanes) -> tuple[Lanes, Lanes]:
    """Hash words of which the first sixteen bytes are given; say which may be others."""
    first, second, is_long = first | LOWER, second | LOWER, lengths.is_more(7)
    state = is_long.either(written(absorb)(first, 0), first ^ first)
    beyond = (lengths | _ALL) << ((lengths & 7) << 3)
    rest = is_long.either(second, first) & ~beyond
    others = lengths.is_more(_LONGEST)
    for suspect in SUSPECTS:
        others |= rest.is_equal(suspect)
    return written(mixed)(state ^ rest ^ (lengths << 56)), others


hash_eight: Scalar = intrinsic(_hash_eight)


@inlined
def read_plain(
    view: UInt8s,
    runs: Int32s,
    which: tuple[Scalar, Scalar],
    special: Scalar,
    tokens: tuple[UInt32s, Int32s, Int32s],
    count: Scalar,
) -> Scalar:
    """Read the plain words with which some runs begin; say how many there are.

    `special` is the first special byte from there on.
    """
    hashes, starts, ends = tokens
    first, found = which
    if special < edges_of(runs, first)[1]:
        return np.int64(0)
    for run in range(first, found, COUNT):
        at = count + run - first
        others, behind = hash_eight(view, runs, 2 * run, hashes, starts, ends, at, special)
        plain = np.int64(trailing_zeros(behind | np.uint64(1 << COUNT)))
        # Branches, so that reading goes on before it is known whether all of these are plain.
        others &= ~(_ALL << np.uint64(plain))
        if others != np.uint64(0):
            return run + np.int64(trailing_zeros(others)) - first
        if behind != np.uint64(0):
            return run + plain - first
    return found - first
