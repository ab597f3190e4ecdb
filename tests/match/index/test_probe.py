"""What a registry holds of a text's shingles, against looking each of them up."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.index.probe import probe_postings, probe_segments
from tests.match.memory_registries import (
    holding,
    holding_in_segments,
    posts,
    prose,
    seeds_of,
    tokens_of,
)

ITEMS = posts(60, seed=3)
[SEGMENT] = holding(*ITEMS, *ITEMS[:5]).segments
HELD = SEGMENT.postings
LARGE = replace(HELD, prefilter=HELD.prefilter[:0])
either = pytest.mark.parametrize("made", [HELD, LARGE], ids=["prefilter", "none"])
TINY = "a post of few words that nobody wrote before"


def known(postings, shingle):
    """Give the bits that a shingle is known by."""
    return int(shingle) >> (64 - postings.depth), int(shingle) & 0xFFFFFFFF


def places_of(postings):
    places = defaultdict(list)
    buckets = np.repeat(np.arange(len(postings.directory) - 1), np.diff(postings.directory))
    for place, bucket in enumerate(buckets.tolist()):
        places[bucket, int(postings.shingles[place])].append(place)
    return places


def looked_up(hashes, postings):
    """Look each shingle up in a dictionary."""
    places = places_of(postings)
    return [
        (place, (places[known(postings, shingle)][0], places[known(postings, shingle)][-1] + 1))
        for place, shingle in enumerate(hashes)
        if known(postings, shingle) in places
    ]


def listed(found):
    ranges = zip(found.firsts.tolist(), found.lasts.tolist(), strict=True)
    return list(zip(found.indices.tolist(), ranges, strict=True))


@either
@settings(max_examples=60)
@given(
    texts=st.lists(
        st.lists(
            st.one_of(st.sampled_from(ITEMS), st.integers(0, 40).map(lambda n: prose(9, n))),
            max_size=5,
        ).map(" ".join),
        max_size=5,
    )
)
def test_probing_equals_looking_each_seed_up(made, texts):
    hashes = seeds_of(tokens_of(*texts)).hashes
    assert listed(probe_postings(hashes, made)) == looked_up(hashes, made)


def test_each_segment_is_probed():
    arrays, _ = holding_in_segments(ITEMS, [number % 3 for number in range(len(ITEMS))])
    seeds = seeds_of(tokens_of(*ITEMS[:9], prose(30, 1)))
    found = probe_segments(seeds, arrays)
    for result, segment in zip(found, arrays.segments, strict=True):
        assert listed(result) == looked_up(seeds.hashes, segment.postings)
        assert len(result.indices) > 30


@either
def test_seeds_beyond_one_batch_are_all_found(made):
    count = 800_017
    hashes = np.resize(seeds_of(tokens_of(*ITEMS)).hashes, count)
    assert probe_postings(hashes, made).indices.tolist() == list(range(count))


@either
def test_no_seeds_give_an_empty_result(made):
    assert listed(probe_postings(seeds_of(tokens_of("", "a b")).hashes, made)) == []


def test_a_registry_of_one_post_holds_it_and_nothing_else():
    [segment] = holding(TINY).segments
    seeds = seeds_of(tokens_of(f"{prose(30, 1)} {TINY}", *ITEMS[:5]))
    own = set(seeds_of(tokens_of(TINY)).hashes.tolist())
    places = [place for place, one in enumerate(seeds.hashes.tolist()) if one in own]
    assert len(segment.postings.prefilter) == 1
    assert probe_postings(seeds.hashes, segment.postings).indices.tolist() == places
    assert len(places) > 3
