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
    BANDS,
    MIN_SIMILARITY,
    ROWS,
    LshIndex,
    SignatureTable,
    band_entries,
    find_near_duplicates,
)
from tests.match.memory_registries import holding_in_segments, rows_of, tokens_of, words


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


def table_of(items, signatures):
    """Index some signatures, as a segment has them."""
    entries = [band_entries(signatures, band) for band in range(BANDS)]
    return SignatureTable(np.array(items, np.uint32), signatures, np.stack(entries))


def index_of(texts, segments=None, dead=()):
    """Index items in segments, the first being the earliest; give their numbers as well."""
    segments = segments or [0] * len(texts)
    arrays, numbers = holding_in_segments(texts, segments, dead=dead)
    rows, tables = rows_of(tokens_of(*texts)), []
    for place in range(max(segments) + 1):
        own = [item for item in range(len(texts)) if segments[item] == place]
        first = {tuple(rows[item]): item for item in reversed(own)}
        signed_items = [item for item in own if first[tuple(rows[item])] == item]
        tables.append(table_of(numbers[signed_items], signed(*(texts[n] for n in signed_items))))
    return LshIndex(tuple(tables), arrays), numbers


@cache
def items_index():
    index, _ = index_of(ITEMS)
    return index


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
    index, _ = index_of([near, nearer, article(77)])
    found = find(ITEMS[3], index=index)
    assert found.items.tolist() == [1]


@pytest.mark.parametrize("seed", range(6))
def test_of_equally_similar_items_the_earliest_is_given(seed):
    dice = random.Random(seed)
    segments = [0, 1, 2, *dice.choices(range(3), k=7)]
    dice.shuffle(segments)
    arrays, numbers_of = holding_in_segments([article(seed) for seed in range(10)], segments)
    unlike = dice.randrange(10)  # the others have equal signatures, though not equal words
    tables = []
    for place in range(3):
        own = [item for item in range(10) if segments[item] == place]
        texts = [ITEMS[1] if item == unlike else ITEMS[0] for item in own]
        tables.append(table_of(numbers_of[own], signed(*texts)))
    found = find(ITEMS[0], index=LshIndex(tuple(tables), arrays))
    assert found.items.tolist() == [numbers_of[0 if unlike else 1]]


def like_one_build(texts, segments, dead, asked):
    """Find items of segments; give what is found, and what is in one segment of what counts."""
    live = [item for item in range(len(texts)) if item not in dead]
    whole, _ = index_of([texts[item] for item in live])
    index, numbers_of = index_of(texts, segments, dead)
    item_of = {number: item for item, number in enumerate(numbers_of.tolist())}
    found, expected = find(*asked, index=index), find(*asked, index=whole)
    return (
        (found.texts.tolist(), [item_of[n] for n in found.items.tolist()], found.similarities),
        (
            expected.texts.tolist(),
            [live[n] for n in expected.items.tolist()],
            expected.similarities,
        ),
    )


@pytest.mark.parametrize("seed", range(4))
def test_items_of_several_segments_are_found_as_those_of_one(seed):
    dice = random.Random(seed)
    texts = [changed(item, every) for item in ITEMS[:8] for every in (40, 70, 300)]
    texts += dice.sample(texts, 12)
    dice.shuffle(texts)
    segments = [0, 1, 2, *dice.choices(range(3), k=len(texts) - 3)]
    dead = set(dice.sample(range(len(texts)), 10))
    asked = [*ITEMS[:10], *texts[:4], "", changed(ITEMS[2], 50)]
    found, expected = like_one_build(texts, segments, dead, asked)
    assert found[:2] == expected[:2]
    assert np.array_equal(found[2], expected[2])
    assert len(found[0]) >= 10


def test_of_many_items_with_equal_bands_the_earliest_are_compared():
    """A text is compared with so many items of a band, whichever segments they are in."""
    base = article(5).split()
    texts = []
    for number in range(240):
        row = base.copy()
        for place in range(number % 50, len(row), 50):
            row[place] = f"other{number}"
        texts.append(" ".join(row))
    segments = [number * 7 % 3 for number in range(240)]
    found, expected = like_one_build(texts, segments, set(range(0, 60, 3)), [" ".join(base)])
    assert found[:2] == expected[:2]
    assert np.array_equal(found[2], expected[2])
    assert len(found[0]) == 1


def test_similarities_are_the_shares_of_equal_values():
    texts = [changed(item, 80) for item in ITEMS]
    found, rows = find(*texts), signed(*texts)
    for text, item, similarity in zip(found.texts, found.items, found.similarities, strict=True):
        assert similarity == np.mean(rows[text] == items_index().tables[0].signatures[item])


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
    plan = MinHashLSH(threshold=MIN_SIMILARITY, num_perm=current_parameters().permutations)
    assert (plan.b, plan.r) == (BANDS, ROWS)


def test_an_empty_index_finds_nothing():
    empty = table_of(numbers(0), np.zeros((0, 128), np.uint32))
    for tables in ((), (empty,), (empty, empty)):
        assert len(find(ITEMS[0], index=LshIndex(tables, items_index().registry)).texts) == 0
    nothing = np.zeros((0, 128), np.uint32)
    assert len(find_near_duplicates(items_index(), numbers(0), nothing).texts) == 0
