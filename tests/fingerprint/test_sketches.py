"""FracMinHash: sketching commutes with union."""

from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import FingerprintMismatch
from provenance.fingerprint.fracminhash import (
    build_sketch,
    count_shared_hashes,
    downsample,
    merge,
)
from provenance.model.content.fingerprints import Parameters, Shingles

FINE, COARSE = Parameters(scaled=3), Parameters(scaled=10)
HASHES = st.lists(st.integers(0, 2**64 - 1), max_size=60)


def shingles_from(hashes):
    values = np.array(hashes, np.uint64)
    return Shingles(
        values, np.arange(len(values), dtype=np.int32), np.array([0, len(values)], np.int64)
    )


def sketch_of(hashes, parameters=FINE):
    return build_sketch(shingles_from(hashes), parameters)


def same(left, right):
    return left.parameters == right.parameters and left.hashes.tolist() == right.hashes.tolist()


def random_hashes(count, seed):
    return np.random.default_rng(seed).integers(0, 2**64, count, np.uint64)


@given(HASHES, st.sampled_from([1, 2, 3, 10, 1000]))
def test_a_sketch_holds_every_hash_below_its_bound_once(hashes, scaled):
    below = {value for value in hashes if value < min(2**64 // scaled, 2**64 - 1)}
    assert sketch_of(hashes, Parameters(scaled=scaled)).hashes.tolist() == sorted(below)


@given(HASHES, HASHES)
def test_merging_sketches_is_sketching_the_union(left, right):
    assert same(merge(sketch_of(left), sketch_of(right)), sketch_of(left + right))


@given(st.tuples(HASHES, HASHES, HASHES))
def test_merging_is_associative_and_commutative_and_idempotent(sets):
    a, b, c = map(sketch_of, sets)
    assert same(merge(merge(a, b), c), merge(a, merge(b, c)))
    assert same(merge(a, b), merge(b, a))
    assert same(merge(a, a), a)
    assert same(merge(a, sketch_of([])), a)


@settings(max_examples=50)
@given(st.lists(HASHES, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_shards_merge_in_any_order(shards, dice):
    shuffled = dice.sample(shards, len(shards))
    assert same(
        reduce(merge, map(sketch_of, shards)),
        reduce(merge, map(sketch_of, shuffled)),
    )


@given(HASHES)
def test_down_sampling_is_sketching_coarser(hashes):
    assert same(downsample(sketch_of(hashes), COARSE), sketch_of(hashes, COARSE))
    assert same(downsample(sketch_of(hashes), FINE), sketch_of(hashes))


@given(HASHES, HASHES)
def test_down_sampling_commutes_with_merging(left, right):
    a, b = sketch_of(left), sketch_of(right)
    assert same(
        downsample(merge(a, b), COARSE), merge(downsample(a, COARSE), downsample(b, COARSE))
    )


@pytest.mark.parametrize(
    "other",
    [
        COARSE,
        replace(FINE, seed_width=5),
        replace(FINE, unicode="1"),
        replace(FINE, normalisation=9),
    ],
)
def test_sketches_made_differently_do_not_meet(other):
    mine, theirs = sketch_of([1]), sketch_of([1], other)
    for meet in (merge, count_shared_hashes):
        with pytest.raises(FingerprintMismatch) as error:
            meet(mine, theirs)
        assert error.value.remedy


def test_a_finer_sketch_cannot_be_had_from_a_coarser_one():
    with pytest.raises(FingerprintMismatch, match="samples 1 in 10 hashes, fewer than 1 in 3"):
        downsample(sketch_of([1], COARSE), FINE)


def test_down_sampling_does_not_rename_what_was_made_otherwise():
    with pytest.raises(FingerprintMismatch):
        downsample(sketch_of([1]), replace(COARSE, seed_width=9))


@given(HASHES, HASHES)
def test_shared_counts_the_common_hashes(left, right):
    a, b = sketch_of(left), sketch_of(right)
    assert count_shared_hashes(a, b) == len(set(a.hashes.tolist()) & set(b.hashes.tolist()))
