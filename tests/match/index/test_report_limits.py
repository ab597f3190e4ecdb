"""What is dropped for too little information could not be reported, whatever else is known."""

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provenance.match.candidates.candidate_scan import find_candidates
from provenance.match.candidates.candidate_table import Candidates
from provenance.match.index.report_limits import (
    EXTENSION_WORDS,
    MAX_EXTENSION,
    MOST_OF_ITEM,
    NO_LIMITS,
    SURPRISAL_SCALE,
    TABLE_BITS,
    TABLE_QUARTERS,
    TABLE_WORDS,
)
from provenance.match.scoring.classifier import (
    MIN_DISTINCT_WORDS,
    ScoringInputs,
    log_odds,
    score_candidates,
)
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.detectability import LIMITED_FROM_TOKENS, report_limits
from provenance.match.scoring.evalue import SHIPPED_CHANCE, is_reported, strength
from provenance.match.scoring.features import Features, copied_items
from provenance.match.scoring.information import (
    CORPUS_BITS,
    MAX_WORD_BITS,
    language_only_counts,
    language_surprisals,
    measure_information,
)
from provenance.model.content.chance import ChanceModel
from provenance.model.content.language import NO_CONTEXT, NO_LANGUAGE, Language
from tests.match.memory_registries import (
    breaks,
    found_in,
    posts,
    prose,
    registry,
    rows_of,
    seeds_of,
    texts_of,
    tokens_of,
)
from tests.property_campaigns import property_test

CHANCES = [SHIPPED_CHANCE, ChanceModel(decay=0.4, scale=1e-9, exceedances=90)]
SIZES = [10**6, 10**7, 10**8, 10**10, 10**13]
LIMITS = {
    (chance.decay, size): report_limits(chance, size, NO_LANGUAGE)
    for chance in CHANCES
    for size in SIZES
}
TITLES = posts(60, seed=10, shortest=4, longest=12)
ITEMS = [
    *posts(120, seed=7, shortest=4, longest=30),
    *posts(40, seed=8, shortest=4, longest=9),
    *posts(40, seed=9, shortest=60, longest=90),
    *(f"{title}\n\n{body}" for title, body in zip(TITLES, posts(60, seed=11), strict=True)),
    "日本語の投稿をここに書く",
    "短い 日本 posts of few words",
]
HELD = registry(*ITEMS)
SEVERAL = registry(*ITEMS, sources=["x", "y"] * (len(ITEMS) // 2))
part = st.one_of(st.just(1.0), st.just(0.0), st.floats(0, 1))  # what is at its best, above all


def language_of(*texts, times):
    """Count words and pairs of words, as often as that."""
    counts = Counter()
    for row in rows_of(tokens_of(*texts)):
        counts.update(NO_CONTEXT << 32 | token for token in row)
        counts.update(before << 32 | token for before, token in pairwise(row))
    keys = np.array(sorted(counts), np.uint64)
    values = np.array([times * counts[int(key)] for key in keys], np.uint32)
    return Language(1, keys, values, 10**7)


@st.composite
def matches(draw):
    """Draw the features of a match, its item's length in quarters, and its longest run."""
    tokens = draw(st.integers(1, TABLE_WORDS + 10))
    quarters = draw(st.integers(1, TABLE_QUARTERS + 60))
    length = quarters / 4
    matched = min(tokens * draw(st.sampled_from([0.25, 0.5, 1.0])), length)
    is_most = float(matched >= MOST_OF_ITEM * length)
    bits = draw(part) * tokens * MAX_WORD_BITS
    three = [bits * draw(part) for _ in range(3)]
    longest = matched * draw(part)
    distinct = draw(
        st.one_of(st.just(float(MIN_DISTINCT_WORDS)), part.map(lambda own: own * matched))
    )
    flags = [draw(st.sampled_from([0.0, 1.0])) for _ in range(4)]
    alone, whole, starts = is_most * flags[0], is_most * flags[1], flags[2]
    figures = [*three, matched, length, longest, distinct, draw(part), draw(part) * 90]
    columns = [np.array([figure]) for figure in (*figures, alone, starts, whole, starts * flags[3])]
    return quarters, Features(*columns)


def least_of(limits, starts, quarters, longest, matched):
    """Look up the least bits."""
    place = (
        int(starts),
        min(quarters, TABLE_QUARTERS),
        min(int(np.ceil(longest)), TABLE_WORDS),
        min(int(np.ceil(matched)), TABLE_WORDS),
    )
    return limits.least_bits[place] / SURPRISAL_SCALE


@property_test(
    600,
    10_000,
    match=matches(),
    chance=st.sampled_from(CHANCES),
    size=st.sampled_from(SIZES),
    corpus=st.sampled_from([0, 10**5, 10**9]),
)
def test_no_match_of_less_information_is_reported(match, chance, size, corpus):
    quarters, features = match
    limits = LIMITS[chance.decay, size]
    bits = max(features.corpus_bits[0], features.pooled_bits[0])
    matched, longest = features.matched[0], features.longest[0]
    if bits < least_of(limits, features.starts_item[0], quarters, longest, matched) - 1e-9:
        likely = log_odds(features, corpus)
        assert not is_reported(likely, strength(likely, chance, size))[0]


def best_odds(bits, quarters, longest, matched, starts):
    """Give the highest log-odds of a match whose figures are at either end of what they may be."""
    corners = np.array(list(product((0.0, 1.0), repeat=8))).T
    few, dense, across, alone, begins, whole, broken, whose = corners
    ones = np.ones(corners.shape[1])
    length, starts = quarters / 4 * ones, starts * begins
    matched = min(matched, quarters / 4) * ones
    is_most = matched >= MOST_OF_ITEM * length
    features = Features(
        *(bits * ones, bits * whose, bits * ones, matched, length, np.minimum(longest, matched)),
        *(MIN_DISTINCT_WORDS + 5 * (1 - few), dense, 90 * across, alone * is_most, starts),
        *(whole * is_most, starts * broken),
    )
    return log_odds(features, 10**9).max()


@pytest.mark.parametrize("chance", CHANCES)
@pytest.mark.parametrize("size", SIZES)
@property_test(15, 300, data=st.data())
def test_no_more_information_is_required_than_the_best_match_has(chance, size, data):
    limits = LIMITS[chance.decay, size]
    starts, quarters = data.draw(st.booleans()), data.draw(st.integers(1, TABLE_QUARTERS))
    longest = data.draw(st.integers(1, TABLE_WORDS))
    matched = data.draw(st.integers(longest, TABLE_WORDS))
    least = least_of(limits, starts, quarters, longest, matched)
    is_possible = least < 1e5
    odds = np.array(
        [
            best_odds(least + 0.02 if is_possible else 1e6, quarters, fewer, words, starts)
            for words in range(1, matched + 1)
            for fewer in range(1, longest + 1)
        ]
    )
    assert is_reported(odds, strength(odds, chance, size)).any() == is_possible


@pytest.mark.parametrize("chance", CHANCES)
def test_larger_registries_require_more_information(chance):
    several = [LIMITS[chance.decay, size].least_bits for size in SIZES]
    for less, more in pairwise(several):
        assert (less <= more).all()
    assert (several[0] < several[-1]).any()


def test_small_registries_have_no_limits():
    assert report_limits(SHIPPED_CHANCE, LIMITED_FROM_TOKENS - 1, NO_LANGUAGE) is NO_LIMITS
    assert report_limits(SHIPPED_CHANCE, LIMITED_FROM_TOKENS, NO_LANGUAGE).least_bits.size


@pytest.mark.parametrize("limits", LIMITS.values())
def test_the_longest_item_of_a_run_is_the_longest_that_suffices(limits):
    for starts, words, bits in product((0, 1), (1, 4, 5, 8, 20), range(0, TABLE_BITS + 1, 4)):
        most = SURPRISAL_SCALE * bits
        most += min(3 * most // 4, MAX_EXTENSION)
        matched = min(words + EXTENSION_WORDS, TABLE_WORDS)
        enough = (limits.least_bits[: starts + 1, :, words, matched] <= most).any(axis=0)
        longest = limits.longest_items[starts, words, bits]
        assert longest == (np.flatnonzero(enough).max() if enough.any() else 0)


def surprisal_of(table, row):
    """Sum the surprisal of a run of tokens, by a plain look through the table."""
    values = dict(zip(table[::2].tolist(), table[1::2].tolist(), strict=True))
    total, unknown, most = 0, 0, int(MAX_WORD_BITS * SURPRISAL_SCALE)
    for place, token in enumerate(row):
        word = values.get(NO_CONTEXT << 32 | token)
        alone, after = (most, 0) if word is None else (word & 0xFFFF, word >> 16)
        pair = values.get(row[place - 1] << 32 | token) if place else None
        if place == 0:
            total += alone
        else:
            total += pair & 0xFFFF if pair is not None else min(alone + unknown, most)
        unknown = after
    return total


@pytest.mark.parametrize("times", [1, 40, 9000])
def test_surprisals_are_those_of_language_rounded_up(times):
    items = [item for item in ITEMS if len(tokens_of(item).hashes) < 60]
    language = language_of(*items[:60], *items[:20], " ".join(items[:3]), times=times)
    table, counts = language_surprisals(language), language_only_counts(language)
    made = registry(*items)
    rows = rows_of(tokens_of(*items))
    for number, row in enumerate(rows):
        if len(set(row)) < len(row):
            continue  # repeated words count less
        runs = np.array([[0, 0, len(row)]], np.int32)
        one = Candidates(
            *(np.zeros(1, np.int64), np.array([number], np.uint32)),
            *(np.array([len(row)], np.int32), np.zeros(1, np.int32)),
            *(np.array([len(row) - 1], np.int32), np.zeros(1, np.int32), np.ones(1, np.int32)),
            *(np.zeros(1, np.uint8), np.zeros(1, np.uint64), np.zeros((1, 2), np.uint8)),
            *(runs, np.array([0, 1])),
        )
        none = np.zeros(1, np.int64)
        bits = measure_information(one, (none, none), made, counts)[0, CORPUS_BITS]
        told = surprisal_of(table, row) / SURPRISAL_SCALE
        assert bits <= told + 1e-9 <= bits + (2 * len(row) + 1) / SURPRISAL_SCALE


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
    for title in dice.sample(TITLES, 20):  # some of them edited, or with words around
        own = title.split()
        if dice.random() < 0.3:
            own[dice.randrange(len(own))] = "other"
        found.append(" ".join([prose(dice.choice([0, 0, 1, 3]), dice.randrange(99)), *own]))
    return found


def reported(against, texts, size, language, known_copies=None):
    """Give how many candidates there are, what is reported of them, and what counts as a copy."""
    tokens = tokens_of(*texts)
    found = find_candidates(tokens, seeds_of(tokens), against)
    parted = breaks(texts_of(*texts), tokens, found.texts, found.firsts, found.lasts)
    found, sample = replace(found, breaks=parted), sample_passages(tokens)
    inputs = ScoringInputs(sample, language, size)
    weighed = score_candidates(found, against, inputs, known_copies)
    strong = found.take(weighed.indices)
    columns = strong.texts, strong.items, strong.firsts, strong.lasts, strong.matched
    rows = [column.tolist() for column in (*columns, weighed.bits, weighed.strengths)]
    copies = copied_items(found, against, sample)
    return len(found), rows, copies


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([10**4, 10**6, 5 * 10**7, 10**9, 10**12]),
    st.booleans(),
    st.sampled_from([0, 30, 9000]),
)
@example(739, 10**12, False, 0)  # a copy in runs of 3 and 6 words is dropped
def test_reported_matches_are_the_same_without_limits(seed, size, is_several, times):
    made, texts = SEVERAL if is_several else HELD, pages(random.Random(seed))
    language = language_of(*ITEMS[::2], times=times) if times else NO_LANGUAGE
    limited = replace(made, limits=report_limits(made.arrays.chance, size, language))
    kept, found, copies = reported(limited, texts, size, language)
    counts = np.bincount(copies.items, minlength=len(ITEMS))
    everything, wanted, all_copies = reported(made, texts, size, language, counts)
    assert found == wanted
    assert kept <= everything
    pairs, all_pairs = (
        set(zip(each.passages.tolist(), each.items.tolist(), strict=True))
        for each in (copies, all_copies)
    )
    assert pairs <= all_pairs


@pytest.mark.parametrize("size", [10**6, 5 * 10**7])
def test_a_title_alone_is_found_as_if_it_was_an_item(size):
    titles = [title for title in TITLES if len(title.split()) >= 9]
    limited = replace(HELD, limits=report_limits(HELD.arrays.chance, size, NO_LANGUAGE))
    _, found, _ = reported(limited, titles, size, NO_LANGUAGE)
    assert set(found[0]) == set(range(len(titles)))
    inside = [f"{prose(30, number)} {title}" for number, title in enumerate(titles)]
    _, weaker, _ = reported(limited, inside, size, NO_LANGUAGE)
    strengths = dict(zip(weaker[0], weaker[-1], strict=True))
    assert all(strengths.get(text, 0) < own for text, own in zip(found[0], found[-1], strict=True))


def test_most_chance_matches_are_dropped():
    dice = random.Random(2)
    long = [item for item in ITEMS if len(item.split()) > TABLE_WORDS]
    texts = []
    for item in long:
        words = item.split()
        first = dice.randrange(1, len(words) - 4)
        margins = [prose(20, seed) for seed in (dice.randrange(99), dice.randrange(99))]
        texts.append(" ".join([margins[0], *words[first : first + 4], margins[1]]))
    limited = replace(HELD, limits=report_limits(HELD.arrays.chance, 5 * 10**7, NO_LANGUAGE))
    assert len(found_in(HELD, *texts)) >= len(long)
    assert len(found_in(limited, *texts)) == 0
