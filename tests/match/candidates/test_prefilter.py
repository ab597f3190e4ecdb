"""Sifting drops only hits that chaining and aligning would have made nothing of."""

import numpy as np
from hypothesis import strategies as st

from provenance.match.candidates import prefilter, seed_hits, seeds
from provenance.match.candidates.chaining import MIN_CANDIDATE_SCORE, allocate_scratch, chain_hits
from provenance.match.index.report_limits import NO_LIMITS
from provenance.model.content.registry_arrays import BACKGROUND_BITS
from tests.match.kernel_parts import callable_part
from tests.property_campaigns import property_test

sift = callable_part(prefilter.prefilter_hits)
make_scratch, find_chain = callable_part(allocate_scratch), callable_part(chain_hits)

WORDS = np.random.default_rng(5).integers(0, 1 << 32, 60, dtype=np.uint32) & np.uint32(0xFFFFFFFE)
BITS = np.zeros(1 << BACKGROUND_BITS, np.uint8)
BITS[WORDS >> np.uint32(32 - BACKGROUND_BITS)] = 24 + np.arange(60)

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
    for number, item in enumerate(items):
        windows = np.lib.stride_tricks.sliding_window_view(item, 4)
        found = []
        for at in range(len(text) - 3):
            places = np.flatnonzero((windows == text[at : at + 4]).all(axis=1))
            found += [(at, places[0])] if len(places) else []
        for at, place in found:
            row = np.zeros(seed_hits.HIT_COLUMNS, np.int64)
            row[[seed_hits.HIT_ITEM, seed_hits.HIT_SHARED_BY]] = number, 2
            row[[seed_hits.HIT_POSITION, seed_hits.HIT_END]] = at, at + 4
            row[[seed_hits.HIT_BEGIN_BOUND, seed_hits.HIT_END_BOUND]] = 0, len(text)
            row[seed_hits.HIT_ITEM_POSITION] = place
            row[seed_hits.HIT_IS_ALONE] = len(found) == 1
            rows.append(row)
    return np.array(rows, np.int64).reshape(-1, seed_hits.HIT_COLUMNS)


def kept_of(table, text, items):
    """Sift hits; give those that stay."""
    sums = np.zeros((len(text) + 1, seeds.TOKEN_COLUMNS), np.int64)
    information = BITS[text >> np.uint32(32 - BACKGROUND_BITS)]
    sums[1:, seeds.INFORMATION] = np.cumsum(information.astype(np.int64))
    kept = table.copy()
    return kept[: sift(kept, text, sums, sized(items), BITS, NO_LIMITS.least_bits)]


def sized(items):
    sizes = [(min(len(item), 255), 0) for item in items]
    return *joined(items), np.array(sizes, np.uint8)


def joined(items):
    offsets = np.concatenate([[0], np.cumsum([len(item) for item in items])])
    return np.concatenate(items), offsets.astype(np.int64)


def scores(table, items, text):
    """Chain hits as the scan does; give the items and scores of what is kept."""
    scratch = make_scratch(max(map(len, items)))
    found, place = [], 0
    while place < len(table):
        number = int(table[place, seed_hits.HIT_ITEM])
        place, count, score, _ = find_chain(joined(items), text, BITS, table, place, scratch)
        if score >= MIN_CANDIDATE_SCORE:
            found.append((number, score, scratch[4][:count].tolist()))
    return found


@property_test(100, 2000, drawn=copies())
def test_dropped_hits_make_no_candidate(drawn):
    items, text = drawn
    table = hits_of(items, text)
    assert scores(kept_of(table, text, items), items, text) == scores(table, items, text)


def test_nearly_all_chance_hits_are_dropped():
    rng = np.random.default_rng(8)
    items = [rng.choice(WORDS[:20], 40) for _ in range(50)]
    text = np.concatenate([np.append(item[8:12], WORDS[20:60]) for item in items])
    table = hits_of(items, text)
    assert table[:, seed_hits.HIT_IS_ALONE].sum() >= 40
    alone = table[table[:, seed_hits.HIT_IS_ALONE] == 1]
    assert len(kept_of(alone, text, items)) <= len(alone) // 10
