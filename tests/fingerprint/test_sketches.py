"""FracMinHash: sketching commutes with union."""

from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import FingerprintMismatch
from provenance.fingerprint.fracminhash import (
    Sketch,
    build_sketch,
    containment,
    count_shared_hashes,
    downsample,
    merge,
)
from provenance.model import Parameters, Shingles

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
    for meet in (merge, count_shared_hashes, containment):
        with pytest.raises(FingerprintMismatch) as error:
            meet(mine, theirs)
        assert error.value.remedy


def test_a_finer_sketch_cannot_be_had_from_a_coarser_one():
    with pytest.raises(FingerprintMismatch, match="samples 1 in 10 hashes, fewer than 1 in 3"):
        downsample(sketch_of([1], COARSE), FINE)


def test_down_sampling_does_not_rename_what_was_made_otherwise():
    with pytest.raises(FingerprintMismatch):
        downsample(sketch_of([1]), replace(COARSE, seed_width=9))


def test_containment_in_an_empty_sketch_is_none_and_of_an_empty_one_unknown():
    some, empty = sketch_of([1, 2]), sketch_of([])
    assert containment(some, empty) == 0
    assert np.isnan(containment(empty, some))
    assert np.isnan(containment(empty, empty))


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.9, 1.0])
def test_containment_is_close_to_the_truth_and_directional(share):
    query = random_hashes(100_000, 1)
    common = query[: int(len(query) * share)]
    reference = np.concatenate([common, random_hashes(300_000, 2)])
    parameters = Parameters(scaled=100)
    mine, theirs = sketch_of(query, parameters), sketch_of(reference, parameters)
    error = 4 * np.sqrt(share * (1 - share) / len(mine.hashes)) + 1e-9
    assert containment(mine, theirs) == pytest.approx(share, abs=error)
    assert containment(theirs, mine) == pytest.approx(len(common) / len(reference), abs=0.02)
    assert containment(mine, mine) == 1.0


@given(HASHES, HASHES)
def test_without_sampling_containment_is_exact(query, reference):
    every = Parameters(scaled=1)
    mine, theirs = {5, *query}, {6, *reference}
    true = len(mine & theirs) / len(mine)
    hashes = [np.array(sorted(values), np.uint64) for values in (mine, theirs)]
    assert containment(*(Sketch(every, values) for values in hashes)) == true


@given(HASHES, HASHES)
def test_shared_counts_the_common_hashes(left, right):
    a, b = sketch_of(left), sketch_of(right)
    assert count_shared_hashes(a, b) == len(set(a.hashes.tolist()) & set(b.hashes.tolist()))
