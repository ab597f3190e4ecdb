"""Hits of texts, against looking up each seed and comparing words one by one."""

from collections import Counter, defaultdict
from math import log2

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.candidates import seed_hits, seeds
from provenance.match.index.probe import probe_index
from tests.match.gathered import gathered
from tests.match.holding import posts, prose, registry, rows_of, seeds_of, tokens_of

EVERYBODYS, OWN, SHARED = prose(7, 5), prose(6, 6), prose(5, 7)
ITEMS = [
    f"{post} {EVERYBODYS if number % 3 else ''} {OWN if number % 4 == 0 else ''}"
    f" {SHARED if number in (1, 2) else ''}"
    for number, post in enumerate(posts(60, seed=3))
]
SOURCES = [f"s{number % 2}" for number in range(len(ITEMS))]
HELD = registry(*ITEMS, sources=SOURCES)


def hits_of(texts):
    return [rows for _, rows, _ in gathered(texts, HELD)]


def run_of(text, at, item, place, sharing):
    """Give what the equal words around two places are worth, where they begin, how many."""
    back, on = 0, 4
    while min(at, place) > back and text[at - back - 1] == item[place - back - 1]:
        back += 1
    while on < min(len(text) - at, len(item) - place) and text[at + on] == item[place + on]:
        on += 1
    bits = [HELD.bits[token >> 12].item() for token in text[at - back : at + on]]
    seed = sum(bits[back : back + 4])
    if sharing >= seed_hits._SHARED_FROM and len(item) > seed_hits.PARTIAL_RATIO * len(bits):
        seed = min(seed, int(8 * log2(len(HELD.arrays.postings.items) / sharing)))
    return sum(bits[:back]) + seed + sum(bits[back + 4 :]), at - back, len(bits)


def expected(texts):
    items, places = rows_of(tokens_of(*ITEMS)), defaultdict(list)
    for item, own in enumerate(items):
        for place in range(len(own) - 3):
            places[tuple(own[place : place + 4])].append((item, place))
    for words in texts:
        text, rows = rows_of(tokens_of(words))[0], []
        for at, seed in enumerate(seeds_of(tokens_of(words)).hashes):
            sharing = [] if seed in HELD.stop_shingles else places[tuple(text[at : at + 4])]
            across = len({SOURCES[item] for item, _ in sharing}) > 1
            for item, place in sharing:
                told = run_of(text, at, items[item], place, len(sharing))
                rows.append([item, at, place, 2 * len(sharing) + across, *told])
        yield rows


TEXT = st.lists(
    st.one_of(
        st.sampled_from(ITEMS),
        st.integers(0, 40).map(lambda n: prose(9, n)),
        st.sampled_from([EVERYBODYS, OWN, SHARED]),
        st.just(" ".join(ITEMS)),
    ),
    max_size=4,
).map(" ".join)


def assert_told(texts):
    """Assert that hits are those of every seed, word by word, but for strays."""
    for made, wanted in zip(hits_of(texts), expected(texts), strict=True):
        of_item = Counter(row[seed_hits.HIT_ITEM] for row in wanted)
        kept = {tuple(row) for row in made}
        assert made == [row for row in wanted if tuple(row) in kept]
        for row in wanted:
            if tuple(row) not in kept:
                assert of_item[row[seed_hits.HIT_ITEM]] == 1
                assert row[seed_hits.HIT_BITS] < seed_hits.MIN_CHAIN_SCORE


@settings(max_examples=60)
@given(st.lists(TEXT, max_size=6))
def test_hits_are_those_of_every_seed_word_by_word(texts):
    assert_told(texts)


def test_stop_shingles_give_no_hits_and_hits_of_several_sources_are_marked():
    everybodys, own, shared = hits_of([EVERYBODYS, OWN, SHARED])
    assert everybodys == []
    assert {(item, sharing) for item, _, _, sharing, *_ in own} == {
        (item, 2 * 15) for item in range(0, 60, 4)
    }
    assert {(item, sharing) for item, _, _, sharing, *_ in shared} == {(1, 5), (2, 5)}


def test_a_phrase_of_several_items_scores_its_frequency_in_the_registry():
    worths = seed_hits.max_seed_bits(1 << 20)
    assert worths[:2].min() > 8 * 1000
    assert worths[[2, 4, 64]].tolist() == [8 * 19, 8 * 18, 8 * 14]
    assert len(worths) == seed_hits.MAX_SHARED + 1
    assert seed_hits.max_seed_bits(0).min() == 0


def test_texts_of_many_seeds_and_of_few_give_the_same_hits():
    texts = [*ITEMS, "", " ".join(ITEMS * 3), "", *ITEMS[::-1], prose(50, 1)]
    shingles = seeds_of(tokens_of(*texts))
    assert np.diff(probe_index(shingles, HELD).offsets).max() > seeds._SEEDS_PER_GROUP
    assert_told(texts)
