"""Sets of words, asked of sixteen at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.jit.decorators import kernel
from provenance.match.index.bitmap_filter import LANES, build_bitmap, may_contain


@kernel
def mask_of(words, at, bits, shift):
    return may_contain(words, at, bits, shift)


def told(words, at, bits, shift):
    mask = int(mask_of(words, at, bits, shift))
    assert mask < 1 << LANES
    return [bool(mask >> lane & 1) for lane in range(LANES)]


WORDS = st.integers(0, 2**32 - 1)


@given(st.sets(WORDS, max_size=80), st.lists(WORDS, min_size=LANES, max_size=LANES), st.data())
def test_words_of_the_set_are_recognised_at_their_index(words, others, data):
    bits, shift = build_bitmap(np.array(sorted(words), np.uint32))
    lanes = data.draw(st.lists(st.integers(0, LANES - 1), unique=True)) if words else []
    for lane in lanes:
        others[lane] = data.draw(st.sampled_from(sorted(words)))
    asked = told(np.array([7, *others], np.uint32), 1, bits, shift)
    assert all(asked[lane] for lane in lanes)
    # And each answer is that of the word, wherever it stands.
    turned = told(np.array(others[::-1], np.uint32), 0, bits, shift)
    assert turned == asked[::-1]


@pytest.mark.parametrize("count", [0, 1, 150, 5000])
def test_few_others_pass(count):
    dice = np.random.default_rng(3)
    words = dice.choice(2**32, count, replace=False).astype(np.uint32)
    bits, shift = build_bitmap(words)
    asked = dice.integers(0, 2**32, LANES * 2000).astype(np.uint32)
    passed = sum(sum(told(asked, at, bits, shift)) for at in range(0, len(asked), LANES))
    assert passed <= len(asked) / 12
    assert bits.nbytes <= max(4 * count, 8)
