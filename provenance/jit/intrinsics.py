"""Machine instructions that numba does not offer by itself.

Unchecked: the caller guarantees that indices are in range.

- `load64(data, index)`: the little-endian 64-bit word at `data[index:index + 8]`, unaligned.
- `trailing_zeros(word)`, `leading_zeros(word)`: zero bits below the lowest set bit, or above the
  highest; 64 for zero.
- `popcount(word)`: number of set bits.
- `prefetch(array, index)`: request the cache line of an element without waiting for it. A read from
  memory takes a hundred times as long as one from the L1 cache, but many can be outstanding.
- `equal_mask(array, start, number)`: a mask of the elements of `array[start:start + 16]` that equal
  `number`.
- `store_set_bits(array, at, first, bits)`: write `first` plus the index of each set bit of the
  lowest 16, in order, to `array[at:]`. It writes 16 elements; those after the set bits are
  undefined. Requires `has_store_set_bits()`, at compile time (AVX-512).
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from provenance.jit.decorators import Scalar
from provenance.jit.numba_internals import cpu_features

PREFETCH_DISTANCE = 96
"""Number of prefetches in flight; if there are more than a core has buffers for, some are lost."""

_NUMBER = ir.IntType(32)
_SIXTEEN, _SIXTEEN_BITS = ir.VectorType(_NUMBER, 16), ir.VectorType(ir.IntType(1), 16)
_COMPRESS = "llvm.x86.avx512.mask.compress.v16i32"

_READ, _KEEP, _DATA = 0, 3, 1  # the arguments of LLVM's `prefetch`


# numba passes the types of the arguments by position; only the array's type matters.
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


def _leading_zeros(_typing: Any, _word: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


def _popcount(_typing: Any, _word: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


def _prefetch(_typing: Any, array: Any, _index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = ir.IntType(32)
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(view.data, [arguments[1]]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [place.type, number, number, number])
        instruction = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kind)
        builder.call(instruction, [place, *map(number, (_READ, _KEEP, _DATA))])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


def splat(builder: Any, number: Any, count: int) -> Any:
    """Return a vector of `count` elements that are all `number`."""
    kind = ir.VectorType(number.type, count)
    nothing = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(nothing, number, _NUMBER(0))
    return builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(_NUMBER, count), None))


def _store_set_bits(_typing: Any, array: Any, _at: Any, _first: Any, _bits: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if _has_compress():
            _, at, first, bits = arguments
            view = context.make_array(signature.args[0])(context, builder, arguments[0])
            mask = builder.bitcast(builder.trunc(bits, ir.IntType(16)), _SIXTEEN_BITS)
            many = splat(builder, builder.trunc(first, _NUMBER), 16)
            places = builder.add(many, ir.Constant(_SIXTEEN, list(range(16))))
            kind = ir.FunctionType(_SIXTEEN, [_SIXTEEN, _SIXTEEN, _SIXTEEN_BITS])
            existing = builder.module.globals.get(_COMPRESS)
            instruction = existing or ir.Function(builder.module, kind, _COMPRESS)
            compressed = builder.call(instruction, [places, ir.Constant(_SIXTEEN, None), mask])
            target = builder.bitcast(builder.gep(view.data, [at]), _SIXTEEN.as_pointer())
            builder.store(compressed, target).align = 4
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64, types.uint64), generate


def _equal_mask(_typing: Any, array: Any, _at: Any, _number: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(view.data, [arguments[1]]), _SIXTEEN.as_pointer())
        elements = builder.load(place)
        elements.align = 4
        same = builder.icmp_unsigned("==", elements, splat(builder, arguments[2], 16))
        return builder.zext(builder.bitcast(same, ir.IntType(16)), ir.IntType(64))

    return types.uint64(array, types.int64, types.uint32), generate


def _has_store_set_bits(_typing: Any) -> Any:
    def generate(_context: Any, _builder: Any, _signature: Any, _arguments: Any) -> Any:
        return ir.Constant(ir.IntType(1), int(_has_compress()))

    return types.boolean(), generate


def _has_compress() -> bool:
    return "+avx512f" in cpu_features().split(",")


load64: Scalar = intrinsic(_load64)
trailing_zeros: Scalar = intrinsic(_trailing_zeros)
leading_zeros: Scalar = intrinsic(_leading_zeros)
popcount: Scalar = intrinsic(_popcount)
prefetch: Scalar = intrinsic(_prefetch)
equal_mask: Scalar = intrinsic(_equal_mask)
store_set_bits: Scalar = intrinsic(_store_set_bits)
has_store_set_bits: Scalar = intrinsic(_has_store_set_bits)
