"""Bytes to characters, against Python's own strings."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.fingerprint.offsets import (
    character_offsets,
    slice_bytes,
    slice_characters,
    widen_ranges,
)
from provenance.model.content.fingerprints import Texts
from tests.fingerprint.oracles import arrow, texts_of

TEXT = st.text(max_size=20)


def count(texts, rows, places):
    return character_offsets(texts, np.array(rows, np.int64), np.array(places, np.int64)).tolist()


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


LONG = st.text(st.sampled_from("ab é東𠀀\u0301"), max_size=300)
"""Beyond what is counted together, with characters that lie across its ends."""


@settings(max_examples=300)
@given(st.lists(TEXT | LONG, min_size=1, max_size=3), st.data())
def test_stretches_are_those_of_slices(texts, data):
    ends = st.integers(0, max(map(len, texts)) + 3)
    asked = data.draw(st.lists(st.tuples(st.integers(0, len(texts) - 1), ends, ends), max_size=12))
    rows, begins, ends = (np.array([each[n] for each in asked], np.int64) for n in range(3))
    found = slice_characters(Texts.of(arrow("before é", *texts).slice(1)), rows, begins, ends)
    wanted = [texts[row][begin:end] for row, begin, end in asked]
    assert [
        found.data[low:high].tobytes().decode() for low, high in pairwise(found.offsets.tolist())
    ] == wanted


@settings(max_examples=300)
@given(st.lists(TEXT | LONG, min_size=1, max_size=3), st.integers(1, 90), st.data())
def test_surroundings_are_so_many_characters_on_both_sides(texts, points, data):
    asked = [
        (row, *sorted(data.draw(st.tuples(*[st.integers(0, len(texts[row]))] * 2))))
        for row in data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8))
    ]
    rows = np.array([row for row, *_ in asked], np.int64)
    spans = (
        np.array([len(texts[row][:begin].encode()) for row, begin, _ in asked], np.int64),
        np.array([len(texts[row][:end].encode()) for row, _, end in asked], np.int64),
    )
    sliced = Texts.of(arrow("before é", *texts).slice(1))

    begins, ends = widen_ranges(sliced, rows, spans, points)

    shown = slice_bytes(sliced, rows, begins, ends)
    assert [
        shown.data[low:high].tobytes().decode() for low, high in pairwise(shown.offsets.tolist())
    ] == [texts[row][max(begin - points, 0) : end + points] for row, begin, end in asked]


def test_surroundings_of_what_begins_and_ends_within_a_character_are_whole_characters():
    text = "aé東𠀀b𠀀東éc"
    data = text.encode()
    places = range(len(data) + 1)
    asked = [(begin, end) for begin in places for end in places if begin <= end]
    begun, ended = (np.array(each, np.int64) for each in zip(*asked, strict=True))
    begins, ends = widen_ranges(texts_of(text), np.zeros(len(asked), np.int64), (begun, ended), 1)
    for (first, last), begin, end in zip(asked, begins.tolist(), ends.tolist(), strict=True):
        assert data[begin:end].decode() in text
        assert begin < first or begin == 0
        assert end > last or end == len(data)
