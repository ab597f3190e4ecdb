"""Hits that are gathered: strays, told without the item, are what weighing would drop."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.candidates import seed_hits
from provenance.match.candidates.seeds import _measure_seed
from provenance.match.index.probe import probe_index
from tests.match.gathered import gathered
from tests.match.holding import posts, prose, registry, seeds_of, tokens_of
from tests.match.parts import callable_part

seed_at, weigh = callable_part(_measure_seed), callable_part(seed_hits.score_hits)

PHRASES = [prose(4, 5), prose(5, 6), "日本語の文章を読", "ภาษาไทยเป็น", "12 日本 3 の"]
ITEMS = [
    f"{post} {PHRASES[number % 7] if number % 7 < len(PHRASES) else ''} {tail}"
    for number, (post, tail) in enumerate(zip(posts(60, seed=3), posts(60, seed=4), strict=True))
]
HELD = registry(*ITEMS)


def kept_of(text, against=HELD):
    [(_, _, rows)] = gathered([text], against)
    return rows


def hits_of(text, against=HELD):
    """List all hits of a text that are followed, strays too: item, place in the text, worth."""
    postings, arrays = against.arrays.postings, against.arrays
    tokens = tokens_of(text)
    seeds = seeds_of(tokens)
    known = probe_index(seeds, against)
    rows = [
        (postings.items[own], seeds.positions[place], postings.positions[own], 2 * (last - first))
        for place, first, last in zip(known.indices, known.firsts, known.lasts, strict=True)
        for own in range(first, last if last - first <= seed_hits.MAX_SHARED else first + 8)
    ]
    table = np.zeros((len(rows), seed_hits.HIT_COLUMNS), np.int64)
    table[:, :4] = np.array(rows, np.int64).reshape(-1, 4)
    worths = seed_hits.max_seed_bits(len(postings.items))
    items = arrays.tokens, arrays.token_offsets
    weigh(table, tokens.hashes, items, against.bits, worths)
    return table[:, [seed_hits.HIT_ITEM, seed_hits.HIT_POSITION, seed_hits.HIT_BITS]].tolist()


PIECE = st.one_of(
    st.sampled_from(PHRASES),
    st.sampled_from(ITEMS),
    st.integers(0, 40).map(lambda n: prose(9, n)),
    st.tuples(st.sampled_from(ITEMS), st.integers(0, 12), st.integers(3, 9)).map(
        lambda cut: " ".join(cut[0].split()[cut[1] : cut[1] + cut[2]])
    ),
)


def assert_strays_alone_dropped(text, against):
    everything = hits_of(text, against)
    kept = [
        (row[seed_hits.HIT_ITEM], row[seed_hits.HIT_POSITION]) for row in kept_of(text, against)
    ]
    assert kept == [(item, at) for item, at, _ in everything if (item, at) in set(kept)]
    of_item = Counter(item for item, _, _ in everything)
    for item, at, worth in everything:
        if (item, at) not in set(kept):
            assert of_item[item] == 1
            assert worth < seed_hits.MIN_CHAIN_SCORE


@settings(max_examples=300)
@given(st.lists(PIECE, max_size=8).map(" ".join))
def test_dropped_hits_are_alone_and_too_weak(text):
    assert_strays_alone_dropped(text, HELD)


CHORUS = f"{prose(9, 7)} 日本語 {prose(4, 8)}".split()
VERSES = [
    " ".join([f"own{n}", *CHORUS[n % 5 : 5 + n % 11], f"end{n}", *prose(n % 30, n).split()])
    for n in range(4 * seed_hits.MAX_SHARED)
]
SUNG = registry(*VERSES)


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(VERSES),
            st.tuples(st.integers(0, 14), st.integers(1, 9)).map(
                lambda cut: " ".join(CHORUS[cut[0] : sum(cut)])
            ),
            st.integers(0, 400).map(lambda n: f"own{n}"),
        ),
        max_size=5,
    ).map(" ".join),
    st.integers(16, 60),
)
def test_no_more_is_dropped_where_seeds_are_truncated(text, bits):
    known = probe_index(seeds_of(tokens_of(" ".join(CHORUS))), SUNG)
    assert (
        (known.lasts - known.firsts).max()
        > seed_hits.MAX_SHARED
        > (known.lasts - known.firsts).min()
    )
    assert_strays_alone_dropped(text, replace(SUNG, bits=np.full_like(SUNG.bits, bits)))


def test_nearly_all_hits_of_a_shared_phrase_are_dropped():
    text = f"{prose(20, 1)} {PHRASES[0]} {prose(20, 2)}"
    assert len(hits_of(text)) > 5
    assert len(kept_of(text)) <= len(hits_of(text)) // 4


def test_items_that_are_quoted_keep_their_hits():
    kept = kept_of(" ".join(ITEMS[3].split()[:8]))
    assert {row[seed_hits.HIT_ITEM] for row in kept} == {3}
    assert len(kept) == 5


@pytest.mark.parametrize("turned", [False, True], ids=["before", "behind"])
def test_a_seed_beside_one_that_is_not_followed_is_no_stray(turned):
    """Whether an item has the words beside it cannot be told, where hits of these were left out."""
    many = range(seed_hits.MAX_SHARED + 50)
    pairs = [(PHRASES[1], f"tail{n // 2}") for n in many]
    texts = [" ".join(pair[::-1] if turned else pair) for pair in pairs]
    against = registry(*(f"{text} {prose(20, n)}" for n, text in enumerate(texts)))
    of_pair = {row[seed_hits.HIT_ITEM] for row in kept_of(texts[70], against)}
    assert {70, 71} <= of_pair


LIGHT = "one two three 日本語"


@pytest.mark.parametrize(
    "items",
    [[f"{LIGHT} {prose(20, 3)}"], [f"{LIGHT} a", f"{LIGHT} b", *posts(9, seed=1)]],
    ids=["part", "whole"],
)
def test_light_tokens_behind_a_seed_may_lift_it_over_the_floor(items):
    """The run goes on over them, although no other seed begins there."""
    made = registry(*items)
    against = replace(made, bits=np.full_like(made.bits, 40))
    assert 5 * 40 < seed_hits.MIN_CHAIN_SCORE <= 6 * 40
    assert 0 in {row[seed_hits.HIT_ITEM] for row in kept_of(LIGHT, against)}


def test_other_texts_change_no_hits():
    texts = [f"{prose(9, n)} {PHRASES[n % 2]}" for n in range(30)]
    alone = [kept_of(text) for text in texts]
    together = [rows for _, _, rows in gathered(texts, HELD)]
    columns = range(seed_hits.HIT_SEED)
    assert [[[row[c] for c in columns] for row in rows] for rows in together] == [
        [[row[c] for c in columns] for row in rows] for rows in alone
    ]


def test_a_run_may_go_on_over_light_tokens_behind_its_seed():
    document = tokens_of("alpha beta gamma 日本語 delta").hashes
    bits = [HELD.bits[token >> 12].item() for token in document]
    stop = np.int64(len(document))
    assert seed_at(document, np.int64(0), stop, HELD.bits) == (sum(bits[:5]), bits[5], 6)
    assert seed_at(document, np.int64(1), stop, HELD.bits) == (sum(bits[1:7]), 0, 6)
    assert seed_at(document, np.int64(0), np.int64(5), HELD.bits) == (sum(bits[:5]), 0, 5)
