"""What many authors of several sources write is evidence of nobody."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.index.seed_postings import look_up_seeds
from provenance.match.index.stop_shingles import MIN_AUTHORS, NO_STOPS, StopShingles
from provenance.match.scoring.corpus_sample import sample_passages
from provenance.match.scoring.features import measure_features
from provenance.model.content.fingerprints import Tokens
from tests.match.crowds import PHRASE, crowd
from tests.match.memory_registries import (
    found_in,
    holding,
    holding_in_segments,
    index_of,
    prose,
    registry,
    rows_of,
    seeds_of,
    tokens_of,
    words,
)


def stopped(*registries, asked=None):
    """Give the stop shingles among those of all items."""
    stops = StopShingles(registries, seeds_of)
    if asked is None:
        everything = [
            Tokens(
                arrays.tokens, np.zeros(0, np.int32), np.zeros(0, np.int32), arrays.token_offsets
            )
            for arrays in registries
        ]
        asked = np.unique(np.concatenate([seeds_of(tokens).hashes for tokens in everything]))
    return asked[stops.contain(asked)].tolist()


def shared(items, sources, authors=()):
    return stopped(holding(*items, sources=sources, authors=authors))


def seeds(text):
    return sorted(seeds_of(tokens_of(text)).hashes.tolist())


def halves(count):
    return ["x" if number % 2 else "reddit" for number in range(count)]


def test_a_phrase_of_many_authors_in_two_sources_is_stopped():
    assert shared(crowd(MIN_AUTHORS), halves(MIN_AUTHORS)) == seeds(PHRASE)


def test_one_author_fewer_than_the_minimum_is_not_enough():
    assert shared(crowd(MIN_AUTHORS - 1), halves(MIN_AUTHORS - 1)) == []


def test_a_phrase_frequent_inside_one_source_is_kept():
    assert shared(crowd(3 * MIN_AUTHORS), ["x"] * 3 * MIN_AUTHORS) == []


def test_a_single_author_in_a_second_source_is_not_enough():
    sources = ["x"] * 3 * MIN_AUTHORS + ["reddit"]
    assert shared(crowd(len(sources)), sources) == []


def test_an_author_counts_once_however_many_items_hold_the_phrase():
    authors = [1, 2] * (MIN_AUTHORS // 2)
    assert (
        shared(
            crowd(MIN_AUTHORS),
            ["x"] * (MIN_AUTHORS // 2) + ["reddit"] * (MIN_AUTHORS // 2),
            authors,
        )
        == []
    )


def test_sources_may_be_in_registries_of_their_own():
    half = MIN_AUTHORS // 2
    one = holding(*crowd(half), sources=["x"] * half)
    other = holding(*crowd(half, 5000), sources=["reddit"] * half)

    assert stopped(one, other) == stopped(other, one) == seeds(PHRASE)
    assert stopped(one) == stopped(one, one) == []


def test_no_registries_have_no_stop_shingles():
    asked = seeds_of(tokens_of(PHRASE)).hashes
    assert stopped(holding()) == stopped(holding("a b")) == []
    assert stopped(asked=asked) == stopped(holding(), holding(), asked=asked) == []
    assert not NO_STOPS.contain(asked).any()
    assert not NO_STOPS.may_exist


PHRASES = [" ".join(words(5, 70 + number, prefix="c")) for number in range(4)]
ITEM = st.tuples(
    st.sampled_from(range(4)),  # phrase
    st.sampled_from(range(3)),  # source
    st.integers(0, 25),  # author; 0 if unknown
    st.sampled_from(range(3)),  # segment
    st.booleans(),  # whether it counts
)


def expected(worlds):
    """List the seeds that enough authors use, by what is held in each registry."""
    authors = {}
    for texts, dead, sources, people in worlds:
        known = set()
        for item, row in enumerate(rows_of(tokens_of(*texts))):
            if item in dead or tuple(row) in known:
                continue
            known.add(tuple(row))
            author = people[item] or f"of item {item} alone"
            for seed in seeds_of(tokens_of(texts[item])).hashes.tolist():
                authors.setdefault(seed, {}).setdefault(sources[item], set()).add(author)
    return sorted(
        seed
        for seed, by_source in authors.items()
        if len(counts := [len(own) for own in by_source.values() if len(own) > 1]) > 1
        and sum(counts) >= MIN_AUTHORS
    )


@settings(max_examples=40)
@given(
    st.lists(st.lists(ITEM, min_size=30, max_size=90), min_size=1, max_size=2),
    st.integers(1, 7),
    st.data(),
)
def test_stop_shingles_are_those_that_enough_authors_use(drawn, repeats, data):
    worlds, held = [], []
    for items in drawn:
        texts = [
            f"{PHRASES[phrase]} own{number % (len(items) // repeats + 1)}"
            for number, (phrase, *_) in enumerate(items)
        ]
        sources = [f"s{item[1]}" for item in items]
        people = [item[2] for item in items]
        used = sorted({item[3] for item in items})
        dead = {number for number, item in enumerate(items) if not item[4]}
        # An item of unknown author is by one of its own in each registry, as its identity is.
        people = [author or 1000 * len(worlds) + 100 + at for at, author in enumerate(people)]
        worlds.append((texts, dead, sources, people))
        arrays, _ = holding_in_segments(
            texts,
            [used.index(item[3]) for item in items],
            dead=dead,
            sources=sources,
            authors=people,
        )
        held.append(arrays)
    wanted = expected(worlds)
    assert stopped(*held) == wanted
    # What was asked before changes no answer.
    stops = StopShingles(held, seeds_of)
    asked = seeds_of(tokens_of(*PHRASES, *worlds[0][0][:3])).hashes
    for _ in range(3):
        some = data.draw(st.lists(st.sampled_from(asked.tolist()), max_size=9))
        answers = stops.contain(np.array(some, np.uint64))
        assert answers.tolist() == [seed in wanted for seed in some]


def test_threads_have_the_same_answers():
    arrays = holding(*crowd(MIN_AUTHORS), sources=halves(MIN_AUTHORS))
    stops = StopShingles([arrays], seeds_of)
    asked = seeds_of(tokens_of(PHRASE, *crowd(3))).hashes
    wanted = [seed in seeds(PHRASE) for seed in asked.tolist()]
    parts = [slice(start, start + 5) for start in range(len(asked) - 5)] * 20
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda part: stops.contain(asked[part]).tolist(), parts)
        assert list(answers) == [wanted[part] for part in parts]


def test_seeds_that_are_stopped_are_marked_in_every_registry():
    half = MIN_AUTHORS // 2
    one = holding(*crowd(half), sources=["x"] * half)
    other = holding(*crowd(half, 5000), sources=["reddit"] * half)
    asked = seeds_of(tokens_of(f"{crowd(1)[0]} {crowd(1, 5000)[0]}"))
    for postings in look_up_seeds(asked, [index_of(one, other), index_of(other, one)]):
        own = asked.hashes[postings.indices].tolist()
        assert postings.is_stop.tolist() == [seed in seeds(PHRASE) for seed in own]
        assert 0 < postings.is_stop.sum() < len(own)
    for postings in look_up_seeds(asked, [index_of(one), index_of(one)]):
        assert len(postings.is_stop) == 0


def test_a_page_of_stop_shingles_has_no_candidate():
    made = registry(*crowd(MIN_AUTHORS), sources=halves(MIN_AUTHORS))

    assert len(found_in(made, f"{prose(9, 1)} {PHRASE} {prose(9, 2)}")) == 0


def test_an_item_is_measured_by_its_own_words_alone():
    items = crowd(MIN_AUTHORS)
    made = registry(*items, sources=halves(MIN_AUTHORS))
    text = f"{prose(9, 1)} {items[3]} {prose(9, 2)}"

    candidates = found_in(made, text)
    features = measure_features(candidates, made, sample_passages(tokens_of(text)))

    assert candidates.items.tolist() == [3]
    assert candidates.matched.tolist() == [20]
    # Of the phrase's eight words, three at each end stand in seeds with the item's own.
    assert features.matched.tolist() == [18]
    assert features.length.tolist() == [18]
    assert features.longest.tolist() == [9]


@pytest.mark.parametrize("segments", [1, 3])
def test_tokens_are_marked_where_stop_shingles_begin(segments):
    items = [*crowd(MIN_AUTHORS), f"{PHRASE} {prose(5, 3)} {PHRASE} {PHRASE}"]
    arrays, _ = holding_in_segments(
        items,
        [number % segments for number in range(len(items))],
        sources=[*halves(MIN_AUTHORS), "x"],
    )
    made = index_of(arrays)
    found = found_in(made, *items)
    assert len(found) == len(items)
    marks = made.stops.mark_runs(found, arrays)
    wanted = []
    for item, (first, _, length) in zip(
        np.repeat(found.items, np.diff(found.run_offsets)), found.runs.tolist(), strict=True
    ):
        start = arrays.token_offsets[item] + first
        tokens = arrays.tokens[start : start + length]
        own = seeds_of(
            Tokens(
                tokens,
                tokens[:0].astype(np.int32),
                tokens[:0].astype(np.int32),
                np.array([0, length]),
            )
        )
        begins = {
            place
            for seed, place in zip(own.hashes.tolist(), own.positions.tolist(), strict=True)
            if seed in seeds(PHRASE)
        }
        wanted += [place in begins for place in range(length)]
    assert marks.tolist() == wanted
    assert sum(wanted) == 5 * (MIN_AUTHORS + 3)


def test_nothing_is_marked_where_no_stop_shingle_is():
    items = [*crowd(MIN_AUTHORS), prose(9, 3)]
    made = registry(*items, sources=[*halves(MIN_AUTHORS), "x"])
    assert len(made.stops.mark_runs(found_in(made, items[-1]), made.arrays)) == 0
    assert len(made.stops.mark_runs(found_in(made, "nothing"), made.arrays)) == 0
    alone = registry(*items)
    assert len(alone.stops.mark_runs(found_in(alone, items[0]), alone.arrays)) == 0
