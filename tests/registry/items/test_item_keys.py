"""Order keys of items: which are later than others."""

import numpy as np
import pyarrow as pa

from provenance.registry.items.item_keys import are_later, order_keys


def test_an_item_without_a_date_is_neither_later_nor_earlier():
    seconds = [5, 5, 6, None, -(10**12), 10**12]
    keys = order_keys(pa.chunked_array([seconds], pa.int64()), np.arange(6, dtype=np.uint64) << 60)
    later = [[bool(are_later(key, other)) for other in keys] for key in keys]
    dates = [float("nan") if each is None else each for each in seconds]
    assert later == [[one > other for other in dates] for one in dates]
