r"""Decode HTML character references and string escapes, also repeatedly escaped ones.

References: `&amp;`, `&#39;`, `&#x27;`, `&amp;lt;`, also split by a tokenizer (`& amp ;`).
Escapes of JSON and source code: `\n`, `\u00e9`, `don\'t`.
"""

from functools import cache
from html.entities import html5
from typing import NamedTuple

import numpy as np

from provenance.fingerprint.tokenizer.unicode_tables import codepoint_tables
from provenance.jit.decorators import Scalar, inlined, kernel_part
from provenance.model.content.fingerprints import Int32s, UInt8s, UInt64s

AMPERSAND, SEMICOLON, SPACE, NUMBER_SIGN = 0x26, 0x3B, 0x20, 0x23
_SLOTS = 8192  # a power of two; about four times the number of names
_LONGEST = 33  # letters of the longest name
_PRIME = np.uint64(0x100000001B3)
_BASIS = np.uint64(0xCBF29CE484222325)


class TokenizerTables(NamedTuple):
    """Lookup tables of the tokenizer.

    Parameters
    ----------
    folds, pool, letters : ndarray
        See `unicode_tables.Codepoints`.
    names : ndarray of uint64
        Open-addressing hash table of the names of character references.
    points : ndarray of int32
        Code point of each name.
    """

    folds: Int32s
    pool: UInt8s
    letters: UInt64s
    names: UInt64s
    points: Int32s


@cache
def tokenizer_tables() -> TokenizerTables:
    """Return the tables, which are built once per process."""
    names = np.zeros(_SLOTS, np.uint64)
    points = np.zeros(_SLOTS, np.int32)
    for name, text in html5.items():
        if not name.endswith(";"):
            continue
        key = _name_hash(name[:-1])
        slot = key & (_SLOTS - 1)
        while names[slot]:
            slot = (slot + 1) & (_SLOTS - 1)
        # A second code point is always a mark, which is dropped anyway.
        names[slot], points[slot] = key, ord(text[0])
    folding = codepoint_tables()
    return TokenizerTables(folding.folds, folding.pool, folding.letters, names, points)


def _name_hash(name: str) -> int:
    value = int(_BASIS)
    for byte in name.encode():
        value = ((value ^ byte) * int(_PRIME)) & 0xFFFFFFFFFFFFFFFF
    return value


@inlined
def is_word(byte: Scalar) -> Scalar:
    """Return whether the byte is an ASCII letter or digit."""
    lower = byte | 0x20
    return (0x61 <= lower <= 0x7A) or (0x30 <= byte <= 0x39)


@kernel_part
def reference(
    data: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables
) -> tuple[Scalar, Scalar]:
    """Decode the character reference whose `&` is just before `at`.

    Returns
    -------
    point, after : int
        The code point and the offset after the reference; -1 and `at` if there is none. A
        reference to `&` that begins another reference (`&amp;lt;`) is decoded as well.
    """
    point, after = _decode_one(data, at, end, tables)
    while point == AMPERSAND:
        inner, behind = _decode_one(data, after, end, tables)
        if inner < 0:
            break
        point, after = inner, behind
    return (point, after) if point >= 0 else (-1, at)


@kernel_part
def _decode_one(
    data: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables
) -> tuple[Scalar, Scalar]:
    start = at + 1 if at < end and data[at] == SPACE else at
    if start < end and data[start] == NUMBER_SIGN:
        return _decode_number(data, start + 1, end)
    return _decode_name(data, start, end, tables)


@kernel_part
def _decode_name(
    data: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables
) -> tuple[Scalar, Scalar]:
    value = _BASIS
    place = at
    while place < end and place - at <= _LONGEST and is_word(data[place]):
        value = (value ^ np.uint64(data[place])) * _PRIME
        place += 1
    if place < end and data[place] == SPACE:
        place += 1
    if place == at or place >= end or data[place] != SEMICOLON:
        return -1, at
    slot = np.int64(value & np.uint64(_SLOTS - 1))
    while tables.names[slot] != 0:
        if tables.names[slot] == value:
            return np.int64(tables.points[slot]), place + 1
        slot = (slot + 1) & (_SLOTS - 1)
    return -1, at


@kernel_part
def _decode_number(data: UInt8s, at: Scalar, end: Scalar) -> tuple[Scalar, Scalar]:
    place = at
    if place < end and data[place] == SPACE:
        place += 1
    base = 10
    if place < end and (data[place] | 0x20) == 0x78:  # x
        base = 16
        place += 1
    value = 0
    first = place
    while place < end and place - first < 8:
        digit = digit_of(data[place])
        if digit >= base:
            break
        value = value * base + digit
        place += 1
    if place == first:
        return -1, at
    if place < end and data[place] == SPACE:
        place += 1
    if place < end and data[place] == SEMICOLON and 0 < value < 0x110000:
        return value, place + 1
    return -1, at


@inlined
def digit_of(byte: Scalar) -> Scalar:
    """Return the value of a hexadecimal digit; 99 for any other byte."""
    lower = byte | 0x20
    if 0x30 <= byte <= 0x39:
        return byte - 0x30
    return lower - 0x57 if 0x61 <= lower <= 0x66 else 99


BACKSLASH = 0x5C
_LINE_FEED, _QUOTE = 0x0A, 0x27
_HIGH, _LOW, _BEYOND = 0xD800, 0xDC00, 0x10000


@kernel_part
def unescape(
    data: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables
) -> tuple[Scalar, Scalar]:
    """Decode the reference or escape whose `&` or backslash is at `at`.

    Returns
    -------
    point, after : int
        The code point and the offset after it. If nothing is escaped, the sign itself, or the
        last of several backslashes. Escaped white space is decoded as a line feed.
    """
    point, after = np.int64(data[at]), np.int64(at + 1)
    if point == BACKSLASH:
        point, after = _decode_escape(data, after, end)
    if point == AMPERSAND:
        decoded, behind = reference(data, after, end, tables)
        if decoded >= 0:
            return decoded, behind
    return point, after


@kernel_part
def _decode_escape(data: UInt8s, at: Scalar, end: Scalar) -> tuple[Scalar, Scalar]:
    at = _behind_backslashes(data, at, end)
    if at < end and data[at] in (0x6E, 0x72, 0x74):  # n, r, t
        return _LINE_FEED, at + 1
    if at < end and data[at] == _QUOTE:
        return _QUOTE, at + 1
    point = _four_digits(data, at, end)
    if point < 0:
        return BACKSLASH, at
    at += 5
    if _HIGH <= point < _LOW:
        after = _behind_backslashes(data, at, end)
        low = _four_digits(data, after, end) if after > at else -1
        if _LOW <= low < _LOW + 0x400:
            return _BEYOND + ((point - _HIGH) << 10) + (low - _LOW), after + 5
    return point, at


@inlined
def _behind_backslashes(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    while at < end and data[at] == BACKSLASH:
        at += 1
    return at


@inlined
def _four_digits(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    """Return the value of `u` and four hexadecimal digits at `at`; -1 if they are not there."""
    value = -1
    if at + 5 <= end and data[at] == 0x75:
        value = 0
        for place in range(at + 1, at + 5):
            digit = digit_of(data[place])
            value = -1 if digit >= 16 or value < 0 else value * 16 + digit
    return value
