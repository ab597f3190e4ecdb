"""What the other tests of this room stand on: a registry in memory is a registry."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from provenance.match import unattributable
from provenance.model import ITEMS, Items
from provenance.registry import build, open_registry
from tests.match.holding import holding, posts


def test_a_holding_in_memory_is_what_the_registry_reads(tmp_path):
    texts = [*posts(60, seed=3), "a a a a a a a", "short one", "東京は今日も雨が降って", ""]
    texts += texts[:9]
    rows = [
        {
            "source": "x",
            "item": f"{number:03}",
            "text": text,
            "created_at": datetime(2020, 1, 1, 0, 0, number % 60, tzinfo=UTC).replace(
                minute=number // 60
            ),
        }
        for number, text in enumerate(texts)
    ]
    build(tmp_path / "r", [Items(pa.RecordBatch.from_pylist(rows, ITEMS))])
    stored, made = open_registry(tmp_path / "r").holdings(), holding(*texts)
    for name in ("tokens", "token_offsets", "first", "source_codes", "background"):
        assert np.array_equal(getattr(stored, name), getattr(made, name)), name
    for name in ("shingles", "items", "positions"):
        ours, theirs = getattr(made.postings, name), getattr(stored.postings, name)
        assert np.array_equal(ours, theirs), name


def test_items_without_a_shingle_are_counted_by_source():
    items = ["one two three", "one two three four", "one two three", "東京", "x", ""]
    held = holding(*items, sources=["b", "b", "a", "a", "c", "c"])
    assert held.sources == ("a", "b", "c")
    assert unattributable(held).tolist() == [2, 1, 2]


def test_a_later_copy_is_attributable_where_the_first_is():
    held = holding("one two three four", "One, two, three: four!")
    assert held.first.tolist() == [0, 0]
    assert unattributable(held).tolist() == [0]
