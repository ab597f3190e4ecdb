"""Where a link ends, also one that a tokeniser has torn apart."""

from provenance.compiled import Scalar, inlined, kernel
from provenance.fingerprint.entities import is_word
from provenance.model import UInt8s

_COLON, _SLASH, _DOT = 0x3A, 0x2F, 0x2E


@kernel
def after_link(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    """Give the place behind the link whose scheme ends at `at`; `at` itself where none follows.

    A link ends at white space, a quotation mark, an angle bracket or the first byte that is not
    ASCII: posts in Chinese go on without a space. `https : / / t . co / x` is a link as well.
    """
    if at + 2 < end and data[at] == _COLON and data[at + 1] == _SLASH:
        return after_address(data, at, end)
    place = at
    for sign in (_COLON, _SLASH, _SLASH):
        place = _skip_space(data, place, end)
        if place >= end or data[place] != sign:
            return at
        place += 1
    return _after_torn(data, place, end)


@kernel
def after_address(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    """Give the place behind an unbroken address."""
    while at < end and 0x20 < data[at] < 0x80 and data[at] not in (0x22, 0x3C, 0x3E):
        at += 1
    return at


@kernel
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


@kernel
def _after_part(data: UInt8s, at: Scalar, end: Scalar) -> Scalar:
    while at < end and (is_word(data[at]) or data[at] in (0x5F, 0x2D, 0x7E, 0x25)):
        at += 1
    return at
