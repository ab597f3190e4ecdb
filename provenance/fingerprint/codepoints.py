"""What becomes of each code point: the tables that normalisation reads.

Made from `unicodedata`, so they carry its Unicode version; nothing is written by hand but the
scripts that put no space between words and the signs that vanish.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np

from provenance.model import Int32s, UInt8s

SEPARATOR, VANISHES, MENTION = 0, 1, 2
"""Entries of `Codepoints.folds` that name no folded text."""

LIMIT = 0x20000
"""Code points from here on follow `HAN_PLANES` and `VARIATION_SELECTORS`, without a table."""

HAN_PLANES = (0x20000, 0x40000)
VARIATION_SELECTORS = (0xE0100, 0xE01F0)

# Scripts without spaces: one character a token. (Lao, Thai, Myanmar and Khmer write vowel signs
# as marks; those vanish like any other mark, so that a token stays one base character.)
_UNSPACED = (
    (0x0E00, 0x0F00),  # Thai, Lao
    (0x1000, 0x10A0),  # Myanmar
    (0x1780, 0x1800),  # Khmer
    (0x3005, 0x3008),  # ideographic iteration mark, closing mark, zero
    (0x3040, 0x3100),  # Hiragana, Katakana
    (0x31F0, 0x3200),
    (0x3400, 0x4DC0),  # Han
    (0x4E00, 0xA000),
    (0xA9E0, 0xAA00),  # Myanmar extended
    (0xAA60, 0xAA80),
    (0xF900, 0xFB00),
    (0x1AFF0, 0x1B170),  # Kana extended
    HAN_PLANES,
)

# Signs inside a word that a reader does not see, and the apostrophes in all their guises.
_VANISHING = (
    "'\u2018\u2019\u201b\u02bc\u02b9\u0374\u055a\u05f3\uff07\u0640"
    + "".join(map(chr, (0xAD, 0x34F, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F))))
    + "".join(map(chr, (*range(0x2060, 0x2070), 0xFEFF)))
)


_DOTLESS_I = "\u0131"


@dataclass(frozen=True, slots=True)
class Codepoints:
    """Folded text of every code point.

    Parameters
    ----------
    folds : ndarray of int32, shape (LIMIT,)
        `SEPARATOR`, `VANISHES`, `MENTION`, or where in `pool` the folded text begins; negative
        where the character is a token of its own.
    pool : ndarray of uint8
        Folded texts: at each place the number of bytes, then the bytes.
    """

    folds: Int32s
    pool: UInt8s


def fold(text: str) -> str:
    """Fold a text as a token is folded: NFKD, marks dropped, casefold, letters and digits kept.

    Marks go first: casefold makes a letter of the Greek iota subscript.

    Examples
    --------
    >>> fold("Café"), fold("Straße"), fold("ﬁn")
    ('cafe', 'strasse', 'fin')
    """
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn"
    )
    flat = unicodedata.normalize("NFKD", bare.casefold())
    return "".join("i" if c == _DOTLESS_I else c for c in flat if _is_kept(c))


def _is_kept(character: str) -> bool:
    # A spacing mark (Mc) is a vowel sign of its word in Devanagari and its kin.
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Mc"


def is_unspaced(character: str) -> bool:
    """Whether the character is a token by itself."""
    return any(first <= ord(character) < end for first, end in _UNSPACED)


@cache
def codepoints() -> Codepoints:
    """Make the tables; about 50 ms, once a process."""
    folds = np.zeros(LIMIT, np.int32)
    pool = bytearray(8)  # the first places are taken by the entries that name no text
    for character in map(chr, range(LIMIT)):
        folds[ord(character)] = _entry(character, pool)
    return Codepoints(folds, np.frombuffer(bytes(pool), np.uint8))


def _entry(character: str, pool: bytearray) -> int:
    category = unicodedata.category(character)
    if character in _VANISHING:
        return VANISHES
    if character in "@\uff20\ufe6b":
        return MENTION
    if category in ("Mn", "Me") or (category == "Mc" and is_unspaced(character)):
        return VANISHES
    if category[0] not in "LNM" and category != "So":
        return SEPARATOR
    folded = fold(character).encode() if category != "So" else b""
    if not folded:
        return SEPARATOR
    place = len(pool)
    pool.append(len(folded))
    pool.extend(folded)
    return -place if is_unspaced(unicodedata.normalize("NFKD", character)[0]) else place
