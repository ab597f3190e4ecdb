"""What becomes of each character of up to three bytes, in thirty-two bits: one look tells all.

An entry whose lowest bit is set is the hash of a character that is a token by itself. Of the others
the lowest byte holds flags, and the three bytes above it what the character folds to.
"""

from functools import cache

import numpy as np

from provenance.fingerprint.codepoints import (
    HANGUL,
    LETTERS,
    MENTION,
    SEPARATOR,
    UNMARKED,
    VANISHES,
    Codepoints,
    codepoints,
)
from provenance.fingerprint.lone import lone_hashes
from provenance.model import Int64s, UInt32s

ALONE = 1
"""Set in the hash of a character that is a token by itself, and in no other entry."""

COUNT_AT, COUNTED = 1, 3
"""Where the number of folded bytes stands, and how much it has room for."""

LETTER, MARK, HARD, SYLLABLE, LONGER = 8, 16, 32, 64, 128
"""Flags: a letter or digit; a mark on the letter before it; what needs a closer look; a syllable of
Hangul; and what folds to more bytes than it has."""

TEXT_AT = 8
"""Where the folded bytes stand; of a syllable, five bits for each of its letters."""

JAMO, JAMO_BITS = (19, 21, 28), 5
"""How many first, second and third letters syllables have; the first third one is none."""

_POINTS = 0x10000
_BYTES = 3  # of folded text


@cache
def fold_table() -> UInt32s:
    """Make the entries of all characters of up to three bytes; once a process."""
    made = codepoints()
    folds, hashes = made.folds[:_POINTS], lone_hashes()[:_POINTS]
    entries = np.full(_POINTS, HARD, np.uint32)
    entries[folds == SEPARATOR] = 0
    kinds = made.letters[:LETTERS] >> np.uint64(56)
    vanishes = np.flatnonzero(folds[:LETTERS] == VANISHES)
    entries[vanishes[kinds[vanishes] != UNMARKED]] = MARK
    entries[[ord("&"), ord("\\")]] = HARD
    _enter_letters(entries, made)
    _enter_syllables(entries)
    return np.where(hashes != 0, hashes, entries)


def _enter_letters(entries: UInt32s, made: Codepoints) -> None:
    points = np.flatnonzero(made.folds[:_POINTS] > MENTION)
    places = made.folds[points].astype(np.int64)
    counts = made.pool[places].astype(np.uint32)
    is_short = counts <= _BYTES
    points, places, counts = points[is_short], places[is_short], counts[is_short]
    entered = LETTER | counts << COUNT_AT
    entered[counts > _sizes(points)] |= LONGER
    for place in range(_BYTES):
        byte = made.pool[places + 1 + place].astype(np.uint32)
        entered |= np.where(place < counts, byte, np.uint32(0)) << (TEXT_AT + 8 * place)
    entries[points] = entered


def _sizes(points: Int64s) -> Int64s:
    return 1 + (points >= 0x80) + (points >= 0x800)


def _enter_syllables(entries: UInt32s) -> None:
    first, last = HANGUL
    numbers = np.arange(last + 1 - first)
    _, seconds, thirds = JAMO
    letters = numbers // (seconds * thirds), numbers // thirds % seconds, numbers % thirds
    parts = sum(letter << JAMO_BITS * which for which, letter in enumerate(letters))
    entries[first : last + 1] = LETTER | SYLLABLE | LONGER | parts << TEXT_AT
