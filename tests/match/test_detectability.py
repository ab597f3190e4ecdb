"""Items that nothing could ever find are told beforehand."""

from dataclasses import replace

import numpy as np
import pytest

from provenance.match.index.stop_shingles import MIN_AUTHORS
from provenance.match.scoring import detectability
from provenance.match.scoring.classifier import log_odds
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.detectability import undetectable_items
from provenance.match.scoring.evalue import STRENGTH_THRESHOLD, strength
from provenance.match.scoring.features import measure_features
from tests.match.holding import found_in, posts, registry, tokens_of, words
from tests.match.test_stop_shingles import PHRASE, crowd, halves


def told(items, size=None, **described):
    made = registry(*items, **described)
    return undetectable_items(made, made.arrays.size if size is None else size).tolist()


def test_items_without_a_seed_are_undetectable():
    assert told(["", "one", "one two three", *posts(3)]) == [True] * 3 + [False] * 3


def test_an_item_that_repeats_one_word_is_undetectable():
    assert told(["ha " * 40, *posts(3)])[0]


def test_an_item_of_stop_shingles_is_undetectable():
    items = [*crowd(MIN_AUTHORS), PHRASE]
    assert told(items, sources=[*halves(MIN_AUTHORS), "x"]) == [False] * MIN_AUTHORS + [True]


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


def test_few_items_need_the_exact_test(monkeypatch):
    items = posts(200, seed=3, shortest=10, longest=40)
    looked = []

    def strong(registry, size, bits, *rest):
        looked.append(len(bits))
        return judged(registry, size, bits, *rest)

    judged = detectability._would_be_reported
    plenty = detectability._sufficient_bits(registry(*items), 10**7)
    monkeypatch.setattr(detectability, "_would_be_reported", strong)
    monkeypatch.setattr(detectability, "_sufficient_bits", lambda *_: plenty)
    assert not any(told(items, 10**7))
    assert sum(looked) < 20
