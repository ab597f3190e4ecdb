"""Where a link ends, also one that a tokeniser has torn apart, and what stands in its place."""

from provenance.compiled import Scalar, inlined, inner
from provenance.fingerprint.entities import AMPERSAND, SEMICOLON, Tables, is_word, reference
from provenance.fingerprint.escapes import BACKSLASH
from provenance.model import UInt8s

_COLON, _SLASH, _DOT, _UNDERSCORE = 0x3A, 0x2F, 0x2E, 0x5F
_QUOTE, _LESS, _GREATER = 0x22, 0x3C, 0x3E
_LONGEST = 24  # bytes of a bracket, escaped more than once


@inner
def after_link(data: UInt8s, at: Scalar, end: Scalar, tables: Tables) -> Scalar:
    """Give the place behind the link whose scheme ends at `at`; `at` itself where none follows.

    A link ends at white space, a quotation mark, an angle bracket or the first byte that is not
    ASCII: posts in Chinese go on without a space. `https : / / t . co / x` is a link as well.
    """
    if at + 2 < end and data[at] == _COLON and _is_slash(data, at + 1, end, tables):
        return after_address(data, at, end, tables)
    place = at
    for sign in (_COLON, _SLASH, _SLASH):
        place = _skip_space(data, place, end)
        if place >= end or data[place] != sign:
            return at
        place += 1
    return _after_torn(data, place, end)


@inner
def _is_slash(data: UInt8s, at: Scalar, end: Scalar, tables: Tables) -> Scalar:
    if data[at] == AMPERSAND:
        point, _ = reference(data, at + 1, end, tables)
        return point == _SLASH
    return data[at] == _SLASH or (data[at] == BACKSLASH and data[at + 1] == _SLASH)


@inner
def after_address(data: UInt8s, at: Scalar, end: Scalar, tables: Tables) -> Scalar:
    """Give the place behind an unbroken address."""
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
    # JSON escapes slashes, Markdown underscores; any other escape is not of the address.
    return at < end and (data[at] == _SLASH or data[at] == _UNDERSCORE)


@inner
def is_placeholder(
    data: UInt8s, start: Scalar, stop: Scalar, end: Scalar, tables: Tables
) -> Scalar:
    """Whether brackets stand around a word, as in `<url>`, `[URL]`, `&lt;url&gt;`, `< url >`."""
    if stop < end and data[stop] == 0x20:
        stop += 1
    if start > 0 and data[start - 1] == 0x20:
        start -= 1
    if start == 0 or stop >= end:
        return False
    if data[start - 1] == 0x5B:
        return data[stop] == 0x5D
    return _is_less(data, start, tables) and _is_greater(data, stop, end, tables)


@inner
def _is_less(data: UInt8s, stop: Scalar, tables: Tables) -> Scalar:
    """Whether `<`, or a reference to it, ends at `stop`."""
    if data[stop - 1] != SEMICOLON:
        return data[stop - 1] == _LESS
    for at in range(stop - 2, max(stop - _LONGEST, 0) - 1, -1):
        if data[at] == AMPERSAND:
            point, after = reference(data, at + 1, stop, tables)
            if point == _LESS and after == stop:
                return True
    return False


@inner
def _is_greater(data: UInt8s, at: Scalar, end: Scalar, tables: Tables) -> Scalar:
    if data[at] != AMPERSAND:
        return data[at] == _GREATER
    point, _ = reference(data, at + 1, end, tables)
    return point == _GREATER


@inner
def _after_torn(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    place = _after_part(data, _skip_space(data, at, end), end)
    in_path = False
    while True:
        sign = _skip_space(data, place, end)
        if sign >= end:
            return place
        in_path = in_path or data[sign] == _SLASH
        # A full stop joins the parts of a host; behind a path it ends a sentence.
        joins = data[sign] in (_SLASH, 0x3F, 0x3D, 0x26) or (data[sign] == _DOT and not in_path)
        part = _skip_space(data, sign + 1, end)
        after = _after_part(data, part, end)
        if not joins or after == part:
            return sign + 1 if in_path and data[sign] == _SLASH else place
        place = after


@inlined
def _skip_space(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    return at + 1 if at < end and data[at] == 0x20 else at


@inner
def _after_part(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    while at < end and (is_word(data[at]) or data[at] in (0x5F, 0x2D, 0x7E, 0x25)):
        at += 1
    return at
