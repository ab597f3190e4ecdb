"""Words of any alphabet, letter by letter: a mask of special bytes tells where the next one begins.

A branch asks it, so that the processor reads on before it knows how long the last letter was.
"""

import numpy as np

from provenance.compiled import Scalar, inlined
from provenance.fingerprint.codepoints import ENDS, HANGUL, LETTERS, MARKED, UNMARKED
from provenance.fingerprint.entities import Tables
from provenance.fingerprint.hashing import LOWER, append
from provenance.instructions import load64, trailing_zeros
from provenance.model import UInt8s

LETTER = np.uint64((1 << 56) - 1)
"""The folded bytes in an entry of `codepoints.Codepoints.letters`; their number stands above."""

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_BYTE = np.uint64(0xFF)

_SYLLABLES, _SYLLABLE_COUNT = np.uint64(HANGUL[0]), np.uint64(HANGUL[1] + 1 - HANGUL[0])
_AFTER = np.uint64(LETTERS)
_BEGIN, _BEGINS = np.uint64(0x8080C0), np.uint64(0xC0C000)
"""How the bytes of a character begin, and the bits that say so, but of the first of three bytes."""

_TWO, _THIRD = np.uint64((1 << 48) - 1), np.uint64(0xE1)
"""The bytes of a syllable's first two letters in its entry, and the first byte of its third one."""


@inlined
def read_letters(  # noqa: C901, PLR0915 (a letter has these fates; a call each is dear)
    view: UInt8s,
    run: tuple[Scalar, Scalar],
    odd: Scalar,
    tables: Tables,
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Read the word at the beginning of a run, if all of it are letters and what vanishes.

    Parameters
    ----------
    view : ndarray of uint8
        A text, with room for 64 bytes behind it.
    run : tuple of int
        Where a run of word bytes begins and ends.
    odd : uint64
        Which of its bytes, 56 at most, are special.
    tables : Tables
        What becomes of each letter.

    Returns
    -------
    state, rest, length : int
        As `words.read_word` gives them; a length of zero is no token, and one below zero says that
        this is no such word, and nothing else is of use.
    stop, after : int
        Where the word ends, and where to go on reading.
    """
    start, end = run
    limit = after = end - start
    state, rest, length = np.uint64(0), np.uint64(0), np.int64(0)
    done, hidden, known = np.int64(0), np.int64(-1), True
    ahead, strange = odd, np.uint64(0)
    while ahead != np.uint64(0):
        place = done
        if ahead & np.uint64(1) == np.uint64(0):
            place += np.int64(trailing_zeros(ahead))
            state, rest, length = _append_plain(
                view, start + done, start + place, (state, rest, length)
            )
        text = load64(view, start + place)
        if _may_be_hangul(text):
            syllable, done = long_point(text) - _SYLLABLES, place + 3
            strange |= text ^ _BEGIN
            ahead = odd >> np.uint64(done)
            known = syllable < _SYLLABLE_COUNT
            if not known:
                break
            entry = tables.letters[syllable + _AFTER]
            state, rest, length = _append_syllable(state, rest, length, entry)
            continue
        point, size, unlike = _letter_at(text)
        done = place + size
        strange |= unlike
        ahead = odd >> np.uint64(done)
        letter = tables.letters[point]
        kind = np.int64(letter >> np.uint64(56))
        if np.uint64(kind - 1) >= np.uint64(MARKED - 1):
            if kind == 0 or kind >= ENDS or length == 0:
                known, limit, after = kind != 0, place, done
                break
            hidden = done if kind == UNMARKED else hidden
            continue
        state, rest, length = append(state, rest, length, letter & LETTER, kind)
    if done < limit:
        state, rest, length = _append_plain(
            view, start + done, start + limit, (state, rest, length)
        )
    is_whole = strange & _BEGINS == np.uint64(0) and done <= end - start
    if not known or hidden == limit or not is_whole:
        length = np.int64(-1)
    return state, rest, length, start + limit, start + after


@inlined
def _append_plain(
    view: UInt8s, place: Scalar, stop: Scalar, word: tuple[Scalar, Scalar, Scalar]
) -> tuple[Scalar, Scalar, Scalar]:
    """Append a stretch of ASCII letters and digits."""
    state, rest, length = word
    while stop - place > 7:
        seven = (load64(view, place) | LOWER) & LETTER
        state, rest, length = append(state, rest, length, seven, np.int64(7))
        place += 7
    few = (load64(view, place) | LOWER) & ~(_ALL << np.uint64(8 * (stop - place)))
    return append(state, rest, length, few, stop - place)


@inlined
def _append_syllable(
    state: Scalar, rest: Scalar, length: Scalar, entry: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Append the two or three letters of a Hangul syllable."""
    state, rest, length = append(state, rest, length, entry & _TWO, np.int64(6))
    if entry > _TWO:
        third = (entry >> np.uint64(40)) & ~_BYTE | _THIRD
        state, rest, length = append(state, rest, length, third, np.int64(3))
    return state, rest, length


@inlined
def _may_be_hangul(text: Scalar) -> Scalar:
    return (text & _BYTE) - np.uint64(0xEA) < np.uint64(4)


@inlined
def long_point(text: Scalar) -> Scalar:
    """Decode a character of three bytes, if it is one."""
    head, middle = text & np.uint64(0x0F), (text >> np.uint64(8)) & np.uint64(0x3F)
    tail = (text >> np.uint64(16)) & np.uint64(0x3F)
    return (head << np.uint64(12)) | (middle << np.uint64(6)) | tail


@inlined
def _letter_at(text: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Decode a character of an alphabet, one of up to three bytes.

    Returns
    -------
    point : uint64
        Its code point; 0 for any other character. An overlong one of three bytes has the point that
        it spells, as in `words.decode`.
    size : int
        Its bytes.
    unlike : uint64
        Among its bits that are in `_BEGINS`, those where a byte begins as none in its place does.
    """
    first = text & _BYTE
    if first < np.uint64(0x80):
        return first, np.int64(1), np.uint64(0)
    # Without a branch on whether there are two bytes or three: nobody can guess that. Two are moved
    # up by one, so that the last one always stands in the same place.
    more = (text >> np.uint64(5)) & np.uint64(1)
    unlike = (text ^ _BEGIN) << ((more << np.uint64(3)) ^ np.uint64(8))
    point = long_point(unlike)
    if first - np.uint64(0xC2) > np.uint64(0xE2 - 0xC2):
        point = np.uint64(0)
    return point, np.int64(more) + 2, unlike
