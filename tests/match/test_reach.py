"""Items that nothing could ever find are told beforehand."""

from dataclasses import replace

import numpy as np
import pytest

from provenance.match import THRESHOLD, measure, odds, sample, strength, unattributable
from provenance.match.index.stop_shingles import MANY
from provenance.match.scoring import detectability as reach
from tests.match.holding import found_in, posts, registry, tokens_of, words
from tests.match.test_everybody import PHRASE, crowd, halves


def told(items, size=None, **described):
    made = registry(*items, **described)
    return unattributable(made, made.holdings.size if size is None else size).tolist()


def test_items_without_a_seed_are_beyond_reach():
    assert told(["", "one", "one two three", *posts(3)]) == [True] * 3 + [False] * 3


def test_a_word_said_again_and_again_is_beyond_reach():
    assert told(["ha " * 40, *posts(3)])[0]


def test_an_item_that_says_only_what_everybody_says_is_beyond_reach():
    items = [*crowd(MANY), PHRASE]
    assert told(items, sources=[*halves(MANY), "x"]) == [False] * MANY + [True]


def test_copies_are_as_far_beyond_reach_as_the_first():
    assert told(["one two", "ONE, TWO!", *posts(2)]) == [True, True, False, False]


def test_the_larger_the_registries_the_more_is_beyond_reach():
    items = [" ".join(words(count, 50 + count)) for count in range(4, 40)]
    counts = [sum(told(items, 10**power)) for power in (3, 9, 11, 13, 15)]

    assert counts == sorted(counts)
    assert counts[0] == 0 < counts[-1]


@pytest.mark.parametrize("size", [10**7, 10**12, 10**14])
def test_what_is_found_at_its_best_is_within_reach(size):
    items = posts(60, seed=3, shortest=4, longest=16)
    made = registry(*items)
    candidates = found_in(made, *items)
    features = measure(candidates, made, sample(tokens_of(*items)))
    found = strength(odds(features, 10**7), made.holdings.chance, size) >= THRESHOLD

    beyond = unattributable(made, size)

    assert not beyond[np.unique(candidates.items[found])].any()


@pytest.mark.parametrize("cheaper", [1, 4, 8, 20])
@pytest.mark.parametrize("size", [10**4, 10**7, 10**10, 10**13])
def test_who_needs_no_closer_look_would_pass_it(size, cheaper, monkeypatch):
    items = [
        " ".join(words(count, 100 * count + kinds, vocabulary=kinds))
        for count in (3, 5, 8, 9, 12, 16, 20, 21, 40, 70, 300)
        for kinds in (2, 4, 7, 8, 9, 11, 20, 50, 2000)
    ]
    made = registry(*items)
    made = replace(made, bits=made.bits // np.uint8(cheaper))
    quickly = unattributable(made, size).tolist()
    monkeypatch.setattr(reach, "_plenty", lambda *_: np.inf)
    assert unattributable(made, size).tolist() == quickly


def test_few_items_need_a_closer_look(monkeypatch):
    items = posts(200, seed=3, shortest=10, longest=40)
    looked = []

    def strong(registry, size, bits, *rest):
        looked.append(len(bits))
        return judged(registry, size, bits, *rest)

    judged = reach._strong
    plenty = reach._plenty(registry(*items), 10**7)
    monkeypatch.setattr(reach, "_strong", strong)
    monkeypatch.setattr(reach, "_plenty", lambda *_: plenty)
    assert not any(told(items, 10**7))
    assert sum(looked) < 20
