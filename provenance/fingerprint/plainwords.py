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
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from provenance.compiled import Scalar, inlined, written
from provenance.fingerprint.dropped import SUSPECTS
from provenance.fingerprint.hashing import LOWER, absorb, mixed
from provenance.fingerprint.lanes import COUNT, Lanes
from provenance.fingerprint.runs import edges_of
from provenance.instructions import trailing_zeros
from provenance.model import Int32s, UInt8s, UInt32s

_LONGEST = 15  # bytes of a plain word

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_NUMBER, _WORD = ir.IntType(32), ir.IntType(64)
_NUMBERS, _WORDS = ir.VectorType(_NUMBER, COUNT), ir.VectorType(_WORD, COUNT)


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
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, _, run, _, _, _, count, special = arguments

        def place(which: int, index: Any, kind: Any) -> Any:
            array = context.make_array(signature.args[which])(context, builder, arguments[which])
            return builder.bitcast(builder.gep(array.data, [index]), kind.as_pointer())

        def put(which: int, numbers: Any) -> None:
            builder.store(numbers, place(which, count, _NUMBERS)).align = 4

        edges = builder.load(place(1, run, ir.VectorType(_NUMBER, 2 * COUNT)))
        edges.align = 4
        first, last = _by_turns(builder, edges)
        put(4, first)
        put(5, last)
        texts = []
        for lane in range(COUNT):
            start = builder.zext(builder.extract_element(first, _NUMBER(lane)), _WORD)
            texts.append(builder.load(place(0, start, ir.VectorType(_WORD, 2))))
            texts[-1].align = 1
        eight, more = _by_turns(builder, _joined(builder, texts))
        lengths = Lanes(builder, builder.zext(builder.sub(last, first), _WORDS))
        found, others = _hashed(Lanes(builder, eight), Lanes(builder, more), lengths)
        put(3, builder.trunc(found.value, _NUMBERS))
        limit = Lanes.of(builder, special)
        behind = Lanes(builder, builder.zext(last, _WORDS)).is_more(limit)
        masks = [others.as_bits(), behind.as_bits()]
        return context.make_tuple(builder, signature.return_type, masks)

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


def _joined(builder: Any, parts: list[Any]) -> Any:
    while len(parts) > 1:
        count = 2 * parts[0].type.count
        pairs = zip(parts[::2], parts[1::2], strict=True)
        parts = [builder.shuffle_vector(*pair, _picked(range(count))) for pair in pairs]
    return parts[0]


def _by_turns(builder: Any, pairs: Any) -> tuple[Any, Any]:
    """Part the first of each pair from the second."""
    nothing = ir.Constant(pairs.type, ir.Undefined)
    first, second = (
        builder.shuffle_vector(pairs, nothing, _picked(range(which, 2 * COUNT, 2)))
        for which in (0, 1)
    )
    return first, second


def _picked(places: range) -> Any:
    return ir.Constant(ir.VectorType(_NUMBER, len(places)), list(places))


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
