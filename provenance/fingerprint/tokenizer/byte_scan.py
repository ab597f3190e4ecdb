"""Find runs of word bytes, 64 bytes at a time.

Word bytes are ASCII letters and digits, and special bytes, which slower paths process: `&`, `'`,
`@`, the backslash, and the bytes of all characters beyond ASCII.

`classify_bytes(data, index)` returns two 64-bit masks of `data[index:index + 64]`, whose lowest bit
is the first byte: the word bytes, and the special bytes. Unchecked: the caller guarantees that the
block is in range. It is written with LLVM vectors, which every processor supports.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from provenance.jit.decorators import Scalar, inlined, kernel_part
from provenance.jit.intrinsics import (
    has_store_set_bits,
    load64,
    popcount,
    store_set_bits,
    trailing_zeros,
)
from provenance.model.content.fingerprints import Int32s, UInt8s, UInt64s

_BYTES = ir.VectorType(ir.IntType(8), 64)


def _splat(byte: int) -> ir.Constant:
    return ir.Constant(_BYTES, [byte] * 64)


# numba passes argument types by position; only the array's matters.
def _classify_bytes(_typing: Any, array: Any, _index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(view.data, [arguments[1]])
        text = builder.load(builder.bitcast(place, _BYTES.as_pointer()))
        text.align = 1

        def within(first: int, count: int, of: Any = text) -> Any:
            return builder.icmp_unsigned("<", builder.sub(of, _splat(first)), _splat(count))

        lower = builder.or_(text, _splat(0x20))
        plain = builder.or_(within(ord("a"), 26, lower), within(ord("0"), 10))
        special = builder.or_(within(0x80, 0x80), within(ord("&"), 2))
        for sign in "@\\":
            special = builder.or_(special, builder.icmp_unsigned("==", text, _splat(ord(sign))))
        masks = [
            builder.bitcast(mask, ir.IntType(64)) for mask in (builder.or_(plain, special), special)
        ]
        return context.make_tuple(builder, signature.return_type, masks)

    pair: Any = types.UniTuple
    return pair(types.uint64, 2)(array, types.int64), generate


classify_bytes: Scalar = intrinsic(_classify_bytes)


BLOCK = 64
"""Bytes that are classified at once."""

RUN_PADDING = 64
"""Elements that `runs` needs beyond the number of a text's bytes: edges are written sixteen, or
`_UNROLLED`, at a time, and followed by zeros."""

MAX_SPECIAL_BITS = 56
"""Bytes of a run that `special_bits` can describe."""

_UNROLLED = 28  # most blocks have no more edges
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel_part
def find_runs(view: UInt8s, specials: UInt64s, runs: Int32s) -> Scalar:
    """Find the runs of word bytes and the special bytes of a text.

    Parameters
    ----------
    view : ndarray of uint8
        The text, followed by at least `BLOCK` readable bytes.
    specials : ndarray of uint64
        Receives the mask of special bytes; the bit after that of the last byte is set.
    runs : ndarray of int32
        Receives the start and end of each run, then sixteen zeros.

    Returns
    -------
    int
        Number of runs.
    """
    count, carry, blocks = np.int64(0), np.uint64(0), view.size // BLOCK + 1
    for block in range(blocks):
        words, special = classify_bytes(view, block * BLOCK)
        if (block + 1) * BLOCK > view.size:
            in_text = ~(_ALL << np.uint64(view.size % BLOCK))
            words, special = words & in_text, special & in_text
        specials[np.uint64(block)] = special
        edges = words ^ ((words << np.uint64(1)) | carry)
        carry = words >> np.uint64(63)
        count = append_edges(runs, count, block * BLOCK, edges)
    specials[np.uint64(blocks)] = _ALL
    for place in range(16):
        runs[np.uint64(count + place)] = 0
    return count >> 1


@inlined
def next_special(specials: UInt64s, previous: Scalar, place: Scalar) -> Scalar:
    """Return the offset of the first special byte from `place` on, or one beyond the text.

    `previous` is the result for an earlier place; without it, a text without special bytes would be
    scanned once for each of its words.
    """
    if previous >= place:
        return previous
    block = np.uint64(place >> 6)
    bits = specials[block] & (_ALL << np.uint64(place & 63))
    while bits == np.uint64(0):
        block += np.uint64(1)
        bits = specials[block]
    return np.int64(block << np.uint64(6)) + np.int64(trailing_zeros(bits))


@inlined
def run_bounds(runs: Int32s, run: Scalar) -> tuple[Scalar, Scalar]:
    """Return the start and end of a run."""
    first = np.uint64(2 * run)
    return np.int64(runs[first]), np.int64(runs[first + np.uint64(1)])


@inlined
def append_edges(runs: Int32s, count: Scalar, first: Scalar, edges: Scalar) -> Scalar:
    """Append the offsets of the bits set in `edges` to `runs`; return the new number of edges."""
    after = count + np.int64(popcount(edges))
    if has_store_set_bits():
        for quarter in range(4):
            bits = edges >> np.uint64(16 * quarter)
            store_set_bits(runs, count, first + 16 * quarter, bits)
            count += np.int64(popcount(bits & np.uint64(0xFFFF)))
        return after
    # Most iterations write more edges than there are: a branch for each edge would cost more.
    while edges != np.uint64(0):
        for step in range(_UNROLLED):
            runs[np.uint64(count + step)] = first + np.int64(trailing_zeros(edges))
            edges &= edges - np.uint64(1)
        count += _UNROLLED
    return after


@inlined
def special_bits(specials: UInt8s, start: Scalar, stop: Scalar) -> Scalar:
    """Return the mask of special bytes among the first `MAX_SPECIAL_BITS` of a range."""
    bits = load64(specials, start >> 3) >> np.uint64(start & 7)
    return bits & ~(_ALL << np.uint64(min(stop - start, MAX_SPECIAL_BITS)))


@inlined
def has_no_special(specials: UInt8s, start: Scalar, stop: Scalar) -> Scalar:
    """Return whether no byte of a range is special."""
    place = start
    while place < stop:
        if special_bits(specials, place, stop) != np.uint64(0):
            return False
        place += MAX_SPECIAL_BITS
    return True
