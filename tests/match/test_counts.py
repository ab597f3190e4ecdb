"""Counts of tokens and neighbours, against `collections.Counter`."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.candidates import NO_CANDIDATES
from provenance.match.counts import count, vocabulary
from provenance.match.wordtables import ALONE, laid_into, slot_of, table_of, triple
from tests.match.parts import callable_part

key_of, place_of = callable_part(triple), callable_part(slot_of)

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
    made = vocabulary(candidates_of(runs), *flat(items))
    counted = count(made, *flat(texts), np.array(rows, np.int64))
    matched = {
        found for item, place, size in runs for found in keys_of(items[item][place : place + size])
    }
    everything = Counter(found for row in rows for found in keys_of(texts[row]))
    assert set(made.keys[made.keys != 0].tolist()) == matched
    for wanted in matched:
        slot = place_of(made.keys, np.uint64(wanted))
        assert made.keys[slot] == wanted
        assert counted[slot] == everything[wanted]
    assert counted.sum() == sum(everything[wanted] for wanted in matched)


def test_many_keys_find_each_other_s_places_free():
    items = [list(range(1, 4000))]
    made = vocabulary(candidates_of([(0, 0, 3999)]), *flat(items))
    counted = count(made, *flat(items * 3), np.arange(3))
    assert (counted[made.keys != 0] == 3).all()
    assert np.count_nonzero(made.keys) == 3999 + 3998 + 3997


def test_the_first_token_of_a_run_has_no_neighbour():
    made = vocabulary(candidates_of([(0, 1, 2)]), *flat([[7, 8, 9]]))
    wanted = {key(int(ALONE), 8), key(int(ALONE), 9), key(8, 9)}
    assert set(made.keys[made.keys != 0].tolist()) == wanted


def test_what_was_counted_before_is_laid_out_in_the_same_places():
    made = vocabulary(candidates_of([(0, 0, 3)]), *flat([[7, 8, 9]]))
    before = np.array([key(7, 8), key(8, 7), key(int(ALONE), 9)], np.uint64)
    laid = laid_into(made.keys, before, np.array([5, 6, 7], np.uint32))
    assert laid.sum() == 5 + 7
    assert laid[place_of(made.keys, before[0])] == 5
    assert laid[place_of(made.keys, before[2])] == 7


@given(st.dictionaries(st.integers(1, 2**64 - 1), st.integers(1, 2**32 - 1), max_size=40))
def test_what_was_counted_before_makes_a_table_of_its_own(counts):
    known = np.array(list(counts), np.uint64), np.array(list(counts.values()), np.uint32)
    table, laid = table_of(*known)
    assert {key: laid[place_of(table, np.uint64(key))] for key in counts} == counts
    assert np.count_nonzero(table) == np.count_nonzero(laid) == len(counts) <= len(table) // 2


def test_nothing_matched_is_nothing_counted():
    made = vocabulary(NO_CANDIDATES, *flat([[1, 2]]))
    assert not count(made, *flat([[1, 2]]), np.arange(1)).any()
