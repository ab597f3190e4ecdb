"""Fetching ahead: an instruction that numba does not offer by itself.

`fetch(array, index)` asks for the cache line in which an element stands, and waits for nothing: a
look into memory takes a hundred times as long as one into the nearest cache, but many can be under
way at a time. The caller answers for the bounds.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from provenance.compiled import Scalar

AHEAD = 16
"""Looks that are under way at a time: more than a core has room for push each other out."""

_READ, _KEEP, _DATA = 0, 3, 1  # the arguments of LLVM's `prefetch`


# numba passes the types of the arguments by position; only that of the array decides anything.
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


fetch: Scalar = intrinsic(_fetch)
