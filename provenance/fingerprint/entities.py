"""HTML character references: `&amp;`, `&#39;`, `&#x27;`, escaped twice, or torn by a tokeniser."""

from functools import cache
from html.entities import html5
from typing import NamedTuple

import numpy as np

from provenance.compiled import Scalar, inlined, inner
from provenance.fingerprint.codepoints import codepoints
from provenance.model import Int32s, UInt8s, UInt64s

AMPERSAND, SEMICOLON, SPACE, NUMBER_SIGN = 0x26, 0x3B, 0x20, 0x23
_SLOTS = 8192  # a power of two, four times the names there are
_LONGEST = 33  # letters of the longest name
_PRIME = np.uint64(0x100000001B3)
_BASIS = np.uint64(0xCBF29CE484222325)


class Tables(NamedTuple):
    """Everything that normalisation looks up.

    Parameters
    ----------
    folds, pool, letters : ndarray
        As in `codepoints.Codepoints`.
    names : ndarray of uint64
        Open-addressing table of the hashes of reference names.
    points : ndarray of int32
        The code point that each name stands for.
    """

    folds: Int32s
    pool: UInt8s
    letters: UInt64s
    names: UInt64s
    points: Int32s


@cache
def tables() -> Tables:
    """Make the tables, once a process."""
    names = np.zeros(_SLOTS, np.uint64)
    points = np.zeros(_SLOTS, np.int32)
    for name, text in html5.items():
        if not name.endswith(";"):
            continue
        key = _name_hash(name[:-1])
        slot = key & (_SLOTS - 1)
        while names[slot]:
            slot = (slot + 1) & (_SLOTS - 1)
        # Where a reference stands for two code points, the second is a mark: it vanishes anyway.
        names[slot], points[slot] = key, ord(text[0])
    made = codepoints()
    return Tables(made.folds, made.pool, made.letters, names, points)


def _name_hash(name: str) -> int:
    value = int(_BASIS)
    for byte in name.encode():
        value = ((value ^ byte) * int(_PRIME)) & 0xFFFFFFFFFFFFFFFF
    return value


@inlined
def is_word(byte: Scalar) -> Scalar:
    """Whether the byte is an ASCII letter or digit."""
    lower = byte | 0x20
    return (0x61 <= lower <= 0x7A) or (0x30 <= byte <= 0x39)


@inner
def reference(data: UInt8s, at: Scalar, end: Scalar, tables: Tables) -> tuple[Scalar, Scalar]:
    """Read the reference whose `&` stands just before `at`.

    Returns
    -------
    point, after : int
        The code point and the place behind it; -1 and `at` where there is none. A reference to
        `&` that begins another one (`&amp;lt;`) is read through.
    """
    point, after = _referred(data, at, end, tables)
    while point == AMPERSAND:
        inner, behind = _referred(data, after, end, tables)
        if inner < 0:
            break
        point, after = inner, behind
    return (point, after) if point >= 0 else (-1, at)


@inner
def _referred(data: UInt8s, at: Scalar, end: Scalar, tables: Tables) -> tuple[Scalar, Scalar]:
    start = at + 1 if at < end and data[at] == SPACE else at
    if start < end and data[start] == NUMBER_SIGN:
        return _numeric(data, start + 1, end)
    return _named(data, start, end, tables)


@inner
def _named(data: UInt8s, at: Scalar, end: Scalar, tables: Tables) -> tuple[Scalar, Scalar]:
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


@inner
def _numeric(data: UInt8s, at: Scalar, end: Scalar) -> tuple[Scalar, Scalar]:
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
    """Give the value of a hexadecimal digit; 99 where it is none."""
    lower = byte | 0x20
    if 0x30 <= byte <= 0x39:
        return byte - 0x30
    return lower - 0x57 if 0x61 <= lower <= 0x66 else 99
