"""Letters that are not ASCII, as long as nothing else comes: so nearly all of their words go."""

import numpy as np

from provenance.compiled import Scalar, inlined
from provenance.fingerprint.codepoints import LETTERS
from provenance.fingerprint.entities import Tables
from provenance.fingerprint.hashing import LONGEST, append, append_plain
from provenance.fingerprint.runs import plain_from
from provenance.instructions import load64
from provenance.model import UInt8s

LETTER = np.uint64((1 << 56) - 1)
"""The folded bytes in an entry of `codepoints.Codepoints.letters`; their number stands above."""

_SYLLABLES, _SYLLABLE_COUNT = 0xAC00, np.uint64(11172)
_TAILS, _VOWELS = np.uint64(28), np.uint64(21)
_HEAD = np.uint64(int.from_bytes("\u1100\u1161".encode(), "little"))
_TAIL = np.uint64(int.from_bytes("\u1180".encode(), "little") + (0x27 << 16))
_CARRIED, _CARRY = np.uint64(25), np.uint64((0x40 << 16) - (1 << 8))
"""From the 25th tail on, the last byte has no room and the one before it counts on."""


@inlined
def append_letters(
    data: UInt8s,
    place: Scalar,
    run: tuple[UInt8s, Scalar],
    tables: Tables,
    word: tuple[Scalar, Scalar, Scalar],
) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Append letters as long as nothing else comes: so nearly all words end that are not ASCII."""
    specials, end = run
    state, rest, length = word
    while place < end and length < LONGEST:
        point, size = _letter_at(data, place)
        if size == 0 or place + size > end:
            break
        if point < LETTERS:
            letter = tables.letters[np.uint64(point)]
            if letter == np.uint64(0):
                break
            count = np.int64(letter >> np.uint64(56))
            state, rest, length = append(state, rest, length, letter & LETTER, count)
        else:
            syllable = np.uint64(point - _SYLLABLES)
            if syllable >= _SYLLABLE_COUNT:
                break
            state, rest, length = _append_syllable(state, rest, length, syllable)
        place += size
        if place < end and data[np.uint64(place)] < 0x80:
            stop = place + plain_from(specials, place, end)
            state, rest, length = append_plain(data, place, stop, state, rest, length)
            place = stop
    return place, state, rest, length


@inlined
def _letter_at(data: UInt8s, place: Scalar) -> tuple[Scalar, Scalar]:
    """Decode a character of two or three bytes: code point and bytes; 0 bytes for any other."""
    word = load64(data, place)
    first, second = np.int64(word & np.uint64(0xFF)), np.int64(word >> np.uint64(8)) & 0x3F
    if first < 0xE0:
        is_one = first >= 0xC2 and (word & np.uint64(0xC000)) == np.uint64(0x8000)
        return ((first & 0x1F) << 6) | second, 2 * is_one
    third = np.int64(word >> np.uint64(16)) & 0x3F
    is_one = first < 0xF0 and (word & np.uint64(0xC0C000)) == np.uint64(0x808000)
    return ((first & 0x0F) << 12) | (second << 6) | third, 3 * is_one


@inlined
def _append_syllable(
    state: Scalar, rest: Scalar, length: Scalar, syllable: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Append the two or three letters of a Hangul syllable: Unicode, section 3.12."""
    head, tail = syllable // _TAILS, syllable % _TAILS
    word = _HEAD + ((head // _VOWELS) << np.uint64(16)) + ((head % _VOWELS) << np.uint64(40))
    state, rest, length = append(state, rest, length, word, np.int64(6))
    if tail != np.uint64(0):
        word = _TAIL + (tail << np.uint64(16)) - np.uint64(tail >= _CARRIED) * _CARRY
        state, rest, length = append(state, rest, length, word, np.int64(3))
    return state, rest, length
