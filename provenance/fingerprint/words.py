"""One word of any script, character by character: what nothing faster reads."""

import numpy as np

from provenance.compiled import Scalar, inlined, inner, spliced
from provenance.fingerprint.codepoints import (
    HAN_PLANES,
    ITSELF,
    LETTERS,
    LIMIT,
    MARKED,
    MENTION,
    QUARTER,
    SEPARATOR,
    UNMARKED,
    VANISHES,
    VARIATION_SELECTORS,
)
from provenance.fingerprint.entities import AMPERSAND, Tables, is_word
from provenance.fingerprint.escapes import BACKSLASH, undone
from provenance.fingerprint.hashing import append, append_plain
from provenance.fingerprint.letters import LETTER
from provenance.instructions import load64
from provenance.model import UInt8s

WORD, HALF_WORD, QUARTER_WORD = 4, 2, 1
"""Weights of tokens, in quarters of a word. Those that weigh less than a word are characters that
are tokens of their own."""

_UNDERSCORE = 0x5F
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@inlined
def decode(data: UInt8s, at: Scalar, end: Scalar) -> tuple[Scalar, Scalar]:
    """Decode the character at `at`: its code point and its length; a bad byte is (0, 1)."""
    first = np.int64(data[np.uint64(at)])
    if first < 0x80:
        return first, 1
    length = 2 + (first >= 0xE0) + (first >= 0xF0)
    if first < 0xC2 or first > 0xF4 or at + length > end:
        return 0, 1
    point = first & (0x7F >> length)
    for place in range(at + 1, at + length):
        follower = np.int64(data[np.uint64(place)])
        if follower & 0xC0 != 0x80:
            return 0, 1
        point = (point << 6) | (follower & 0x3F)
    return point, length


@inlined
def fold_of(point: Scalar, tables: Tables) -> Scalar:
    """Look up what becomes of a code point: an entry as in `codepoints.Codepoints.folds`."""
    if point < LIMIT:
        return np.int64(tables.folds[np.uint64(point)])
    if HAN_PLANES[0] <= point < HAN_PLANES[1]:
        return ITSELF
    if VARIATION_SELECTORS[0] <= point < VARIATION_SELECTORS[1]:
        return VANISHES
    return SEPARATOR


@inlined
def _utf8(point: Scalar) -> Scalar:
    # Only Han beyond the tables comes here: four bytes.
    first, second = 0xF0 | (point >> 18), 0x80 | ((point >> 12) & 0x3F)
    third, fourth = 0x80 | ((point >> 6) & 0x3F), 0x80 | (point & 0x3F)
    return np.uint64(first | second << 8 | third << 16 | fourth << 24)


@inlined
def _append_pool(
    place: Scalar, tables: Tables, state: Scalar, rest: Scalar, length: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    count = np.int64(tables.pool[np.uint64(place)]) & (QUARTER - 1)
    while count > 8:
        eight = load64(tables.pool, place + 1)
        state, rest, length = append(state, rest, length, eight, np.int64(8))
        place += 8
        count -= 8
    word = load64(tables.pool, place + 1) & (_ALL >> np.uint64(64 - 8 * count))
    return append(state, rest, length, word, count)


@inlined
def read_lone(
    point: Scalar, entry: Scalar, tables: Tables
) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Read a character that is a token by itself; weight, state, rest, length of `read_word`."""
    state, rest, length = np.uint64(0), np.uint64(0), np.int64(0)
    if entry == ITSELF:
        return HALF_WORD, state, _utf8(point), length + 4
    weight = QUARTER_WORD if tables.pool[-entry] & QUARTER else HALF_WORD
    state, rest, length = _append_pool(-entry, tables, state, rest, length)
    return weight, state, rest, length


@spliced
def read_word(  # noqa: C901, PLR0915 (a character has these fates; a call each is dear)
    data: UInt8s,
    at: Scalar,
    end: Scalar,
    plain: Scalar,
    tables: Tables,
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Read the token at `at`, if there is one; `data` has room for 64 bytes behind `end`.

    `plain` is how many bytes from `at` on are known to be ASCII letters and digits.

    Returns
    -------
    weight : int
        `WORD`, `HALF_WORD` or `QUARTER_WORD`.
    state, rest, length : int
        The hash of its folded bytes but the last ones, those last bytes, and how many it has in
        all: what `append` lengthens and `finish` turns into its hash. None is no token.
    start, stop : int
        Where it stands in `data`.
    after : int
        Where to go on reading; always behind `at`.
    """
    state, rest, length = np.uint64(0), np.uint64(0), np.int64(0)
    start, stop, place = at, at + plain, at + plain
    state, rest, length = append_plain(data, at, stop, state, rest, length)
    while place < end:
        point, size = decode(data, place, end)
        after = place + size
        letter = tables.letters[np.uint64(point)] if point < LETTERS else np.uint64(0)
        count = np.int64(letter >> np.uint64(56))
        if 0 < count < MARKED:
            start = start if length else place
            state, rest, length = append(state, rest, length, letter & LETTER, count)
            stop = place = after
            continue
        if point in (AMPERSAND, BACKSLASH):
            point, after = undone(data, place, end, tables)
        entry = fold_of(point, tables)
        if entry > MENTION:
            start = start if length else place
            state, rest, length = _append_pool(entry, tables, state, rest, length)
            stop = place = after
            continue
        if entry == VANISHES:
            place = after
            if length > 0 and not _is_unmarked(point, tables):
                stop = after
            continue
        if entry == SEPARATOR:
            place = after
        if entry >= 0 or length > 0:
            break
        weight, state, rest, length = read_lone(point, entry, tables)
        return weight, state, rest, length, place, after, after
    if place == at:
        place = after_mention(data, after, end, tables)
    return WORD, state, rest, length, start, stop, place


@inlined
def _is_unmarked(point: Scalar, tables: Tables) -> Scalar:
    # A mark belongs to the letter before it; an apostrophe or a joiner at the end does not.
    return point < LETTERS and np.int64(tables.letters[point] >> np.uint64(56)) == UNMARKED


@inner
def after_mention(data: UInt8s, at: Scalar, end: Scalar, tables: Tables) -> Scalar:
    """Give the place behind the name whose `@` ends at `at`: `@name`, `@name@host`, `@ name`."""
    first = at
    if at + 1 < end and data[at] == 0x20 and is_word(data[at + 1]):
        first = at + 1
    place = _after_name(data, first, end, tables)
    if place == first:
        return at
    if place + 1 < end and data[place] == 0x40 and is_word(data[place + 1]):
        place += 1
        while place < end and (is_word(data[place]) or data[place] in (0x2D, 0x2E)):
            place += 1
    return place


@inner
def _after_name(data: UInt8s, at: Scalar, end: Scalar, tables: Tables) -> Scalar:
    # A name that begins in Latin letters ends where another script begins: posts in Chinese go on
    # without a space.
    first, is_latin = at, False
    while at < end:
        point, size = decode(data, at, end)
        after = at + size
        if point in (AMPERSAND, BACKSLASH):
            point, after = undone(data, at, end, tables)
            if point == BACKSLASH and after < end and data[after] == _UNDERSCORE:
                point, after = _UNDERSCORE, after + 1  # as Markdown writes it
        is_latin = is_latin or (at == first and point < 0x80)
        if not _is_of_name(point, is_latin, tables):
            break
        at = after
    return at


@inner
def _is_of_name(point: Scalar, is_latin: Scalar, tables: Tables) -> Scalar:
    if point < 0x80:
        return is_word(point) or point == _UNDERSCORE
    # A curved apostrophe ends a name as the straight one does: @name's.
    entry = fold_of(point, tables)
    if 0x2018 <= point <= 0x201B or entry in (SEPARATOR, MENTION):
        return False
    return not is_latin or entry == VANISHES or _is_latin(point)


@inlined
def _is_latin(point: Scalar) -> Scalar:
    return point < 0x250 or 0x1E00 <= point < 0x1F00
