"""Paths of pages, and the patterns that robots.txt and its relatives match them with (RFC 9309)."""

import re
from functools import lru_cache
from urllib.parse import quote

_AUTHORITY = re.compile(r"^\s*(?:(?:[a-z][a-z0-9+.-]*:)?(?://|\\\\))?[^/?#\\\s]*", re.IGNORECASE)
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT = "%:/?#[]@!&'()+,;="


def path_of(address: str) -> str:
    """Return the path and query of an address, as a pattern sees it.

    Examples
    --------
    >>> path_of("https://a.example/b/c?d=1#e"), path_of("a.example"), path_of("/b*")
    ('/b/c?d=1', '/', '/b%2A')
    """
    rest = _AUTHORITY.sub("", address, count=1).split("#", 1)[0].strip()
    return _encoded(rest if rest.startswith("/") else f"/{rest}")


def weight(pattern: str, path: str) -> int | None:
    """Return how much a pattern says, in octets, if it matches a path; None if it does not.

    Parameters
    ----------
    pattern : str
        The beginning of paths; `*` is any run of characters, `$` at the end is their end.
    path : str
        As `path_of` gives it.

    Notes
    -----
    The stars are looked for from left to right, each as early as it can be. That is enough, and
    takes no more than the lengths of both multiplied, whatever somebody writes.
    """
    pieces, anchored, octets = _parted(pattern)
    if not path.startswith(pieces[0]):
        return None
    place = len(pieces[0])
    for piece in pieces[1:-1] if anchored else pieces[1:]:
        found = path.find(piece, place)
        if found < 0:
            return None
        place = found + len(piece)
    if anchored and not _ends(path, pieces, place):
        return None
    return octets


@lru_cache(1 << 16)
def _parted(pattern: str) -> tuple[tuple[str, ...], bool, int]:
    """Part a pattern at its stars; say whether it names the end, and how long it is."""
    anchored = pattern.endswith("$")
    pieces = tuple(_encoded(piece) for piece in pattern.removesuffix("$").split("*"))
    return pieces, anchored, len("*".join(pieces)) + anchored


def _ends(path: str, pieces: tuple[str, ...], place: int) -> bool:
    if len(pieces) == 1:
        return place == len(path)
    return path.endswith(pieces[-1]) and len(path) - len(pieces[-1]) >= place


def _encoded(text: str) -> str:
    """Write a path in one way: what need not be escaped is not, everything else is."""
    plain = _ESCAPED.sub(_one, text)
    return quote(plain, safe=_KEPT, errors="replace")


def _one(escaped: re.Match[str]) -> str:
    letter = chr(int(escaped[1], 16))
    return letter if letter in _UNRESERVED else escaped[0].upper()
