"""Passages: values that are text by their words alone."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.columns.passages import is_passage, passage_flags

PIECES = [
    "a",
    "é",
    "1",
    "日",
    "日本語日本語日本",
    " ",
    "\n",
    "\u00a0",
    "-",
    "²",
    "ª",
    "\u0301",
    "_",
    "\v",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the tide is late again", True),
        ("the tide is late", False),
        ("潮がまた遅れている今日", True),
        ("潮が遅れる", False),
        ("0.1 0.2 0.3 0.4 0.5 0.6", False),
        ("", False),
        ("x" * 1_000_000, False),
    ],
)
def test_five_words_are_a_passage(text, expected):
    assert is_passage(text) is expected


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=20).map("".join)))
def test_values_at_once_are_judged_as_one_by_one(texts):
    assert passage_flags(pa.array(texts, pa.large_string())).tolist() == [*map(is_passage, texts)]
