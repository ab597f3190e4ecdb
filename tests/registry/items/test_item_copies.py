"""Items say the same when their token sequences are the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from provenance.registry.items.item_copies import sequence_hashes

SEQUENCES = st.lists(
    st.lists(st.sampled_from([0, 1, 2, 0xFFFFFFFF]), max_size=6), min_size=1, max_size=20
)


@given(SEQUENCES)
def test_two_hashes_are_the_same_where_the_sequences_are(sequences):
    tokens = np.array([token for one in sequences for token in one], np.uint32)
    offsets = np.cumsum([0, *map(len, sequences)])
    hashes = sequence_hashes(tokens, offsets).tolist()
    for one, hashed in zip(sequences, hashes, strict=True):
        for other, other_hashed in zip(sequences, hashes, strict=True):
            assert (hashed == other_hashed) is (one == other)


def test_a_million_sequences_have_as_many_hashes():
    tokens = np.arange(2_000_000, dtype=np.uint32)
    offsets = np.arange(0, 2_000_001, 2)
    assert len(np.unique(sequence_hashes(tokens, offsets))) == 1_000_000
