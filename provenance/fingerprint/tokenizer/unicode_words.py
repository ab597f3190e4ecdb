"""Read words of any script.

`read_alphabetic_word` reads words of letters and marks, `read_single_characters` characters that
are tokens by themselves, from a table of their hashes; `read_word` reads everything else, such as
words with references, escapes or mentions, and is the slowest.
"""

import unicodedata
from functools import cache

import numpy as np

from provenance.fingerprint.tokenizer.html_and_string_escapes import (
    AMPERSAND,
    BACKSLASH,
    TokenizerTables,
    is_word,
    tokenizer_tables,
    unescape,
)
from provenance.fingerprint.tokenizer.unicode_tables import (
    CLUSTER,
    COMPOSED_CLUSTERS,
    DROPPED,
    HAN_PLANES,
    HANGUL,
    ITSELF,
    LETTERS,
    LIMIT,
    MARKED,
    MENTION,
    SEPARATOR,
    SIGN,
    UNMARKED,
    VARIATION_SELECTORS,
    WORD_END,
)
from provenance.fingerprint.tokenizer.word_hash import LOWER, append, append_plain, finish
from provenance.jit.decorators import Scalar, inlined, inlined_source, kernel, kernel_part
from provenance.jit.intrinsics import load64, trailing_zeros
from provenance.model.content.fingerprints import Int32s, UInt8s, UInt32s

LETTER = np.uint64((1 << 56) - 1)
"""Mask of the folded bytes in an entry of `Codepoints.letters`; their number is above them."""

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_BYTE = np.uint64(0xFF)

_SYLLABLES, _SYLLABLE_COUNT = np.uint64(HANGUL[0]), np.uint64(HANGUL[1] + 1 - HANGUL[0])
_AFTER = np.uint64(LETTERS)
_BEGIN, _BEGINS = np.uint64(0x8080C0), np.uint64(0xC0C000)
"""The leading bits of a character's bytes, and their mask; without the first of three bytes."""

_TWO, _THIRD = np.uint64((1 << 48) - 1), np.uint64(0xE1)
"""Mask of the first two letters in a syllable's entry, and the first byte of its third letter."""


@inlined
def read_alphabetic_word(  # noqa: C901, PLR0915 (one hot loop; calls would be slow)
    view: UInt8s,
    run: tuple[Scalar, Scalar],
    odd: Scalar,
    tables: TokenizerTables,
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Read the word at the beginning of a run, if it has only letters and dropped characters.

    Parameters
    ----------
    view : ndarray of uint8
        The text, followed by at least 64 readable bytes.
    run : tuple of int
        Start and end of a run of word bytes.
    odd : uint64
        Mask of its special bytes; it has 56 bytes at most.
    tables : TokenizerTables
        Folded text of each letter.

    Returns
    -------
    state, rest, length : int
        As from `read_word`. A length of 0 is no token; if it is below 0, the run is no such word
        and the other values are undefined.
    stop, after : int
        End of the word, and the offset to continue from.
    """
    start, end = run
    limit = after = end - start
    state, rest, length = np.uint64(0), np.uint64(0), np.int64(0)
    position, hidden, is_alphabetic = np.int64(0), np.int64(-1), True
    special_ahead, invalid_bits = odd, np.uint64(0)
    while special_ahead != np.uint64(0):
        place = position
        if special_ahead & np.uint64(1) == np.uint64(0):
            place += np.int64(trailing_zeros(special_ahead))
            state, rest, length = _append_plain(
                view, start + position, start + place, (state, rest, length)
            )
        text = load64(view, start + place)
        if _may_be_hangul(text):
            syllable, position = long_point(text) - _SYLLABLES, place + 3
            invalid_bits |= text ^ _BEGIN
            special_ahead = odd >> np.uint64(position)
            is_alphabetic = syllable < _SYLLABLE_COUNT
            if not is_alphabetic:
                break
            entry = tables.letters[syllable + _AFTER]
            state, rest, length = _append_syllable(state, rest, length, entry)
            continue
        point, size, unlike = _letter_at(text)
        position = place + size
        invalid_bits |= unlike
        special_ahead = odd >> np.uint64(position)
        letter = tables.letters[point]
        kind = np.int64(letter >> np.uint64(56))
        if np.uint64(kind - 1) >= np.uint64(MARKED - 1):
            if kind == 0 or kind >= WORD_END or length == 0:
                is_alphabetic, limit, after = kind != 0, place, position
                break
            hidden = position if kind == UNMARKED else hidden
            continue
        state, rest, length = append(state, rest, length, letter & LETTER, kind)
    if position < limit:
        state, rest, length = _append_plain(
            view, start + position, start + limit, (state, rest, length)
        )
    is_whole = invalid_bits & _BEGINS == np.uint64(0) and position <= end - start
    if not is_alphabetic or hidden == limit or not is_whole:
        length = np.int64(-1)
    return state, rest, length, start + limit, start + after


@inlined
def _append_plain(
    view: UInt8s, place: Scalar, stop: Scalar, word: tuple[Scalar, Scalar, Scalar]
) -> tuple[Scalar, Scalar, Scalar]:
    """Append a range of ASCII letters and digits."""
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
    """Return the code point of three bytes, if they are one character."""
    head, middle = text & np.uint64(0x0F), (text >> np.uint64(8)) & np.uint64(0x3F)
    tail = (text >> np.uint64(16)) & np.uint64(0x3F)
    return (head << np.uint64(12)) | (middle << np.uint64(6)) | tail


@inlined
def _letter_at(text: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Decode a character of up to three bytes.

    Returns
    -------
    point : uint64
        Its code point; 0 for longer characters. Overlong forms of three bytes are decoded.
    size : int
        Number of bytes.
    unlike : uint64
        Among its bits that are in `_BEGINS`, those that are invalid.
    """
    first = text & _BYTE
    if first < np.uint64(0x80):
        return first, np.int64(1), np.uint64(0)
    # Without a branch on two or three bytes, which is unpredictable: two are shifted up by one, so
    # that the last byte is always in the same place.
    more = (text >> np.uint64(5)) & np.uint64(1)
    invalid_bits = (text ^ _BEGIN) << ((more << np.uint64(3)) ^ np.uint64(8))
    point = long_point(invalid_bits)
    if first - np.uint64(0xC2) > np.uint64(0xE2 - 0xC2):
        point = np.uint64(0)
    return point, np.int64(more) + 2, invalid_bits


WORD_KIND, CHARACTER_KIND, CLUSTER_KIND, SIGN_KIND = range(4)
"""What is read: a word, a character that is a token by itself, one that is so with the signs behind
it, and such a sign, which belongs to the character before it."""

_UNDERSCORE = 0x5F


@inlined
def decode(data: UInt8s, at: Scalar, end: Scalar) -> tuple[Scalar, Scalar]:
    """Return the code point and byte length of the character at `at`; (0, 1) if invalid."""
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
def fold_entry(point: Scalar, tables: TokenizerTables) -> Scalar:
    """Return the entry of a code point, as in `Codepoints.folds`."""
    if point < LIMIT:
        return np.int64(tables.folds[np.uint64(point)])
    if HAN_PLANES[0] <= point < HAN_PLANES[1]:
        return ITSELF
    if VARIATION_SELECTORS[0] <= point < VARIATION_SELECTORS[1]:
        return DROPPED
    return SEPARATOR


@inlined
def _utf8(point: Scalar) -> Scalar:
    # Only for Han beyond the tables, which has four bytes.
    first, second = 0xF0 | (point >> 18), 0x80 | ((point >> 12) & 0x3F)
    third, fourth = 0x80 | ((point >> 6) & 0x3F), 0x80 | (point & 0x3F)
    return np.uint64(first | second << 8 | third << 16 | fourth << 24)


@inlined
def _append_pool(
    place: Scalar, tables: TokenizerTables, state: Scalar, rest: Scalar, length: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    count = np.int64(tables.pool[np.uint64(place)]) & (SIGN - 1)
    while count > 8:
        eight = load64(tables.pool, place + 1)
        state, rest, length = append(state, rest, length, eight, np.int64(8))
        place += 8
        count -= 8
    word = load64(tables.pool, place + 1) & (_ALL >> np.uint64(64 - 8 * count))
    return append(state, rest, length, word, count)


@inlined
def fold_single_character(
    point: Scalar, entry: Scalar, tables: TokenizerTables
) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Return kind, state, rest and length of a character that is a token by itself."""
    state, rest, length = np.uint64(0), np.uint64(0), np.int64(0)
    if entry == ITSELF:
        return CHARACTER_KIND, state, _utf8(point), length + 4
    flags = tables.pool[-entry]
    kind = CLUSTER_KIND if flags & CLUSTER else CHARACTER_KIND
    kind = SIGN_KIND if flags & SIGN else kind
    state, rest, length = _append_pool(-entry, tables, state, rest, length)
    return kind, state, rest, length


@inlined_source
def read_word(  # noqa: C901, PLR0915 (one hot loop; calls would be slow)
    data: UInt8s,
    at: Scalar,
    end: Scalar,
    plain: Scalar,
    tables: TokenizerTables,
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Read the token at `at`, if there is one.

    Parameters
    ----------
    data : ndarray of uint8
        The text, followed by at least 64 readable bytes after `end`.
    at, end : int
        Offsets.
    plain : int
        Number of bytes from `at` on that are known to be ASCII letters and digits.
    tables : TokenizerTables
        Folded text of each character.

    Returns
    -------
    kind : int
        `WORD_KIND`, `CHARACTER_KIND`, `CLUSTER_KIND` or `SIGN_KIND`.
    state, rest, length : int
        The word, to be passed to `word_hash.finish`; a length of 0 is no token.
    start, stop : int
        Its offsets.
    after : int
        The offset to continue from; always greater than `at`.
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
            point, after = unescape(data, place, end, tables)
        entry = fold_entry(point, tables)
        if entry > MENTION:
            start = start if length else place
            state, rest, length = _append_pool(entry, tables, state, rest, length)
            stop = place = after
            continue
        if entry == DROPPED:
            place = after
            if length > 0 and not _is_unmarked(point, tables):
                stop = after
            continue
        if entry == SEPARATOR:
            place = after
        if entry >= 0 or length > 0:
            break
        kind, state, rest, length = fold_single_character(point, entry, tables)
        return kind, state, rest, length, place, after, after
    if place == at:
        place = mention_end(data, after, end, tables)
    return WORD_KIND, state, rest, length, start, stop, place


@inlined
def _is_unmarked(point: Scalar, tables: TokenizerTables) -> Scalar:
    # A mark belongs to the letter before it; an apostrophe or joiner at the end does not.
    return point < LETTERS and np.int64(tables.letters[point] >> np.uint64(56)) == UNMARKED


@kernel_part
def mention_end(data: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables) -> Scalar:
    """Return the offset after a mention whose `@` ends at `at`: `@name`, `@name@host`."""
    first = at
    if at + 1 < end and data[at] == 0x20 and is_word(data[at + 1]):
        first = at + 1
    place = _name_end(data, first, end, tables)
    if place == first:
        return at
    if place + 1 < end and data[place] == 0x40 and is_word(data[place + 1]):
        place += 1
        while place < end and (is_word(data[place]) or data[place] in (0x2D, 0x2E)):
            place += 1
    return place


@kernel_part
def _name_end(data: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables) -> Scalar:
    # A name that begins in Latin letters ends where another script begins, since Chinese posts
    # continue without a space.
    first, is_latin = at, False
    while at < end:
        point, size = decode(data, at, end)
        after = at + size
        if point in (AMPERSAND, BACKSLASH):
            point, after = unescape(data, at, end, tables)
            if point == BACKSLASH and after < end and data[after] == _UNDERSCORE:
                point, after = _UNDERSCORE, after + 1  # escaped in Markdown
        is_latin = is_latin or (at == first and point < 0x80)
        if not _is_of_name(point, is_latin, tables):
            break
        at = after
    return at


@kernel_part
def _is_of_name(point: Scalar, is_latin: Scalar, tables: TokenizerTables) -> Scalar:
    if point < 0x80:
        return is_word(point) or point == _UNDERSCORE
    # A curved apostrophe ends a name as the straight one does: @name's.
    entry = fold_entry(point, tables)
    if 0x2018 <= point <= 0x201B or entry in (SEPARATOR, MENTION):
        return False
    return not is_latin or entry == DROPPED or _is_latin(point)


@inlined
def _is_latin(point: Scalar) -> Scalar:
    return point < 0x250 or 0x1E00 <= point < 0x1F00


_FOUR_BYTES = 0x10000  # the first code point of four bytes
_BLOCK = 64
_THREE, _THREE_BEGIN = np.uint64(0xC0C0F0), np.uint64(0x8080E0)
"""Mask and value of the leading bits of a character of three bytes."""

_SHORT = np.uint64(0x800)
"""Code points below have fewer bytes."""

_CHARACTER, _CLUSTER = np.uint64(1), np.uint64(3)


@inlined
def with_kind(hashed: Scalar, kind: Scalar) -> Scalar:
    """Return a hash with the kind of its token, which is no word, in the lowest two bits.

    Those of signs are zero: a token with signs has the sum of the hashes, in whatever order the
    signs are typed.
    """
    bits = _CLUSTER if kind == CLUSTER_KIND else _CHARACTER
    return (hashed & ~_CLUSTER) | (np.uint64(0) if kind == SIGN_KIND else bits)


@inlined
def is_sign(hashed: Scalar) -> Scalar:
    """Return whether a hash of `single_character_hashes`, which is not 0, is a sign's."""
    return hashed & np.uint32(1) == 0


@inlined
def takes_sign(
    tokens: tuple[UInt32s, Int32s, Int32s], counts: tuple[Scalar, Scalar], place: Scalar
) -> Scalar:
    """Return whether a sign at `place` belongs to the last token.

    `counts` are the number of tokens before this text, and now.
    """
    hashes, _, ends = tokens
    before, count = counts
    last = np.uint64(count - 1)
    return count > before and ends[last] == place and hashes[last] & np.uint32(3) == np.uint32(3)


@cache
def single_character_hashes() -> UInt32s:
    """Return the hash of every character that is a token by itself, or a sign of one; else 0.

    One more element for each block of 64 three-byte characters is 1 if the block has such a one.
    """
    hashes = np.zeros(LIMIT + _FOUR_BYTES // _BLOCK, np.uint32)
    _hash_all(tokenizer_tables(), hashes)
    for point in COMPOSED_CLUSTERS:
        parts = [ord(part) for part in unicodedata.normalize("NFD", chr(point))]
        hashes[point] = hashes[parts].sum(dtype=np.uint32)
    hashes[LIMIT:] = hashes[:_FOUR_BYTES].reshape(-1, _BLOCK).any(axis=1)
    return hashes


@kernel
def _hash_all(tables: TokenizerTables, hashes: UInt32s) -> None:
    for point in range(LIMIT):
        if tables.folds[point] < 0 and tables.folds[point] != ITSELF:
            kind, state, rest, length = fold_single_character(
                point, np.int64(tables.folds[point]), tables
            )
            hashes[point] = with_kind(finish(state, rest, length), kind)


@inlined
def may_be_single_character(view: UInt8s, place: Scalar, hashes: UInt32s) -> Scalar:
    """Return whether the character at `place` may be a token; those of one or two bytes are not."""
    first, second = np.uint64(view[np.uint64(place)]), np.uint64(view[np.uint64(place + 1)])
    if first < np.uint64(0xE0):
        return False
    block = ((first & np.uint64(0x0F)) << np.uint64(6)) | (second & np.uint64(0x3F))
    return first >= np.uint64(0xF0) or hashes[np.uint64(LIMIT) + block] != 0


@inlined
def single_character_token(view: UInt8s, place: Scalar, hashes: UInt32s) -> tuple[Scalar, Scalar]:
    """Return the hash of the character at `place`, 0 if it is no token, and its byte length."""
    point, size = decode(view, place, view.size)
    return (hashes[np.uint64(point)] if point < LIMIT else np.uint32(0)), size


@inlined
def read_single_characters(
    view: UInt8s,
    place: Scalar,
    stop: Scalar,
    hashes: UInt32s,
    tokens: tuple[UInt32s, Int32s, Int32s],
    counts: tuple[Scalar, Scalar],
) -> tuple[Scalar, Scalar]:
    """Read the tokens of three bytes, and their signs, at the beginning of a run.

    At least eight bytes must be readable from the start of each token. `counts` are the number of
    tokens before this text, and now.

    Returns
    -------
    count, after : int
        Number of tokens now, and the offset to continue from.
    """
    into, starts, ends = tokens
    before, count = counts
    while place + 3 <= stop:
        text = load64(view, place)
        point = long_point(text)
        is_long = (text & _THREE == _THREE_BEGIN) & (point >= _SHORT)
        if not is_long or hashes[point] == 0:
            break
        if is_sign(hashes[point]):
            if takes_sign(tokens, (before, count), place):
                into[count - 1] += hashes[point]
                ends[count - 1] = place + 3
            place += 3
            continue
        at = np.uint64(count)
        into[at], starts[at], ends[at] = hashes[point], place, place + 3
        count, place = count + 1, place + 3
    return count, place
