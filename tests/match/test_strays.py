"""Strays are what weighing would drop, told without the item."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match import held, hits
from provenance.match.strays import SEEN, _seed_at, without_strays
from tests.match.holding import posts, prose, registry, seeds_of, tokens_of
from tests.match.parts import callable_part

gather, weigh = callable_part(hits.gather), callable_part(hits.weigh)
drop_strays, seed_at = callable_part(without_strays), callable_part(_seed_at)

PHRASES = [prose(4, 5), prose(5, 6), "日本語の文章を読", "ภาษาไทยเป็น", "12 日本 3 の"]
ITEMS = [
    f"{post} {PHRASES[number % 7] if number % 7 < len(PHRASES) else ''} {tail}"
    for number, (post, tail) in enumerate(zip(posts(60, seed=3), posts(60, seed=4), strict=True))
]
HELD = registry(*ITEMS)
WORTHS = hits.seed_worths(len(HELD.holdings.postings.items))


def gathered(text, against=HELD):
    tokens = tokens_of(text)
    seeds = seeds_of(tokens)
    known, postings = held(seeds, against), against.holdings.postings
    offsets, table = np.zeros(2, np.int64), np.empty((1, hits.HIT_COLUMNS), np.int64)
    made = gather(
        (0, 1),
        (seeds.hashes, seeds.positions),
        (known.places, known.firsts, known.lasts, known.offsets),
        against.public,
        (postings.items, postings.positions),
        table,
        offsets,
    )
    return made[: offsets[1]], tokens.hashes


def kept_of(table, document, against=HELD):
    worths = hits.seed_worths(len(against.holdings.postings.items))
    known, rows = (against.holdings.token_offsets, against.bits, worths), table.copy()
    stretch = np.int64(0), np.int64(len(rows)), np.int64(0)
    count = drop_strays(rows, stretch, document, known, np.empty(SEEN, np.uint8))
    return [tuple(row[: hits.OF_SEED + 1]) for row in rows[:count].tolist()]


def weighed(table, document):
    rows = table.copy()
    rows[:, hits.SHARING] *= 2
    stretch = HELD.holdings.tokens, HELD.holdings.token_offsets
    weigh(rows, document, stretch, HELD.bits, WORTHS)
    return rows


PIECE = st.one_of(
    st.sampled_from(PHRASES),
    st.sampled_from(ITEMS),
    st.integers(0, 40).map(lambda n: prose(9, n)),
    st.tuples(st.sampled_from(ITEMS), st.integers(0, 12), st.integers(3, 9)).map(
        lambda cut: " ".join(cut[0].split()[cut[1] : cut[1] + cut[2]])
    ),
)


@settings(max_examples=300)
@given(st.lists(PIECE, max_size=8).map(" ".join))
def test_what_is_dropped_stands_alone_and_is_worth_too_little(text):
    table, document = gathered(text)
    kept, rows = kept_of(table, document), weighed(table, document)
    assert kept == [row for row in map(tuple, table[:, : hits.OF_SEED + 1].tolist()) if row in kept]
    of_item = Counter(table[:, hits.OF_ITEM].tolist())
    for before, row in zip(table.tolist(), rows.tolist(), strict=True):
        if tuple(before[: hits.OF_SEED + 1]) not in kept:
            assert of_item[row[hits.OF_ITEM]] == 1
            assert row[hits.WORTH] < hits.CHAIN_FLOOR


def test_nearly_all_that_a_phrase_of_several_gives_is_dropped():
    table, document = gathered(f"{prose(20, 1)} {PHRASES[0]} {prose(20, 2)}")
    assert len(table) > 5
    assert len(kept_of(table, document)) <= len(table) // 4


def test_items_that_are_quoted_keep_their_hits():
    table, document = gathered(" ".join(ITEMS[3].split()[:8]))
    assert {row[hits.OF_ITEM] for row in kept_of(table, document)} == {3}
    assert len(kept_of(table, document)) == 5


def test_a_seed_beside_one_that_was_left_out_is_no_stray():
    """Whether an item has the words beside it cannot be told, where hits of these were left out."""
    many = range(hits.COMMON + 50)
    against = registry(*(f"{PHRASES[1]} tail{n // 2} {prose(20, n)}" for n in many))
    table, document = gathered(f"{PHRASES[1]} tail35", against)
    pair = {row[hits.OF_ITEM]: row for row in table.tolist() if row[hits.IN_TEXT] == 2}
    assert set(pair) == {70, 71}
    assert all(row[hits.IS_BESIDE] for row in pair.values())
    assert {(item, 2) for item in pair} <= {row[:2] for row in kept_of(table, document, against)}


def test_a_run_may_go_on_over_light_tokens_behind_its_seed():
    document = tokens_of("alpha beta gamma 日本語 delta").hashes
    bits = [HELD.bits[token >> 12].item() for token in document]
    assert seed_at(document, np.int64(0), HELD.bits) == (sum(bits[:5]), bits[5], 6)
    assert seed_at(document, np.int64(1), HELD.bits) == (sum(bits[1:7]), 0, 6)
