"""Tables of flatbuffers, in which the headers of Arrow's messages are written."""

import struct

import numpy as np

from provenance.model import Int64s


def root_of(data: bytes) -> int:
    """Return where the root table stands."""
    return int(struct.unpack_from("<I", data)[0])


def field_at(data: bytes, table: int, number: int) -> int | None:
    """Return where a field of a table stands; None where it has its default."""
    fields = table - struct.unpack_from("<i", data, table)[0]
    (size,) = struct.unpack_from("<H", data, fields)
    if 4 + 2 * number >= size:
        return None
    (offset,) = struct.unpack_from("<H", data, fields + 4 + 2 * number)
    return table + offset if offset else None


def table_at(data: bytes, table: int, number: int) -> int | None:
    """Return where a table stands that is a field of another; None where there is none."""
    place = field_at(data, table, number)
    return None if place is None else place + struct.unpack_from("<I", data, place)[0]


def integers_at(data: bytes, table: int, number: int, width: int) -> Int64s:
    """Return a vector of structures of so many 64-bit integers each, one a row."""
    place = table_at(data, table, number)
    if place is None:
        return np.zeros((0, width), np.int64)
    (count,) = struct.unpack_from("<I", data, place)
    return np.frombuffer(data, "<i8", width * count, place + 4).reshape(-1, width)
