"""A registry is a function of its items, whatever segments they are in."""

import shutil
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import strategies as st

from provenance.model.content.registry_arrays import NO_ITEM
from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.property_campaigns import property_test
from tests.registry.conftest import create_in_segments, numbers_in_order, signatures_in_order
from tests.registry.generated_rows import WRITES, identity, latest


def counted(registry):
    """Give what a registry says of the items that count, in their order."""
    arrays, numbers = registry.arrays(), numbers_in_order(registry)
    places = np.full(len(arrays.first), -1)
    places[numbers] = np.arange(len(numbers))
    described = registry.describe(numbers).drop_columns("number").to_pylist()
    manifest = registry.manifest
    return {
        "described": described,
        "texts": registry.texts(numbers),
        "first": places[arrays.first[numbers]].tolist(),
        "copies": registry.copies(numbers, arrays),
        "keys": arrays.keys.of(numbers).tolist(),
        "authors": arrays.authors[numbers].tolist(),
        "source codes": arrays.source_codes[numbers].tolist(),
        "sizes": arrays.item_sizes[numbers].tolist(),
        "signatures": [
            (places[number], signature.tolist())
            for number, signature in zip(*signatures_in_order(registry), strict=True)
        ],
        "background": np.flatnonzero(arrays.background).tolist(),
        "size": arrays.size,
        "postings": arrays.posting_count,
        "coverage": manifest.sources,
        "totals": (manifest.items, manifest.tokens),
    }


@property_test(6, 200, writes=WRITES, data=st.data())
def test_additions_come_to_one_build_of_what_counts(writes, data, items, tmp_path_factory):
    folder = tmp_path_factory.mktemp("r")
    one = create_registry(folder / "one", [items(latest(writes))])
    first = data.draw(st.integers(1, len(writes)), "number of segments of the build")
    create_in_segments(folder / "many", writes[:first])
    for rows in writes[first:]:
        limits = data.draw(st.sampled_from([BuildLimits(merged_tokens=0), None]), "limits")
        extend_registry(folder / "many", [items(rows)], limits=limits)
        if data.draw(st.booleans(), "compact"):
            compact_registry(folder / "many")
    verify_files(folder / "many")
    assert counted(open_registry(folder / "many")) == counted(open_registry(folder / "one"))
    compacted = compact_registry(folder / "many")
    assert verify_files(folder / "many") == compacted
    assert [segment.digest for segment in compacted.segments] == [one.segments[0].digest]
    assert compacted.digest == one.digest
    assert compacted.statuses is None


@property_test(6, 300, writes=WRITES)
def test_one_item_is_reported_of_all_with_the_same_tokens(writes, tmp_path_factory):
    path = tmp_path_factory.mktemp("r") / "r"
    create_in_segments(path, writes)
    registry = open_registry(path)
    arrays = registry.arrays()
    bounds = [segment.first_number for segment in arrays.segments]
    tokens, firsts, latest_of, segment_of = {}, defaultdict(list), {}, {}
    by_age = sorted(enumerate(registry.segments), key=lambda each: each[1].entry.created)
    for place, segment in by_age:
        numbers = np.arange(segment.entry.items, dtype=np.uint32) + np.uint32(bounds[place])
        for number, row in zip(
            numbers.tolist(), registry.describe(numbers).to_pylist(), strict=True
        ):
            start, end = arrays.token_offsets[number : number + 2]
            tokens[number] = tuple(arrays.tokens[start:end].tolist())
            segment_of[number] = place
            latest_of[identity(row)] = number
    assert np.flatnonzero(arrays.is_live).tolist() == sorted(latest_of.values())
    live = np.array(sorted(latest_of.values()))
    for number in live[np.argsort(arrays.keys.of(live), kind="stable")].tolist():
        firsts[tokens[number] or number].append(number)
    reported = np.arange(len(arrays.first))
    for number, own in tokens.items():
        equal = [n for n in tokens if (tokens[n], segment_of[n]) == (own, segment_of[number])]
        if number == min(equal) or not own:  # it has postings
            [first, *_] = [*firsts[own or number], -1]
            is_here = first >= 0 and segment_of[first] == segment_of[number]
            reported[number] = first if is_here else NO_ITEM
    for number in live.tolist():
        assert arrays.first[number] == firsts[tokens[number] or number][0]
    found = arrays.representatives if len(arrays.representatives) else np.arange(len(reported))
    assert found.tolist() == reported.tolist()
    alone = all(reported[number] == number for number in tokens)
    assert (len(arrays.representatives) == 0) is alone


@pytest.mark.parametrize("year", ["0001", "1400", "1697", "1970", "2241", "2243", "9998"])
def test_dates_far_from_ours_are_covered_after_a_replacement(year, items, tmp_path):
    far = int(np.datetime64(f"{year}-05-06", "s").astype(np.int64))
    rows = [
        {"source": "x", "item": str(n), "text": "some words", "created_at": second}
        for n, second in enumerate((far, far + 86400, 0, None))
    ]
    now = rows[2] | {"text": "others"}
    one = create_registry(tmp_path / "one", [items([*rows[:2], rows[3], now])])
    create_in_segments(tmp_path / "many", [rows, [now]])
    assert open_registry(tmp_path / "many").manifest.sources == one.sources


def contents(path):
    return {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in path.rglob("*.*")}


def test_adding_what_is_there_changes_no_byte(segmented, items, posts):
    before, manifest = contents(segmented), open_registry(segmented).manifest
    rows = posts(90, longest=150)
    for some in (rows, rows[30:50], [*rows[:3], *rows[:3]], []):
        assert extend_registry(segmented, [items(some)]) == manifest
        assert contents(segmented) == before


def test_what_differs_in_anything_is_new(items, tmp_path):
    row = {
        "source": "x",
        "item": "1",
        "text": "The words, of an item",
        "url": "https://a.example/1",
        "created_at": 7,
        "author": "one",
        "language": "en",
        "licence": "cc0-1.0",
    }
    create_registry(tmp_path / "r", [items([row])])
    changes = [
        {"text": "the words of an item"},
        {"url": "https://a.example/2"},
        *({name: None} for name in ("created_at", "author", "language", "licence")),
    ]
    for replaced, change in enumerate(changes, 1):
        row |= change
        manifest = extend_registry(tmp_path / "r", [items([row])])
        assert (manifest.items, manifest.replaced) == (1, replaced)
        assert extend_registry(tmp_path / "r", [items([row])]) == manifest


def test_a_version_that_comes_again_counts_again(items, tmp_path):
    row = {"source": "x", "item": "1", "text": "what it said at first"}
    edited = row | {"text": "what it says now"}
    create_in_segments(tmp_path / "r", [[row], [edited], [row]])
    verify_files(tmp_path / "r")
    one = create_registry(tmp_path / "one", [items([row])])
    assert counted(open_registry(tmp_path / "r")) == counted(open_registry(tmp_path / "one"))
    assert compact_registry(tmp_path / "r").digest == one.digest


def test_who_has_opened_a_registry_reads_it_whatever_becomes_of_it(segmented, items, posts):
    expected = counted(open_registry(segmented))
    changes = [
        lambda: extend_registry(
            segmented,
            [items(row | {"text": "edited"} for row in posts(9, longest=150))],
            limits=BuildLimits(merged_tokens=0),
        ),
        lambda: extend_registry(segmented, [items(posts(40, seed=1))]),
        lambda: compact_registry(segmented),
        lambda: shutil.rmtree(segmented),
    ]
    opened, read = open_registry(segmented), open_registry(segmented)
    read.arrays()
    for change in changes:
        change()
        assert counted(opened) == expected
        assert counted(read) == expected


def test_segments_are_few_and_each_item_is_rewritten_a_few_times(items, tmp_path):
    """Additions of a third of a million tokens each: smaller ones are merged every time."""
    additions, count, length, written, known = 9, 16, 20_000, 0, set()
    for number in range(additions):
        rows = [
            {
                "source": "x",
                "item": f"{number}-{n}",
                "text": f"{number} {n} and on " * (length // 4),
            }
            for n in range(count)
        ]
        write = extend_registry if number else create_registry
        manifest = write(tmp_path / "r", [items(rows)])
        new = {segment.digest: segment.items for segment in manifest.segments}
        written += sum(count for digest, count in new.items() if digest not in known)
        known |= set(new)
        assert len(new) <= 6
    assert manifest.items == additions * count
    assert written <= 2 * additions * count


def numbered(first, count):
    return [
        {"source": "x", "item": str(n), "text": f"these are the words of item {n}"}
        for n in range(first, first + count)
    ]


def test_segments_of_few_words_are_merged_into_one(items, tmp_path):
    create_registry(tmp_path / "r", [items(numbered(0, 10))])
    for number in range(1, 4):
        manifest = extend_registry(tmp_path / "r", [items(numbered(10 * number, 10))])
        assert [segment.items for segment in manifest.segments] == [10 * (number + 1)]
