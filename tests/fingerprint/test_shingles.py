"""Shingles against an oracle that adds weights up one by one."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.fingerprint.shingles import shingle
from provenance.model.content.fingerprints import Shingles, Tokens
from tests.fingerprint.oracles import MASK, WORD, tokens_of, weight_of

NOTHING = np.zeros(0, np.int32)
WORDS = st.integers(0, 2**31 - 1).map(lambda number: number * 2)
HALVES = st.integers(0, 2**30 - 1).map(lambda number: number * 4 + 1)
CLUSTERS = st.integers(0, 2**30 - 1).map(lambda number: number * 4 + 3)
TEXT = st.one_of(
    st.lists(WORDS, max_size=20),
    st.lists(HALVES, max_size=30),
    st.lists(CLUSTERS, max_size=40),
    st.lists(st.one_of(WORDS, HALVES, CLUSTERS), max_size=30),
    st.lists(st.sampled_from([0, 2, 3, 2**32 - 1]), max_size=12),
)


def stretch(kind, length, seed):
    """Make tokens of one kind: words, characters or clusters."""
    numbers = np.random.default_rng(seed).integers(0, 2**30, length)
    return (numbers * 4 + kind).tolist()


STRETCHES = st.lists(
    st.builds(stretch, st.sampled_from([1, 2, 3]), st.integers(1, 90), st.integers(0, 9)),
    max_size=6,
).map(lambda parts: [token for part in parts for token in part])


def tokens_from(texts):
    hashes = np.array([token for text in texts for token in text], np.uint32)
    offsets = np.cumsum([0, *map(len, texts)]).astype(np.int64)
    return Tokens(hashes, NOTHING, NOTHING, offsets)


def shingle_hash(run):
    """Hash a run of tokens: a polynomial, then splitmix64's finaliser."""
    value = 0
    for token in run:
        value = (value * 0xFF51AFD7ED558CCD + token) & MASK
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & MASK
    return value ^ value >> 31


def slow_shingles(text, width, whole):
    found = []
    for head in range(len(text)):
        weight = 0
        for tail in range(head, len(text)):
            weight += weight_of(text[tail])
            if weight >= WORD * width:
                found.append((shingle_hash(text[head : tail + 1]), head))
                break
    if whole and text and not found:
        return [(shingle_hash(text), 0)]
    return found


def pairs_of(shingles: Shingles):
    found = list(zip(shingles.hashes.tolist(), shingles.positions.tolist(), strict=True))
    offsets = shingles.offsets.tolist()
    return [found[start:end] for start, end in pairwise(offsets)]


@settings(max_examples=300)
@given(st.lists(TEXT, max_size=4), st.integers(1, 7), st.booleans())
def test_shingles_are_those_of_the_oracle(texts, width, whole):
    shingles = shingle(tokens_from(texts), width, include_short=whole)
    assert pairs_of(shingles) == [slow_shingles(text, width, whole) for text in texts]


@settings(max_examples=300)
@given(st.lists(STRETCHES, max_size=3), st.integers(1, 6), st.booleans())
def test_shingles_of_long_stretches_are_those_of_the_oracle(texts, width, whole):
    shingles = shingle(tokens_from(texts), width, include_short=whole)
    assert pairs_of(shingles) == [slow_shingles(text, width, whole) for text in texts]


@pytest.mark.parametrize("width", [1, 4, 5])
def test_words_give_one_shingle_a_run_of_that_width(width):
    tokens = tokens_of("one two three four five six seven")
    assert len(shingle(tokens, width).hashes) == 7 - width + 1


def test_characters_of_unspaced_scripts_count_a_half():
    assert len(shingle(tokens_of("一二三四五六七"), 4).hashes) == 0
    assert len(shingle(tokens_of("一二三四五六七八"), 4).hashes) == 1
    assert shingle(tokens_of("one two 一二三四 three"), 4).positions.tolist() == [0, 1]
    assert len(shingle(tokens_of("กี่ขคงจ์ฉช"), 4).hashes) == 0
    assert len(shingle(tokens_of("กี่ขคงจ์ฉชซ"), 4).hashes) == 1


def test_a_light_text_is_hashed_whole_only_where_asked():
    tokens = tokens_of("one two")
    assert len(shingle(tokens, 5).hashes) == 0
    assert len(shingle(tokens, 5, include_short=True).hashes) == 1
    assert len(shingle(tokens_of(""), 5, include_short=True).hashes) == 0


@settings(max_examples=50)
@given(st.lists(TEXT, min_size=2, max_size=5), st.booleans())
def test_no_shingle_spans_two_texts(texts, whole):
    together = pairs_of(shingle(tokens_from(texts), 3, include_short=whole))
    alone = [pairs_of(shingle(tokens_from([text]), 3, include_short=whole))[0] for text in texts]
    assert together == alone


def test_order_matters():
    assert (
        shingle(tokens_of("man bites dog now"), 4).hashes
        != shingle(tokens_of("dog bites man now"), 4).hashes
    )
