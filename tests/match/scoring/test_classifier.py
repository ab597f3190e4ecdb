"""The odds that a match is a copy: more evidence is never less of it."""

from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from provenance.match.scoring.classifier import log_odds, regressors
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.evalue import (
    SHIPPED_CHANCE,
    STRENGTH_THRESHOLD,
    chance_threshold,
    strength,
)
from provenance.match.scoring.features import Features, measure_features
from tests.match.memory_registries import found_in, posts, prose, registry, tokens_of
from tests.property_campaigns import property_test

BITS = ("corpus_bits", "registry_bits", "pooled_bits")
MATCH = {
    "matched": 9, "length": 12, "longest": 7, "distinct": 9, "density": 0.9,
    **dict.fromkeys(BITS, 90.0),
}  # fmt: skip
FLAGS = ("fills_text", "starts_item", "is_delimited", "is_elided")

KNOWING = 10**7
"""Tokens of a corpus that knows its language."""


def odds_of(tokens=KNOWING, **values):
    """Odds of one match; a figure that is not named is nothing."""
    known = {**MATCH, **values}
    assert known.keys() <= {f.name for f in fields(Features)}
    features = Features(*(np.array([float(known.get(f.name, 0.0))]) for f in fields(Features)))
    return float(log_odds(features, tokens)[0])


@given(st.floats(0, 500), st.floats(0, 100), st.integers(1, 100))
def test_more_information_gives_higher_odds(bits, more, length):
    match = {"length": length, "matched": min(length, 9)}
    less = odds_of(**dict.fromkeys(BITS, bits), **match)
    assert odds_of(**dict.fromkeys(BITS, bits + more), **match) >= less - 1e-9


@given(st.integers(4, 30), st.integers(0, 60), st.integers(0, 60), st.floats(3, 16))
def test_the_same_passage_of_a_longer_item_is_weaker(matched, left, more, bits):
    match = {"matched": matched, "longest": matched, "distinct": matched, "density": 1.0}
    match |= dict.fromkeys(BITS, bits * matched)
    shorter = odds_of(**match, length=matched + left)
    assert odds_of(**match, length=matched + left + more) <= shorter + 1e-9


@given(st.integers(1, 30), st.integers(1, 30))
def test_a_longer_run_of_the_same_match_is_stronger(one, other):
    low, high = sorted([one, other])
    assert odds_of(matched=30, length=30, longest=low) <= odds_of(
        matched=30, length=30, longest=high
    )


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_seed_that_more_items_of_several_sources_share_is_weaker(one, other):
    low, high = sorted([one, other])
    assert odds_of(shared_across_sources=high) <= odds_of(shared_across_sources=low)


@given(st.sampled_from(FLAGS))
def test_breaks_where_the_item_ends_are_evidence(flag):
    assert odds_of(**{flag: 1.0}) > odds_of()


def test_smaller_corpora_require_more_evidence():
    found = [odds_of(tokens) for tokens in (0, 500, 90_000, 10**6, KNOWING, 10 * KNOWING)]

    assert found == sorted(found)
    assert found[0] == found[1] == found[2] < found[3] < found[4] == found[5]


def test_copies_are_strong_and_phrases_of_a_few_words_are_not():
    items = posts(40, seed=6, shortest=8, longest=30)
    made = registry(*items)

    def strengths(texts):
        found = found_in(made, *texts)
        assert len(found) == 40
        features = measure_features(found, made, sample_passages(tokens_of(*texts)))
        return strength(log_odds(features, KNOWING), SHIPPED_CHANCE, made.arrays.size)

    copies = strengths(
        [f"{prose(20, n)}. {item}. {prose(20, n + 99)}" for n, item in enumerate(items)]
    )
    assert copies.min() > STRENGTH_THRESHOLD
    phrases = strengths(
        [f"{prose(20, n)} {' '.join(item.split()[:4])}" for n, item in enumerate(items)]
    )
    assert phrases.max() < copies.min()


def strengths_of_excerpts(item, lengths):
    """Give the strength of verbatim excerpts of an item, each in a text of its own."""
    words, made = item.split(), registry(item, *posts(40, seed=6, shortest=8, longest=30))
    before, after = 10**7, 10**8  # other seeds than those of items
    texts = [
        f"{prose(20, before + n)} {' '.join(words[10 : 10 + n])} {prose(20, after + n)}"
        for n in lengths
    ]
    found = found_in(made, *texts)
    order = np.argsort(found.texts)
    assert found.texts[order].tolist() == list(range(len(texts)))
    features = measure_features(found, made, sample_passages(tokens_of(*texts)))
    return strength(log_odds(features, KNOWING), SHIPPED_CHANCE, made.arrays.size)[order]


@property_test(5, 200, seed=st.integers(0, 10**6))
def test_longer_excerpts_are_stronger(seed):
    found = strengths_of_excerpts(prose(300, seed), range(8, 280, 8))

    assert (np.diff(found) > 0).all()


@property_test(5, 200, seed=st.integers(0, 10**6))
def test_long_excerpts_are_stronger_than_any_chance_match(seed):
    thirty, hundred = strengths_of_excerpts(prose(300, seed), [30, 100])

    assert thirty > chance_threshold(1e-6)
    assert hundred > chance_threshold(1e-30)


def test_every_regressor_is_finite_at_the_smallest_match():
    features = Features(*(np.zeros(1) for _ in fields(Features)))
    assert all(np.isfinite(column).all() for column in regressors(features).values())
    assert np.isfinite(log_odds(features, 0)).all()
