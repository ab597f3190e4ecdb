"""What cannot stand is set aside before anything is counted, and nothing else is."""

import random
from collections import Counter
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.index.stop_shingles import MIN_AUTHORS
from provenance.match.scoring.classifier import (
    ScoringInputs,
    log_odds,
    score_candidates,
    select_reportable,
)
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.evalue import (
    SHIPPED_CHANCE,
    STRENGTH_THRESHOLD,
    is_reported,
    strength,
)
from provenance.match.scoring.features import (
    candidate_context,
    copied_items,
    feature_bounds,
    measure_features,
)
from provenance.match.scoring.information import language_only_counts
from provenance.model.content.language import NO_CONTEXT, NO_LANGUAGE, Language
from tests.match.crowds import crowd
from tests.match.memory_registries import (
    found_in,
    posts,
    prose,
    registry,
    rows_of,
    tokens_of,
    words,
)

BITS = {"corpus_bits", "registry_bits", "pooled_bits"}
SIZE = 10**6
"""Tokens of the registries: so many that chance is not rare."""


def language_of(*texts, times):
    """Count words and pairs of words, as often as that."""
    counts = Counter()
    for row in rows_of(tokens_of(*texts)):
        counts.update(NO_CONTEXT << 32 | token for token in row)
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
    ] + crowd(2 * MIN_AUTHORS)
    people = list(range(len(items)))
    made = registry(*items, sources=["x", "y"] * (len(items) // 2), authors=people)
    assert made.stops.mark_runs(found_in(made, items[-1]), made.arrays).any()
    return items, made, language_of(*phrases, times=4000)


def straight(found, made, scales, known=None):
    """Weigh every candidate."""
    among = candidate_context(found, made, scales.corpus, known)
    features = measure_features(found, made, scales.corpus, scales.language, context=among)
    likely = log_odds(features, len(scales.corpus.tokens))
    rare = strength(likely, made.arrays.chance, scales.size)
    strong = np.flatnonzero(is_reported(likely, rare))
    return strong, features.pooled_bits[strong], rare[strong]


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from([0, 10**4, SIZE, 10**9]))
def test_reported_matches_are_the_same_as_if_all_words_were_counted(world, seed, size):
    items, made, language = world
    dice = random.Random(seed)
    texts = pages(dice.sample(items, 40), dice)
    found = found_in(made, *texts)
    scales = ScoringInputs(sample_passages(tokens_of(*texts)), language, size, 2)
    known = np.array([dice.choice([0, 0, 3, 40]) for _ in items])
    weighed = score_candidates(found, made, scales, known)
    places, bits, strengths = straight(found, made, scales, known)
    assert weighed.indices.tolist() == places.tolist()
    assert weighed.bits.tolist() == bits.tolist()
    assert weighed.strengths.tolist() == strengths.tolist()


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from([0, 10**4, SIZE, 10**9]), st.integers(1, 40))
def test_selecting_in_small_batches_changes_no_reported_match(world, seed, size, texts_a_batch):
    items, made, language = world
    dice = random.Random(seed)
    texts = pages(dice.sample(items, 40), dice)
    found = found_in(made, *texts)
    batches = [
        np.flatnonzero((found.texts >= first) & (found.texts < first + texts_a_batch))
        for first in range(0, len(texts), texts_a_batch)
    ]
    counts = language_only_counts(language)
    needed = np.concatenate(
        [rows[select_reportable(found.take(rows), made, counts, size)] for rows in batches]
    )
    scales = ScoringInputs(sample_passages(tokens_of(*texts)), language, size)
    known = np.array([dice.choice([0, 0, 3, 40]) for _ in items])
    wanted = score_candidates(found, made, scales, known)
    weighed = score_candidates(found.take(needed), made, scales, known)
    assert needed[weighed.indices].tolist() == wanted.indices.tolist()
    assert weighed.bits.tolist() == wanted.bits.tolist()
    assert weighed.strengths.tolist() == wanted.strengths.tolist()
    before, after = (
        copied_items(each, made, scales.corpus) for each in (found, found.take(needed))
    )
    assert before.passages.tolist() == after.passages.tolist()
    assert before.items.tolist() == after.items.tolist()


def test_hopeless_candidates_are_not_selected(world):
    items, made, language = world
    found = found_in(made, *pages(items, random.Random(1)))
    needed = select_reportable(found, made, language_only_counts(language), SIZE)
    assert 0 < len(needed) < len(found) / 2


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_feature_bounds_are_never_exceeded(world, seed):
    items, made, language = world
    dice = random.Random(seed)
    texts = pages(dice.sample(items, 40), dice)
    found, corpus = found_in(made, *texts), sample_passages(tokens_of(*texts))
    best = feature_bounds(
        found, candidate_context(found, made, corpus), made, language_only_counts(language)
    )
    true = measure_features(found, made, corpus, language)
    assert (best.corpus_bits >= true.corpus_bits).all()
    assert (best.pooled_bits >= true.pooled_bits).all()
    assert (best.registry_bits <= true.registry_bits).all()
    assert (log_odds(best, 1000) >= log_odds(true, 1000)).all()
    for name in {field.name for field in fields(true)} - BITS:
        assert getattr(best, name).tolist() == getattr(true, name).tolist()


def test_words_of_hopeless_candidates_are_not_counted(world, monkeypatch):
    items, made, language = world
    dice = random.Random(1)
    texts = pages(items, dice)
    found = found_in(made, *texts)
    counted = []

    def watched(candidates, *args):
        counted.append(candidates)
        return measure_features(candidates, *args)

    monkeypatch.setattr("provenance.match.scoring.classifier.measure_features", watched)
    weighed = score_candidates(
        found, made, ScoringInputs(sample_passages(tokens_of(*texts)), language, SIZE)
    )
    assert weighed.strengths.min() >= STRENGTH_THRESHOLD
    assert 0 < len(weighed.indices) <= len(counted[0]) < len(found) / 2


def test_a_reported_line_keeps_the_words_of_a_weak_sibling():
    first, second = " ".join(words(24, 1)), " ".join(words(4, 2))
    made, text = registry(f"{first} {second}"), f"{prose(5, 3)}\n{second}\n{first}\n{prose(5, 4)}"
    found, corpus = found_in(made, text), sample_passages(tokens_of(text))
    among = candidate_context(found, made, corpus)
    assert among.groups.tolist() == [0, 0]
    best = log_odds(
        feature_bounds(found, among, made, language_only_counts(NO_LANGUAGE)), len(corpus.tokens)
    )
    true = log_odds(measure_features(found, made, corpus), len(corpus.tokens))
    assert best[0] < true[1]
    # In registries of so many tokens the long line stands, and the short one could not.
    size = int(
        np.exp(SHIPPED_CHANCE.decay * best[0] / 2)
        * np.exp(SHIPPED_CHANCE.decay * true[1] / 2)
        / 2**STRENGTH_THRESHOLD
        / SHIPPED_CHANCE.scale
    )
    needed = select_reportable(found, made, language_only_counts(NO_LANGUAGE), size)
    assert needed.tolist() == [0, 1]
    scales = ScoringInputs(corpus, NO_LANGUAGE, size)
    weighed = score_candidates(found, made, scales)
    places, bits, strengths = straight(found, made, scales)
    assert weighed.indices.tolist() == places.tolist() == [1]
    assert weighed.bits.tolist() == bits.tolist()
    assert weighed.strengths.tolist() == strengths.tolist()
