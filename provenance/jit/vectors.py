"""LLVM vectors in numba intrinsics.

An `Emitter` writes the instructions of one intrinsic. `Lanes` are eight unsigned integers with
Python's operators, so that a formula written for numbers also works on vectors. Unchecked: the
caller guarantees that loads and stores are in range.
"""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba.core import cgutils

from provenance.jit.intrinsics import splat

INT32, INT64 = ir.IntType(32), ir.IntType(64)
_cgutils: Any = cgutils  # has no types


def vector(kind: Any, count: int) -> Any:
    """Return a vector type."""
    return ir.VectorType(kind, count)


def constant(kind: Any, number: int) -> ir.Constant:
    """Return a constant vector whose elements are all the same."""
    return ir.Constant(kind, [number] * kind.count)


def zeros(kind: Any) -> ir.Constant:
    """Return a vector of zeros."""
    return ir.Constant(kind, None)


class Emitter:
    """Writes the instructions of one intrinsic; its arguments are referred to by index.

    Parameters
    ----------
    context, builder, signature, arguments : Any
        Arguments of the code generator of an intrinsic, from numba.
    """

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Any) -> None:
        self.builder = builder
        self.arguments = arguments
        self._context, self._signature = context, signature

    def load(self, which: int, index: Any, kind: Any) -> Any:
        """Load a value from an array, at an index."""
        value = self.builder.load(self._place(which, index, kind))
        value.align = 1
        return value

    def store(self, which: int, index: Any, value: Any) -> None:
        """Store a value into an array, at an index."""
        self.builder.store(value, self._place(which, index, value.type)).align = 1

    def shuffle(self, one: Any, other: Any, places: Sequence[int]) -> Any:
        """Return the elements at `places` of the concatenation of two vectors."""
        mask = ir.Constant(vector(INT32, len(places)), list(places))
        return self.builder.shuffle_vector(one, other, mask)

    def concatenate(self, parts: Sequence[Any]) -> Any:
        """Concatenate vectors, whose number is a power of two."""
        while len(parts) > 1:
            places = range(2 * parts[0].type.count)
            pairs = zip(parts[::2], parts[1::2], strict=True)
            parts = [self.shuffle(*pair, places) for pair in pairs]
        return parts[0]

    def columns(self, rows: Any, count: int) -> list[Any]:
        """Return the columns of a vector of rows of `count` elements."""
        numbers = range(count)
        return [self.shuffle(rows, rows, range(one, rows.type.count, count)) for one in numbers]

    def splat(self, number: Any, kind: Any) -> Any:
        """Return a vector whose elements are all `number`, a run-time value."""
        if number.type != kind.element:
            number = self.builder.trunc(number, kind.element)
        return splat(self.builder, number, kind.count)

    def as_bits(self, mask: Any) -> Any:
        """Return a mask as the lowest bits of a 64-bit integer."""
        bits = self.builder.bitcast(mask, ir.IntType(mask.type.count))
        return bits if mask.type.count == INT64.width else self.builder.zext(bits, INT64)

    def stack_slot(self, initial: Any) -> Any:
        """Return a pointer to a variable on the stack."""
        return _cgutils.alloca_once_value(self.builder, initial)

    def for_range(self, count: Any) -> Any:
        """Return a context manager that emits a loop; its value has the index."""
        return _cgutils.for_range(self.builder, count)

    def result(self, values: Sequence[Any]) -> Any:
        """Return several values as the intrinsic's result."""
        return self._context.make_tuple(self.builder, self._signature.return_type, values)

    def void_result(self) -> Any:
        """Return the result of an intrinsic that returns nothing."""
        return self._context.get_dummy_value()

    def _place(self, which: int, index: Any, kind: Any) -> Any:
        array = self._context.make_array(self._signature.args[which])
        view = array(self._context, self.builder, self.arguments[which])
        return self.builder.bitcast(self.builder.gep(view.data, [index]), kind.as_pointer())


LANES = 8
"""Number of integers in `Lanes`."""


class Lanes:
    """Eight unsigned integers, or eight booleans, in an intrinsic."""

    __array_ufunc__ = None  # otherwise NumPy's scalars would take over the operators

    def __init__(self, builder: Any, value: Any) -> None:
        self._builder = builder
        self.value = value

    @classmethod
    def of(cls, builder: Any, number: Any) -> "Lanes":
        """Return the same number in each lane."""
        return cls(builder, splat(builder, number, LANES))

    def __xor__(self, other: Any) -> "Lanes":
        return self._apply(self._builder.xor, other)

    def __and__(self, other: Any) -> "Lanes":
        return self._apply(self._builder.and_, other)

    def __or__(self, other: Any) -> "Lanes":
        return self._apply(self._builder.or_, other)

    def __add__(self, other: Any) -> "Lanes":
        return self._apply(self._builder.add, other)

    def __mul__(self, other: Any) -> "Lanes":
        return self._apply(self._builder.mul, other)

    def __lshift__(self, other: Any) -> "Lanes":
        return self._apply(self._builder.shl, other)

    def __rshift__(self, other: Any) -> "Lanes":
        return self._apply(self._builder.lshr, other)

    def __invert__(self) -> "Lanes":
        return Lanes(self._builder, self._builder.not_(self.value))

    def is_equal(self, other: Any) -> "Lanes":
        """Compare for equality, lane by lane."""
        return Lanes(
            self._builder, self._builder.icmp_unsigned("==", self.value, self._operand(other))
        )

    def is_greater(self, other: Any) -> "Lanes":
        """Compare for being greater, lane by lane."""
        return Lanes(
            self._builder, self._builder.icmp_unsigned(">", self.value, self._operand(other))
        )

    def select(self, yes: "Lanes", no: "Lanes") -> "Lanes":
        """Select `yes` where these are true, else `no`."""
        return Lanes(self._builder, self._builder.select(self.value, yes.value, no.value))

    def as_bits(self) -> Any:
        """Return booleans as the lowest bits of a 64-bit integer."""
        bits = self._builder.bitcast(self.value, ir.IntType(LANES))
        return self._builder.zext(bits, ir.IntType(64))

    def _apply(self, instruction: Any, other: Any) -> "Lanes":
        return Lanes(self._builder, instruction(self.value, self._operand(other)))

    def _operand(self, other: Any) -> Any:
        if isinstance(other, Lanes):
            return other.value
        return ir.Constant(self.value.type, [int(other)] * LANES)
