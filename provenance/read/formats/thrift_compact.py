"""A reader of Apache Thrift's compact protocol in bounded memory, for Parquet footers."""

from collections.abc import Iterator

_MAX_ELEMENTS = 10_000_000  # of all lists: pyarrow makes up to some hundred bytes of each
_MAX_DEPTH = 32
_MAX_INTEGER = 1 << 62
_UNEXPECTED = "a value has an unexpected type"

_BOOLEANS, _BYTE, _INTEGERS, BINARY, _LISTS, STRUCT = (1, 2), 3, (4, 5, 6), 8, (9, 10), 12
INTEGER = 5  # of 32 bits
_SIZES = {1: 0, 2: 0, _BYTE: 1, 7: 8}
"""Type codes of the compact protocol, and sizes in bytes of the types of fixed size."""


class DamagedData(ValueError):
    """Content that violates the protocol or the file format."""


class CompactReader:
    """Reads Thrift's compact protocol; IndexError if the data ends too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._elements = 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Yield id and type of each field of a struct; the caller reads or skips its value."""
        field = 0
        while header := self._byte():
            field = field + (header >> 4) if header >> 4 else self._zigzag()
            yield field, header & 15

    def elements(self, kind: int, expected_type: int) -> range:
        """Begin a list of elements of one type; the caller reads each."""
        count, element_type = self._list(kind)
        if count and element_type != expected_type:
            raise DamagedData(_UNEXPECTED)
        return range(count)

    def integer(self, kind: int) -> int:
        """Read an integer of magnitude up to 2**62."""
        if kind not in _INTEGERS:
            raise DamagedData(_UNEXPECTED)
        number = self._zigzag()
        if abs(number) > _MAX_INTEGER:
            raise DamagedData("it has a number that is too large")
        return number

    def binary(self, kind: int) -> bytes:
        """Read bytes."""
        if kind != BINARY:
            raise DamagedData(_UNEXPECTED)
        size = self._varint()
        first = self._advance(size)
        return self._data[first : self._at]

    def skip(self, kind: int, depth: int = 0) -> None:
        """Skip a value."""
        if depth > _MAX_DEPTH:
            raise DamagedData("it is nested too deep")
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
                # A boolean in a list is a byte; as a field, its type is its value.
                self.skip(_BYTE if inner in _BOOLEANS else inner, depth + 1)

    def _list(self, kind: int) -> tuple[int, int]:
        if kind not in _LISTS:
            raise DamagedData(_UNEXPECTED)
        header = self._byte()
        count = header >> 4 if header >> 4 < 15 else self._varint()
        self._elements += count
        if self._elements > _MAX_ELEMENTS:
            raise DamagedData("it has too many elements")
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
        raise DamagedData(_UNEXPECTED)

    def _byte(self) -> int:
        byte = self._data[self._at]
        self._at += 1
        return byte

    def _advance(self, count: int) -> int:
        first = self._at
        if count > len(self._data) - first:
            raise DamagedData("it is cut short")
        self._at = first + count
        return first
