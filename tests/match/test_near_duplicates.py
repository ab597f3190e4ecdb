"""Near-duplicates by signature: found, ranked, and nothing else."""

import random
from functools import cache

import numpy as np
import pytest
from datasketch import MinHashLSH

from provenance.fingerprint.minhash import signatures
from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import current_parameters
from provenance.match.candidates.near_duplicates import (
    BANDS_AND_ROWS,
    MIN_SIMILARITY,
    PERMUTATIONS,
    build_lsh_index,
    find_near_duplicates,
)
from tests.match.holding import tokens_of, words


def signed(*texts):
    return signatures(shingle(tokens_of(*texts), 5, include_short=True), current_parameters())


def numbers(count, start=0):
    return np.arange(start, start + count)


def article(seed, length=300):
    return " ".join(words(length, seed))


def changed(text, every):
    row = text.split()
    row[::every] = [f"s{place}" for place in range(len(row[::every]))]
    return " ".join(row)


ITEMS = [article(seed) for seed in range(40)]


@cache
def items_index():
    return build_lsh_index(numbers(40).astype(np.uint32), signed(*ITEMS))


def find(*texts, index=None):
    return find_near_duplicates(index or items_index(), numbers(len(texts)), signed(*texts))


def test_a_copy_has_similarity_1():
    found = find(*ITEMS)
    assert found.texts.tolist() == found.items.tolist() == list(range(40))
    assert (found.similarities == 1).all()


def test_near_duplicates_are_found():
    found = find(*(changed(item, 60) for item in ITEMS))
    assert found.texts.tolist() == found.items.tolist() == list(range(40))
    assert (found.similarities >= MIN_SIMILARITY).all()
    assert (found.similarities < 1).all()


def test_other_texts_resemble_nothing():
    assert len(find(*(article(seed) for seed in range(1000, 1200))).texts) == 0
    assert len(find(*(changed(item, 4) for item in ITEMS)).texts) == 0
    assert len(find("").texts) == 0


def test_a_text_is_given_the_item_that_it_resembles_most():
    near, nearer = changed(ITEMS[3], 90), changed(ITEMS[3], 200)
    index = build_lsh_index(numbers(3).astype(np.uint32), signed(near, nearer, article(77)))
    found = find(ITEMS[3], index=index)
    assert found.items.tolist() == [1]


@pytest.mark.parametrize("seed", range(3))
def test_of_equally_similar_items_the_earliest_is_given(seed):
    order = random.Random(seed).sample(range(10), 10)
    items = np.array(order, np.uint32) * 7 + 5
    rows = signed(*[ITEMS[0]] * 9, ITEMS[1])
    found = find_near_duplicates(build_lsh_index(items, rows), numbers(1), signed(ITEMS[0]))
    assert found.items.tolist() == [min(items[:9])]


def test_similarities_are_the_shares_of_equal_values():
    texts = [changed(item, 80) for item in ITEMS]
    found, rows = find(*texts), signed(*texts)
    for text, item, similarity in zip(found.texts, found.items, found.similarities, strict=True):
        assert similarity == np.mean(rows[text] == items_index().signatures[item])


def test_texts_keep_their_numbers_and_stand_once_each():
    found = find_near_duplicates(
        items_index(), np.array([70, 80, 90]), signed(ITEMS[2], article(99), ITEMS[2])
    )
    assert found.texts.tolist() == [70, 90]
    assert found.items.tolist() == [2, 2]


def test_texts_are_compared_independently():
    texts = [changed(ITEMS[place % 40], every) for place, every in enumerate(range(10, 120, 2))]
    together = find(*texts)
    alone = [find(text) for text in texts]
    assert together.items.tolist() == [item for one in alone for item in one.items.tolist()]


def test_bands_are_those_that_datasketch_chooses():
    plan = MinHashLSH(threshold=MIN_SIMILARITY, num_perm=PERMUTATIONS)
    assert (plan.b, plan.r) == BANDS_AND_ROWS
    narrow = build_lsh_index(numbers(40).astype(np.uint32), signed(*ITEMS)[:, :64])
    plan = MinHashLSH(threshold=MIN_SIMILARITY, num_perm=64)
    assert (len(narrow.keys), narrow.rows) == (plan.b, plan.r)


def test_an_empty_index_finds_nothing():
    index = build_lsh_index(np.zeros(0, np.uint32), np.zeros((0, 128), np.uint32))
    assert len(find(ITEMS[0], index=index).texts) == 0
    assert (
        len(find_near_duplicates(items_index(), numbers(0), np.zeros((0, 128), np.uint32)).texts)
        == 0
    )
