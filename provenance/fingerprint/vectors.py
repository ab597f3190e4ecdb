"""Vectors in a kernel that is being compiled: an `Emitter` writes the instructions of an intrinsic.

The caller answers for all bounds. What is said of AVX-512 may be called only where there is that.
"""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from provenance.instructions import every

BIT, BYTE, HALF, NUMBER, WORD = (ir.IntType(width) for width in (1, 8, 16, 32, 64))

_COMPRESS, _EXPAND = "llvm.x86.avx512.mask.compress", "llvm.x86.avx512.mask.expand"
_GATHER = "llvm.x86.avx512.mask.gather.dpi.512"


def vector(kind: Any, count: int) -> Any:
    """Give the type of so many of a kind."""
    return ir.VectorType(kind, count)


def many(kind: Any, number: int) -> ir.Constant:
    """Give a vector of the same number."""
    return ir.Constant(kind, [number] * kind.count)


def nothing(kind: Any) -> ir.Constant:
    """Give a vector of zeros."""
    return ir.Constant(kind, None)


class Emitter:
    """What writes the instructions of one intrinsic; arguments are named by their places.

    Parameters
    ----------
    context, builder, signature, arguments : Any
        What numba gives to what generates the code of an intrinsic.
    """

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Any) -> None:
        self.builder = builder
        self.arguments = arguments
        self._context, self._signature = context, signature

    def load(self, which: int, index: Any, kind: Any) -> Any:
        """Load what stands in an array from an element on."""
        loaded = self.builder.load(self._place(which, index, kind))
        loaded.align = 1
        return loaded

    def store(self, which: int, index: Any, value: Any) -> None:
        """Write a value to an array from an element on."""
        self.builder.store(value, self._place(which, index, value.type)).align = 1

    def looked_up(self, which: int, places: Any, mask: Any, others: Any) -> Any:
        """Load those of sixteen elements of 32 bits that a mask has; others elsewhere; AVX-512."""
        kind, origin = places.type, self._place(which, WORD(0), BYTE)
        takes = [kind, origin.type, kind, mask.type, NUMBER]
        given = [others, origin, places, mask, NUMBER(NUMBER.width // 8)]
        return self.called(_GATHER, kind, takes, given)

    def compressed(self, value: Any, mask: Any) -> Any:
        """Move what a mask has together, and zeros behind it; AVX-512."""
        return self._by_mask(_COMPRESS, value, nothing(value.type), mask)

    def expanded(self, value: Any, mask: Any, others: Any) -> Any:
        """Move the first ones to where a mask is set, and others elsewhere; AVX-512."""
        return self._by_mask(_EXPAND, value, others, mask)

    def picked(self, one: Any, other: Any, places: Sequence[int]) -> Any:
        """Put together what stands at some places of two vectors, one behind the other."""
        chosen = ir.Constant(vector(NUMBER, len(places)), list(places))
        return self.builder.shuffle_vector(one, other, chosen)

    def joined(self, parts: Sequence[Any]) -> Any:
        """Put vectors one behind the other; a power of two of them."""
        while len(parts) > 1:
            places = range(2 * parts[0].type.count)
            pairs = zip(parts[::2], parts[1::2], strict=True)
            parts = [self.picked(*pair, places) for pair in pairs]
        return parts[0]

    def columns(self, rows: Any, count: int) -> list[Any]:
        """Part a vector of rows of so many elements into its columns."""
        own = range(count)
        return [self.picked(rows, rows, range(one, rows.type.count, count)) for one in own]

    def filled(self, number: Any, kind: Any) -> Any:
        """Give a vector of the same number, which is known only when the kernel runs."""
        if number.type != kind.element:
            number = self.builder.trunc(number, kind.element)
        return every(self.builder, number, kind.count)

    def has(self, value: Any, flags: int) -> Any:
        """Tell where any of some bits is set."""
        own = self.builder.and_(value, many(value.type, flags))
        return self.builder.icmp_unsigned("!=", own, nothing(value.type))

    def as_mask(self, bits: Any, count: int) -> Any:
        """Give the lowest bits of a number as a mask."""
        if bits.type.width != count:
            bits = self.builder.trunc(bits, ir.IntType(count))
        return self.builder.bitcast(bits, vector(BIT, count))

    def as_bits(self, mask: Any) -> Any:
        """Give a mask as the lowest bits of a 64-bit number."""
        bits = self.builder.bitcast(mask, ir.IntType(mask.type.count))
        return bits if mask.type.count == WORD.width else self.builder.zext(bits, WORD)

    def told(self, values: Sequence[Any]) -> Any:
        """Give several values as what the intrinsic returns."""
        return self._context.make_tuple(self.builder, self._signature.return_type, values)

    def nothing(self) -> Any:
        """Give what an intrinsic returns that returns nothing."""
        return self._context.get_dummy_value()

    def called(self, name: str, kind: Any, takes: list[Any], given: list[Any]) -> Any:
        """Call what LLVM has under a name."""
        known = self.builder.module.globals.get(name)
        made = known or ir.Function(self.builder.module, ir.FunctionType(kind, takes), name)
        return self.builder.call(made, given)

    def _by_mask(self, name: str, value: Any, others: Any, mask: Any) -> Any:
        kind = value.type
        name = f"{name}.v{kind.count}i{kind.element.width}"
        return self.called(name, kind, [kind, kind, mask.type], [value, others, mask])

    def _place(self, which: int, index: Any, kind: Any) -> Any:
        array = self._context.make_array(self._signature.args[which])
        view = array(self._context, self.builder, self.arguments[which])
        return self.builder.bitcast(self.builder.gep(view.data, [index]), kind.as_pointer())
