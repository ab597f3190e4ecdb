"""Postings are sorted as a plain sort would."""

from itertools import pairwise

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from provenance.registry.sorting import partition, records_of, sort_records

SHINGLES = st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 3), st.sampled_from([2**63, 2**62]))
POSTINGS = st.lists(st.tuples(SHINGLES, st.integers(0, 4), st.integers(0, 3)), max_size=60)


def records(postings):
    columns = np.array(postings, np.uint64).reshape(-1, 3)
    return records_of(columns[:, 0], columns[:, 1], columns[:, 2])


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
    parted, bounds = partition(laid, 0, depth)
    parts = [sort_records(parted[a:b], depth) for a, b in pairwise(bounds) if a < b]
    found = [one for part in parts for one in as_postings(part)]
    assert found == plainly_sorted(postings)


def test_nothing_sorted_is_nothing():
    assert sort_records(records([]), 3).shape == (0, 2)
