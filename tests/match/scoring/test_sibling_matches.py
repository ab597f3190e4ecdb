"""Lines of one item that stand beside each other count together, in whatever order."""

import numpy as np

from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.features import group_siblings, item_words, measure_features
from tests.match.memory_registries import found_in, prose, registry, tokens_of, words

FIRST, SECOND = (" ".join(words(6, seed, prefix=f"l{seed}")) for seed in (1, 2))
ITEM = f"{FIRST} {' '.join(words(4, 3, prefix='m'))} {SECOND}"


def measured(text, item=ITEM):
    made = registry(item)
    found = found_in(made, text)
    return found, measure_features(found, made, sample_passages(tokens_of(text)))


def test_siblings_in_another_order_are_measured_together():
    found, features = measured(f"{prose(9, 1)} {SECOND} {FIRST} {prose(9, 2)}")

    assert found.matched.tolist() == [6, 6]
    assert features.matched.tolist() == [12, 12]
    assert features.distinct.tolist() == [12, 12]
    assert features.longest.tolist() == [6, 6]


def test_lines_far_apart_are_measured_one_by_one():
    _, features = measured(f"{SECOND} {prose(60, 1)} {FIRST}")

    assert features.matched.tolist() == [6, 6]


def test_the_same_line_twice_is_no_more_of_the_item():
    _, features = measured(f"{FIRST} {prose(3, 1)} {FIRST}")

    assert features.matched.tolist() == [6, 6]


def test_phrases_of_a_long_item_are_not_summed():
    long = f"{FIRST} {' '.join(words(90, 4, prefix='m'))} {SECOND}"
    _, features = measured(f"{SECOND} {FIRST}", long)

    assert features.matched.tolist() == [6, 6]


def test_no_candidates_have_no_siblings():
    found = found_in(registry(ITEM), prose(9, 1))
    assert len(group_siblings(found, np.zeros(0))) == 0


def test_characters_that_are_tokens_are_parts_of_words():
    tokens = tokens_of("two words", "\u6211\u4eec\u8d70\u4e86", "\u0e01\u0e02\u0e03\u0e04", "")
    items = np.array([0, 1, 2, 3, 1], np.uint32)
    assert item_words(items, (tokens.hashes, tokens.offsets)).tolist() == [2, 2, 2, 0, 2]
