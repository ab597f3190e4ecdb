"""The compact protocol of Apache Thrift, read in bounded memory: what Parquet footers are in."""

from collections.abc import Iterator

_MOST_ELEMENTS = 10_000_000  # of all lists: pyarrow makes up to some hundred bytes of each
_DEEPEST = 32
_LARGEST = 1 << 62
_UNEXPECTED = "a value is of another type than it should be"

_BOOLEANS, _BYTE, _INTEGERS, BINARY, _LISTS, STRUCT = (1, 2), 3, (4, 5, 6), 8, (9, 10), 12
INTEGER = 5  # of 32 bits
_SIZES = {1: 0, 2: 0, _BYTE: 1, 7: 8}
"""Types of the compact protocol, and the bytes of those that always have as many."""


class Damaged(ValueError):
    """Bytes that are not what they should be."""


class Compact:
    """Reads Thrift's compact protocol; IndexError where the data end too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._elements = 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Give id and type of each field of a struct; the caller reads or skips its value."""
        field = 0
        while header := self._byte():
            field = field + (header >> 4) if header >> 4 else self._zigzag()
            yield field, header & 15

    def elements(self, kind: int, expected: int) -> range:
        """Begin a list whose elements are of one type; the caller reads each."""
        count, found = self._list(kind)
        if count and found != expected:
            raise Damaged(_UNEXPECTED)
        return range(count)

    def integer(self, kind: int) -> int:
        """Read an integer below 2**62 in size."""
        if kind not in _INTEGERS:
            raise Damaged(_UNEXPECTED)
        number = self._zigzag()
        if abs(number) > _LARGEST:
            raise Damaged("it has a number that is too large")
        return number

    def binary(self, kind: int) -> bytes:
        """Read bytes."""
        if kind != BINARY:
            raise Damaged(_UNEXPECTED)
        size = self._varint()
        first = self._advance(size)
        return self._data[first : self._at]

    def skip(self, kind: int, depth: int = 0) -> None:
        """Pass over a value."""
        if depth > _DEEPEST:
            raise Damaged("it is nested too deep")
        if kind in _INTEGERS:
            self._varint()
        elif kind == BINARY:
            self._advance(self._varint())
        elif kind in _SIZES:
            self._advance(_SIZES[kind])
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        else:
            count, inner = self._list(kind)
            for _ in range(count):
                # A boolean is a byte in a list; as a field, its type is its value.
                self.skip(_BYTE if inner in _BOOLEANS else inner, depth + 1)

    def _list(self, kind: int) -> tuple[int, int]:
        if kind not in _LISTS:
            raise Damaged(_UNEXPECTED)
        header = self._byte()
        count = header >> 4 if header >> 4 < 15 else self._varint()
        self._elements += count
        if self._elements > _MOST_ELEMENTS:
            raise Damaged("it has too many elements")
        return count, header & 15

    def _zigzag(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)

    def _varint(self) -> int:
        number = shift = 0
        while shift < 64 + 7:
            byte = self._byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7
        raise Damaged(_UNEXPECTED)

    def _byte(self) -> int:
        byte = self._data[self._at]
        self._at += 1
        return byte

    def _advance(self, count: int) -> int:
        first = self._at
        if count > len(self._data) - first:
            raise Damaged("it is cut short")
        self._at = first + count
        return first
