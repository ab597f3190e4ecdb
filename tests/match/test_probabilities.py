"""How likely words are: powers that are remembered are those of their own context."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.jit.decorators import kernel
from provenance.match.scoring.information import HEAPS, interpolated, shares_of_new


@kernel
def told_of(contexts, told):
    shares = shares_of_new(HEAPS)
    for place in range(len(contexts)):
        told[place] = interpolated(0.01, contexts[place], 2.0, shares, HEAPS)


def expected_of(context):
    share = context**HEAPS / (context + context**HEAPS)
    return share * 0.01 + (1 - share) * 1.25 / context


# On either side of where a table of powers ends, and such as are remembered in one place.
CONTEXTS = st.one_of(
    st.integers(1, 4200), st.sampled_from([5000, 6024, 7048, 4096, 5120]), st.integers(1, 2**32 - 1)
)


@given(st.lists(CONTEXTS, max_size=30))
def test_what_falls_to_new_words_follows_from_the_context_alone(contexts):
    told = np.zeros(len(contexts))
    told_of(np.array(contexts, np.float64), told)
    assert told.tolist() == pytest.approx([expected_of(context) for context in contexts])
