"""What the other tests of this room stand on: a registry in memory is a registry."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from provenance.model import ITEMS, Items
from provenance.registry.build.registry_builder import create_registry
from provenance.registry.store import open_registry
from tests.match.holding import holding, posts


def test_arrays_built_in_memory_equal_those_read_from_a_registry(tmp_path):
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
    create_registry(tmp_path / "r", [Items(pa.RecordBatch.from_pylist(rows, ITEMS))])
    stored, made = open_registry(tmp_path / "r").arrays(), holding(*texts)
    for name in ("tokens", "token_offsets", "first", "source_codes", "background"):
        assert np.array_equal(getattr(stored, name), getattr(made, name)), name
    for name in ("shingles", "items", "positions"):
        ours, theirs = getattr(made.postings, name), getattr(stored.postings, name)
        assert np.array_equal(ours, theirs), name
