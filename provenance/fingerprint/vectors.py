"""Vectors in a kernel that is being compiled: an `Emitter` writes the instructions of an intrinsic.

The caller answers for all bounds.
"""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from provenance.instructions import every

NUMBER, WORD = ir.IntType(32), ir.IntType(64)


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

    def _place(self, which: int, index: Any, kind: Any) -> Any:
        array = self._context.make_array(self._signature.args[which])
        view = array(self._context, self.builder, self.arguments[which])
        return self.builder.bitcast(self.builder.gep(view.data, [index]), kind.as_pointer())
