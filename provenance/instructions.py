"""The instructions that numba does not offer by itself; who calls them answers for the bounds.

`load64(data, index)` is the little-endian word at `data[index:index + 8]`, unaligned.
`trailing_zeros(word)` counts the zero bits below the lowest set one; it is 64 for zero.
`ones(word)` counts the set bits. `fetch(array, index)` asks for the cache line in which an element
stands, and waits for nothing: a look into memory takes a hundred times as long as one into the
nearest cache, but many can be under way at a time.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from provenance.compiled import Scalar

AHEAD = 96
"""Fetches that are under way at a time: more than a core has room for push each other out."""

_READ, _KEEP, _DATA = 0, 3, 1  # the arguments of LLVM's `prefetch`


# numba passes the types of the arguments by position; only that of the array decides anything.
def _load64(_typing: Any, array: Any, _index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(view.data, [arguments[1]])
        word = builder.load(builder.bitcast(place, ir.IntType(64).as_pointer()))
        word.align = 1
        return word

    return types.uint64(array, types.int64), generate


def _trailing_zeros(_typing: Any, _word: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


def _ones(_typing: Any, _word: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


def _fetch(_typing: Any, array: Any, _index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = ir.IntType(32)
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(view.data, [arguments[1]]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [place.type, number, number, number])
        instruction = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kind)
        builder.call(instruction, [place, *map(number, (_READ, _KEEP, _DATA))])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


load64: Scalar = intrinsic(_load64)
trailing_zeros: Scalar = intrinsic(_trailing_zeros)
ones: Scalar = intrinsic(_ones)
fetch: Scalar = intrinsic(_fetch)
