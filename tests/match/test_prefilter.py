"""Sifting drops only hits that chaining and aligning would have made nothing of."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.candidates import prefilter, seed_hits
from provenance.match.candidates.chaining import MIN_CANDIDATE_SCORE, allocate_scratch, chain_hits
from provenance.model import BACKGROUND_BITS
from tests.match.parts import callable_part

weigh, sift = callable_part(seed_hits.score_hits), callable_part(prefilter.prefilter_hits)
make_scratch, find_chain = callable_part(allocate_scratch), callable_part(chain_hits)

WORDS = np.random.default_rng(5).integers(0, 1 << 32, 60, dtype=np.uint32) & np.uint32(0xFFFFFFFE)
BITS = np.zeros(1 << BACKGROUND_BITS, np.uint8)
BITS[WORDS >> np.uint32(32 - BACKGROUND_BITS)] = 24 + np.arange(60)
NOTHING = np.zeros(0, np.int64)
UNBOUND = np.full(seed_hits.MAX_SHARED + 1, 1 << 40, np.int64)

TOKENS = st.lists(st.integers(0, 59), min_size=4, max_size=60).map(lambda places: WORDS[places])


@st.composite
def copies(draw):
    """Draw items, and a text that has pieces of them among other words."""
    items = draw(st.lists(TOKENS, min_size=1, max_size=6))
    pieces = []
    for _ in range(draw(st.integers(1, 6))):
        item = draw(st.sampled_from(items))
        first = draw(st.integers(0, len(item) - 4))
        # Four words or more in a row, with others of the item around them.
        before = item[max(0, first - 6) : first : draw(st.integers(1, 3))]
        end = first + draw(st.integers(4, 6))
        pieces += [before, item[first:end], item[end + draw(st.integers(1, 3)) : end + 8]]
        pieces.append(draw(TOKENS)[: draw(st.integers(0, 20))])
    return items, np.concatenate(pieces)


def hits_of(items, text):
    """List where four words of an item stand, at their first place in it, as postings do."""
    rows = []
    for at in range(len(text) - 3):
        for number, item in enumerate(items):
            windows = np.lib.stride_tricks.sliding_window_view(item, 4)
            places = np.flatnonzero((windows == text[at : at + 4]).all(axis=1))
            if len(places):
                rows.append([number, at, places[0], 2, 0, 0, 0])
    return np.array(rows, np.int64).reshape(-1, seed_hits.HIT_COLUMNS)


def scores(table, items, text):
    """Chain hits as the scan does; give the items and scores of what is kept."""
    order = np.argsort(table[:, seed_hits.HIT_ITEM], kind="stable")
    scratch = make_scratch(max(map(len, items)))
    found, place = [], 0
    while place < len(order):
        number = int(table[order[place], seed_hits.HIT_ITEM])
        place, count, score, _ = find_chain(items[number], text, BITS, table, order, place, scratch)
        if score >= MIN_CANDIDATE_SCORE:
            found.append((number, score, scratch[4][:count].tolist()))
    return found


@settings(max_examples=300)
@given(copies())
def test_dropped_hits_make_no_candidate(drawn):
    items, text = drawn
    table = hits_of(items, text)
    joined = np.concatenate(items)
    offsets = np.concatenate([[0], np.cumsum([len(item) for item in items])]).astype(np.int64)
    weigh(table, text, (joined, offsets), BITS, UNBOUND)
    wanted = scores(table, items, text)
    kept = sift(
        table, text, (joined, offsets), BITS, NOTHING, np.empty(prefilter.RUN_CELLS, np.int64)
    )
    assert scores(table[:kept], items, text) == wanted


def test_nearly_all_chance_hits_are_dropped():
    rng = np.random.default_rng(8)
    items = [rng.choice(WORDS[:20], 40) for _ in range(50)]
    text = np.concatenate([np.append(item[8:12], WORDS[20:60]) for item in items])
    table = hits_of(items, text)
    offsets = np.arange(0, 41 * 50, 40).astype(np.int64)
    weigh(table, text, (np.concatenate(items), offsets), BITS, UNBOUND)
    kept = sift(
        table,
        text,
        (np.concatenate(items), offsets),
        BITS,
        NOTHING,
        np.empty(prefilter.RUN_CELLS, np.int64),
    )
    assert len(table) >= 50
    assert kept <= len(table) // 10
