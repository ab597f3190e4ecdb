"""Convert between byte offsets and code points, and cut texts by either."""

import numpy as np

from provenance.jit.decorators import Scalar, inlined, kernel, kernel_part
from provenance.model.content.fingerprints import Int64s, Texts, UInt8s

_BLOCK = 64
"""Bytes whose code points are counted at once."""


def character_offsets(texts: Texts, rows: Int64s, places: Int64s) -> Int64s:
    """Convert byte offsets to code points.

    Parameters
    ----------
    texts : Texts
        The texts.
    rows, places : ndarray of int64, shape (n,)
        Text and byte offset in it. Fastest if sorted by text, then by offset.

    Returns
    -------
    ndarray of int64, shape (n,)
        Number of code points before each offset.
    """
    counts = np.empty(len(places), np.int64)
    _count_all(texts.data, texts.offsets, rows, places, counts)
    return counts


@inlined
def points_in(data: UInt8s, begin: Scalar, end: Scalar) -> Scalar:
    """Count the code points that begin in a range of bytes."""
    count = np.int64(0)
    for place in range(begin, end):
        count += (data[np.uint64(place)] & 0xC0) != 0x80
    return count


@kernel
def _count_all(data: UInt8s, offsets: Int64s, rows: Int64s, places: Int64s, out: Int64s) -> None:
    row, place, count = np.int64(-1), np.int64(0), np.int64(0)
    for index in range(len(rows)):
        if rows[index] != row or places[index] < place:
            row, place, count = rows[index], np.int64(0), np.int64(0)
        count += points_in(data, offsets[row] + place, offsets[row] + places[index])
        place = places[index]
        out[index] = count


def slice_characters(texts: Texts, rows: Int64s, begins: Int64s, ends: Int64s) -> Texts:
    """Cut ranges of code points out of texts, as ``text[begin:end]`` does.

    Parameters
    ----------
    texts : Texts
        The texts.
    rows : ndarray of int64, shape (n,)
        Text of each range.
    begins, ends : ndarray of int64, shape (n,)
        Code points, at least 0; ranges beyond the end of the text are empty.

    Returns
    -------
    Texts
        One for each range.
    """
    firsts, offsets = np.empty(len(rows), np.int64), np.zeros(len(rows) + 1, np.int64)
    _find_all((texts.data, texts.offsets), rows, (begins, ends), firsts, offsets)
    return _copy_ranges(texts, firsts, np.cumsum(offsets, out=offsets))


def widen_ranges(
    texts: Texts, rows: Int64s, spans: tuple[Int64s, Int64s], points: int
) -> tuple[Int64s, Int64s]:
    """Widen byte ranges by a number of code points on both sides.

    Parameters
    ----------
    texts : Texts
        The texts.
    rows : ndarray of int64, shape (n,)
        Text of each range.
    spans : (ndarray of int64, ndarray of int64), each of shape (n,)
        Start and end in bytes. If the end is inside a code point, one more is included.
    points : int
        Code points to add as far as the text has them; at least 1.

    Returns
    -------
    begins, ends : ndarray of int64, shape (n,)
        In bytes, at boundaries of code points.
    """
    begins, ends = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    _widen_range_all((texts.data, texts.offsets), rows, spans, points, (begins, ends))
    return begins, ends


def slice_bytes(texts: Texts, rows: Int64s, begins: Int64s, ends: Int64s) -> Texts:
    """Cut ranges of bytes, all inside their texts, out of texts."""
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(ends - begins)])
    return _copy_ranges(texts, texts.offsets[rows] + begins, offsets)


def _copy_ranges(texts: Texts, firsts: Int64s, offsets: Int64s) -> Texts:
    data = np.empty(offsets[-1], np.uint8)
    _copy_all(texts.data, firsts, offsets, data)
    return Texts(data, offsets)


@kernel
def _widen_range_all(
    texts: tuple[UInt8s, Int64s],
    rows: Int64s,
    spans: tuple[Int64s, Int64s],
    points: Scalar,
    out: tuple[Int64s, Int64s],
) -> None:
    (data, offsets), (firsts, stops), (begins, ends) = texts, spans, out
    for index in range(len(rows)):
        low, high = offsets[rows[index]], offsets[rows[index] + 1]
        place, remaining = low + firsts[index], np.int64(points)
        while place > low and remaining > 0:
            place -= 1
            remaining -= (data[place] & 0xC0) != 0x80
        begins[index] = place - low
        ends[index] = _skip_points(data, low + stops[index], high, np.int64(points)) - low


@kernel
def _find_all(
    texts: tuple[UInt8s, Int64s],
    rows: Int64s,
    points: tuple[Int64s, Int64s],
    firsts: Int64s,
    sizes: Int64s,
) -> None:
    """Find the first byte of each range, and its size in bytes, written one element later."""
    (data, offsets), (begins, ends) = texts, points
    for index in range(len(rows)):
        begin, end = offsets[rows[index]], offsets[rows[index] + 1]
        first = _skip_points(data, begin, end, begins[index])
        last = _skip_points(data, first, end, ends[index] - begins[index])
        firsts[index], sizes[index + 1] = first, last - first


@kernel_part
def _skip_points(data: UInt8s, place: Scalar, end: Scalar, points: Scalar) -> Scalar:
    """Return the offset after a number of code points, or the end."""
    while place + _BLOCK <= end:
        count = points_in(data, place, place + _BLOCK)
        if count > points:
            break
        place, points = place + _BLOCK, points - count
    while place < end:
        if (data[place] & 0xC0) != 0x80:
            if points <= 0:
                break
            points -= 1
        place += 1
    return place


@kernel
def _copy_all(data: UInt8s, firsts: Int64s, offsets: Int64s, out: UInt8s) -> None:
    for index in range(len(firsts)):
        size = offsets[index + 1] - offsets[index]
        target = out[offsets[index] : offsets[index + 1]]
        source = data[firsts[index] : firsts[index] + size]
        for place in range(size):
            target[np.uint64(place)] = source[np.uint64(place)]
