"""Fourteen languages: posts and pages of our own wording, and what is done to texts in each."""

import unicodedata
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from tests.detection.posts import lines_of

# Letters that look like others are what this is about.
# ruff: noqa: RUF001

Edit = Callable[[str], str]


class Language(NamedTuple):
    """Texts of one language."""

    posts: list[str]
    sentences: list[str]

    def page(self, seed: int) -> str:
        """Make a page of sentences in another order."""
        return self._joined(Random(seed).sample(self.sentences, 6))

    def around(self, text: str, seed: int) -> tuple[str, int]:
        """Put a text between sentences: the page, and where the text begins in it."""
        picked = Random(seed).sample(self.sentences, 6)
        before = self._joined(picked[:3]) + "\n"
        return f"{before}{text}\n{self._joined(picked[3:])}", len(before)

    def _joined(self, sentences: list[str]) -> str:
        return " ".join(sentences)


def languages() -> dict[str, Language]:
    """Read the texts of every language."""
    read: dict[str, Language] = {}
    for line in lines_of("languages"):
        mark, text = line.split(" ", 1)
        if mark == "=":
            last = read[text] = Language([], [])
        else:
            (last.posts if mark == "+" else last.sentences).append(text)
    return read


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def unmarked(text: str) -> str:
    """Drop every mark over and under letters, but for the vowels and tones of Thai."""
    kept = (c for c in unicodedata.normalize("NFD", text) if not _is_mark(c) or _is_thai(c))
    return unicodedata.normalize("NFC", "".join(kept))


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) == "Mn"


def _is_thai(character: str) -> bool:
    return "\u0e00" <= character < "\u0f00"


def lower_cased(text: str) -> str:
    return text.lower()


def upper_cased(text: str) -> str:
    return text.upper()


def upper_cased_in_turkish(text: str) -> str:
    return text.replace("i", "İ").replace("ı", "I").upper()


def lower_cased_in_turkish(text: str) -> str:
    return text.replace("I", "ı").replace("İ", "i").lower()


def without_dots(text: str) -> str:
    return lower_cased_in_turkish(text).translate(str.maketrans("ığşçöü", "igscou"))


def d_for_d_with_stroke(text: str) -> str:
    return unmarked(text).translate(str.maketrans("đĐ", "dD"))


def umlauts_as_in_ascii(text: str) -> str:
    return text.replace("ß", "ss")


def with_yo_as_ye(text: str) -> str:
    return text.replace("ё", "е").replace("Ё", "Е")


def with_vowel_marks(text: str) -> str:
    return "".join(f"{c}\u064e" if c in "بتجحدرسعكلمنه" else c for c in text)


def with_tatweel(text: str) -> str:
    return "".join(f"{c}\u0640\u0640" if c in "سمعق" else c for c in text)


def with_one_alef(text: str) -> str:
    return text.translate(str.maketrans("أإآٱىة", "اااايه"))


def with_alef_wasla(text: str) -> str:
    return text.replace("ال", "ٱل")


def with_own_digits(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


def without_nukta(text: str) -> str:
    return unicodedata.normalize("NFD", text).replace("\u093c", "")


def with_candrabindu_as_anusvara(text: str) -> str:
    return text.replace("ँ", "ं")


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def a_space_to_a_character(text: str) -> str:
    return "".join(c if _is_mark(c) else f" {c}" for c in text.replace(" ", "")).lstrip()


def without_spaces(text: str) -> str:
    return text.replace(" ", "")


def broken_in_lines(text: str) -> str:
    return "\n".join(text[first : first + 9] for first in range(0, len(text), 9))


def half_width_kana(text: str) -> str:
    wide = {
        unicodedata.normalize("NFKC", chr(point)): chr(point) for point in range(0xFF66, 0xFF9E)
    }
    return "".join(wide.get(c, c) for c in unicodedata.normalize("NFD", text))


def with_zero_width_spaces(text: str) -> str:
    return "\u200b".join(text[first : first + 4] for first in range(0, len(text), 4))


def without_links_and_signs(text: str) -> str:
    return "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] in "LMN")


def cut_to_70(text: str) -> str:
    parts = parts_of(text)
    return joined(parts[: round(0.7 * len(parts))], text)


def every_tenth_word_changed(text: str) -> str:
    """Turn around each tenth word, or the characters that make one."""
    parts = parts_of(text)
    width = 1 if is_spaced(text) else 4 if _is_thai(text[0]) else 2
    for first in range(5 * width, len(parts) - width, 10 * width):
        parts[first : first + width] = [part[::-1] for part in parts[first : first + width]][::-1]
    return joined(parts, text)


def parts_of(text: str) -> list[str]:
    """Give words, or the characters of a text that puts no spaces between words."""
    return text.split(" ") if is_spaced(text) else list(text)


def joined(parts: list[str], text: str) -> str:
    return (" " if is_spaced(text) else "").join(parts)


def is_spaced(text: str) -> bool:
    return len(text) < 12 * len(text.split(" "))


EVERYWHERE = (
    composed, decomposed, compatible, lower_cased, upper_cased, without_links_and_signs,
)  # fmt: skip
"""Edits that are tried in every language."""

_SPACELESS = (a_space_to_a_character, broken_in_lines, full_width, with_zero_width_spaces)

OWN: dict[str, tuple[Edit, ...]] = {
    "French": (unmarked,),
    "German": (unmarked, umlauts_as_in_ascii),
    "Spanish": (unmarked,),
    "Portuguese": (unmarked,),
    "Italian": (unmarked,),
    "Russian": (unmarked, with_yo_as_ye),
    "Arabic": (
        unmarked, with_vowel_marks, with_tatweel, with_one_alef, with_alef_wasla, with_own_digits,
    ),
    "Hindi": (without_nukta, with_candrabindu_as_anusvara),
    "Korean": (decomposed,),
    "Chinese": _SPACELESS,
    "Japanese": (*_SPACELESS, half_width_kana),
    "Thai": _SPACELESS,
    "Turkish": (
        unmarked, upper_cased_in_turkish, lower_cased_in_turkish, without_dots,
    ),
    "Vietnamese": (unmarked, d_for_d_with_stroke),
}  # fmt: skip
"""What is done to texts in one language."""
