"""Postings of seeds, gathered from segments, against a list of the items that have each seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.index.seed_postings import FEW, MAX_SHARED, look_up_seeds
from tests.match.memory_registries import (
    holding_in_segments,
    index_of,
    posts,
    prose,
    rows_of,
    seeds_of,
    tokens_of,
    words,
)

PHRASES = [" ".join(words(5, 900 + number)) for number in range(3)]
BASE = [
    f"{post} {PHRASES[number % 3] if number % 2 else ''} {post if number % 5 == 0 else ''}"
    for number, post in enumerate(posts(20, seed=4, longest=12))
]
TEXTS = [*BASE, *BASE[:8], "", "a b", *BASE[3:9], ""]
ASKED = [" ".join(BASE[::2]), prose(30, 1), f"{PHRASES[2]} {PHRASES[0]}", "", BASE[1]]


def placed(text):
    """Give the first position of each seed of a text."""
    seeds = seeds_of(tokens_of(text))
    places = {}
    for seed, place in zip(seeds.hashes.tolist(), seeds.positions.tolist(), strict=True):
        places.setdefault(seed, place)
    return places


def listed(texts, dead):
    """List the items that have each seed, in order, and where: of equal items the first."""
    found, known = {}, set()
    for item, (text, row) in enumerate(zip(texts, rows_of(tokens_of(*texts)), strict=True)):
        if item in dead or tuple(row) in known:
            continue
        known.add(tuple(row))
        for seed, place in placed(text).items():
            found.setdefault(seed, []).append((item, place))
    return found


def gathered(asked, texts, segments, dead=()):
    """Gather the postings of some texts' seeds; give the seeds, and the postings by item."""
    arrays, numbers = holding_in_segments(texts, segments, dead=dead)
    seeds = seeds_of(tokens_of(*asked))
    [postings] = look_up_seeds(seeds, [index_of(arrays)])
    item_of = dict(zip(numbers.tolist(), range(len(texts)), strict=True))
    pairs = [
        [
            (item_of[item], place)
            for item, place in zip(
                postings.items[first:last].tolist(),
                postings.positions[first:last].tolist(),
                strict=True,
            )
        ]
        for first, last in zip(postings.firsts, postings.lasts, strict=True)
    ]
    return seeds, postings, pairs


def assert_gathered(asked, texts, segments, dead=()):
    seeds, postings, pairs = gathered(asked, texts, segments, dead)
    wanted = listed(texts, dead)
    expected = [place for place, seed in enumerate(seeds.hashes.tolist()) if seed in wanted]
    assert postings.indices.tolist() == expected
    assert postings.offsets.tolist() == np.searchsorted(expected, seeds.offsets).tolist()
    assert len(postings.is_stop) == 0
    for row, place in enumerate(expected):
        own = wanted[int(seeds.hashes[place])]
        assert postings.sharing[row] == len(own)
        if len(own) <= MAX_SHARED:
            assert pairs[row] == own
        else:
            assert len(pairs[row]) >= FEW
            assert pairs[row][:FEW] == own[:FEW]


@settings(max_examples=60)
@given(
    segments=st.lists(st.integers(0, 4), min_size=len(TEXTS), max_size=len(TEXTS)),
    dead=st.sets(st.integers(0, len(TEXTS) - 1)),
)
def test_postings_are_those_of_the_items_that_count_in_their_order(segments, dead):
    used = sorted(set(segments))
    assert_gathered(ASKED, TEXTS, [used.index(place) for place in segments], dead)


@pytest.mark.parametrize("count", [MAX_SHARED - 1, MAX_SHARED, MAX_SHARED + 1, 3 * MAX_SHARED])
@pytest.mark.parametrize("segments", [1, 2, 3, 40])
@pytest.mark.parametrize("has_dead", [False, True])
def test_of_a_seed_that_many_share_the_first_are_gathered(count, segments, has_dead):
    """Of equal items the earlier ones do not count: their postings stand for later items."""
    texts = [f"{PHRASES[0]} {' '.join(words(2, number))}" for number in range(count)]
    texts = [*texts[:9], *texts, *texts[: count // 2]] if has_dead else texts
    dead = [*range(9), *range(12, 40, 2)] if has_dead else ()
    places = [number * 7 % segments for number in range(len(texts))]
    assert_gathered([f"{prose(4, 1)} {PHRASES[0]}", texts[3]], texts, places, dead)


def test_a_seed_that_is_in_few_items_of_many_segments_has_them_all():
    texts = [f"{PHRASES[0]} {' '.join(words(2, number))}" for number in range(MAX_SHARED)]
    assert_gathered([PHRASES[0]], texts, range(MAX_SHARED))


def test_positions_in_a_long_item_are_kept_beside_those_of_short_ones():
    long = f"{prose(70_000, 3)} {PHRASES[1]}"
    texts = [f"{PHRASES[1]} of a short one", long, f"another has {PHRASES[1]}"]
    _, postings, pairs = gathered([PHRASES[1]], texts, [0, 1, 2])
    assert postings.positions.dtype == np.uint32
    assert [place for _, place in pairs[0]] == [0, 70_000, 2]


def test_no_seeds_have_no_postings():
    for segments in ([0] * 20, [number % 2 for number in range(20)]):
        _, postings, pairs = gathered(["", "a b"], BASE, segments)
        assert (pairs, postings.offsets.tolist()) == ([], [0, 0, 0])


def test_some_of_the_seeds_are_those_of_some_texts():
    _, postings, _ = gathered(ASKED, TEXTS, [number % 3 for number in range(len(TEXTS))])
    some = postings.slice(postings.offsets[2:5])
    rows = slice(int(postings.offsets[2]), int(postings.offsets[4]))
    assert some.offsets.tolist() == (postings.offsets[2:5] - postings.offsets[2]).tolist()
    for name in ("indices", "firsts", "lasts", "sharing"):
        assert np.array_equal(getattr(some, name), getattr(postings, name)[rows])
