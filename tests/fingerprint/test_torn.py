"""Bytes that are of no character: they part words, and take nothing of what follows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fingerprint.oracles import hashes_of

STRAY = st.sampled_from(
    [
        b"\x80",
        b"\xbf\x80",
        b"\xc0",
        b"\xc1",
        b"\xc3",
        b"\xe6\x9d",
        b"\xf0\x9f\x98",
        b"\xf5",
        b"\xff",
    ]
)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from([b"ab", b"c", "é".encode(), "東".encode()]), STRAY)))
def test_bytes_that_are_not_utf8_separate(pieces):
    text = b"".join(word + stray for word, stray in pieces)
    words = b" ".join(word for word, _ in pieces)
    assert hashes_of(text) == hashes_of(words)


TORN_LETTERS = st.sampled_from(
    [b"\xc3", b"\xd0", b"\xe1", b"\xe1\xbb", b"\xea\xb0", b"\xeb", b"\xa9", b"'", b"@", b"&", b"\\"]
    + [
        text.encode()
        for text in ("a", "z'", "é", "ừ", "\u0435\u0301", "각", "가", " ", "ca", "@bob")
    ]
)


@settings(max_examples=1000)
@given(st.lists(TORN_LETTERS, max_size=7).map(b"".join))
def test_a_letter_that_is_torn_takes_nothing_of_what_follows(text):
    assert hashes_of(text) == hashes_of(text.decode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"\xc3'a", "a"),
        (b"\xc3@bob c", "c"),
        (b"\xc3\xc3 x", "x"),
        (b"CAF\xc9'S", "caf s"),
        (b"\xeb\xea\xb0 x", "x"),
        (b"\xea\xb0' x", "x"),
        (b"\xea\xb0\xa9\xa9 x", "\uac29 x"),
    ],
)
def test_a_byte_that_begins_a_letter_and_is_alone_is_none(text, words):
    assert hashes_of(text) == hashes_of(words)
