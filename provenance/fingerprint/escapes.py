r"""Escapes of JSON and of strings in code: `\n`, `\u00e9`, `don\'t`, escaped once or more often."""

import numpy as np

from provenance.compiled import Scalar, inlined, inner
from provenance.fingerprint.entities import AMPERSAND, Tables, digit_of, reference
from provenance.model import UInt8s

BACKSLASH = 0x5C
_LINE_FEED, _QUOTE = 0x0A, 0x27
_HIGH, _LOW, _BEYOND = 0xD800, 0xDC00, 0x10000


@inner
def undone(data: UInt8s, at: Scalar, end: Scalar, tables: Tables) -> tuple[Scalar, Scalar]:
    """Undo the reference or the escape whose `&` or backslash stands at `at`.

    Returns
    -------
    point, after : int
        The code point that it stands for and the place behind it; the sign itself, or the last of
        several backslashes, where it begins nothing. Escapes of white space are all a line feed.
    """
    point, after = np.int64(data[at]), np.int64(at + 1)
    if point == BACKSLASH:
        point, after = _escaped(data, after, end)
    if point == AMPERSAND:
        referred, behind = reference(data, after, end, tables)
        if referred >= 0:
            return referred, behind
    return point, after


@inner
def _escaped(data: UInt8s, at: Scalar, end: Scalar) -> tuple[Scalar, Scalar]:
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
    """Read `u` and four hexadecimal digits; -1 where they do not stand at `at`."""
    value = -1
    if at + 5 <= end and data[at] == 0x75:
        value = 0
        for place in range(at + 1, at + 5):
            digit = digit_of(data[place])
            value = -1 if digit >= 16 or value < 0 else value * 16 + digit
    return value
