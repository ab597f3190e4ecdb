"""What becomes of each code point: the tables that normalisation reads.

Made from `unicodedata`, so they carry its Unicode version; nothing is written by hand but the
scripts that put no space between words, the signs that vanish, and the letters that stand for
others.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from provenance.model import Flags, Int32s, Int64s, UInt8s, UInt64s

SEPARATOR, VANISHES, MENTION = 0, 1, 2
"""Entries of `Codepoints.folds` that name no folded text."""

QUARTER = 0x80
"""Set in the count of a folded text that is a token of a quarter of a word's weight."""

ITSELF = -1
"""Entry of an ideograph that is a token of its own, and its own folded text."""

LIMIT = 0x2FA20
"""Code points from here on follow `HAN_PLANES` and `VARIATION_SELECTORS`, without a table."""

LETTERS = 0x3000
"""Code points from here on are no letters of alphabets, but for a few."""

MARKED, UNMARKED, ENDS = 8, 16, 32
"""Highest bytes in `Codepoints.letters`, of what adds no bytes to a word: a mark on the letter
before it, a sign that no reader sees, and whatever ends the word."""

HAN_PLANES = (0x20000, 0x40000)
VARIATION_SELECTORS = (0xE0100, 0xE01F0)

_COMPATIBILITY = 0x2F800  # from here to `LIMIT`: ideographs that are others' doubles

# Scripts without spaces: one character a token. (Lao, Thai, Myanmar and Khmer write vowel signs
# as marks; those vanish like any other mark, so that a token stays one base character.) The
# Universal Declaration of Human Rights takes 0.8 times as many characters of Han, 1.1 of Kana and
# Han, as twice the words that English takes, but 2.0 of Thai, 2.2 of Lao, 1.8 of Khmer and Myanmar:
# there a character is a quarter of a word.
_QUARTERS = (
    (0x0E00, 0x0F00),  # Thai, Lao
    (0x1000, 0x10A0),  # Myanmar
    (0x1780, 0x1800),  # Khmer
    (0xA9E0, 0xAA00),  # Myanmar extended
    (0xAA60, 0xAA80),
)
_HALVES = (
    (0x3005, 0x3008),  # ideographic iteration mark, closing mark, zero
    (0x3040, 0x3100),  # Hiragana, Katakana
    (0x31F0, 0x3200),
    (0x3400, 0x4DC0),  # Han
    (0x4E00, 0xA000),
    (0xF900, 0xFB00),
    (0x1AFF0, 0x1B170),  # Kana extended
    HAN_PLANES,
)

_SPACED, _HALF, _QUARTER = range(3)


def _scripts() -> bytes:
    kinds = bytearray(0x110000)
    for kind, ranges in ((_HALF, _HALVES), (_QUARTER, _QUARTERS)):
        for first, end in ranges:
            kinds[first:end] = bytes([kind]) * (end - first)
    return bytes(kinds)


_SCRIPTS = _scripts()
"""Of each code point: whether its script puts spaces between words, or what a character weighs."""

_RADICALS = range(0x2E80, 0x2FE0)
"""A radical by itself is the ideograph that it doubles; no other symbol is its letters."""

HANGUL, _TRAILING = (0xAC00, 0xD7A3), 28
"""Syllables, which are made of letters by a rule: of two, or of three in all but each 28th."""

# Signs inside a word that a reader does not see, and the apostrophes in all their guises.
_VANISHING = frozenset(
    "'\u2018\u2019\u201b\u02bc\u02b9\u0374\u055a\u05f3\uff07\u0640"
    + "".join(map(chr, (0xAD, 0x34F, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F))))
    + "".join(map(chr, (*range(0x2060, 0x2070), 0xFEFF)))
)

_MENTIONS = "@\uff20\ufe6b"

_CLOSER = "&\\\0"
"""Signs that may begin another sign's name, and what stands for a byte that is of none."""

_END = "\0"
_TELLING = [major + minor for major in "LNM" for minor in "ultmoncdle"]
"""Categories of whose characters something may become."""

_BY_NAME = [*map(ord, _VANISHING), *map(ord, _MENTIONS), *_RADICALS]
"""Characters that mean something whatever their categories are."""

# Letters that are others to everybody who types without them, or who makes a text ASCII.
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
    """Folded text of every code point.

    Parameters
    ----------
    folds : ndarray of int32, shape (LIMIT,)
        `SEPARATOR`, `VANISHES`, `MENTION`, or where in `pool` the folded text begins; negative
        where the character is a token of its own.
    pool : ndarray of uint8
        Folded texts: at each place the number of bytes, plus `QUARTER` where a token of its own
        weighs a quarter of a word, then the bytes.
    letters : ndarray of uint64, shape (LETTERS + 11172,)
        The same in one look, of letters whose folded text has at most seven bytes: these, and in
        the highest byte how many there are; `MARKED`, `UNMARKED` or `ENDS` there for what has none,
        and 0 for what needs a closer look. Behind `LETTERS`, the syllables of Hangul: six bytes of
        two letters, and of a third one the last two, for its first is known.
    """

    folds: Int32s
    pool: UInt8s
    letters: UInt64s


def fold(text: str, between: str = "") -> str:
    """Fold a text as a token is folded: NFKD, marks dropped, casefold, letters and digits kept.

    Marks go first: casefold makes a letter of the Greek iota subscript. Digits of all scripts are
    the ASCII ones; a few letters that no decomposition knows are those that replace them in ASCII.

    Parameters
    ----------
    text : str
        Anything.
    between : str
        A character that stays where it is: what stands on both sides of it is folded by itself.

    Examples
    --------
    >>> fold("Café"), fold("Straße"), fold("ﬁn")
    ('cafe', 'strasse', 'fin')
    """
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn"
    )
    flat = unicodedata.normalize("NFKD", bare.casefold())
    return "".join(_plain(c) for c in flat if _is_kept(c) or c == between).translate(_LETTERS)


def _plain(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _is_kept(character: str) -> bool:
    # A spacing mark (Mc) is a vowel sign of its word in Devanagari and its kin.
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Mc"


def is_unspaced(character: str) -> bool:
    """Whether the character is a token by itself."""
    return _SCRIPTS[ord(character)] != _SPACED and not character.isdecimal()


@cache
def codepoints() -> Codepoints:
    """Make the tables; some 40 ms, once a process."""
    folds = np.full(LIMIT, SEPARATOR, np.int32)
    folds[HAN_PLANES[0] : _COMPATIBILITY] = ITSELF
    points = np.concatenate([np.arange(HAN_PLANES[0]), np.arange(_COMPATIBILITY, LIMIT)])
    kinds = categories(points)
    is_letter = are_of(kinds, ["Lo"])  # of those without case
    plain = is_letter.copy()
    plain[is_letter] = ~_are_made_of_others(points[is_letter])
    pool = bytearray(8)  # the first places are taken by the entries that name no text
    _enter_plain(points[plain], folds, pool)
    told = points[~plain & (are_of(kinds, _TELLING) | np.isin(points, _BY_NAME))]
    characters = written(told)
    # All at once: folding one at a time takes four times as long.
    texts = fold(_END.join(characters), _END).split(_END)
    entries = [
        _entry(character, text, pool) for character, text in zip(characters, texts, strict=True)
    ]
    folds[told] = entries
    pool.extend(bytes(8))  # kernels load eight at a time
    return Codepoints(folds, np.frombuffer(bytes(pool), np.uint8), _letters(folds, pool))


def written(points: Int64s) -> str:
    """Write code points, one after the other; halves of pairs too."""
    return points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def categories(points: Int64s) -> NDArray[np.uint16]:
    """Give the general category of each code point, its two letters as one number."""
    named = "".join(map(unicodedata.category, written(points)))
    return np.frombuffer(named.encode(), "<u2")


def are_of(kinds: NDArray[np.uint16], names: Sequence[str]) -> Flags:
    """Tell which of some categories are among those of these names."""
    return np.isin(kinds, np.frombuffer("".join(names).encode(), "<u2"))


def _are_made_of_others(points: Int64s) -> Flags:
    """Tell which letters have a decomposition, or stand for another letter."""
    decomposed = map(bool, map(unicodedata.decomposition, written(points)))
    return np.fromiter(decomposed, bool, len(points)) | np.isin(points, list(_LETTERS))


def _enter_plain(points: Int64s, folds: Int32s, pool: bytearray) -> None:
    """Enter letters that are their own folded text, or syllables of Hangul, which are of letters.

    Nine of ten letters are.
    """
    syllables = (points >= HANGUL[0]) & (points <= HANGUL[1])
    texts = unicodedata.normalize("NFKD", written(points)).encode()
    counts = np.where(points < 0x800, 2, np.where(points < 0x10000, 3, 4))
    counts[points < 0x80] = 1
    counts[syllables] = np.where((points[syllables] - HANGUL[0]) % _TRAILING, 9, 6)
    ends = np.cumsum(counts + 1)
    places = ends - counts - 1
    entered = np.zeros(ends[-1], np.uint8)
    is_text = np.ones(ends[-1], bool)
    is_text[places] = False
    entered[is_text] = np.frombuffer(texts, np.uint8)
    scripts = np.frombuffer(_SCRIPTS, np.uint8)[points]
    entered[places] = counts | np.where(scripts == _QUARTER, QUARTER, 0)
    folds[points] = np.where(scripts == _SPACED, places + len(pool), -places - len(pool))
    pool.extend(entered.tobytes())


def _letters(folds: Int32s, pool: bytearray) -> UInt64s:
    points, own = np.arange(LETTERS), folds[:LETTERS]
    is_mark = ((points >= 0x300) & (points < 0x2000)) | (points >= 0x2070)
    kinds = np.where(own == SEPARATOR, ENDS, 0)
    kinds[own == VANISHES] = np.where(is_mark, MARKED, UNMARKED)[own == VANISHES]
    kinds[[ord(sign) for sign in _CLOSER]] = 0
    letters = kinds.astype(np.uint64) << np.uint64(56)
    for point in np.flatnonzero(own > MENTION).tolist():
        place = int(folds[point])
        count = pool[place]
        if count < 8:
            word = int.from_bytes(pool[place + 1 : place + 1 + count], "little")
            letters[point] = word | count << 56
    return np.concatenate([letters, _syllables()])


def _syllables() -> UInt64s:
    """Make the entries of Hangul's syllables: three bytes a letter, and two letters or three."""
    made = np.zeros((HANGUL[1] + 1 - HANGUL[0], 8), np.uint8)
    texts = unicodedata.normalize("NFKD", written(np.arange(HANGUL[0], HANGUL[1] + 1)))
    entered = np.frombuffer(texts.encode(), np.uint8)
    has_third = np.arange(len(made)) % _TRAILING != 0
    starts = np.cumsum(6 + 3 * has_third) - (6 + 3 * has_third)
    made[:, :6] = entered[starts[:, None] + np.arange(6)]
    made[has_third, 6:] = entered[starts[has_third, None] + np.array([7, 8])]
    return made.view("<u8")[:, 0].astype(np.uint64)


def _entry(character: str, text: str, pool: bytearray) -> int:
    category = unicodedata.category(character)
    if character in _VANISHING:
        return VANISHES
    if character in _MENTIONS:
        return MENTION
    if category in ("Mn", "Me") or (category == "Mc" and is_unspaced(character)):
        return VANISHES
    if not text:
        return SEPARATOR
    base = unicodedata.normalize("NFKD", character)[0]
    folded, place = text.encode(), len(pool)
    pool.append(len(folded) | (QUARTER if _SCRIPTS[ord(base)] == _QUARTER else 0))
    pool.extend(folded)
    return -place if is_unspaced(base) else place
