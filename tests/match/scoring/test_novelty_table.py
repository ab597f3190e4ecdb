"""How likely words are: powers that are remembered are those of their own context."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.jit.decorators import kernel
from provenance.match.scoring.information import HEAPS_EXPONENT, interpolate, novelty_table


@kernel
def told_of(contexts, told):
    shares = novelty_table(HEAPS_EXPONENT)
    for place in range(len(contexts)):
        told[place] = interpolate(0.01, contexts[place], 2.0, shares, HEAPS_EXPONENT)


def expected_of(context):
    share = context**HEAPS_EXPONENT / (context + context**HEAPS_EXPONENT)
    return share * 0.01 + (1 - share) * 1.25 / context


# On either side of where a table of powers ends, and such as are remembered in one place.
CONTEXTS = st.one_of(
    st.integers(1, 4200), st.sampled_from([5000, 6024, 7048, 4096, 5120]), st.integers(1, 2**32 - 1)
)


@given(st.lists(CONTEXTS, max_size=30))
def test_the_probability_of_new_words_depends_on_the_context_alone(contexts):
    told = np.zeros(len(contexts))
    told_of(np.array(contexts, np.float64), told)
    assert told.tolist() == pytest.approx([expected_of(context) for context in contexts])
