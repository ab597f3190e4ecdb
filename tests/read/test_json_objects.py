"""Parsing of JSON: the fast parser accepts nothing that `json` reads in another way."""

import json
import re

import pytest
from hypothesis import strategies as st

from provenance.read.formats.json_objects import PARSE_ERRORS, decode, parse
from tests.property_campaigns import property_test

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
ODD_PIECES = (
    *('"', "\\", "\\u", "\\ud83d", "\\ude00", "\\udc00", "{", "}", "[", "]", ",", ":", " ", "\n"),
    *("0", "-", ".", "e", "E+", "NaN", "Infinity", "null", "1e400", "-0", "9" * 25, "\x00", "\x7f"),
    *("\u00e9", "\u2028", "\ufeff", "\ud83d", "\U0001f600", "//", "'", "[" * 70),
)


@st.composite
def damaged_texts(draw):
    """Return JSON in which a few characters were replaced."""
    text = json.dumps(draw(VALUES), ensure_ascii=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 3))):
        at, size = draw(st.integers(0, len(text))), draw(st.integers(0, 2))
        text = text[:at] + draw(st.sampled_from(ODD_PIECES)) + text[at + size :]
    return text


def result_of(parser, text):
    """Return what a parser makes of a text, or the kind of its error."""
    try:
        return repr(parser(text))
    except (ValueError, RecursionError) as error:
        return type(error)


@property_test(400, 5000, text=damaged_texts())
def test_any_text_is_parsed_as_python_does(text):
    expected = result_of(json.loads, text)
    # Integers of many digits are floats.
    assert result_of(decode, text) == expected or re.search(r"\d{4000}", text)
    try:
        value = parse(text.encode())
    except PARSE_ERRORS:
        return
    assert repr(value) == expected


@pytest.mark.parametrize(
    "text", ['"\\ud83d"', '"\\ude00"', '"\ud83d"', '{"\\ud83d": 1}', "NaN", "Infinity", "1e400"]
)
def test_surrogates_and_infinity_are_left_to_python(text):
    with pytest.raises(PARSE_ERRORS):
        parse(text)
    assert repr(decode(text)) == repr(json.loads(text))
