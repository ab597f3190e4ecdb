"""Items that nothing could ever find are told beforehand."""

import numpy as np
import pytest

from provenance.match import THRESHOLD, measure, odds, sample, strength, unattributable
from provenance.match.everybody import MANY
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
