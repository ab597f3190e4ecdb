"""Strip links, their placeholders, and the mark of a repost, also if a tokenizer split them.

Each of these begins with one of a few words (`STRIPPABLE`).
"""

import numpy as np

from provenance.fingerprint.tokenizer.contractions import SPACE
from provenance.fingerprint.tokenizer.html_and_string_escapes import (
    AMPERSAND,
    BACKSLASH,
    SEMICOLON,
    TokenizerTables,
    is_word,
    reference,
)
from provenance.jit.decorators import Scalar, inlined, kernel_part
from provenance.jit.intrinsics import load64
from provenance.model.content.fingerprints import UInt8s

_COLON, _SLASH, _DOT, _UNDERSCORE = 0x3A, 0x2F, 0x2E, 0x5F
_QUOTE, _LESS, _GREATER = 0x22, 0x3C, 0x3E
_LONGEST = 24  # bytes of a bracket, escaped more than once


@kernel_part
def link_end(data: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables) -> Scalar:
    """Return the offset after the link whose scheme ends at `at`; `at` if none follows.

    A link ends at white space, a quotation mark, an angle bracket or the first non-ASCII byte,
    since Chinese posts continue without a space. `https : / / t . co / x` is also a link.
    """
    if at + 2 < end and data[at] == _COLON and _is_slash(data, at + 1, end, tables):
        return address_end(data, at, end, tables)
    place = at
    for sign in (_COLON, _SLASH, _SLASH):
        place = _skip_space(data, place, end)
        if place >= end or data[place] != sign:
            return at
        place += 1
    return _split_link_end(data, place, end)


@kernel_part
def _is_slash(data: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables) -> Scalar:
    if data[at] == AMPERSAND:
        point, _ = reference(data, at + 1, end, tables)
        return point == _SLASH
    return data[at] == _SLASH or (data[at] == BACKSLASH and data[at + 1] == _SLASH)


@kernel_part
def address_end(data: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables) -> Scalar:
    """Return the offset after an address without spaces."""
    while at < end and 0x20 < data[at] < 0x80 and data[at] not in (_QUOTE, _LESS, _GREATER):
        if data[at] == BACKSLASH and not _is_escaped_sign(data, at + 1, end):
            break
        if data[at] == AMPERSAND:
            point, _ = reference(data, at + 1, end, tables)
            if point in (_QUOTE, _LESS, _GREATER) or 0 <= point <= 0x20 or point >= 0x80:
                break
        at += 1
    return at


@inlined
def _is_escaped_sign(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    # JSON escapes slashes, Markdown escapes underscores; any other escape ends the address.
    return at < end and (data[at] == _SLASH or data[at] == _UNDERSCORE)


@kernel_part
def is_placeholder(
    data: UInt8s, start: Scalar, stop: Scalar, end: Scalar, tables: TokenizerTables
) -> Scalar:
    """Return whether a word is in brackets: `<url>`, `[URL]`, `&lt;url&gt;`, `< url >`."""
    if stop < end and data[stop] == 0x20:
        stop += 1
    if start > 0 and data[start - 1] == 0x20:
        start -= 1
    if start == 0 or stop >= end:
        return False
    if data[start - 1] == 0x5B:
        return data[stop] == 0x5D
    return _is_less(data, start, tables) and _is_greater(data, stop, end, tables)


@kernel_part
def _is_less(data: UInt8s, stop: Scalar, tables: TokenizerTables) -> Scalar:
    """Return whether `<`, or a reference to it, ends at `stop`."""
    if data[stop - 1] != SEMICOLON:
        return data[stop - 1] == _LESS
    for at in range(stop - 2, max(stop - _LONGEST, 0) - 1, -1):
        if data[at] == AMPERSAND:
            point, after = reference(data, at + 1, stop, tables)
            if point == _LESS and after == stop:
                return True
    return False


@kernel_part
def _is_greater(data: UInt8s, at: Scalar, end: Scalar, tables: TokenizerTables) -> Scalar:
    if data[at] != AMPERSAND:
        return data[at] == _GREATER
    point, _ = reference(data, at + 1, end, tables)
    return point == _GREATER


@kernel_part
def _split_link_end(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    place = _after_part(data, _skip_space(data, at, end), end)
    in_path = False
    while True:
        sign = _skip_space(data, place, end)
        if sign >= end:
            return place
        in_path = in_path or data[sign] == _SLASH
        # A full stop joins the parts of a host name; after a path it ends a sentence.
        joins = data[sign] in (_SLASH, 0x3F, 0x3D, 0x26) or (data[sign] == _DOT and not in_path)
        part = _skip_space(data, sign + 1, end)
        after = _after_part(data, part, end)
        if not joins or after == part:
            return sign + 1 if in_path and data[sign] == _SLASH else place
        place = after


@inlined
def _skip_space(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    return at + 1 if at < end and data[at] == 0x20 else at


@kernel_part
def _after_part(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    while at < end and (is_word(data[at]) or data[at] in (0x5F, 0x2D, 0x7E, 0x25)):
        at += 1
    return at


def _word(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(text.encode(), "little"))


_HTTP, _HTTPS, _HTTPURL = _word("http"), _word("https"), _word("httpurl")
_WWW, _PIC, _URL, _USER, _RT = map(_word, ("www", "pic", "url", "user", "rt"))
_TWITTER = _word(".twitter")
_MIX = np.uint64(0x9E3779B97F4A7C15)
STRIPPABLE = _HTTP, _HTTPS, _HTTPURL, _WWW, _PIC, _URL, _USER, _RT
"""First words of stripped text; each has fewer than eight bytes."""


def _marks(shift: int) -> np.uint64:
    places = {(int(word) * int(_MIX)) >> shift & 63 for word in STRIPPABLE}
    return np.uint64(sum(1 << place for place in places))


_FIRST, _SECOND = _marks(58), _marks(52)


@kernel_part
def strip_or_count(
    view: UInt8s,
    start: Scalar,
    stop: Scalar,
    word: Scalar,
    tables: TokenizerTables,
    counts: tuple[Scalar, Scalar],
) -> tuple[Scalar, Scalar]:
    """Count the last token unless it is stripped; return the offset to continue from."""
    before, count = counts
    if may_be_stripped(word):
        after = _stripped_end(view, start, stop, word, count - before, tables)
        if after > start:
            return count, after
    return count + 1, stop


@inlined
def may_be_stripped(word: Scalar) -> Scalar:
    """Return whether a word is in `STRIPPABLE`; `word` is its folded text of up to seven bytes."""
    mixed = word * _MIX
    first, second = mixed >> np.uint64(58), mixed >> np.uint64(52) & np.uint64(63)
    if (_FIRST >> first) & (_SECOND >> second) & np.uint64(1) == np.uint64(0):
        return False  # nearly always; eight comparisons would cost more
    return (
        (word == _HTTP)
        | (word == _HTTPS)
        | (word == _HTTPURL)
        | (word == _WWW)
        | (word == _PIC)
        | (word == _URL)
        | (word == _USER)
        | (word == _RT)
    )


@kernel_part
def _stripped_end(
    view: UInt8s,
    start: Scalar,
    stop: Scalar,
    word: Scalar,
    count: Scalar,
    tables: TokenizerTables,
) -> Scalar:
    """Return the end of the stripped text that begins with the word; `start` if it is kept."""
    end = np.int64(view.size)
    if word in (_HTTP, _HTTPS):
        return link_end(view, stop, end, tables)
    if word == _HTTPURL:
        return stop
    if word == _WWW:
        has_dot = stop < end and view[stop] == 0x2E
        return address_end(view, stop, end, tables) if has_dot else start
    if word == _PIC:
        is_twitter = stop + 12 < end and load64(view, stop) == _TWITTER
        return address_end(view, stop, end, tables) if is_twitter else start
    if word in (_URL, _USER):
        return stop if is_placeholder(view, start, stop, end, tables) else start
    return stop if _is_repost(view, start, stop, end, count) else start


@inlined
def _is_repost(view: UInt8s, start: Scalar, stop: Scalar, end: Scalar, count: Scalar) -> Scalar:
    # Inside a text, only a name after it distinguishes the mark from a word.
    is_uppercase = count == 0 and view[start] == 0x52 and view[start + 1] == 0x54
    return is_uppercase or (stop + 1 < end and view[stop] == SPACE and view[stop + 1] == 0x40)
