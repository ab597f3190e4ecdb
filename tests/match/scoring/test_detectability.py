"""Items that nothing could ever find are told beforehand."""

from dataclasses import replace

import numpy as np
import pytest

from provenance.match.index.postings_index import select_counted_items
from provenance.match.scoring import detectability
from provenance.match.scoring.classifier import log_odds
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.detectability import count_undetectable, undetectable_items
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD, strength
from provenance.match.scoring.features import measure_features
from tests.match.memory_registries import (
    found_in,
    holding,
    holding_in_segments,
    index_of,
    posts,
    registry,
    tokens_of,
    words,
)


def told(items, size=None, **described):
    made = registry(*items, **described)
    return undetectable_items(made, made.arrays.size if size is None else size).tolist()


def test_items_without_a_seed_are_undetectable():
    assert told(["", "one", "one two three", *posts(3)]) == [True] * 3 + [False] * 3


def test_an_item_that_repeats_one_word_is_undetectable():
    assert told(["ha " * 40, *posts(3)])[0]


def test_items_are_as_detectable_in_several_segments_and_the_replaced_are_not_counted():
    items = ["one two", *posts(9), "ONE, TWO!", "", *posts(3), "ha " * 40, "so few words"]
    sources = ["x" if number % 3 else "reddit" for number in range(len(items))]
    dead = {3, 9, 10}
    one, _ = holding_in_segments(items, [0] * len(items), sources=sources)
    many, numbers = holding_in_segments(
        items, [number % 3 for number in range(len(items))], dead=dead, sources=sources
    )
    alone, found = (undetectable_items(index_of(each), 10**7) for each in (one, many))
    live = [number for number in range(len(items)) if number not in dead]
    assert found[numbers[live]].tolist() == alone[live].tolist()
    assert found.sum() == alone[live].sum() > 0
    counts = count_undetectable(index_of(many), 10**7)
    expected = [
        sum(alone[item] and sources[item] == name for item in live) for name in many.sources
    ]
    assert counts.tolist() == expected


def test_in_a_large_registry_the_undetectable_are_estimated_from_a_sample(monkeypatch):
    items = [*posts(800, seed=3), *(f"word{number} two" for number in range(400))]
    sources = ["x" if number % 4 else "reddit" for number in range(len(items))]
    arrays = holding(*items, sources=sources)
    whole = count_undetectable(index_of(arrays), 10**6)
    assert whole.tolist() == [100, 300]
    counted = select_counted_items(arrays, arrays.size // 5)
    assert counted.share == 0.125
    estimate = count_undetectable(replace(index_of(arrays), counted=counted), 10**6)
    assert estimate.min() > 0
    assert (estimate != whole).any()
    assert (np.abs(estimate - whole) < 0.5 * whole).all()


def test_where_nothing_is_detectable_no_sample_says_otherwise():
    arrays = holding(*(f"word{number} two" for number in range(400)))
    counted = select_counted_items(arrays, arrays.size // 5)
    assert count_undetectable(replace(index_of(arrays), counted=counted), 10**6).tolist() == [400]


def test_equal_items_are_equally_detectable():
    assert told(["one two", "ONE, TWO!", *posts(2)]) == [True, True, False, False]


def test_larger_registries_make_more_items_undetectable():
    items = [" ".join(words(count, 50 + count)) for count in range(4, 40)]
    counts = [sum(told(items, 10**power)) for power in (3, 9, 11, 13, 15)]

    assert counts == sorted(counts)
    assert counts[0] == 0 < counts[-1]


@pytest.mark.parametrize("size", [10**7, 10**12, 10**14])
def test_items_found_at_their_best_are_detectable(size):
    items = posts(60, seed=3, shortest=4, longest=16)
    made = registry(*items)
    candidates = found_in(made, *items)
    features = measure_features(candidates, made, sample_passages(tokens_of(*items)))
    found = strength(log_odds(features, 10**7), made.arrays.chance, size) >= STRENGTH_THRESHOLD

    beyond = undetectable_items(made, size)

    assert not beyond[np.unique(candidates.items[found])].any()


@pytest.mark.parametrize("cheaper", [1, 4, 8, 20])
@pytest.mark.parametrize("size", [10**4, 10**7, 10**10, 10**13])
def test_items_that_skip_the_exact_test_would_pass_it(size, cheaper, monkeypatch):
    items = [
        " ".join(words(count, 100 * count + kinds, vocabulary=kinds))
        for count in (3, 5, 8, 9, 12, 16, 20, 21, 40, 70, 300)
        for kinds in (2, 4, 7, 8, 9, 11, 20, 50, 2000)
    ]
    made = registry(*items)
    made = replace(made, bits=made.bits // np.uint8(cheaper))
    quickly = undetectable_items(made, size).tolist()
    monkeypatch.setattr(detectability, "_sufficient_bits", lambda *_: np.inf)
    assert undetectable_items(made, size).tolist() == quickly
