"""Strength: more evidence is never less of it."""

from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from provenance.match import THRESHOLD, Features, chance, measure, regressors, sample, strength
from provenance.match.regression import REFERENCE_ITEMS
from tests.match.holding import found_in, posts, prose, registry, tokens_of

BITS = ("corpus_bits", "registry_bits", "pooled_bits")
MATCH = {
    "matched": 9, "length": 12, "longest": 7, "distinct": 9, "density": 0.9, "rarest": 1,
    **dict.fromkeys(BITS, 90.0),
}  # fmt: skip

KNOWING = 10**7
"""Tokens of a corpus that knows its language."""


def odds(items=REFERENCE_ITEMS, **values):
    """Strength of one match; a figure that is not named is small."""
    known = {**MATCH, **values}
    features = Features(*(np.array([float(known.get(f.name, 0.1))]) for f in fields(Features)))
    return float(strength(features, items, KNOWING)[0])


@given(st.floats(0, 500), st.floats(0, 100), st.integers(1, 100))
def test_more_information_is_more_strength(bits, more, length):
    less = odds(**dict.fromkeys(BITS, bits), length=length, matched=min(length, 9))
    assert odds(**dict.fromkeys(BITS, bits + more), length=length, matched=min(length, 9)) >= less


@given(st.integers(4, 30), st.integers(0, 60), st.integers(0, 60), st.floats(3, 16))
def test_the_longer_the_item_of_which_a_passage_was_copied_the_weaker(matched, left, more, bits):
    match = {"matched": matched, "longest": matched, "distinct": matched, "density": 1.0}
    match |= dict.fromkeys(BITS, bits * matched)
    shorter = odds(**match, length=matched + left)
    assert odds(**match, length=matched + left + more) <= shorter + 1e-9


@given(st.integers(1, 30), st.integers(1, 30))
def test_a_longer_run_of_the_same_match_is_stronger(one, other):
    low, high = sorted([one, other])
    assert odds(matched=30, length=30, longest=low) <= odds(matched=30, length=30, longest=high)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_seed_that_more_items_share_is_weaker(one, other):
    low, high = sorted([one, other])
    assert odds(rarest=high) <= odds(rarest=low)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_larger_registry_asks_for_more_and_a_smaller_one_not_for_less(one, other):
    low, high = sorted([one, other])
    assert odds(high) <= odds(low)
    if high <= REFERENCE_ITEMS:
        assert odds(high) == odds(low)
    elif low >= REFERENCE_ITEMS:
        assert np.isclose(odds(low) - odds(high), np.log(high / low))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_chance_falls_with_strength_and_stays_a_probability(strengths):
    found = chance(np.sort(strengths))
    assert (np.diff(found) <= 0).all()
    assert ((found > 0) & (found < 1 + 1e-12)).all()
    assert chance(np.zeros(1))[0] == 0.5


def test_copies_are_strong_and_phrases_of_a_few_words_are_not():
    items = posts(40, seed=6, shortest=8, longest=30)
    texts = [f"{prose(20, n)} {item} {prose(20, n + 99)}" for n, item in enumerate(items)]
    made = registry(*items)
    candidates = found_in(made, *texts)
    copies = strength(
        measure(candidates, made.holdings, sample(tokens_of(*texts))), len(items), KNOWING
    )
    assert len(candidates) == 40
    assert copies.min() > THRESHOLD

    texts = [f"{prose(20, n)} {' '.join(item.split()[:4])}" for n, item in enumerate(items)]
    candidates = found_in(made, *texts)
    found = strength(
        measure(candidates, made.holdings, sample(tokens_of(*texts))), len(items), KNOWING
    )
    assert len(candidates) == 40
    assert found.max() < copies.min()


def test_every_regressor_is_finite_at_the_smallest_match():
    features = Features(*(np.zeros(1) for _ in fields(Features)))
    assert all(np.isfinite(column).all() for column in regressors(features).values())
    assert np.isfinite(strength(features, 0, 0)).all()


def test_the_smaller_the_corpus_the_more_evidence_is_asked():
    features = Features(*(np.ones(1) for _ in fields(Features)))
    strengths = [strength(features, 100, tokens)[0] for tokens in (0, 500, 10**4, 10**6, KNOWING)]
    assert strengths == sorted(strengths)
    assert strengths[0] == strengths[1] < strengths[2]
    assert strength(features, 100, 10 * KNOWING)[0] == strengths[-1]
