"""Plain words are read eight at a time: where they stand, and what stands among them, is the same.

The oracle is each word by itself, which is read alone.
"""

# Apostrophes that look like others are what this is about.
# ruff: noqa: RUF001

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.fingerprint.tokenizer.tokenize import tokenise
from tests.fingerprint.oracles import (
    digest_of,
    digest_on_plain_processor,
    spans_of,
    texts_of,
    tokens_of,
    word_hash,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
WORDS = (
    *(LETTERS[:length] for length in range(1, 19)), LETTERS, "K" * 70, "Http", "HTTPS", "user",
    "url", "rt", "www", "pic", "usual", "sort", "abcdefghrt", "abcdefghuser", "don't", "Don’t",
    "'tis", "é", "été", "東京", "dogs'", "a'b'c", "x@y", "@bob", "&eacute;", "\\n", "слово", "한글",
)  # fmt: skip
"""Plain ones of all lengths and more, such as may go with something that is dropped, and others."""

SETTLED = ", "
"""Between words, of which none then goes with the next."""


@settings(max_examples=500)
@given(st.lists(st.sampled_from(WORDS), max_size=40), st.integers(0, 70))
def test_tokens_are_those_of_each_word_by_itself(words, ahead):
    text, hashes, spans = "." * ahead, [], []
    for word in words:
        alone, size = tokens_of(word), len(text.encode())
        hashes += alone.hashes.tolist()
        spans += [(size + start, size + end) for start, end in spans_of(word)]
        text += word + SETTLED
    found = tokens_of(text)
    assert found.hashes.tolist() == hashes
    assert list(zip(found.starts.tolist(), found.ends.tolist(), strict=True)) == spans


@pytest.mark.parametrize("place", range(20))
@pytest.mark.parametrize(
    ("text", "kept"),
    [("h'ttp @bob", []), ("r’t @bob", []), ("Http @bob", []), ("HTTPS://a.b/c", []),
     ("rt @bob", []), ("rt", ["rt"]), ("[url]", []), ("url", ["url"]), ("<USER>", []),
     ("user", ["user"]), ("pic.twitter.com/x", []), ("www.a.b", []), ("www", ["www"]),
     ("httpurl", []), ("abcdefghrt @bob", ["abcdefghrt"])],
)  # fmt: skip
def test_a_word_that_may_go_with_something_is_seen_wherever_it_stands(text, kept, place):
    plain = ["so", "it", "is"] * 7
    whole = " ".join([*plain[:place], text, *plain[place:]])
    raw = whole.encode()
    found = [raw[start:end].decode() for start, end in spans_of(whole)]
    assert found == plain[:place] + kept + plain[place:]


@pytest.mark.parametrize("word", ["rt", "user", "0123456789abcdef"])
def test_words_that_are_read_by_themselves_are_found_in_one_pass(word):
    """Whoever looks through the rest of a text for each of them comes to no end here."""
    count = 3_000_000
    assert len(tokens_of(f"{word} " * count).hashes) == count


@pytest.mark.parametrize("sign", ["'", "’", "‘"])
def test_an_apostrophe_within_a_word_is_no_part_of_it(sign):
    for before in range(1, 18):
        for behind in range(1, 18):
            text = LETTERS[:before].upper() + sign + LETTERS[-behind:]
            tokens = tokens_of(f"so {text} so")
            expected = word_hash((LETTERS[:before] + LETTERS[-behind:]).encode())
            assert tokens.hashes[1] == expected, text
            assert (tokens.starts[1], tokens.ends[1]) == (3, 3 + len(text.encode()))


@pytest.mark.parametrize("sign", ["′", "‐", "�", "—", "é", "`", "&", "@", "\\"])
def test_no_other_sign_within_a_word_is_taken_for_an_apostrophe(sign):
    both = word_hash(b"dont")
    assert both not in tokens_of(f"so don{sign}t so").hashes


@pytest.mark.parametrize(
    "torn", ["’".encode()[:2], "’".encode()[1:], b"\xe2\x80", b"\xe2\x80\x99\x99"]
)
def test_no_torn_sign_within_a_word_is_taken_for_an_apostrophe(torn):
    assert word_hash(b"dont") not in tokens_of(b"so don" + torn + b"t so").hashes


def digest_of_sample():
    """Tell the tokens of texts of all kinds of words, in an order that chance gave."""
    dice = np.random.default_rng(7)
    return digest_of(tokenise(texts_of(*(" ".join(dice.choice(WORDS, n)) for n in range(300)))))


def test_tokens_are_the_same_on_processors_with_fewer_instructions(cache):
    # Compiled once for all runs: the kernels' cache has those of other sources compiled again.
    compiled = cache.mkdir("plain-processor")
    assert digest_on_plain_processor(__name__, compiled) == digest_of_sample()
