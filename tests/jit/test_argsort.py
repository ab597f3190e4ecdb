"""The kernels' own sort is stable and in order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.jit.argsort import stable_argsort
from tests.match.kernel_parts import callable_part

order_of = callable_part(stable_argsort)


@settings(max_examples=200)
@given(st.one_of(st.lists(st.integers(0, 5)), st.lists(st.integers(-(2**63), 2**63 - 1))))
def test_keys_are_sorted_and_equal_ones_keep_their_order(keys):
    order = order_of(np.array(keys, np.int64))
    assert order.tolist() == sorted(range(len(keys)), key=keys.__getitem__)


def test_many_keys_are_sorted():
    keys = np.random.default_rng(1).integers(-50, 50, 5000)
    assert np.array_equal(order_of(keys), np.argsort(keys, kind="stable"))
