"""What is dropped because too few tokens match could not have stood, whatever else were known."""

import random
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.scoring.classifier import (
    MIN_DISTINCT_WORDS,
    SATURATION_TOKENS,
    ScoringInputs,
    log_odds,
    score_candidates,
)
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.detectability import min_match_tokens
from provenance.match.scoring.evalue import SHIPPED_CHANCE, is_reported, strength
from provenance.match.scoring.features import MIN_COPY_WORDS, MOST_OF_ITEM, Features
from provenance.match.scoring.information import MAX_WORD_BITS
from provenance.model import NO_LANGUAGE, ChanceModel
from tests.match.holding import breaks, posts, prose, registry, seeds_of, texts_of, tokens_of

CHANCES = [SHIPPED_CHANCE, ChanceModel(decay=0.4, scale=1e-9, exceedances=90)]
ITEMS = [
    *posts(120, seed=7, shortest=4, longest=30),
    *posts(40, seed=8, shortest=4, longest=9),
    "日本語の投稿をここに書く",
    "短い 日本 posts of few words",
]
HELD = registry(*ITEMS)
part = st.one_of(st.just(1.0), st.just(0.0), st.floats(0, 1))  # what is at its best, above all


@st.composite
def matches(draw):
    """Draw the features of a match of few tokens, and its item's length in quarters."""
    tokens = draw(st.integers(1, MIN_COPY_WORDS - 1))
    quarters = draw(st.integers(1, 4 * SATURATION_TOKENS + 60))
    length = quarters / 4
    matched = min(tokens * draw(st.sampled_from([0.25, 0.5, 1.0])), length)
    is_most = float(matched >= MOST_OF_ITEM * length)
    bits = [tokens * MAX_WORD_BITS * draw(part) for _ in range(3)]
    longest = matched * draw(part)
    distinct = draw(
        st.one_of(st.just(float(MIN_DISTINCT_WORDS)), part.map(lambda own: own * matched))
    )
    flags = [draw(st.sampled_from([0.0, 1.0])) for _ in range(4)]
    alone, whole = is_most * flags[0], is_most * flags[1]
    figures = [*bits, matched, length, longest, distinct, draw(part), draw(part) * 90]
    columns = [np.array([figure]) for figure in (*figures, alone, flags[2], whole, flags[3])]
    return tokens, quarters, Features(*columns)


@settings(max_examples=2000)
@given(
    matches(),
    st.sampled_from(CHANCES),
    st.sampled_from([10**4, 10**7, 10**8, 10**10, 10**13]),
    st.sampled_from([0, 10**5, 10**9]),
)
def test_no_match_of_fewer_tokens_is_reported(match, chance, size, corpus):
    tokens, quarters, features = match
    least = min_match_tokens(chance, size)
    if tokens < least[min(quarters, 4 * SATURATION_TOKENS)]:
        likely = log_odds(features, corpus)
        assert not is_reported(likely, strength(likely, chance, size))[0]


def stand_at_their_best(tokens, chance, size):
    """Tell whether any match of so many tokens stands, of items of each number of quarters."""
    quarters = np.arange(1, 4 * SATURATION_TOKENS + 1)
    corners = np.array(list(product((0.0, 1.0), repeat=11))).T[:, :, None]
    corpus, registry, pooled, longest, few, dense, across, alone, begins, whole, broken = corners
    length = np.broadcast_to(quarters / 4, (corners.shape[1], len(quarters)))
    is_most = tokens >= MOST_OF_ITEM * length
    figures = (
        *(tokens * MAX_WORD_BITS * bits for bits in (corpus, registry, pooled)),
        *(tokens, length, tokens * longest, MIN_DISTINCT_WORDS + 5 * (1 - few), dense, 90 * across),
        *(alone * is_most, begins, whole * is_most, broken),
    )
    columns = (np.broadcast_to(each, length.shape).astype(float).ravel() for each in figures)
    likely = log_odds(Features(*columns), 10**9)
    standing = is_reported(likely, strength(likely, chance, size))
    return standing.reshape(length.shape).any(axis=0)


@pytest.mark.parametrize("chance", CHANCES)
@pytest.mark.parametrize("size", [10**6, 5 * 10**7, 10**9, 10**12])
def test_no_more_tokens_are_required_than_the_best_match_has(chance, size):
    least = min_match_tokens(chance, size)[1:]
    for tokens in range(1, MIN_COPY_WORDS):
        assert (stand_at_their_best(tokens, chance, size) == (tokens >= least)).all()


@pytest.mark.parametrize("chance", CHANCES)
def test_larger_registries_require_more_tokens(chance):
    several = [min_match_tokens(chance, 10**power) for power in range(4, 16)]
    for fewer, more in pairwise(several):
        assert (fewer <= more).all()
    assert several[-1].max() == MIN_COPY_WORDS


def test_in_small_registries_a_seed_is_enough():
    assert min_match_tokens(SHIPPED_CHANCE, 10**6).max() <= current_parameters().seed_width


def pages(dice):
    """Write pages that hold a few words of items, some as lines in another order."""
    found = []
    for item in dice.sample(ITEMS, 60):
        own = item.split()
        first = dice.randrange(max(len(own) - 3, 1))
        piece = own[first : first + dice.choice([4, 4, 4, 5, 6, 7, 9, 30])]
        if dice.random() < 0.2:
            piece[dice.randrange(len(piece))] = "other"
        lines = [" ".join(piece)]
        if dice.random() < 0.3:
            lines += [" ".join(own[first + 9 : first + 9 + dice.choice([4, 5, 8])])]
            dice.shuffle(lines)
        margin = [prose(dice.randint(0, 20), dice.randrange(99)) for _ in "ab"]
        found.append("\n".join([margin[0], *lines, margin[1]]))
    return found


def stood(against, texts, size):
    """Give how many candidates there are, and what stands of them."""
    tokens = tokens_of(*texts)
    found = find_candidates(tokens, seeds_of(tokens), against)
    parted = breaks(texts_of(*texts), tokens, found.texts, found.firsts, found.lasts)
    found = replace(found, breaks=parted)
    weighed = score_candidates(
        found, against, ScoringInputs(sample_passages(tokens), NO_LANGUAGE, size)
    )
    strong = found.take(weighed.indices)
    columns = strong.texts, strong.items, strong.firsts, strong.lasts, strong.matched
    rows = [column.tolist() for column in (*columns, weighed.bits, weighed.strengths)]
    return len(found), rows


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([10**6, 5 * 10**7, 10**9, 10**12]))
def test_reported_matches_are_the_same_as_without_the_prefilter(seed, size):
    texts = pages(random.Random(seed))
    asking = replace(HELD, min_tokens=min_match_tokens(HELD.arrays.chance, size))
    everything, wanted = stood(HELD, texts, size)
    kept, found = stood(asking, texts, size)
    assert found == wanted
    assert kept <= everything


def test_most_chance_matches_are_dropped():
    dice = random.Random(2)
    long = [item for item in ITEMS if len(item.split()) > SATURATION_TOKENS]
    texts = []
    for item in long:
        words = item.split()
        first = dice.randrange(len(words) - 4)
        margins = [prose(20, seed) for seed in (dice.randrange(99), dice.randrange(99))]
        texts.append(" ".join([margins[0], *words[first : first + 4], margins[1]]))
    asking = replace(HELD, min_tokens=min_match_tokens(HELD.arrays.chance, 5 * 10**7))
    everything, _ = stood(HELD, texts, 5 * 10**7)
    kept, _ = stood(asking, texts, 5 * 10**7)
    assert everything >= len(long)
    assert kept == 0
