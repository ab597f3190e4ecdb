"""Digests of quotations, looked for in stored copies."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.judge.rule_checks import find_quotations

QUOTE = "You may not use the Content (including outputs) to train models."


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "copy",
    [
        QUOTE,
        f"Before. {QUOTE} After.",
        "5. You may not use\nthe Content   (including outputs)\tto train models. And so on",
        'They say: "You may not use the Content (including outputs) to train models."',
        "- You *may not* use the [Content](https://x.org) (including **outputs**) to train models.",
        "<p>You may not use the <b>Content</b> (including outputs) to train models.</p>",
    ],
)
def test_words_are_found_however_they_are_set(copy):
    assert find_quotations(copy, frozenset({digest(QUOTE)})) == {digest(QUOTE)}


def test_words_that_are_not_there_are_not_found():
    assert find_quotations(QUOTE.replace("not ", ""), frozenset({digest(QUOTE)})) == frozenset()
    assert find_quotations("", frozenset({digest(QUOTE)})) == frozenset()


@pytest.mark.parametrize(
    ("copy", "quote"),
    [
        ("as we say \u201ctrain models\u201d, never", "train models"),
        ("it\u2019s ours", "it's ours"),
        ("it\u2019s ours", "it\u2019s ours"),
        ("(see the list (LLM)).", "the list (LLM)"),
    ],
)
def test_marks_around_a_quotation_and_kinds_of_quotation_marks_do_not_matter(copy, quote):
    assert find_quotations(copy, frozenset({digest(quote)}))


@given(
    st.lists(st.sampled_from(["may", "not", "train", "models", "x"]), min_size=1, max_size=30),
    st.data(),
)
def test_every_run_of_words_is_found(words, data):
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    run = digest(" ".join(words[first : last + 1]))
    assert find_quotations(" ".join(words), frozenset({run})) == {run}
