"""What a registry holds of a text's shingles, against looking each of them up."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match.index import probe
from provenance.match.index.probe import probe_index
from provenance.model import Shingles
from tests.match.holding import posts, prose, registry, seeds_of, tokens_of

ITEMS = posts(60, seed=3)
HELD = registry(*ITEMS, *ITEMS[:5])
LARGE = replace(HELD, prefilter=HELD.prefilter[:0])
either = pytest.mark.parametrize("made", [HELD, LARGE], ids=["prefilter", "none"])
TINY = "a post of few words that nobody wrote before"


def known(shingle):
    """Give the bits that a shingle is known by."""
    return int(shingle) >> HELD.shift, int(shingle) & 0xFFFFFFFF


def postings():
    places = defaultdict(list)
    buckets = np.repeat(np.arange(len(HELD.directory) - 1), np.diff(HELD.directory))
    for place, bucket in enumerate(buckets.tolist()):
        places[bucket, int(HELD.arrays.postings.shingles[place])].append(place)
    return places


def found_in(seeds, registered=HELD):
    made = probe_index(seeds, registered)
    ranges = zip(made.firsts.tolist(), made.lasts.tolist(), strict=True)
    return made, list(zip(made.indices.tolist(), ranges, strict=True))


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
    seeds = seeds_of(tokens_of(*texts))
    places = postings()
    wanted = [
        (place, (places[known(shingle)][0], places[known(shingle)][-1] + 1))
        for place, shingle in enumerate(seeds.hashes)
        if known(shingle) in places
    ]
    made, found = found_in(seeds, made)
    assert found == wanted
    for text in range(len(texts)):
        own = made.indices[made.offsets[text] : made.offsets[text + 1]]
        low, high = seeds.offsets[text : text + 2]
        assert own.tolist() == [place for place, _ in wanted if low <= place < high]


@either
def test_seeds_beyond_one_batch_are_all_found(made):
    count = 3 * probe._BATCH + 17
    hashes = np.resize(seeds_of(tokens_of(*ITEMS)).hashes, count)
    seeds = Shingles(hashes, np.zeros(count, np.int32), np.array([0, count], np.int64))
    made, found = found_in(seeds, made)
    assert len(found) == count
    assert made.offsets.tolist() == [0, count]


def test_no_seeds_give_an_empty_result():
    made, found = found_in(seeds_of(tokens_of("", "a b")))
    assert found == []
    assert made.offsets.tolist() == [0, 0, 0]


def test_a_registry_of_one_post_holds_it_and_nothing_else():
    made = registry(TINY)
    seeds = seeds_of(tokens_of(f"{prose(30, 1)} {TINY}", *ITEMS[:5]))
    own = set(seeds_of(tokens_of(TINY)).hashes.tolist())
    places = [place for place, one in enumerate(seeds.hashes.tolist()) if one in own]
    assert len(made.prefilter) == 1
    assert probe_index(seeds, made).indices.tolist() == places
    assert len(places) > 3
