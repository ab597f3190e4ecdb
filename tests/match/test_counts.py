"""Counts of tokens and neighbours, against `collections.Counter`."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.candidates import NO_CANDIDATES
from provenance.match.counts import IN_CORPUS, IN_REGISTRY, count, vocabulary
from provenance.match.wordtables import ALONE, row_of, table_of, triple
from tests.match.parts import callable_part

key_of, place_of = callable_part(triple), callable_part(row_of)

# Some share a cell of the filter of single tokens, and some do not.
TOKENS = st.integers(1, 6) | st.integers(1, 6).map(lambda number: number * 0x2AAAAAAA)
TEXTS = st.lists(st.lists(TOKENS, max_size=12), min_size=1, max_size=5)


def flat(texts):
    tokens = np.array([token for text in texts for token in text], np.uint32)
    return tokens, np.cumsum([0, *map(len, texts)]).astype(np.int64)


def candidates_of(runs):
    """Give candidates with these (item, place, length), one run each."""
    table = np.array([(place, 0, length) for _, place, length in runs], np.int32).reshape(-1, 3)
    return replace(
        NO_CANDIDATES,
        items=np.array([item for item, _, _ in runs], np.uint32),
        runs=table,
        run_offsets=np.arange(len(runs) + 1),
    )


def counted(made, wanted):
    """Give the counts of a key in a table, of the corpus and of the registry; None without it."""
    row = place_of(made, np.uint64(wanted))
    counts = int(made[row + 1])
    return (counts & 0xFFFFFFFF, counts >> 32) if made[row] == wanted else None


def key(before, token):
    return before << 32 | token


def keys_of(row):
    yield from (key(int(ALONE), token) for token in row)
    yield from (key(before, token) for before, token in pairwise(row))
    for place in range(2, len(row)):
        yield int(key_of(*map(np.uint32, row[place - 2 : place + 1])))


@st.composite
def runs_in(draw, items):
    drawn = []
    for _ in range(draw(st.integers(0, 6))):
        item = draw(st.integers(0, len(items) - 1))
        if items[item]:
            place = draw(st.integers(0, len(items[item]) - 1))
            drawn.append((item, place, draw(st.integers(1, len(items[item]) - place))))
    return drawn


@settings(max_examples=150)
@given(TEXTS, TEXTS, st.data())
def test_counts_are_those_of_a_counter(items, texts, data):
    runs = data.draw(runs_in(items))
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), unique=True))
    made = vocabulary(candidates_of(runs), *flat(items), data.draw(st.integers(1, 3)))
    count(made, *flat(texts), np.array(rows, np.int64), IN_CORPUS)
    count(made, *flat(items), np.arange(len(items)), IN_REGISTRY, threads=2)
    matched = {
        found for item, place, size in runs for found in keys_of(items[item][place : place + size])
    }
    in_corpus = Counter(found for row in rows for found in keys_of(texts[row]))
    in_registry = Counter(found for item in items for found in keys_of(item))
    assert set(keys_in(made)) == matched
    for wanted in matched:
        assert counted(made.table, wanted) == (in_corpus[wanted], in_registry[wanted])
    assert not made.table[1::2][made.table[::2] == 0].any()
    assert len(matched) <= len(made.table) // 4


def keys_in(made):
    return [found for found in made.table[::2].tolist() if found]


@pytest.mark.parametrize(
    "runs",
    [
        [(0, 0, 3999)],
        [(0, 0, 3999)] * 3,
        [(0, place, 3) for place in range(3997)],
        [(item, place, 3) for item in (0, 1) for place in range(3997)],
    ],
)
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_many_keys_find_each_other_s_places_free(runs, threads):
    items = [list(range(1, 4000)), list(range(1, 4000))]
    made = vocabulary(candidates_of(runs), *flat(items), threads)
    count(made, *flat(items * 150), np.arange(300), IN_CORPUS, threads=3)
    assert (made.table[1::2][made.table[::2] != 0] == 300).all()
    assert len(keys_in(made)) == 3999 + 3998 + 3997 <= len(made.table) // 4


def test_an_item_that_many_share_takes_no_more_room():
    items = [list(range(1, 3001))] * 50
    shared = vocabulary(candidates_of([(0, 0, 3000)] * 50), *flat(items))
    once = vocabulary(candidates_of([(0, 0, 3000)]), *flat(items))
    assert shared.table.tolist() == once.table.tolist()


@pytest.mark.parametrize("new_first", [True, False])
def test_however_keys_fall_to_threads_the_table_is_no_larger(new_first):
    """All new keys are one thread's, and the other finds nothing but what is there."""
    items = [list(range(1, 20_001)), [7, 8, 9] * 6667]
    runs = [(0, place, 100) for place in range(0, 20_000, 100)]
    runs += [(1, place, 100) for place in range(0, 20_000, 100)]
    own = candidates_of(runs if new_first else runs[::-1])
    one, two = (vocabulary(own, *flat(items), threads) for threads in (1, 2))
    assert sorted(keys_in(one)) == sorted(keys_in(two))
    assert len(one.table) == len(two.table)
    assert one.alone.tolist() == two.alone.tolist()


def test_the_first_token_of_a_run_has_no_neighbour():
    made = vocabulary(candidates_of([(0, 1, 2)]), *flat([[7, 8, 9]]))
    wanted = {key(int(ALONE), 8), key(int(ALONE), 9), key(8, 9)}
    assert set(keys_in(made)) == wanted


@given(st.dictionaries(st.integers(1, 2**64 - 1), st.integers(1, 2**32 - 1), max_size=40))
def test_what_was_counted_before_makes_a_table_of_its_own(counts):
    known = np.array(list(counts), np.uint64), np.array(list(counts.values()), np.uint32)
    table = table_of(*known)
    assert {key: counted(table, key)[0] for key in counts} == counts
    assert np.count_nonzero(table[::2]) == len(counts) <= len(table) // 4


def test_nothing_matched_is_nothing_counted():
    made = vocabulary(NO_CANDIDATES, *flat([[1, 2]]))
    count(made, *flat([[1, 2]]), np.arange(1), IN_CORPUS)
    assert not made.table.any()
