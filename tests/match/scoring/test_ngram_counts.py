"""Counts of tokens and neighbours, against `collections.Counter`."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.candidates.candidate_table import NO_CANDIDATES
from provenance.match.scoring.ngram_counts import collect_vocabulary, count_ngrams
from provenance.match.scoring.ngram_table import NO_CONTEXT, build_table, find_row, triple_key
from tests.match.kernel_parts import callable_part

key_of, place_of = callable_part(triple_key), callable_part(find_row)

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


def halves(counts):
    """Give counts of the corpus and of the registry."""
    return int(counts) & 0xFFFFFFFF, int(counts) >> 32


def counted(table, wanted):
    """Give the counts of a key in a table; None without it."""
    row = place_of(table, np.uint64(wanted))
    return halves(table[row + 1]) if table[row] == wanted else None


def everywhere(texts):
    """Give texts as `count_ngrams` takes them: all of them."""
    return *flat(texts), np.arange(len(texts))


def key(before, token):
    return before << 32 | token


def triple_of(first, before, token):
    return int(key_of(*map(np.uint32, (first, before, token))))


def keys_of(row):
    yield from (key(int(NO_CONTEXT), token) for token in row)
    yield from (key(before, token) for before, token in pairwise(row))
    yield from (triple_of(*row[place - 2 : place + 1]) for place in range(2, len(row)))


@st.composite
def runs_in(draw, items):
    drawn = []
    for _ in range(draw(st.integers(0, 6))):
        item = draw(st.integers(0, len(items) - 1))
        if items[item]:
            place = draw(st.integers(0, len(items[item]) - 1))
            drawn.append((item, place, draw(st.integers(1, len(items[item]) - place))))
    return drawn


def assert_counted(made, items, runs, corpus, registry):
    """Hold the counts of all that was matched against those of a `Counter` of each side."""
    in_corpus, in_registry = (
        Counter(found for row in texts for found in keys_of(row)) for texts in (corpus, registry)
    )

    def told(wanted):
        return in_corpus[wanted], in_registry[wanted]

    pairs, triples, words = [], [], set()
    for item, place, size in runs:
        own = items[item][place : place + size]
        words.update(own)
        pairs += [(0, 0)] + [told(key(*both)) for both in pairwise(own)]
        triples += [(0, 0)] * min(size, 2)
        triples += [told(triple_of(*own[at - 2 : at + 1])) for at in range(2, size)]
    assert [halves(one) for one in made.counts[::2]] == pairs
    assert [halves(one) for one in made.counts[1::2]] == triples
    assert words_in(made) == sorted(words)
    for word in words:
        wanted = key(int(NO_CONTEXT), word)
        assert counted(made.words, wanted) == told(wanted)
    assert not made.words[1::2][made.words[::2] == 0].any()


def words_in(made):
    return sorted(found & 0xFFFFFFFF for found in made.words[::2].tolist() if found)


@settings(max_examples=150)
@given(TEXTS, TEXTS, st.data())
def test_counts_are_those_of_a_counter(items, texts, data):
    runs = data.draw(runs_in(items))
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), unique=True))
    made = collect_vocabulary(candidates_of(runs), *flat(items), data.draw(st.integers(1, 3)))
    threads = data.draw(st.integers(1, 3))
    count_ngrams(made, (*flat(texts), np.array(rows, np.int64)), everywhere(items), threads)
    assert_counted(made, items, runs, [texts[row] for row in rows], items)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.sampled_from([3, 40, 3000]))
def test_words_of_long_texts_are_counted_at_every_position(seed, threads, kinds):
    """Of few words, of some, of so many that hardly any is known; some of them behind others."""
    dice = np.random.default_rng(seed)
    words = dice.choice(2**32, kinds, replace=False)
    items, texts = (
        [dice.choice(words, dice.integers(0, 200)).tolist() for _ in range(6)] for _ in range(2)
    )
    runs = [(item, 0, len(own) // 2) for item, own in enumerate(items[:2]) if len(own) > 1]
    made = collect_vocabulary(candidates_of(runs), *flat(items), threads)
    count_ngrams(made, everywhere(texts), everywhere(items), threads)
    assert_counted(made, items, runs, texts, items)


ROWS = [list(range(1, 4000)), list(range(1, 4000))]


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
def test_many_keys_are_counted_at_every_position(runs, threads):
    made = collect_vocabulary(candidates_of(runs), *flat(ROWS), threads)
    count_ngrams(made, everywhere(ROWS * 3), everywhere(ROWS), threads)
    assert_counted(made, ROWS, runs, ROWS * 3, ROWS)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("at_once", [1, 5000, 1 << 20])
def test_keys_that_do_not_fit_are_counted_in_the_next_batch(threads, at_once):
    """So many in one text, and in many, that what is found is counted many times over."""
    random = np.random.default_rng(1)
    items = [random.integers(1, 40, 30_000).tolist()]
    texts = [random.integers(1, 60, size).tolist() for size in [20_000, *[3] * 2000, 9000]]
    runs = [(0, 0, 30_000)]
    made = collect_vocabulary(candidates_of(runs), *flat(items), threads)
    count_ngrams(made, everywhere(texts), everywhere(items), threads, at_once)
    assert_counted(made, items, runs, texts, items)


def test_nearly_all_keys_may_be_in_one_partition():
    """Whoever writes one word over and over again has one pair, and one triple."""
    items = [[7] * 40_000, [7, 8, 9]]
    runs = [(0, 0, 40_000), (1, 0, 3)]
    made = collect_vocabulary(candidates_of(runs), *flat(items), 2)
    assert made.wanted.ends.shape == (2, 8)
    count_ngrams(made, everywhere([[7] * 5, [8, 9]]), everywhere(items), 2)
    assert_counted(made, items, runs, [[7] * 5, [8, 9]], items)


def test_words_that_collide_in_the_table_are_distinguished():
    """Five hundred in two thousand rows: every fifth stands where another one would be first."""
    random = np.random.default_rng(2)
    items = [random.choice(2**32, 500, replace=False).tolist()]
    texts = [[*items[0], *random.integers(0, 2**32, 2000).tolist(), *items[0][::-1]]]
    runs = [(0, 0, 500)]
    made = collect_vocabulary(candidates_of(runs), *flat(items))
    count_ngrams(made, everywhere(texts), everywhere(items))
    assert_counted(made, items, runs, texts, items)


def test_the_first_token_of_a_run_has_no_neighbour():
    items = [[7, 8, 9]]
    made = collect_vocabulary(candidates_of([(0, 1, 2)]), *flat(items))
    count_ngrams(made, everywhere([[7, 8]]), everywhere(items))
    assert_counted(made, items, [(0, 1, 2)], [[7, 8]], items)


@given(st.dictionaries(st.integers(1, 2**64 - 1), st.integers(1, 2**32 - 1), max_size=40))
def test_given_counts_are_stored_in_a_table(counts):
    known = np.array(list(counts), np.uint64), np.array(list(counts.values()), np.uint32)
    table = build_table(*known)
    assert {key: counted(table, key)[0] for key in counts} == counts
    assert np.count_nonzero(table[::2]) == len(counts) <= len(table) // 4


def test_without_matches_nothing_is_counted():
    made = collect_vocabulary(NO_CANDIDATES, *flat([[1, 2]]))
    count_ngrams(made, everywhere([[1, 2]]), everywhere([[1, 2]]))
    assert not made.words.any()
    assert not len(made.counts)
