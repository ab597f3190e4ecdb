"""Tables of the folding of each code point.

They are made from `unicodedata` and so depend on its Unicode version. Only three things are listed
by hand: scripts without spaces, dropped signs, and letters that replace others.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from provenance.model.content.fingerprints import Flags, Int32s, Int64s, UInt8s, UInt64s

SEPARATOR, DROPPED, MENTION = 0, 1, 2
"""Entries of `Codepoints.folds` for code points without a folded text."""

CLUSTER, SIGN = 0x80, 0x40
"""Flags in the byte count of a folded text: it is a token with the signs behind it, or such a sign.
"""

ITSELF = -1
"""Entry of an ideograph that is a token by itself, and its own folded text."""

LIMIT = 0x2FA20
"""Code points from here on have no entry: see `HAN_PLANES` and `VARIATION_SELECTORS`."""

LETTERS = 0x3000
"""Nearly all letters of alphabets are below."""

MARKED, UNMARKED, WORD_END = 8, 16, 32
"""Highest bytes in `Codepoints.letters` of code points that add no bytes to a word: a mark on the
previous letter, an invisible sign, and a character that ends the word."""

HAN_PLANES = (0x20000, 0x40000)
VARIATION_SELECTORS = (0xE0100, 0xE01F0)

_COMPATIBILITY = 0x2F800  # from here to `LIMIT`: compatibility ideographs

# Scripts without spaces: each character is a token. Thai, Lao, Myanmar, Khmer and Javanese write
# vowels and tones as marks, so that a token is a character with its marks: a cluster. The Universal
# Declaration of Human Rights has, for each English word, 1.6 characters of Han and 2.2 of Kana and
# Han; and 4.0 clusters of Thai, 4.4 of Lao, 3.6 of Khmer and Myanmar.
_CLUSTERS = (
    (0x0E00, 0x0F00),  # Thai, Lao
    (0x1000, 0x10A0),  # Myanmar
    (0x1780, 0x1800),  # Khmer
    (0xA980, 0xA9E0),  # Javanese
    (0xA9E0, 0xAA00),  # Myanmar extended
    (0xAA60, 0xAA80),
)
_CHARACTERS = (
    (0x3005, 0x3008),  # ideographic iteration mark, closing mark, zero
    (0x3040, 0x3100),  # Hiragana, Katakana
    (0x31F0, 0x3200),
    (0x3400, 0x4DC0),  # Han
    (0x4E00, 0xA000),
    (0xF900, 0xFB00),
    (0x1AFF0, 0x1B170),  # Kana extended
    HAN_PLANES,
)

_SPACED, _CHARACTER, _CLUSTER = range(3)


def _scripts() -> bytes:
    kinds = bytearray(0x110000)
    for kind, ranges in ((_CHARACTER, _CHARACTERS), (_CLUSTER, _CLUSTERS)):
        for first, end in ranges:
            kinds[first:end] = bytes([kind]) * (end - first)
    return bytes(kinds)


_SCRIPTS = _scripts()
"""For each code point: `_SPACED`, `_CHARACTER` or `_CLUSTER`."""

_RADICALS = range(0x2E80, 0x2FE0)
"""Radicals are folded to the ideographs that they duplicate; other symbols are separators."""

HANGUL, _TRAILING = (0xAC00, 0xD7A3), 28
"""Hangul syllables consist of three letters, and of two in every 28th."""

# Invisible signs inside a word, and all forms of the apostrophe.
_DROPPED_SIGNS = frozenset(
    "'\u2018\u2019\u201b\u02bc\u02b9\u0374\u055a\u05f3\uff07\u0640"
    + "".join(map(chr, (0xAD, 0x34F, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F))))
    + "".join(map(chr, (*range(0x2060, 0x2070), 0xFEFF)))
)

_MENTIONS = "@\uff20\ufe6b"

_CLOSER = "&\\\0"
"""Signs that may begin a reference or escape, and the code point of an invalid byte."""

_END = "\0"
_FOLDED_CATEGORIES = [major + minor for major in "LNM" for minor in "ultmoncdle"]
"""General categories that may have a folded text or be dropped."""

_BY_NAME = [*map(ord, _DROPPED_SIGNS), *map(ord, _MENTIONS), *_RADICALS]
"""Characters that are treated differently from others of their category."""

# Letters that are usually replaced by others when a text is typed without them or made ASCII.
_LETTERS = str.maketrans(
    {
        "\u0131": "i",  # Turkish dotless i
        "\u0111": "d",  # Vietnamese, Croatian
        "\u00f0": "d",
        "\u00fe": "th",
        "\u0127": "h",
        "\u0142": "l",
        "\u00f8": "o",
        "\u0167": "t",
        "\u00e6": "ae",
        "\u0153": "oe",
        "\u0671": "\u0627",  # alef wasla: alef, as its other forms are by decomposition
        "\u0649": "\u064a",  # alef maqsura: yeh
        "\u06cc": "\u064a",  # Persian yeh
        "\u06a9": "\u0643",  # Persian kaf
        "\u0629": "\u0647",  # teh marbuta: heh
    }
)


@dataclass(frozen=True, slots=True)
class Codepoints:
    """The folded text of every code point.

    Parameters
    ----------
    folds : ndarray of int32, shape (LIMIT,)
        `SEPARATOR`, `DROPPED`, `MENTION`, or the offset of the folded text in `pool`, negative if
        the character is a token by itself.
    pool : ndarray of uint8
        Folded texts: for each the number of bytes, plus `CLUSTER` for a character that is a token
        with its signs, and `SIGN` for such a sign, then the bytes.
    letters : ndarray of uint64, shape (LETTERS + 11172,)
        The same in one lookup, for letters whose folded text has at most seven bytes: the bytes,
        and in the highest byte their number; `MARKED`, `UNMARKED` or `WORD_END` there for code
        points without folded text, and 0 for those that `folds` decides. From `LETTERS` on, the
        syllables of Hangul: six bytes of two letters, and the last two of a third letter.
    """

    folds: Int32s
    pool: UInt8s
    letters: UInt64s


def fold(text: str, between: str = "") -> str:
    """Fold a text as in tokens: NFKD, marks dropped, casefold, only letters and digits.

    Marks are dropped first, since casefold makes a letter of the Greek iota subscript. Digits of
    all scripts become ASCII digits, and a few letters without decomposition are replaced.

    Parameters
    ----------
    text : str
        Anything.
    between : str
        A separator to keep, so that several texts can be folded at once.

    Examples
    --------
    >>> fold("Café"), fold("Straße"), fold("ﬁn")
    ('cafe', 'strasse', 'fin')
    """
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn"
    )
    flat = unicodedata.normalize("NFKD", bare.casefold())
    return "".join(_ascii_digit(c) for c in flat if _is_kept(c) or c == between).translate(_LETTERS)


def _ascii_digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _is_kept(character: str) -> bool:
    # A spacing mark (Mc) is a vowel sign of its word in Devanagari and related scripts.
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Mc"


def is_unspaced(character: str) -> bool:
    """Return whether the character is a token by itself."""
    return _SCRIPTS[ord(character)] != _SPACED and not character.isdecimal()


@cache
def codepoint_tables() -> Codepoints:
    """Return the tables, which are built once per process in about 40 ms."""
    folds = np.full(LIMIT, SEPARATOR, np.int32)
    folds[HAN_PLANES[0] : _COMPATIBILITY] = ITSELF
    points = np.concatenate([np.arange(HAN_PLANES[0]), np.arange(_COMPATIBILITY, LIMIT)])
    kinds = categories(points)
    is_letter = in_categories(kinds, ["Lo"])  # of those without case
    plain = is_letter.copy()
    plain[is_letter] = ~_are_composed(points[is_letter])
    pool = bytearray(8)  # the first offsets are reserved for entries without text
    _enter_plain(points[plain], folds, pool)
    folded_points = points[
        ~plain & (in_categories(kinds, _FOLDED_CATEGORIES) | np.isin(points, _BY_NAME))
    ]
    characters = as_string(folded_points)
    # All at once, which is four times as fast as one at a time.
    texts = fold(_END.join(characters), _END).split(_END)
    entries = [
        _entry(character, text, pool) for character, text in zip(characters, texts, strict=True)
    ]
    folds[folded_points] = entries
    pool.extend(bytes(8))  # kernels load eight bytes at a time
    return Codepoints(folds, np.frombuffer(bytes(pool), np.uint8), _letters(folds, pool))


def as_string(points: Int64s) -> str:
    """Return the string of some code points, which may be surrogates."""
    return points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def categories(points: Int64s) -> NDArray[np.uint16]:
    """Return the general category of each code point: its two letters as one number."""
    names = "".join(map(unicodedata.category, as_string(points)))
    return np.frombuffer(names.encode(), "<u2")


def in_categories(kinds: NDArray[np.uint16], names: Sequence[str]) -> Flags:
    """Return a mask of the categories that are in `names`."""
    return np.isin(kinds, np.frombuffer("".join(names).encode(), "<u2"))


def _are_composed(points: Int64s) -> Flags:
    """Return a mask of the letters that have a decomposition or a replacement."""
    decomposed = map(bool, map(unicodedata.decomposition, as_string(points)))
    return np.fromiter(decomposed, bool, len(points)) | np.isin(points, list(_LETTERS))


def _enter_plain(points: Int64s, folds: Int32s, pool: bytearray) -> None:
    """Enter letters that are their own folded text, and Hangul syllables: nine of ten letters."""
    syllables = (points >= HANGUL[0]) & (points <= HANGUL[1])
    texts = unicodedata.normalize("NFKD", as_string(points)).encode()
    counts = np.where(points < 0x800, 2, np.where(points < 0x10000, 3, 4))
    counts[points < 0x80] = 1
    counts[syllables] = np.where((points[syllables] - HANGUL[0]) % _TRAILING, 9, 6)
    ends = np.cumsum(counts + 1)
    places = ends - counts - 1
    entries = np.zeros(ends[-1], np.uint8)
    is_text = np.ones(ends[-1], bool)
    is_text[places] = False
    entries[is_text] = np.frombuffer(texts, np.uint8)
    scripts = np.frombuffer(_SCRIPTS, np.uint8)[points]
    entries[places] = counts | np.where(scripts == _CLUSTER, CLUSTER, 0)
    folds[points] = np.where(scripts == _SPACED, places + len(pool), -places - len(pool))
    pool.extend(entries.tobytes())


def _letters(folds: Int32s, pool: bytearray) -> UInt64s:
    points, letter_folds = np.arange(LETTERS), folds[:LETTERS]
    is_mark = ((points >= 0x300) & (points < 0x2000)) | (points >= 0x2070)
    kinds = np.where(letter_folds == SEPARATOR, WORD_END, 0)
    kinds[letter_folds == DROPPED] = np.where(is_mark, MARKED, UNMARKED)[letter_folds == DROPPED]
    kinds[[ord(sign) for sign in _CLOSER]] = 0
    letters = kinds.astype(np.uint64) << np.uint64(56)
    for point in np.flatnonzero(letter_folds > MENTION).tolist():
        place = int(folds[point])
        count = pool[place]
        if count < 8:
            word = int.from_bytes(pool[place + 1 : place + 1 + count], "little")
            letters[point] = word | count << 56
    return np.concatenate([letters, _syllables()])


def _syllables() -> UInt64s:
    """Return the entries of the Hangul syllables: two or three letters of three bytes each."""
    entries = np.zeros((HANGUL[1] + 1 - HANGUL[0], 8), np.uint8)
    texts = unicodedata.normalize("NFKD", as_string(np.arange(HANGUL[0], HANGUL[1] + 1)))
    encoded = np.frombuffer(texts.encode(), np.uint8)
    has_third = np.arange(len(entries)) % _TRAILING != 0
    starts = np.cumsum(6 + 3 * has_third) - (6 + 3 * has_third)
    entries[:, :6] = encoded[starts[:, None] + np.arange(6)]
    entries[has_third, 6:] = encoded[starts[has_third, None] + np.array([7, 8])]
    return entries.view("<u8")[:, 0].astype(np.uint64)


def _entry(character: str, text: str, pool: bytearray) -> int:
    category = unicodedata.category(character)
    if character in _DROPPED_SIGNS:
        return DROPPED
    if character in _MENTIONS:
        return MENTION
    if category[0] == "M" and _SCRIPTS[ord(character)] == _CLUSTER and character not in _SPLIT_OFF:
        return _enter_sign(character, pool)
    if category in ("Mn", "Me") or (category == "Mc" and is_unspaced(character)):
        return DROPPED
    if not text:
        return SEPARATOR
    base = unicodedata.normalize("NFKD", character)[0]
    folded, place = text.encode(), len(pool)
    pool.append(len(folded) | (CLUSTER if _SCRIPTS[ord(base)] == _CLUSTER else 0))
    pool.extend(folded)
    return -place if is_unspaced(base) else place


COMPOSED_CLUSTERS = (0x1026,)
"""Characters of these scripts that are a letter and a sign."""

_SPLIT_OFF = "\u0e4d\u0ecd"
"""Marks that are the first half of a vowel (am): normalisation gives them to the letter before."""


def _enter_sign(character: str, pool: bytearray) -> int:
    encoded, place = character.encode(), len(pool)
    pool.append(len(encoded) | CLUSTER | SIGN)
    pool.extend(encoded)
    return -place
