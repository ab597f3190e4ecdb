"""Hits of texts, against looking up each seed and comparing words one by one."""

from collections import Counter, defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match import held, hits
from tests.match.holding import posts, prose, registry, rows_of, seeds_of, tokens_of

EVERYBODYS, OWN, SHARED = prose(7, 5), prose(6, 6), prose(5, 7)
ITEMS = [
    f"{post} {EVERYBODYS if number % 3 else ''} {OWN if number % 4 == 0 else ''}"
    f" {SHARED if number in (1, 2) else ''}"
    for number, post in enumerate(posts(60, seed=3))
]
SOURCES = [f"s{number % 2}" for number in range(len(ITEMS))]
HELD = registry(*ITEMS, sources=SOURCES)


def gathered(texts):
    """Give the hits of each text, weighed, as the scan has them group by group."""
    tokens = tokens_of(*texts)
    seeds = seeds_of(tokens)
    known, holdings = held(seeds, HELD), HELD.holdings
    offsets, rows = np.zeros(len(texts) + 1, np.int64), []
    table, end = np.empty((1, hits.HIT_COLUMNS), np.int64), 0
    while end < len(texts):
        start, end = end, hits.group_end(known.offsets, end)
        offsets[start] = 0
        table = hits.gather(
            (start, end),
            (seeds.hashes, seeds.positions),
            (known.places, known.firsts, known.lasts, known.offsets),
            (HELD.bits, HELD.public, holdings.source_codes),
            (holdings.postings.items, holdings.postings.positions),
            table,
            offsets,
        )
        for text in range(start, end):
            own = table[offsets[text] : offsets[text + 1]]
            document = tokens.hashes[tokens.offsets[text] : tokens.offsets[text + 1]]
            hits.weigh(own, document, holdings.tokens, holdings.token_offsets, HELD.bits)
            rows.append(own.tolist())
    return rows


def worth(text, at, item, place):
    """Sum up the information of the equal words around two places."""
    back, on = 0, 0
    while min(at, place) > back and text[at - back - 1] == item[place - back - 1]:
        back += 1
    while on < min(len(text) - at, len(item) - place) and text[at + on] == item[place + on]:
        on += 1
    return sum(HELD.bits[token >> 12].item() for token in text[at - back : at + on])


def expected(texts):
    items, places = rows_of(tokens_of(*ITEMS)), defaultdict(list)
    for item, own in enumerate(items):
        for place in range(len(own) - 3):
            places[tuple(own[place : place + 4])].append((item, place))
    for words in texts:
        text, rows = rows_of(tokens_of(words))[0], []
        for at, seed in enumerate(seeds_of(tokens_of(words)).hashes):
            sharing = [] if seed in HELD.public else places[tuple(text[at : at + 4])]
            across = len({SOURCES[item] for item, _ in sharing}) > 1
            for item, place in sharing:
                told = worth(text, at, items[item], place)
                rows.append([item, at, place, 2 * len(sharing) + across, told])
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


@settings(max_examples=60)
@given(st.lists(TEXT, max_size=6))
def test_hits_are_those_of_every_seed_word_by_word(texts):
    assert gathered(texts) == list(expected(texts))


def test_words_of_everybody_give_no_hits_and_those_of_several_sources_say_so():
    everybodys, own, shared = gathered([EVERYBODYS, OWN, SHARED])
    assert everybodys == []
    assert {(item, sharing) for item, _, _, sharing, _ in own} == {
        (item, 2 * 15) for item in range(0, 60, 4)
    }
    assert {(item, sharing) for item, _, _, sharing, _ in shared} == {(1, 5), (2, 5)}


def test_texts_of_many_seeds_and_of_few_are_gathered_alike():
    texts = [*ITEMS, "", " ".join(ITEMS * 3), "", *ITEMS[::-1], prose(50, 1)]
    seeds = seeds_of(tokens_of(*texts))
    assert np.diff(held(seeds, HELD).offsets).max() > hits._AT_ONCE
    assert gathered(texts) == list(expected(texts))


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 2 * hits.CHAIN_FLOOR)), max_size=40))
def test_only_hits_that_make_no_chain_are_dropped(drawn):
    table = np.zeros((len(drawn), hits.HIT_COLUMNS), np.int64)
    table[:, hits.IN_TEXT] = np.arange(len(drawn))
    table[:, [hits.OF_ITEM, hits.WORTH]] = np.array(drawn, np.int64).reshape(-1, 2)
    of_item = Counter(item for item, _ in drawn)
    kept = hits.drop_lone(table, np.empty(hits.MET, np.uint8))
    places = table[:kept, hits.IN_TEXT].tolist()
    assert places == sorted(places)
    for place, (item, worth) in enumerate(drawn):
        if of_item[item] > 1 or worth >= hits.CHAIN_FLOOR:
            assert place in places


def test_of_hits_that_chance_gives_nearly_all_are_dropped():
    table = np.zeros((30, hits.HIT_COLUMNS), np.int64)
    table[:, hits.OF_ITEM] = np.arange(30) * 7919
    assert hits.drop_lone(table, np.empty(hits.MET, np.uint8)) <= 4
