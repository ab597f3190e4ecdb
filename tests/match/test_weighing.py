"""What cannot stand is set aside before anything is counted, and nothing else is."""

import random
from collections import Counter
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match import (
    SHIPPED,
    THRESHOLD,
    Scales,
    measure,
    odds,
    sample,
    stands,
    strength,
    weigh,
)
from provenance.match.index.stop_shingles import MANY
from provenance.match.scoring.features import at_most, company
from provenance.match.scoring.information import counted_by
from provenance.model import ALONE, NO_LANGUAGE, Language
from tests.match.holding import found_in, posts, prose, registry, rows_of, tokens_of, words
from tests.match.test_everybody import crowd

BITS = {"corpus_bits", "registry_bits", "pooled_bits"}
SIZE = 10**6
"""Tokens of the registries: so many that chance is not rare."""


def language_of(*texts, times):
    """Count words and pairs of words, as often as that."""
    counts = Counter()
    for row in rows_of(tokens_of(*texts)):
        counts.update(ALONE << 32 | token for token in row)
        counts.update(before << 32 | token for before, token in pairwise(row))
    keys = np.array(sorted(counts), np.uint64)
    values = np.array([times * counts[int(key)] for key in keys], np.uint32)
    return Language(1, keys, values, 10**7)


def pages(items, dice):
    """Write pages that hold parts of items: any words, cut, edited, their halves in any order."""
    found = []
    for item in items:
        own = item.split()
        first = dice.randrange(len(own) - 3)
        part = own[first : first + dice.choice([5, 6, 7, 8, len(own)])]
        for _ in range(dice.randint(0, 2)):
            part[dice.randrange(len(part))] = "other"
        middle = dice.randrange(len(part))
        lines = [" ".join(part[:middle]), " ".join(part[middle:])]
        if dice.random() < 0.4:
            lines.reverse()
        margin = [prose(dice.randint(0, 20), dice.randrange(99)) for _ in "ab"]
        found.append("\n".join([margin[0], *lines, margin[1]]))
    return found


@pytest.fixture(scope="module")
def world():
    """A registry, words and phrases of which are known to language, and one to everybody."""
    dice = random.Random(4)
    phrases = [" ".join(words(7, seed, vocabulary=70, prefix="c")) for seed in range(60)]
    items = [
        f"{dice.choice(phrases)} {rare} {dice.choice(phrases)}"
        for rare in posts(150, seed=1, shortest=1, longest=9)
    ] + crowd(2 * MANY)
    people = list(range(len(items)))
    made = registry(*items, sources=["x", "y"] * (len(items) // 2), authors=people)
    assert made.marks.any()
    return items, made, language_of(*phrases, times=4000)


def straight(found, made, scales, known=None):
    """Weigh every candidate."""
    among = company(found, made, scales.corpus, known)
    features = measure(found, made, scales.corpus, scales.language, among=among)
    likely = odds(features, len(scales.corpus.tokens))
    rare = strength(likely, made.holdings.chance, scales.size)
    strong = np.flatnonzero(stands(likely, rare))
    return strong, features.pooled_bits[strong], rare[strong]


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from([0, 10**4, SIZE, 10**9]))
def test_what_stands_is_what_stands_if_all_is_counted(world, seed, size):
    items, made, language = world
    dice = random.Random(seed)
    texts = pages(dice.sample(items, 40), dice)
    found = found_in(made, *texts)
    scales = Scales(sample(tokens_of(*texts)), language, size, 2)
    known = np.array([dice.choice([0, 0, 3, 40]) for _ in items])
    weighed = weigh(found, made, scales, known)
    places, bits, strengths = straight(found, made, scales, known)
    assert weighed.places.tolist() == places.tolist()
    assert weighed.bits.tolist() == bits.tolist()
    assert weighed.strengths.tolist() == strengths.tolist()


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_nothing_looks_more_like_a_copy_than_it_could_at_most(world, seed):
    items, made, language = world
    dice = random.Random(seed)
    texts = pages(dice.sample(items, 40), dice)
    found, corpus = found_in(made, *texts), sample(tokens_of(*texts))
    best = at_most(found, company(found, made, corpus), made, counted_by(language))
    true = measure(found, made, corpus, language)
    assert (best.corpus_bits >= true.corpus_bits).all()
    assert (best.pooled_bits >= true.pooled_bits).all()
    assert (best.registry_bits <= true.registry_bits).all()
    assert (odds(best, 1000) >= odds(true, 1000)).all()
    for name in {field.name for field in fields(true)} - BITS:
        assert getattr(best, name).tolist() == getattr(true, name).tolist()


def test_what_cannot_stand_is_not_counted(world, monkeypatch):
    items, made, language = world
    dice = random.Random(1)
    texts = pages(items, dice)
    found = found_in(made, *texts)
    counted = []

    def watched(candidates, *args):
        counted.append(candidates)
        return measure(candidates, *args)

    monkeypatch.setattr("provenance.match.scoring.classifier.measure", watched)
    weighed = weigh(found, made, Scales(sample(tokens_of(*texts)), language, SIZE))
    assert weighed.strengths.min() >= THRESHOLD
    assert 0 < len(weighed.places) <= len(counted[0]) < len(found) / 2


def test_a_line_that_stands_keeps_what_one_beside_it_says_that_does_not():
    first, second = " ".join(words(24, 1)), " ".join(words(4, 2))
    made, text = registry(f"{first} {second}"), f"{prose(5, 3)}\n{second}\n{first}\n{prose(5, 4)}"
    found, corpus = found_in(made, text), sample(tokens_of(text))
    among = company(found, made, corpus)
    assert among.groups.tolist() == [0, 0]
    best = odds(at_most(found, among, made, counted_by(NO_LANGUAGE)), len(corpus.tokens))
    true = odds(measure(found, made, corpus), len(corpus.tokens))
    assert best[0] < true[1]
    # In registries of so many tokens the long line stands, and the short one could not.
    size = int(
        np.exp(SHIPPED.decay * best[0] / 2)
        * np.exp(SHIPPED.decay * true[1] / 2)
        / 2**THRESHOLD
        / SHIPPED.scale
    )
    scales = Scales(corpus, NO_LANGUAGE, size)
    weighed = weigh(found, made, scales)
    places, bits, strengths = straight(found, made, scales)
    assert weighed.places.tolist() == places.tolist() == [1]
    assert weighed.bits.tolist() == bits.tolist()
    assert weighed.strengths.tolist() == strengths.tolist()
