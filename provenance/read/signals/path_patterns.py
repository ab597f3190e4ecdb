"""URL paths, and matching of robots.txt patterns with them (RFC 9309)."""

import re
from functools import lru_cache
from urllib.parse import quote

_AUTHORITY = re.compile(r"^\s*(?:(?:[a-z][a-z0-9+.-]*:)?(?://|\\\\))?[^/?#\\\s]*", re.IGNORECASE)
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT = "%:/?#[]@!&'()+,;="


def url_path(address: str) -> str:
    """Return path and query of a URL, normalised for matching.

    Examples
    --------
    >>> url_path("https://a.example/b/c?d=1#e"), url_path("a.example"), url_path("/b*")
    ('/b/c?d=1', '/', '/b%2A')
    """
    path = _AUTHORITY.sub("", address, count=1).split("#", 1)[0].strip()
    return _normalise(path if path.startswith("/") else f"/{path}")


def match_length(pattern: str, path: str) -> int | None:
    """Return the length of a pattern in octets if it matches a path; else None.

    Parameters
    ----------
    pattern : str
        A prefix of paths; `*` matches any characters, `$` at the end matches the end.
    path : str
        As returned by `url_path`.

    Notes
    -----
    Parts between stars are matched from left to right, each at its first occurrence. That suffices,
    and takes at most time proportional to the product of both lengths.
    """
    pieces, is_anchored, octets = _split_pattern(pattern)
    if not path.startswith(pieces[0]):
        return None
    place = len(pieces[0])
    for piece in pieces[1:-1] if is_anchored else pieces[1:]:
        position = path.find(piece, place)
        if position < 0:
            return None
        place = position + len(piece)
    if is_anchored and not _ends_there(path, pieces, place):
        return None
    return octets


@lru_cache(1 << 16)
def _split_pattern(pattern: str) -> tuple[tuple[str, ...], bool, int]:
    """Split a pattern at its stars; also return whether it is anchored, and its length."""
    is_anchored = pattern.endswith("$")
    pieces = tuple(_normalise(piece) for piece in pattern.removesuffix("$").split("*"))
    return pieces, is_anchored, len("*".join(pieces)) + is_anchored


def _ends_there(path: str, pieces: tuple[str, ...], place: int) -> bool:
    if len(pieces) == 1:
        return place == len(path)
    return path.endswith(pieces[-1]) and len(path) - len(pieces[-1]) >= place


def _normalise(text: str) -> str:
    """Return a path in canonical percent-encoding."""
    decoded = _ESCAPED.sub(_decode_unreserved, text)
    return quote(decoded, safe=_KEPT, errors="replace")


def _decode_unreserved(escaped: re.Match[str]) -> str:
    letter = chr(int(escaped[1], 16))
    return letter if letter in _UNRESERVED else escaped[0].upper()
