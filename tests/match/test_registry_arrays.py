"""What the other tests of this room stand on: a registry in memory is a registry."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from provenance.registry.store import open_registry
from tests.match.memory_registries import holding_in_segments, posts
from tests.registry.conftest import create_in_segments

TEXTS = [*posts(40, seed=3), "a a a a a a a", "short one", "東京は今日も雨が降って", "", ""]
TEXTS += [*TEXTS[:9], "a a a a a a", *TEXTS[:5]]


def rows_of(segments, dead):
    """Give the rows of each segment; those that do not count are replaced in a last one."""
    rows = [[] for _ in range(max(segments) + 2)]
    for number, (text, place) in enumerate(zip(TEXTS, segments, strict=True)):
        row = {
            "source": "x" if number % 3 else "reddit",
            "item": f"{number:03}",
            "text": text,
            "author": f"somebody-{number % 7}",
            "created_at": datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
        }
        rows[place].append(row)
        if number in dead:
            later = row["created_at"] + timedelta(days=1)
            rows[-1].append(row | {"text": f"what it says now {number}", "created_at": later})
    return [some for some in rows if some]


def in_order_of(registry, parts):
    """Give the rows of each segment of a registry, which lists them by their digests."""
    firsts = np.array([each.first_number for each in registry.arrays().segments], np.uint32)
    described = registry.describe(firsts)
    places = {(row["item"], row["created_at"]): rows for rows in parts for row in rows}
    return [
        places[key]
        for key in zip(
            described["item"].to_pylist(), described["created_at"].to_pylist(), strict=True
        )
    ]


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("dead", [(), range(0, 60, 4)], ids=["all count", "some do not"])
def test_arrays_made_in_memory_are_those_read_from_a_registry(tmp_path, count, dead):
    segments = [(number * 7) % count for number in range(len(TEXTS))]
    rows = rows_of(segments, dead)
    create_in_segments(tmp_path / "r", rows)
    registry = open_registry(tmp_path / "r")
    read = registry.arrays()
    rows = in_order_of(registry, rows)
    numbered = [(place, row) for place, own in enumerate(rows) for row in own]
    numbered.sort(key=lambda pair: pair[1]["created_at"])
    ids = [(place, row["item"]) for place, row in numbered]
    made, numbers = holding_in_segments(
        [row["text"] for _, row in numbered],
        [place for place, _ in numbered],
        dead=[at for at, (_, item) in enumerate(ids) if int(item) in dead and at < len(TEXTS)],
        sources=[row["source"] for _, row in numbered],
    )
    described = registry.describe(numbers.astype(np.uint32))
    assert described["item"].to_pylist() == [item for _, item in ids]
    for name in ("is_live", "first", "representatives", "background", "item_sizes", "source_codes"):
        assert np.array_equal(getattr(read, name), getattr(made, name)), name
    for name in ("hidden_shingles", "hidden_counts", "sources", "longest", "posting_count"):
        assert np.array_equal(getattr(read, name), getattr(made, name)), name
    for number in numbers.tolist():
        own, known = (
            arrays.tokens[slice(*arrays.token_offsets[number : number + 2])]
            for arrays in (read, made)
        )
        assert np.array_equal(own, known)
    for one, other in zip(read.segments, made.segments, strict=True):
        assert one.first_number == other.first_number
        assert np.array_equal(one.sequences, other.sequences)
        for field in fields(one.postings):
            ours, theirs = getattr(one.postings, field.name), getattr(other.postings, field.name)
            if field.name in ("shingles", "items", "positions"):
                assert np.array_equal(ours, theirs), field.name
    assert read.keys.of(numbers).tolist() == sorted(read.keys.of(numbers).tolist())
    assert made.keys.of(numbers).tolist() == sorted(made.keys.of(numbers).tolist())
