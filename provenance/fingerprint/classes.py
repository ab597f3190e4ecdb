"""What sixty-four bytes are, at once: two masks in place of sixty-four branches.

`classes(data, index)` gives, of the bytes `data[index:index + 64]`, two 64-bit masks whose lowest
bit is the first byte: the bytes of words (ASCII letters and digits, and whatever needs a closer
look), and those that need the closer look (the bytes of other characters, `&`, `'`, `@` and the
backslash). The caller answers for the bounds. Written as vectors, for which every processor has
its instructions.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from provenance.compiled import Scalar

_BYTES = ir.VectorType(ir.IntType(8), 64)


def _all(byte: int) -> ir.Constant:
    return ir.Constant(_BYTES, [byte] * 64)


# numba passes the types of the arguments by position; only that of the array decides anything.
def _classes(_typing: Any, array: Any, _index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(view.data, [arguments[1]])
        text = builder.load(builder.bitcast(place, _BYTES.as_pointer()))
        text.align = 1

        def within(first: int, count: int, of: Any = text) -> Any:
            return builder.icmp_unsigned("<", builder.sub(of, _all(first)), _all(count))

        lower = builder.or_(text, _all(0x20))
        plain = builder.or_(within(ord("a"), 26, lower), within(ord("0"), 10))
        special = builder.or_(within(0x80, 0x80), within(ord("&"), 2))
        for sign in "@\\":
            special = builder.or_(special, builder.icmp_unsigned("==", text, _all(ord(sign))))
        masks = [
            builder.bitcast(mask, ir.IntType(64)) for mask in (builder.or_(plain, special), special)
        ]
        return context.make_tuple(builder, signature.return_type, masks)

    pair: Any = types.UniTuple
    return pair(types.uint64, 2)(array, types.int64), generate


classes: Scalar = intrinsic(_classes)
