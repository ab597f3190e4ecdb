"""Bytes to characters, against Python's own strings."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.fingerprint import characters
from provenance.model import Texts
from tests.fingerprint.oracles import arrow, texts_of

TEXT = st.text(max_size=20)


def count(texts, rows, places):
    return characters(texts, np.array(rows, np.int64), np.array(places, np.int64)).tolist()


def byte_places(text):
    """Where each character begins, and where the text ends."""
    return [len(text[:place].encode()) for place in range(len(text) + 1)]


@settings(max_examples=200)
@given(st.lists(TEXT, min_size=1, max_size=4), st.data())
def test_places_in_any_order_are_those_of_slices(texts, data):
    every = [
        (row, place, index)
        for row, text in enumerate(texts)
        for index, place in enumerate(byte_places(text))
    ]
    picked = data.draw(st.lists(st.sampled_from(every), max_size=20))
    if data.draw(st.booleans()):
        picked.sort()
    rows, places = [row for row, _, _ in picked], [place for _, place, _ in picked]
    assert count(texts_of(*texts), rows, places) == [index for _, _, index in picked]


@given(TEXT)
def test_all_places_of_a_text_count_up(text):
    places = byte_places(text)
    found = count(texts_of("before é", text), [1] * len(places), places)
    assert found == list(range(len(text) + 1))


@given(st.lists(TEXT, min_size=2, max_size=4))
def test_places_in_a_slice_of_an_arrow_array_are_its_own(texts):
    sliced = Texts.of(arrow(*texts).slice(1))
    ends = [len(text.encode()) for text in texts[1:]]
    assert count(sliced, range(len(ends)), ends) == [len(text) for text in texts[1:]]


def test_combining_marks_and_emoji_are_as_many_characters_as_python_says():
    text = "e\u0301 👩\u200d👩\u200d👧 \r\n東𠀀"
    assert count(texts_of(text), [0], [len(text.encode())]) == [len(text)]


def test_no_place_is_no_count():
    assert count(texts_of("a"), [], []) == []
