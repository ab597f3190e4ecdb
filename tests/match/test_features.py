"""Features: an oracle for the information, and what makes words cheap."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from provenance.match import measure, sample
from provenance.model import ALONE, Language
from tests.match.holding import (
    found_in,
    holding,
    posts,
    prose,
    registry,
    rows_of,
    tokens_of,
    words,
)

COPY_LEAST, COPY_COVER, COPY_RUN = 8, 0.8, 12
REPEATED, MOST_BITS, VOCABULARY = 0.3, 16.0, 500_000


def measured(items, texts, *, corpus=None):
    made = registry(*items)
    candidates = found_in(made, *texts)
    passages = sample(tokens_of(*(texts if corpus is None else corpus)))
    return candidates, measure(candidates, made.holdings, passages)


def ngrams(rows):
    alone, pairs = Counter(), Counter()
    for row in rows:
        alone.update(row)
        pairs.update(pairwise(row))
    return alone, pairs


def bits(token, before, counts, left_out, total):
    alone, pairs = counts

    def without(number):
        return max(number - left_out, 0)

    probability = (without(alone[token]) + 0.5) / (total + 0.5 * VOCABULARY)
    context = without(alone[before]) if before is not None else 0
    if context:
        share = context**0.75 / (context + context**0.75)
        seen = max(without(pairs[before, token]) - 0.75, 0) / context
        probability = share * probability + (1 - share) * seen
    return min(-np.log2(probability), MOST_BITS)


def slow_bits(item, runs, counts, left_out, total):
    """Add the information of matched tokens up; what came before tells a part again."""
    found, seen = 0.0, []
    for at, _, length in runs:
        for place in range(at, at + length):
            before = item[place - 1] if place > at else None
            weight = REPEATED if item[place] in seen[-64:] else 1.0
            found += weight * bits(item[place], before, counts, left_out, total)
            seen.append(item[place])
    return found


ITEMS = [*posts(30, seed=8), "so it goes so it goes and so it goes again and so", "a b c d e f g"]
TEXTS = [
    f"{prose(10, 1)} {ITEMS[0]} {prose(10, 2)}",
    f"{' '.join(ITEMS[1].split()[:5])} {ITEMS[30]} {prose(150, 3)} {ITEMS[2]}",
    *(f"{prose(4, seed)} {' '.join(ITEMS[3].split()[:6])} {prose(4, seed)}" for seed in range(9)),
    ITEMS[31],
]


def test_information_is_that_of_the_oracle():
    candidates, features = measured(ITEMS, TEXTS)
    drawn = sample(tokens_of(*TEXTS))
    passages = [row.tolist() for row in np.split(drawn.tokens, drawn.offsets[1:-1])]
    items = rows_of(tokens_of(*ITEMS))
    total = sum(map(len, items))
    assert len(candidates) >= 12
    for place, number in enumerate(candidates.items.tolist()):
        runs = candidates.runs_of(place).tolist()
        copies = {
            int(candidates.passages[other])
            for other in range(len(candidates))
            if candidates.items[other] == number
            and (
                candidates.longest[other] >= COPY_RUN
                or (
                    candidates.matched[other] >= COPY_LEAST
                    and candidates.matched[other] >= COPY_COVER * len(items[number])
                )
            )
        }
        left_out = max(len(copies), 1)
        mine = slow_bits(items[number], runs, ngrams(passages), left_out, len(drawn.tokens))
        theirs = slow_bits(items[number], runs, ngrams(items), 1, total)
        assert features.corpus_bits[place] == pytest.approx(mine)
        assert features.registry_bits[place] == pytest.approx(theirs)


def test_the_plain_figures_are_those_of_the_match():
    row = words(20, 3)
    text = f"{prose(5, 1)} {' '.join([*row[:6], 's1', *row[7:12]])} {prose(8, 2)}"
    candidates, features = measured([" ".join(row)], [text])
    assert len(candidates) == 1
    assert features.matched.tolist() == [11]
    assert features.length.tolist() == [20]
    assert features.longest.tolist() == [6]
    assert features.distinct.tolist() == [len({*row[:6], *row[7:12]})]
    assert features.density.tolist() == [11 / 12]
    assert features.rarest.tolist() == [1]


def test_an_item_copied_a_thousand_times_does_not_become_cheap():
    post = " ".join(words(12, 904))
    texts = [f"{prose(6, seed)} {post} {prose(6, seed + 5000)}" for seed in range(1000)]
    _, once = measured([post, *posts(20)], texts[:1])
    _, often = measured([post, *posts(20)], texts)
    assert len(often.corpus_bits) == 1000
    assert min(often.corpus_bits) >= 0.95 * once.corpus_bits[0]
    assert min(often.pooled_bits) >= 0.95 * once.pooled_bits[0]


def test_a_phrase_that_many_passages_use_becomes_cheap():
    phrase = " ".join(words(6, 904))
    texts = [f"{prose(6, seed)} {phrase} {prose(6, seed + 5000)}" for seed in range(1000)]
    _, once = measured([phrase, *posts(20)], texts[:1])
    _, often = measured([phrase, *posts(20)], texts)
    assert max(often.corpus_bits) <= 0.5 * once.corpus_bits[0]
    # The same where the item says more than the phrase that everybody uses.
    longer = f"{phrase} {' '.join(words(9, 905))}"
    _, alone = measured([longer], texts[:1])
    _, common = measured([longer], texts)
    assert max(common.corpus_bits) <= 0.5 * alone.corpus_bits[0]


def test_a_phrase_that_many_items_use_is_cheap_in_the_registry():
    phrase = " ".join(words(6, 904))
    crowd = [f"{phrase} {' '.join(words(5, 50 + number))}" for number in range(60)]
    rare, common = ([phrase], [phrase, *crowd])
    (_, alone), (_, crowded) = measured(rare, [phrase]), measured(common, [phrase])
    assert crowded.registry_bits[0] <= 0.5 * alone.registry_bits[0]
    assert crowded.corpus_bits[0] == pytest.approx(alone.corpus_bits[0])


def test_repeated_words_tell_less():
    _, features = measured(["ja nein doch oh", "ja nein doch oh " * 3], ["ja nein doch oh " * 3])
    assert features.distinct.max() == 4
    assert features.corpus_bits.max() <= 16 * 4 * (1 + 2 * REPEATED) + 1e-9


def test_passages_outside_the_sample_are_not_left_out():
    post = " ".join(words(12, 904))
    corpus = [f"{post} {prose(9, 7)}"]
    _, inside = measured([post], corpus)
    made = registry(post)
    candidates = found_in(made, *corpus)
    nothing = sample(tokens_of(*corpus), bound=1)
    outside = measure(candidates, made.holdings, nothing)
    assert len(nothing.tokens) == 0
    assert outside.corpus_bits[0] == pytest.approx(inside.corpus_bits[0], rel=0.01)


def test_no_candidate_has_no_feature():
    made = registry(*posts(5))
    features = measure(found_in(made, "x"), made.holdings, sample(tokens_of("x")))
    assert len(features.corpus_bits) == len(features.rarest) == 0
    assert len(found_in(registry("x"), "x").matched) == 0
    assert holding("x").background.sum() == 1


def test_what_language_at_large_says_often_is_cheap():
    item = "for the first time in many years"
    made = registry(item)
    tokens = tokens_of(item)
    hashes = tokens.hashes.astype(np.uint64)
    keys = np.concatenate(
        [np.uint64(ALONE << 32) | hashes, (hashes[:-1] << np.uint64(32)) | hashes[1:]]
    )
    order = np.argsort(keys)
    language = Language(1, keys[order], np.full(len(keys), 5000, np.uint32), 10**6)
    candidates = found_in(made, item)

    alone = measure(candidates, made.holdings, sample(tokens))
    known = measure(candidates, made.holdings, sample(tokens), language)

    assert known.pooled_bits[0] < 0.25 * alone.pooled_bits[0]
    assert known.corpus_bits[0] < 0.25 * alone.corpus_bits[0]
