"""Eight numbers at once: what a formula says of one, an instruction does to all of them.

Formulae that are written with operators alone, as those of `hashing` are, work on `Lanes` as well
as on numbers.
"""

from typing import Any

from llvmlite import ir

from provenance.instructions import every

COUNT = 8
"""Numbers that are worked on at once."""


class Lanes:
    """Eight unsigned numbers in a kernel that is being compiled, or eight answers on them."""

    __array_ufunc__ = None  # or numpy's numbers would ask for an array

    def __init__(self, builder: Any, value: Any) -> None:
        self._builder = builder
        self.value = value

    @classmethod
    def of(cls, builder: Any, number: Any) -> "Lanes":
        """Give the same number in each lane."""
        return cls(builder, every(builder, number, COUNT))

    def __xor__(self, other: Any) -> "Lanes":
        return self._made(self._builder.xor, other)

    def __and__(self, other: Any) -> "Lanes":
        return self._made(self._builder.and_, other)

    def __or__(self, other: Any) -> "Lanes":
        return self._made(self._builder.or_, other)

    def __add__(self, other: Any) -> "Lanes":
        return self._made(self._builder.add, other)

    def __mul__(self, other: Any) -> "Lanes":
        return self._made(self._builder.mul, other)

    def __lshift__(self, other: Any) -> "Lanes":
        return self._made(self._builder.shl, other)

    def __rshift__(self, other: Any) -> "Lanes":
        return self._made(self._builder.lshr, other)

    def __invert__(self) -> "Lanes":
        return Lanes(self._builder, self._builder.not_(self.value))

    def is_equal(self, other: Any) -> "Lanes":
        """Tell where both are the same."""
        return Lanes(self._builder, self._builder.icmp_unsigned("==", self.value, self._of(other)))

    def is_more(self, other: Any) -> "Lanes":
        """Tell where they are greater."""
        return Lanes(self._builder, self._builder.icmp_unsigned(">", self.value, self._of(other)))

    def either(self, yes: "Lanes", no: "Lanes") -> "Lanes":
        """Give the one where these are true, and the other where they are not."""
        return Lanes(self._builder, self._builder.select(self.value, yes.value, no.value))

    def as_bits(self) -> Any:
        """Give answers as the lowest bits of a 64-bit number."""
        bits = self._builder.bitcast(self.value, ir.IntType(COUNT))
        return self._builder.zext(bits, ir.IntType(64))

    def _made(self, instruction: Any, other: Any) -> "Lanes":
        return Lanes(self._builder, instruction(self.value, self._of(other)))

    def _of(self, other: Any) -> Any:
        if isinstance(other, Lanes):
            return other.value
        return ir.Constant(self.value.type, [int(other)] * COUNT)
