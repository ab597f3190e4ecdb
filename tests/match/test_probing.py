"""What a registry holds of a text's shingles, against looking each of them up."""

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.match import held, probing
from provenance.model import Shingles
from tests.match.holding import posts, prose, registry, seeds_of, tokens_of

ITEMS = posts(60, seed=3)
HELD = registry(*ITEMS, *ITEMS[:5])


def postings_of(made):
    places = defaultdict(list)
    for place, shingle in enumerate(made.holdings.postings.shingles.tolist()):
        places[shingle].append(place)
    return places


def found_in(seeds):
    known = held(seeds, HELD)
    ranges = zip(known.firsts.tolist(), known.lasts.tolist(), strict=True)
    return known, list(zip(known.places.tolist(), ranges, strict=True))


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(
            st.one_of(st.sampled_from(ITEMS), st.integers(0, 40).map(lambda n: prose(9, n))),
            max_size=5,
        ).map(" ".join),
        max_size=5,
    )
)
def test_seeds_are_held_as_looking_each_up_says(texts):
    seeds = seeds_of(tokens_of(*texts))
    postings = postings_of(HELD)
    wanted = [
        (place, (postings[shingle][0], postings[shingle][-1] + 1))
        for place, shingle in enumerate(seeds.hashes.tolist())
        if shingle in postings
    ]
    known, found = found_in(seeds)
    assert found == wanted
    for text in range(len(texts)):
        own = known.places[known.offsets[text] : known.offsets[text + 1]]
        low, high = seeds.offsets[text : text + 2]
        assert own.tolist() == [place for place, _ in wanted if low <= place < high]


def test_more_seeds_than_are_probed_at_once_are_all_found():
    count = 3 * probing._AT_ONCE + 17
    hashes = np.resize(HELD.holdings.postings.shingles, count)
    seeds = Shingles(hashes, np.zeros(count, np.int32), np.array([0, count], np.int64))
    known, found = found_in(seeds)
    assert len(found) == count
    assert known.offsets.tolist() == [0, count]


def test_no_seeds_are_none_held():
    known, found = found_in(seeds_of(tokens_of("", "a b")))
    assert found == []
    assert known.offsets.tolist() == [0, 0, 0]
