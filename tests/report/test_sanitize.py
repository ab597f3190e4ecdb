"""Texts of others do nothing but be read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.report.sanitize import one_line, safe_url
from provenance.terminal_safety import escape_text

TEXTS = st.text(st.characters(codec=None), max_size=60)
ACTING = {"Cc", "Cs", "Zl", "Zp"}
TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(TEXTS)
def test_nothing_that_acts_is_left(text):
    left = set(escape_text(text)) - {"\n", "\t"}
    assert not [c for c in left if unicodedata.category(c) in ACTING or c in TURNING]


@given(TEXTS)
def test_one_line_is_one_line(text):
    line = one_line(text)
    assert line == line.strip()
    assert not [c for c in line if unicodedata.category(c) in ACTING]


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=40))
def test_what_is_only_read_stays_as_it_is(text):
    assert escape_text(text) == text


def test_emoji_and_scripts_that_join_stay_whole():
    for text in ("👩‍👩‍👧‍👦", "نمی‌خواهم", "é", "👍🏽"):
        assert escape_text(text) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\x1b[31;1mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jgone", "gone"),
        ("a\r\nb\t c", "a b c"),
        ("a\x1b", "a[U+001B]"),
        ("a\u202eb", "a[U+202E]b"),
    ],
)
def test_escape_sequences_vanish_and_the_rest_is_shown(text, line):
    assert one_line(text) == line


@pytest.mark.parametrize("address", ["https://x.com/a?b=c#d", "HTTP://example.org/"])
def test_web_addresses_may_be_links(address):
    assert safe_url(address) == address


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "data:text/html,x", " https://a.example", "https://a b", ""),
        *(
            "https://a.example\u202e",
            "https://a.example\n",
            "file:///etc/passwd",
            "//a.example",
            None,
        ),
    ],
)
def test_other_addresses_stay_text(address):
    assert safe_url(address) is None
