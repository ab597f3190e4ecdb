"""Words of all scripts, read as Python's own Unicode tables say."""

# Signs that look like others, and odd spellings, are what this is about.
# ruff: noqa: RUF001

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.fingerprint.tokenizer.unicode_tables import HANGUL
from tests.fingerprint.oracles import (
    hashes_of,
    spans_of,
    texts_of,
    tokens_of,
    unicode_words,
)

SCRIPTS = (
    "слово", "Ёлка", "ЁЖ", "λόγος", "ΛΌΓΟΣ", "שלום", "كتاب", "كِتَابٌ", "مـد", "किताब", "हिन्दी",
    "বাংলা", "தமிழ்", "සිංහල", "ქართული", "հայերեն", "տեւեմ", "አማርኛ", "tiếng", "Việt", "Đường",
    "ışık", "İstanbul", "ŞEKER", "naïve", "Œuvre", "straße", "ﬁn", "ŉ", "Ǆ", "ﷺ", "ﬀ",
)  # fmt: skip
"""Words of alphabets, also such as become longer or shorter, or hold marks."""

UNSPACED = (
    "東京", "漢", "かな", "ガギグ", "カ\u3099", "ก็ได้", "ภาษา", "ລາວ", "ខ្មែរ", "မြန်မာ", "々", "〆",
    "𠀀", "ｶﾞ",
)  # fmt: skip
HANGULS = (
    "한글", "가", "각힣", "대한민국만세", "한국어처리능력검정", "한a글1", "韓글", "글韓", "ㄱㄴ",
    "\u1112\u1161\u11ab",
)  # fmt: skip
SIGNS = (
    " ", "  ", ".", ",", "\n", "-", "_", "—", "。", "、", "\u3000", "…", "«", "·", "\u0301",
    "\u094d", "\u200b", "\u200d", "\u00ad", "’", "'", "😀", "👩‍👩", "™", "½", "Ⅷ", "１２", "ａＢ",
    "٣", "๑", "\0", "é",
)  # fmt: skip
ASCII = ("a", "Zebra", "x1", "the", "0123456789abcdef", "B" * 33, "rt", "http", "nt", "ñt")
NT = ("nt", "ñt")
"""May go with the word before, as `n't` does, which the oracle does not know."""

PIECES = st.sampled_from([*SCRIPTS, *UNSPACED, *HANGULS, *SIGNS, *ASCII])
ODD = (
    "&amp;",
    "&#8212;",
    "@имя",
    "@имя@дом",
    "\\n",
    "\\u0444",
    "n’t",
    "don’t",
    "do ñt",
    "ca n't",
    "http://а.б/в",
    "RT @я",
    "[url]",
)


def moved(text):
    """Return hashes and spans of a text that stands behind others of odd lengths."""
    ahead = 13 * len(text.encode()) + 67
    tokens = tokens_of("." * ahead + text)
    spans = zip((tokens.starts - ahead).tolist(), (tokens.ends - ahead).tolist(), strict=True)
    return tokens.hashes.tolist(), list(spans)


def where_it_stands(text):
    return hashes_of(text), spans_of(text)


@settings(max_examples=400)
@given(st.lists(PIECES.filter(lambda piece: piece not in NT), max_size=60), st.integers(0, 70))
@example(["слово"] * 20 + ["한글"] + ["東京"] * 9 + ["слово"] * 40, 3)
def test_tokens_are_those_of_the_oracle(pieces, ahead):
    text = "я" + " " * ahead + "".join(pieces).replace("http", "htt").replace("rt", "r")
    assert hashes_of(text) == [word.hash for word in unicode_words(text)]


@settings(max_examples=400)
@given(st.lists(st.one_of(PIECES, st.sampled_from(ODD)), max_size=80), st.integers(0, 70))
@example([*UNSPACED, "한", "’", "s", "é"] * 7, 1)
def test_a_text_is_read_alike_wherever_it_stands(pieces, ahead):
    text = "я" * ahead + "".join(pieces)
    assert where_it_stands(text) == moved(text)


def test_nothing_of_a_block_is_read_again_with_another_one():
    text = "中文字。" * 40 + "   " + "中" * 20 + "x" * 64 + " y" * 32 + "の" * 50
    for ahead in range(70):
        assert where_it_stands("д" * ahead + text) == moved("д" * ahead + text)


@pytest.mark.parametrize("around", ["я", "я ", "字", "글", "a ", "é", "\u0301"])
def test_every_character_is_read_alike(around):
    points = [*range(1, 0xD800), *range(0xE000, 0x10000), *range(0x1F600, 0x1F650)]
    for first in range(0, len(points), 500):
        text = "".join(f"{around}{chr(point)}{around}" for point in points[first : first + 500])
        assert where_it_stands(text) == moved(text), hex(points[first])


def test_every_syllable_of_hangul_is_its_letters():
    first, last = HANGUL
    words = [chr(point) for point in range(first, last + 1)]
    assert hashes_of(" ".join(words)) == [unicode_words(word)[0].hash for word in words]


@pytest.mark.parametrize("character", ["я", "字", "글", "é", "ก", "क", "a", "😀", "’"])
def test_what_stands_at_the_edge_of_a_block_is_read_once(character):
    for ahead in range(140):
        text = "д" * (ahead // 2) + " " * (ahead % 2) + f"{character}ж {character}{character}"
        assert where_it_stands(text) == moved(text), ahead


@pytest.mark.parametrize("letter", ["я", "글", "क", "ß"])
@pytest.mark.parametrize("count", [3, 4, 5, 7, 8, 10, 11, 15, 16, 21, 31, 32, 63, 64, 300, 5000])
def test_words_of_any_length_are_hashed_whole(letter, count):
    word = letter * count
    text = f"это {word} и {word}—{word}字{word}"
    expected = unicode_words(word)[0].hash
    assert hashes_of(text).count(expected) == 4
    assert hashes_of(text) == [one.hash for one in unicode_words(text)]


@pytest.mark.parametrize(
    "torn", [b"\xd0", b"\xe4\xb8", b"\xf0\x9f\x98", b"\x8f", b"\xc0\xaf", b"\xc1\x81", b"\xff"]
)
@pytest.mark.parametrize("ahead", [0, 1, 2, 59, 60, 61, 62, 63, 64])
def test_a_torn_character_spoils_nothing_else(torn, ahead):
    before, behind = "слово " * 9 + "x" * ahead, " ещё слова"
    raw = before.encode() + torn + behind.encode()
    expected = [word.hash for word in unicode_words(f"{before} {behind}")]
    assert hashes_of(raw) == expected
    both = tokenise(texts_of(raw, "ещё", raw[: len(before.encode()) + 1], "слово"))
    assert both.hashes[: both.offsets[1]].tolist() == expected
    assert both.hashes[both.offsets[1] : both.offsets[2]].tolist() == hashes_of("ещё")
    assert both.hashes[both.offsets[3] :].tolist() == hashes_of("слово")


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from([*SCRIPTS, *UNSPACED, *HANGULS, *ASCII, "so it is " * 9, "\ud800"]))
)
def test_each_text_of_many_is_read_as_if_it_were_alone(texts):
    raw = [(text).encode("utf-8", "surrogatepass") for text in texts]
    tokens = tokenise(texts_of(*raw))
    for place, text in enumerate(raw):
        own = slice(*tokens.offsets[place : place + 2])
        alone = tokens_of(text)
        assert tokens.hashes[own].tolist() == alone.hashes.tolist()
        assert tokens.starts[own].tolist() == alone.starts.tolist()
        assert tokens.ends[own].tolist() == alone.ends.tolist()
