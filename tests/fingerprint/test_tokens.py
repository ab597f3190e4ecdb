"""Tokens against oracles: every text, character by character."""

# Letters that look like others are what this is about.
# ruff: noqa: RUF001

import html
import json
import random
import re
import unicodedata

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model.content.fingerprints import Texts
from tests.fingerprint.oracles import (
    APOSTROPHES,
    CLUSTERS,
    HALVES,
    MARKS_OF_A_LINK,
    WORD,
    arrow,
    ascii_words,
    hashes_of,
    spans_of,
    texts_of,
    tokens_of,
    unicode_words,
    weight_of,
    word_hash,
)
from tests.property_campaigns import property_test

MAX_SPECIAL_BITS = "".join(sorted(set(map(chr, range(128))) - set("&@'\\")))
CONTEXT = re.compile(f"[&@\\\\\uff20\ufe6b{APOSTROPHES}]")
"""Signs that mean more than themselves: the oracle of single characters does not know them."""

TORN = st.sampled_from(
    ["'", " '", "’", " ’ ", "& ", "&amp;", "&lt;", "&", "& amp ;", ";", " ; ", "#39", "amp", "lt",
     "n't", "n’t", "do n't", "it 's",
     "it", "do", " ", "@", "@ ", "@a@b", "é", "e\u0301", "s", "t", "re", "東", '"<', "\\",
     "\\n", "\\u00e9", "\\ud83d", "\\ude00", "http://a.b/c", "<url>", "www.a.b"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.text(MAX_SPECIAL_BITS, max_size=80))
def test_tokens_of_ascii_are_its_runs_of_letters_and_digits(text):
    assume(not MARKS_OF_A_LINK.search(text))
    assert hashes_of(text) == [word.hash for word in ascii_words(text)]


STRETCHES = st.one_of(
    st.builds(str.__mul__, st.sampled_from("aZ7. ,中яé한"), st.integers(1, 140)),
    st.sampled_from([1, 2, 7, 8, 9, 15, 16, 17, 31, 55, 56, 57, 63, 64, 65]).map("k".__mul__),
)
"""As long as eight and sixty-four bytes, in which words are read, and a little more or less."""

CUT = 256
"""Folded bytes behind which a word that is not plain is cut."""


@property_test(100, 2000, texts=st.lists(st.lists(STRETCHES, max_size=6).map("".join), max_size=4))
def test_words_are_read_across_the_edges_of_blocks_and_texts(texts):
    assume(not any(map(MARKS_OF_A_LINK.search, texts)))
    tokens = tokenise(texts_of(*texts))
    for place, text in enumerate(texts):
        own = slice(tokens.offsets[place], tokens.offsets[place + 1])
        words = unicode_words(text)
        assume(all(len(word.folded.encode()) <= CUT for word in words))
        assert tokens.hashes[own].tolist() == [word.hash for word in words]
        for word, start, end in zip(words, tokens.starts[own], tokens.ends[own], strict=True):
            assert unicode_words(text.encode()[start:end].decode()) == [word]


@settings(max_examples=300)
@given(st.text(max_size=60).filter(lambda text: not CONTEXT.search(text)))
def test_tokens_of_any_text_are_those_of_the_oracle(text):
    assume(not MARKS_OF_A_LINK.search(unicodedata.normalize("NFKD", text)))
    assert hashes_of(text) == [word.hash for word in unicode_words(text)]


def test_every_character_fares_as_the_oracle_says():
    points = [*range(0x80, 0x3000, 5), *range(0x3000, 0x30000, 211), *range(0xE0000, 0x110000, 997)]
    texts = [
        f"xa{chr(point)}bx {chr(point)}"
        for point in points
        if not (0xD800 <= point < 0xE000 or CONTEXT.search(chr(point)))
    ]
    tokens = tokenise(texts_of(*texts))
    for place, text in enumerate(texts):
        own = tokens.hashes[tokens.offsets[place] : tokens.offsets[place + 1]].tolist()
        assert own == [word.hash for word in unicode_words(text)], ascii(text)


@pytest.mark.parametrize(("names", "weight", "least"), [(HALVES, 2, 25_000), (CLUSTERS, 2, 250)])
def test_every_letter_of_an_unspaced_script_is_a_token_by_itself(names, weight, least):
    letters = [
        character
        for character in map(chr, range(0xE00, 0x1B170))
        if unicodedata.category(character) in ("Lo", "Lm", "Nl", "No")
        and unicodedata.name(character, "").startswith(names)
    ]
    text = "".join(f"a{letter}" for letter in letters)
    weights = [weight_of(token) for token in hashes_of(text)]
    assert len(letters) > least
    assert weights == [WORD, weight] * len(letters)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composition_changes_no_token(form):
    for point in [*range(0xC0, 0xD800), *range(0xF900, 0x1D000)]:
        character = chr(point)
        other = unicodedata.normalize(form, character)
        if other != character:
            assert hashes_of(f"xa{character}bx") == hashes_of(f"xa{other}bx"), ascii(character)


@settings(max_examples=500)
@given(st.lists(st.one_of(TORN, st.text(max_size=4)), max_size=8).map("".join))
def test_escaping_changes_no_token(text):
    assume("\\'" not in text)  # escaped as code and then as HTML, by two hands: nobody undoes both
    assert hashes_of(html.escape(text)) == hashes_of(text)
    assert hashes_of(html.escape(html.escape(text))) == hashes_of(text)


@settings(max_examples=500)
@given(st.lists(st.one_of(TORN, st.text(max_size=4)), max_size=8).map("".join))
def test_escaping_as_json_does_changes_no_token(text):
    assume(not set("\\\b\f") & set(text))  # the last two stand in no text, and \frac in many
    inner = json.dumps(text)[1:-1]
    assert hashes_of(inner) == hashes_of(text)
    assert hashes_of(json.dumps(inner)) == hashes_of(text)
    assert hashes_of(json.dumps(text, ensure_ascii=False)[1:-1]) == hashes_of(text)


@settings(max_examples=100)
@given(st.text("abcdefghijklmnopqrstuvwxyz ", max_size=40))
def test_case_and_accents_change_no_token(text):
    assume(not MARKS_OF_A_LINK.search(text))
    accented = "".join(c if c == " " else f"{c}\u0301\u0323" for c in text)
    assert hashes_of(text.upper()) == hashes_of(text)
    assert hashes_of(accented) == hashes_of(text)
    assert hashes_of(unicodedata.normalize("NFC", accented)) == hashes_of(text)


@settings(max_examples=200)
@given(st.lists(st.one_of(st.text(max_size=30), st.binary(max_size=30), TORN), max_size=6))
def test_a_batch_is_its_texts_one_by_one(texts):
    tokens = tokenise(texts_of(*texts))
    singles = [tokens_of(text) for text in texts]
    assert np.diff(tokens.offsets).tolist() == [len(single.hashes) for single in singles]
    for name in ("hashes", "starts", "ends"):
        joined = np.concatenate([getattr(single, name) for single in singles] or [np.zeros(0)])
        assert getattr(tokens, name).tolist() == joined.tolist()


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=80), st.text(max_size=40), st.lists(TORN).map("".join)))
def test_spans_are_ordered_and_disjoint_and_within_the_text(text):
    size = len(text.encode() if isinstance(text, str) else text)
    edge = 0
    for start, end in spans_of(text):
        assert edge <= start < end <= size
        edge = end


@settings(max_examples=200)
@given(st.text(max_size=60).filter(lambda text: not CONTEXT.search(text)))
def test_the_text_of_a_span_is_the_same_token(text):
    assume(not MARKS_OF_A_LINK.search(unicodedata.normalize("NFKD", text)))
    raw = text.encode()
    for (start, end), token in zip(spans_of(text), hashes_of(text), strict=True):
        assert hashes_of(raw[start:end].decode()) == [token]


def test_a_span_is_the_word_as_it_stands():
    text = "«Don’t &eacute;cole» ＦＵＬＬ e\u0301te\u0301 東京 dogs' it 's &#100;o n't, ok"
    raw = text.encode()
    assert [raw[start:end].decode() for start, end in spans_of(text)] == [
        "Don’t", "&eacute;cole", "ＦＵＬＬ", "e\u0301te\u0301", "東", "京", "dogs", "it 's",
        "&#100;o n't", "ok",
    ]  # fmt: skip


@pytest.mark.parametrize("character", ["é", "東", "ก", "한", "😀"])
def test_a_character_that_is_torn_between_two_texts_is_in_neither(character):
    raw = character.encode()
    for cut in range(1, len(raw)):
        first, second = b"so " + raw[:cut], raw[cut:] + b" so"
        both = tokenise(texts_of(first, second))
        alone = [tokens_of(first), tokens_of(second)]
        assert both.hashes.tolist() == [*alone[0].hashes.tolist(), *alone[1].hashes.tolist()]
        assert both.ends[: both.offsets[1]].max(initial=0) <= len(first)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65])
@pytest.mark.parametrize("character", ["a", "é", "東"])
def test_texts_of_any_length_end_where_they_end(size, character):
    # Behind each text stand others in the same buffer: none may leak in.
    texts = ["z" * size, character * size, f"{'b' * size}{character}", "x " * size, "q" * 40]
    tokens = tokenise(texts_of(*texts))
    found = [
        tokens.hashes[tokens.offsets[place] : tokens.offsets[place + 1]].tolist()
        for place in range(len(texts))
    ]
    assert found == [[word.hash for word in unicode_words(text)] for text in texts]


@pytest.mark.parametrize("size", [255, 256, 319, 320, 321, 1000, 200_000])
def test_long_words_are_one_token(size):
    for behind in ("", " ", "—", "’", "東"):
        assert hashes_of("a" * size + behind)[0] == word_hash(b"a" * size)
    assert hashes_of("é" * size) == [word_hash(b"e" * size)]
    for character in ("é", "ß", "ﷺ", "a'", "&#97;", "a\u0301", "ש"):
        word = character * (size // len(character))
        assert len(hashes_of(f"b {word} c")) == 3
        assert spans_of(word)[0][0] == 0
        assert spans_of(word)[0][1] >= len(word.encode()) - 1


def test_a_long_run_of_unspaced_characters_is_as_many_tokens():
    assert len(hashes_of("東" * 70_000)) == 70_000
    assert len(hashes_of("東a" * 50_000)) == 100_000


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(["слово", "\u2014", "\u00a0", "\u3000", "a", "é'", "각"]), max_size=60)
)
def test_a_run_of_any_length_is_its_words(words):
    parted = " ".join(words)
    joined = "\u2014".join(words)
    assert hashes_of(joined) == hashes_of(parted.replace("' ", " "))


@settings(max_examples=300)
@given(st.lists(st.one_of(st.binary(max_size=9), TORN.map(str.encode))).map(b"".join))
def test_no_bytes_are_trouble(text):
    assert hashes_of(text) == hashes_of(b" " * 3 + text)


@pytest.mark.parametrize(
    "text",
    [b"caf\xc3", b"\xff\xfe", b"\xe2\x80", b"a \xe2", b"@\xef\xbc", b"&\xc3", b"\xf0\x9f\x98",
     b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\xe0\x80\xa6amp;", b"http:\xe2\x80"],
)  # fmt: skip
def test_torn_characters_at_the_end_are_no_trouble(text):
    assert tokenise(texts_of(text, text)).offsets[-1] == 2 * len(hashes_of(text))


def test_no_text_has_no_token():
    for texts in ([], [""], ["", ""], [" \r\n", "😀", "\0"]):
        tokens = tokenise(texts_of(*texts))
        assert len(tokens.hashes) == 0
        assert tokens.offsets.tolist() == [0] * (len(texts) + 1)


@settings(max_examples=50)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=6), st.data())
def test_a_slice_of_an_arrow_array_is_its_texts(texts, data):
    first = data.draw(st.integers(0, len(texts)))
    count = data.draw(st.integers(0, len(texts) - first))
    tokens = tokenise(Texts.of(arrow(*texts).slice(first, count)))
    alone = tokenise(texts_of(*texts[first : first + count]))
    assert tokens.hashes.tolist() == alone.hashes.tolist()
    assert tokens.starts.tolist() == alone.starts.tolist()
    assert tokens.offsets.tolist() == alone.offsets.tolist()


def test_words_of_any_letters_hash_as_the_oracle_hashes():
    """Every Hangul syllable, and letters of one to three bytes with or without marks, mixed."""
    dice = random.Random(8)
    hangul = list(map(chr, range(0xAC00, 0xD7A4)))
    dice.shuffle(hangul)
    words = ["".join(hangul[first : first + 3]) for first in range(0, len(hangul), 3)]
    mixed = "abz09\u1ebf\u01b0\u0111\u00e9\u1ed9\u0436\u0301\u0645\u0915\uac01"
    words += ["".join(dice.choices(mixed, k=dice.randint(1, 40))) for _ in range(3000)]
    assert hashes_of(" ".join(words)) == [word.hash for word in unicode_words(" ".join(words))]


def test_words_as_they_come_hash_as_the_oracle_hashes():
    dice = random.Random(7)
    words = ["".join(dice.choices("abcxyz019", k=dice.randint(1, 40))) for _ in range(3000)]
    assert hashes_of(" ".join(words)) == [word_hash(word.encode()) for word in words]
    assert len(set(hashes_of(" ".join(words)))) == len(set(words))


def test_parameters_say_which_unicode_the_tables_are_of():
    assert current_parameters().unicode == unicodedata.unidata_version
