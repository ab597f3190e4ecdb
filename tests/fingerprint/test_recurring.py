"""Words that are looked up once they were read: a word is the same token when it is met again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.fingerprint.tokenizer.unicode_tables import fold
from tests.fingerprint.oracles import hashes_of, texts_of, word_hash

LONG = "\u043f\u0440\u0438\u043d\u0438\u043c\u0430\u044f\u0432\u043e\u0432\u043d\u0438\u043c"
"""A word of twenty-eight bytes."""

WORDS = (
    "do", "n't", "don't", "caf&", "caf\u00e9", "CAF\u00c9", "dogs'", "'tis", "\u00e9@bob", "s",
    "\u00e0", "\u1eeba", "r\u00e9@", "x\\u00e9", "\uac01\uac00", "\u6771", "l'\u00e9t\u00e9",
    "https\u00e9", "\u00e9t\u00e9\u2019s", "\u0435\u0301", "\u2014\u00e9", "\u00e9\u2014", "ca",
    LONG[:11], LONG[:12], LONG[:13], LONG, LONG[:11] + "a", LONG[:11] + "ab", "\u00e9" + LONG[1:],
)  # fmt: skip
BETWEEN = (" ", " ", "", "#233;", "; ", ".com/", "'")


@settings(max_examples=500)
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(BETWEEN)), max_size=16))
def test_the_tokens_of_a_text_do_not_depend_on_the_texts_before_it(words):
    text = "".join(word + between for word, between in words)
    both = tokenise(texts_of(*WORDS, text))
    alone = tokenise(texts_of(text))
    first = both.offsets[len(WORDS)]
    assert both.hashes[first:].tolist() == alone.hashes.tolist()
    assert both.starts[first:].tolist() == alone.starts.tolist()
    assert both.ends[first:].tolist() == alone.ends.tolist()


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("n't", "do n't"),
        ("n\u2019t", "do n\u2019t"),
        ("caf&", "caf&#233;"),
        ("\u00f9ser", "[\u00f9ser]"),
        ("\u0125ttp", "\u0125ttp://x.y"),
        ("\u0155t", "a \u0155t @bob"),
    ],
)
def test_a_word_that_goes_with_its_neighbours_is_read_again(before, text):
    together = tokenise(texts_of(before, text))
    assert together.hashes[together.offsets[1] :].tolist() == hashes_of(text)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("other", WORDS)
def test_words_that_differ_anywhere_are_told_apart(word, other):
    together = tokenise(texts_of(word, other, word, other))
    expected = [tokenise(texts_of(text)).hashes.tolist() for text in (word, other)] * 2
    assert [
        together.hashes[first:last].tolist()
        for first, last in zip(together.offsets, together.offsets[1:], strict=False)
    ] == expected


@pytest.mark.parametrize("same", [8, 16])
def test_words_that_share_a_row_are_told_apart(same):
    # More than there are rows, so that some share one whatever the hash; and equal in all bytes but
    # those of one element of a row.
    words = ["\u00e9" * (same // 2) + f"{number:05}" for number in range(6000)]
    expected = [word_hash(fold(word).encode()) for word in words]
    assert hashes_of(" ".join(words + words)) == expected * 2
