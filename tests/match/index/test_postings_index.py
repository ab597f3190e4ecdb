"""The filters never lose a shingle, and the directory is a dictionary."""

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.index.postings_index import (
    BITS_SCALE,
    build_index_part,
    build_postings,
    choose_layout,
    filter_contains,
    find_postings,
)
from provenance.model.content.registry_arrays import BACKGROUND_BITS
from tests.match.kernel_parts import callable_part
from tests.match.memory_registries import registry, tokens_of

is_probable, places = callable_part(filter_contains), callable_part(find_postings)

CLUSTERED = st.builds(
    lambda upper, lower: (upper << 56) + lower, st.integers(0, 255), st.integers(0, 3)
)
ALIKE = st.builds(
    lambda upper, middle, lower: (upper << 56) + (middle << 32) + lower,
    *(st.sampled_from([0, 255]), st.integers(0, 2**24 - 1), st.integers(0, 2)),
)
"""One bucket, few lower bits: the index cannot tell them all apart."""

SHINGLES = st.lists(st.one_of(st.integers(0, 2**64 - 1), CLUSTERED, ALIKE), max_size=80)


def postings_of(shingles):
    values = np.sort(np.array(shingles, np.uint64))
    items = np.arange(len(values), dtype=np.uint32)
    return build_postings(values, items, items.astype(np.uint16))


def known(made, shingle):
    """Give the bits that a shingle is known by."""
    return shingle >> (64 - made.depth), shingle & 0xFFFFFFFF


def is_told(prefilter, shingle):
    """Whether a prefilter has the bit of a shingle."""
    cells = (64 * len(prefilter)).bit_length() - 1
    cell = int(shingle) >> (64 - cells)
    return bool(int(prefilter[cell >> 6]) >> (cell & 63) & 1)


def may_hold(made, shingle):
    return is_told(made.prefilter, shingle) and bool(is_probable(made.filter, np.uint64(shingle)))


def range_of(made, shingle):
    shift = 64 - made.depth
    first, last = places(made.shingles, made.directory, shift, np.uint64(shingle))
    return first, last


@settings(max_examples=80)
@given(SHINGLES, SHINGLES)
def test_postings_are_found_and_the_filters_have_no_false_negatives(held, others):
    made = postings_of(held)
    places = defaultdict(list)
    for place, shingle in enumerate(sorted(held)):
        places[known(made, shingle)].append(place)
    for shingle in [*held, *others, 0, 2**64 - 1]:
        first, last = range_of(made, shingle)
        expected = places.get(known(made, shingle), [])
        assert made.items[first:last].tolist() == made.positions[first:last].tolist() == expected
        assert may_hold(made, shingle) or shingle not in held


@pytest.mark.parametrize("behind", [0, 40])
@pytest.mark.parametrize("count", [1, 15, 16, 17, 40, 200])
def test_a_large_bucket_is_searched(count, behind):
    """All in one bucket: some once, some so often that not all of them are compared at once."""
    often = [1, 2, 1, 40, 1, 15, 16, 17]
    held = [(7 << 56) + lower for lower in range(count) for _ in range(often[lower % len(often)])]
    made = postings_of([*held, *((200 << 56) + place for place in range(behind))])
    for lower in range(count + 2):
        first, last = range_of(made, (7 << 56) + lower)
        own = [place for place, shingle in enumerate(held) if shingle == (7 << 56) + lower]
        assert list(range(first, last)) == own


@pytest.mark.parametrize("count", [1, 100, 5000])
def test_larger_registries_have_larger_directories(count):
    made = postings_of(np.random.default_rng(1).integers(0, 2**64, count, np.uint64))
    assert 2**made.depth >= count / 8


@pytest.mark.parametrize(("count", "parting"), [(0, 1), (7, 3), (5000, 4), (300, 10)])
@pytest.mark.parametrize("has_prefilter", [True, False])
def test_partitions_built_one_by_one_equal_the_whole(count, parting, has_prefilter):
    values = np.sort(np.random.default_rng(count).integers(0, 2**64, count, np.uint64))
    chosen = choose_layout(count, parting)
    chosen = replace(chosen, prefilter_bits=chosen.prefilter_bits * has_prefilter)
    bounds = np.searchsorted(values >> np.uint64(64 - parting), np.arange((1 << parting) + 1))
    parts = [
        build_index_part(values[first:end], chosen, parting, part)
        for part, (first, end) in enumerate(pairwise(bounds))
    ]
    whole = build_index_part(values, chosen)
    starts = [one.directory + first for one, first in zip(parts, bounds, strict=False)]
    assert np.concatenate(starts).tolist() == whole.directory.tolist()
    for name in ("prefilter", "filter"):
        pieces = [getattr(one, name) for one in parts]
        assert np.concatenate(pieces).tolist() == getattr(whole, name).tolist()
    assert bool(len(whole.prefilter)) == has_prefilter


@pytest.mark.parametrize("count", [1, 10, 1000, 50_000])
def test_the_filters_have_few_false_positives(count):
    dice = np.random.default_rng(count)
    held = dice.integers(0, 2**64, count, np.uint64)
    made = postings_of(held)
    strangers = dice.integers(0, 2**64, 4000, np.uint64)
    assert sum(may_hold(made, shingle) for shingle in strangers) < 0.03 * len(strangers)
    assert sum(is_told(made.prefilter, one) for one in strangers) < 0.45 * len(strangers)
    assert all(may_hold(made, shingle) for shingle in held[:4000])


def test_a_prefilter_too_large_for_the_cache_is_left_out():
    near, far = choose_layout((1 << 27) - 1), choose_layout(1 << 27)
    assert (near.prefilter_bits, far.prefilter_bits) == (28, 0)
    assert far.filter_words > 1.9 * near.filter_words  # it turns the others away by itself


def test_an_empty_registry_holds_nothing():
    made = postings_of([])
    assert not any(may_hold(made, shingle) for shingle in (0, 1, 2**64 - 1, 2**63))
    assert range_of(made, 7) == (0, 0)


def test_information_is_the_logarithm_of_the_smoothed_share():
    items = ["common common rare", "common word", "common rare"]
    made = registry(*items)
    total = 7 + 0.5 * 2**BACKGROUND_BITS
    for word, count in [("common", 4), ("rare", 2), ("word", 1), ("absent", 0)]:
        cell = tokens_of(word).hashes[0] >> np.uint32(32 - BACKGROUND_BITS)
        assert made.bits[cell] == round(np.log2(total / (count + 0.5)) * BITS_SCALE)
