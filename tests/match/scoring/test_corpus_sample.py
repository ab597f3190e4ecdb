"""A sample of passages depends on the corpus alone."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.scoring import corpus_sample
from provenance.match.scoring.corpus_sample import (
    EMPTY_SAMPLE,
    FULL_BOUND,
    PASSAGE_LENGTH,
    coarsen,
    merge_samples,
    sample_passages,
)
from provenance.model.content.fingerprints import Tokens

MASK = FULL_BOUND - 1
TEXT = st.lists(st.integers(1, 4), max_size=3).flatmap(
    lambda row: st.sampled_from([row, row * 50, row * 120])
)
CORPUS = st.lists(TEXT, max_size=6)
BOUND = st.sampled_from([FULL_BOUND, FULL_BOUND // 2, FULL_BOUND // 4, FULL_BOUND // 16])


def tokens_from(corpus):
    nothing = np.zeros(0, np.int32)
    offsets = np.cumsum([0, *map(len, corpus)]).astype(np.int64)
    hashes = np.array([token for text in corpus for token in text], np.uint32)
    return Tokens(hashes, nothing, nothing, offsets)


def sample_of(corpus, bound=FULL_BOUND):
    return sample_passages(tokens_from(corpus), bound)


def content(drawn):
    rows = np.split(drawn.tokens, drawn.offsets[1:-1]) if len(drawn.offsets) > 1 else []
    return drawn.bound, drawn.hashes.tolist(), [row.tolist() for row in rows]


def passage_hash(passage):
    whole = len(passage) // 4 * 4
    seeds = [lane * 0xD6E8FEB86659FD93 & MASK for lane in (1, 2, 3, 4)]
    lanes = [lane_hash(seed, passage[lane:whole:4]) for lane, seed in enumerate(seeds)]
    lanes[0] = lane_hash(lanes[0], passage[whole:])
    state = lane_hash(lanes[0], lanes[1:]) * 0xBF58476D1CE4E5B9 & MASK
    return state ^ state >> 32


def lane_hash(state, numbers):
    for number in numbers:
        state = (state ^ number) * 0x9E3779B97F4A7C15 & MASK
        state ^= state >> 29
    return state


def slow_sample(corpus, bound):
    cut = [
        text[at : at + PASSAGE_LENGTH]
        for text in corpus
        for at in range(0, len(text), PASSAGE_LENGTH)
    ]
    kept = {passage_hash(passage): passage for passage in cut}
    hashes = sorted(value for value in kept if value < bound)
    return bound, hashes, [kept[value] for value in hashes]


@settings(max_examples=150)
@given(CORPUS, BOUND)
def test_a_sample_equals_that_of_the_reference(corpus, bound):
    assert content(sample_of(corpus, bound)) == slow_sample(corpus, bound)


def test_repeated_passages_count_once():
    text = list(range(300))
    once, often = sample_of([text]), sample_of([text] * 50)
    assert content(once) == content(often)
    assert np.diff(once.offsets).tolist().count(PASSAGE_LENGTH) == 2
    assert len(once.tokens) == 300


@settings(max_examples=100)
@given(CORPUS, CORPUS, BOUND)
def test_merged_samples_equal_a_sample_of_the_union(left, right, bound):
    joined = merge_samples([sample_of(left, bound), sample_of(right, bound)])
    assert content(joined) == content(sample_of(left + right, bound))


@settings(max_examples=100)
@given(st.lists(st.tuples(CORPUS, BOUND), min_size=3, max_size=3))
def test_merging_is_associative_and_commutative_and_idempotent(parts):
    a, b, c = (sample_of(corpus, bound) for corpus, bound in parts)
    together = content(merge_samples([a, b, c]))
    assert content(merge_samples([merge_samples([a, b]), c])) == together
    assert content(merge_samples([a, merge_samples([b, c])])) == together
    assert content(merge_samples([c, a, b])) == together
    assert content(merge_samples([a, a])) == content(a)
    assert content(merge_samples([a, EMPTY_SAMPLE])) == content(a)


@settings(max_examples=100)
@given(CORPUS, BOUND)
def test_a_coarsened_sample_equals_a_coarser_sample(corpus, bound):
    assert content(coarsen(sample_of(corpus), bound)) == content(sample_of(corpus, bound))


@settings(max_examples=100)
@given(CORPUS, BOUND, BOUND)
def test_coarsening_never_makes_a_sample_finer(corpus, first, second):
    twice = coarsen(sample_of(corpus, first), second)
    assert content(twice) == content(sample_of(corpus, min(first, second)))


@settings(max_examples=100)
@given(st.lists(CORPUS, max_size=6), st.data())
def test_the_bound_on_tokens_holds_whatever_the_order(shards, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus_sample, "MAX_SAMPLE_TOKENS", 150)
        parts = [sample_of(shard) for shard in shards]
        together = merge_samples(parts)
        assert len(together.tokens) <= 150
        shuffled = data.draw(st.permutations(parts))
        assert content(merge_samples(shuffled)) == content(together)
        one_by_one = reduce(
            lambda left, right: merge_samples([left, right]), shuffled, EMPTY_SAMPLE
        )
        assert content(one_by_one) == content(together)
        everything = [text for shard in shards for text in shard]
        assert content(together) == content(sample_of(everything, together.bound))


def test_a_sample_that_fits_is_whole_and_one_that_does_not_is_the_finest_that_does(monkeypatch):
    corpus = [[number] for number in range(64)]
    monkeypatch.setattr(corpus_sample, "MAX_SAMPLE_TOKENS", 64)
    assert merge_samples([sample_of(corpus)]).bound == FULL_BOUND
    monkeypatch.setattr(corpus_sample, "MAX_SAMPLE_TOKENS", 40)
    halved = merge_samples([sample_of(corpus)])
    assert halved.bound < FULL_BOUND
    assert len(halved.tokens) <= 40 < len(sample_of(corpus, 2 * halved.bound).tokens)


@settings(max_examples=50)
@given(CORPUS, BOUND)
def test_a_sample_holds_the_passages_below_its_bound(corpus, bound):
    everything, drawn = sample_of(corpus), sample_of(corpus, bound)
    held = drawn.contains(everything.hashes)
    assert everything.hashes[held].tolist() == drawn.hashes.tolist()


def test_the_sample_of_nothing_is_empty():
    assert content(sample_of([])) == content(EMPTY_SAMPLE) == content(merge_samples([]))
    assert content(sample_of([[], []])) == content(EMPTY_SAMPLE)
