"""Slow and plain: what the kernels must say, written again in Python's own words."""

import os
import re
import subprocess
import sys
import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.fingerprint.tokenizer.unicode_tables import fold
from provenance.model.content.fingerprints import Texts, Tokens

MASK = (1 << 64) - 1
MARKS_OF_A_LINK = re.compile(r"http|www|pic|url|user|rt", re.IGNORECASE)
"""Words of which normalisation may drop more than a word-by-word oracle knows."""

HALVES = (
    "CJK", "HENTAIGANA", "HIRAGANA", "IDEOGRAPHIC CLOSING", "IDEOGRAPHIC ITERATION",
    "IDEOGRAPHIC NUMBER", "KATAKANA",
)  # fmt: skip
CLUSTERS = ("JAVANESE", "KHMER", "LAO", "MYANMAR", "THAI")
"""How the names of characters begin that are tokens; of these, with the signs behind them."""

WORD = 4
"""A word's weight."""

CLUSTER = 3

APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u02b9\u0374\u055a\u05f3\uff07"
UNSEEN = "\u0640\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u2060\u2063\ufeff\u202a\u202e"


class Word(NamedTuple):
    """A token before it is hashed."""

    folded: str
    kind: int = 0
    signs: str = ""

    @property
    def hash(self) -> int:
        hashed = word_hash(self.folded.encode())
        if not self.kind:
            return hashed
        signs = sum(word_hash(sign.encode()) & ~3 for sign in self.signs)
        return ((hashed & ~3 | self.kind) + signs) & 0xFFFFFFFF


def weight_of(token: int) -> int:
    """Give a token's weight, in quarters of a word."""
    return WORD // 2 if token & 1 else WORD


def texts_of(*texts: str | bytes) -> Texts:
    """Put texts into Arrow buffers; bytes need not be UTF-8."""
    raw = [text.encode() if isinstance(text, str) else text for text in texts]
    offsets = np.cumsum([0, *map(len, raw)]).astype(np.int64)
    return Texts(np.frombuffer(b"".join(raw), np.uint8), offsets)


def arrow(*texts: str) -> pa.Array:
    return pa.array(texts, pa.large_string())


def tokens_of(text: str | bytes) -> Tokens:
    return tokenise(texts_of(text))


def hashes_of(text: str | bytes) -> list[int]:
    return tokens_of(text).hashes.tolist()


def spans_of(text: str | bytes) -> list[tuple[int, int]]:
    tokens = tokens_of(text)
    return list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True))


def word_hash(folded: bytes) -> int:
    """Hash a folded word with Python's integers."""
    state = 0
    full = len(folded) // 8 * 8
    for place in range(0, full, 8):
        state ^= int.from_bytes(folded[place : place + 8], "little")
        state = state * 0x9E3779B97F4A7C15 & MASK
        state ^= state >> 32
    state ^= int.from_bytes(folded[full:], "little") ^ (len(folded) << 56 & MASK)
    state = state * 0x9E3779B97F4A7C15 & MASK
    state ^= state >> 32
    state = state * 0xBF58476D1CE4E5B9 & MASK
    state ^= state >> 29
    return state >> 32 & 0xFFFFFFFE


def ascii_words(text: str) -> list[Word]:
    """Give the words of plain ASCII: no reference, mention, apostrophe or link in it."""
    return [Word(word) for word in re.findall("[a-z0-9]+", text.lower())]


def unicode_words(text: str) -> list[Word]:
    """Give the words of any text without references, mentions, torn words and links."""
    words: list[Word] = []
    run, takes_signs = "", False
    for character in f"{text} ":
        if _is_sign(character):
            run = _end(run, words)
            if takes_signs:
                words[-1] = words[-1]._replace(signs=words[-1].signs + character)
            continue
        takes_signs = False
        if _is_unseen(character):
            continue
        folded = _folded(character)
        if folded and not _is_unspaced(character):
            run += folded
            continue
        run = _end(run, words)
        if folded:
            words.append(_character(character, folded))
            takes_signs = words[-1].kind == CLUSTER
    return words


def _end(run: str, words: list[Word]) -> str:
    words.extend([Word(run)] if run else [])
    return ""


def _character(character: str, folded: str) -> Word:
    if not _starts(character, CLUSTERS):
        return Word(folded, 1)
    composed = [part for part in unicodedata.normalize("NFD", character) if _is_sign(part)]
    return Word(folded, CLUSTER, "".join(composed))


def _is_sign(character: str) -> bool:
    is_mark = unicodedata.category(character)[0] == "M"
    return is_mark and _starts(character, CLUSTERS) and character not in "\u0e4d\u0ecd"


def _folded(character: str) -> str:
    if 0x20000 <= ord(character) < 0x40000:
        return unicodedata.normalize("NFKD", character)
    category = unicodedata.category(character)
    is_radical = unicodedata.name(character, "").startswith(("KANGXI RADICAL", "CJK RADICAL"))
    kept = category[0] in "LN" or category == "Mc" or is_radical
    return fold(character) if kept and ord(character) < 0x20000 else ""


def _is_unseen(character: str) -> bool:
    category = unicodedata.category(character)
    if 0xE0100 <= ord(character) < 0xE01F0 or character in APOSTROPHES + UNSEEN:
        return True
    if 0x200B <= ord(character) < 0x2010 or 0x2060 <= ord(character) < 0x2070:
        return True
    if 0x202A <= ord(character) < 0x202F:
        return True
    vowel_sign = category == "Mc" and _is_unspaced(character)
    return ord(character) < 0x20000 and (category in ("Mn", "Me") or vowel_sign)


def _is_unspaced(character: str) -> bool:
    if 0x20000 <= ord(character) < 0x40000:
        return True
    return unicodedata.category(character) != "Nd" and _starts(character, HALVES + CLUSTERS)


def _starts(character: str, names: tuple[str, ...]) -> bool:
    return unicodedata.name(unicodedata.normalize("NFKD", character)[0], "").startswith(names)


def digest_of(tokens: Tokens) -> str:
    parts = tokens.hashes, tokens.starts, tokens.ends, tokens.offsets
    return sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


_TELLING = """
from numba.core.registry import cpu_target
from {module} import digest_of_sample

_, name, features = cpu_target.target_context.codegen().magic_tuple()
print(name, "+avx" in features, digest_of_sample())
"""


def digest_on_plain_processor(module: str, cache: Path) -> str:
    """Give what a module's `digest_of_sample` gives where there are but the oldest instructions."""
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(cache)}
    told = subprocess.run(
        [sys.executable, "-c", _TELLING.format(module=module)],
        env=os.environ | plain,
        check=True,
        capture_output=True,
        text=True,
    )
    name, has_vectors, digest = told.stdout.split()
    assert (name, has_vectors) == ("generic", "False")
    return digest
