"""Postings are sorted as a plain sort would."""

from itertools import pairwise

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from provenance.model.content.fingerprints import Shingles
from provenance.registry.sorting.radix_sort import partition_items, partition_records, sort_records

SHINGLES = st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 3), st.sampled_from([2**63, 2**62]))
POSTINGS = st.lists(st.tuples(SHINGLES, st.integers(0, 4), st.integers(0, 3)), max_size=60)


def records(postings):
    joined = [(shingle, (item << 32) | position) for shingle, item, position in postings]
    return np.array(joined, np.uint64).reshape(-1, 2)


def plainly_sorted(postings):
    firsts = {}
    for shingle, item, position in sorted(postings):
        firsts.setdefault((shingle, item), position)
    return [(shingle, item, position) for (shingle, item), position in firsts.items()]


def as_postings(records):
    return [(int(one), int(rest) >> 32, int(rest) & 0xFFFFFFFF) for one, rest in records]


@given(postings=POSTINGS, depth=st.integers(1, 6))
@example(postings=[(7, n, 0) for n in range(700)] + [(5, n, 1) for n in range(700)], depth=1)
@example(postings=[(2**64 - 1, 2**32 - 1, 2**32 - 1)], depth=10)
def test_parting_and_sorting_the_parts_is_sorting(postings, depth):
    laid = records(sorted(postings, key=lambda one: one[1:]))
    parted, bounds = partition_records(laid, 0, depth)
    parts = [sort_records(parted[a:b], depth) for a, b in pairwise(bounds) if a < b]
    found = [
        one for part in parts for one in zip(*(column.tolist() for column in part), strict=True)
    ]
    assert found == plainly_sorted(postings)


def test_nothing_sorted_is_nothing():
    assert [len(column) for column in sort_records(records([]), 3)] == [0, 0, 0]


@given(
    texts=st.lists(st.lists(SHINGLES, max_size=6), max_size=8),
    kept=st.lists(st.booleans(), min_size=8, max_size=8),
    depth=st.integers(1, 6),
)
def test_records_of_the_kept_items_are_parted_in_their_order(texts, kept, depth):
    hashes = np.array([shingle for text in texts for shingle in text], np.uint64)
    positions = np.array([2 * at for text in texts for at in range(len(text))], np.int64)
    offsets = np.cumsum([0, *map(len, texts)])
    numbers = np.arange(len(texts), dtype=np.uint32) + 7
    found, bounds = partition_items(
        Shingles(hashes, positions, offsets), numbers, np.array(kept[: len(texts)], bool), depth
    )
    plain = [
        (shingle, number, 2 * at)
        for number, text, is_kept in zip(numbers.tolist(), texts, kept, strict=False)
        for at, shingle in enumerate(text)
        if is_kept
    ]
    for part, (first, end) in enumerate(pairwise(bounds)):
        own = [posting for posting in plain if posting[0] >> (64 - depth) == part]
        assert as_postings(found[first:end]) == own
