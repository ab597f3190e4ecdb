"""Alignment against every common subsequence there is."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.candidates.alignment import MAX_ALIGNED, align, open_alignment_bound
from provenance.match.index.postings_index import BITS_SCALE
from tests.match.kernel_parts import callable_part
from tests.property_campaigns import property_test

SEQUENCE = st.lists(st.integers(0, 4), max_size=6)
GAINS = st.lists(st.integers(0, 255), min_size=5, max_size=5)
EVEN = [40] * 5
find_pairs, bound = callable_part(align), callable_part(open_alignment_bound)


def token(number):
    return number << 12 | 7


def aligned(item, document, gains, *, is_open, backwards=False):
    bits = np.zeros(1 << 20, np.uint8)
    bits[: len(gains)] = gains
    table, pairs = (
        np.empty((MAX_ALIGNED + 1, MAX_ALIGNED + 1), np.int32),
        np.empty((MAX_ALIGNED, 2), np.int32),
    )
    views = [np.array([token(number) for number in side], np.uint32) for side in (item, document)]
    if backwards:
        views = [np.ascontiguousarray(view[::-1])[::-1] for view in views]
    count = find_pairs(*views, bits, is_open, table, pairs)
    return [tuple(pair) for pair in pairs[:count].tolist()][::-1]


def score(pairs, sides, gains, item, *, is_open):
    """What pairs are worth: their information, less a bit a token passed over, or three."""
    if is_open and not pairs:
        return 0
    used = (pairs[-1][0] + 1, pairs[-1][1] + 1) if is_open else sides
    skipped = sum(used) - 2 * len(pairs)
    cost = (3 if is_open else 1) * BITS_SCALE * skipped
    return sum(gains[item[row]] for row, _ in pairs) - cost


def best_score(item, document, gains, *, is_open):
    best = score([], (len(item), len(document)), gains, item, is_open=is_open)
    for size in range(1, min(len(item), len(document)) + 1):
        for rows in combinations(range(len(item)), size):
            for columns in combinations(range(len(document)), size):
                pairs = list(zip(rows, columns, strict=True))
                if all(item[row] == document[column] for row, column in pairs):
                    sides = (len(item), len(document))
                    best = max(best, score(pairs, sides, gains, item, is_open=is_open))
    return best


@property_test(
    150,
    2000,
    item=SEQUENCE,
    document=SEQUENCE,
    gains=GAINS,
    is_open=st.booleans(),
    backwards=st.booleans(),
)
def test_an_alignment_scores_as_much_as_the_best(item, document, gains, is_open, backwards):
    pairs = aligned(item, document, gains, is_open=is_open, backwards=backwards)
    rows, columns = [row for row, _ in pairs], [column for _, column in pairs]
    assert rows == sorted(set(rows))
    assert columns == sorted(set(columns))
    assert all(item[row] == document[column] for row, column in pairs)
    sides = (len(item), len(document))
    found = score(pairs, sides, gains, item, is_open=is_open)
    assert found == best_score(item, document, gains, is_open=is_open)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=MAX_ALIGNED), st.booleans())
def test_equal_sequences_match_token_by_token(item, is_open):
    pairs = aligned(item, item, EVEN, is_open=is_open)
    assert pairs == [(place, place) for place in range(len(item))]


def test_an_open_alignment_stops_where_going_on_costs_more():
    assert aligned([0, 1, 2, 2, 2, 2, 2, 2, 3], [0, 1, 4, 3], EVEN, is_open=True) == [
        (0, 0),
        (1, 1),
    ]
    closed = aligned([0, 1, 2, 2, 2, 2, 2, 2, 3], [0, 1, 4, 3], EVEN, is_open=False)
    assert closed == [(0, 0), (1, 1), (8, 3)]


def test_nothing_aligns_with_nothing():
    assert aligned([], [], EVEN, is_open=True) == []
    assert aligned([], [1, 2], EVEN, is_open=False) == []
    assert aligned([1], [2], EVEN, is_open=True) == []


@settings(max_examples=300)
@given(
    st.lists(st.integers(0, 6), max_size=12),
    SEQUENCE,
    st.lists(st.integers(0, 255), min_size=7, max_size=7),
    st.booleans(),
    st.integers(0, 20),
)
def test_no_open_alignment_exceeds_its_bound(item, document, gains, backwards, margin):
    item = item[:6]
    bits = np.zeros(1 << 20, np.uint8)
    bits[: len(gains)] = gains
    pairs = aligned(item, document, gains, is_open=True)
    order = slice(None, None, -1) if backwards else slice(None)
    # The item's tokens stand among those of others, or at either end of all.
    held = [9] * margin + item[order] + [9] * margin
    tokens, text = (np.array([token(n) for n in row], np.uint32) for row in (held, document[order]))
    start = margin + (len(item) - 1 if backwards else 0)
    near = len(document) - 1 if backwards else 0
    information, matched = bound(
        tokens, (start, len(item)), text, (near, len(document)), bits, -1 if backwards else 1
    )
    assert matched >= len(pairs)
    assert information >= sum(gains[item[row]] for row, _ in pairs)
    assert matched <= sum(number in document for number in item)
