"""A registry is a function of its items."""

import threading
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import CorruptFile, RegistryError, RegistryExists, RegistryNotFound
from provenance.model.content.tables import Items, Skipped
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.items import item_order
from provenance.registry.manifest import REQUIRED
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.registry.conftest import numbers_in_order

LITTLE = (32 if int(duckdb.__version__.partition(".")[0]) >= 2 else 48) << 20
"""Bytes in which this DuckDB must spill to sort, and can; 1.5 needs more than 2.0 does."""
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(["the", "cat", "sat", "東", "rt", "\0", "é"]), max_size=14).map(
        " ".join
    ),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["x", "reddit", "Ünï"]),
            "item": st.text(max_size=5),
            "text": TEXTS,
            "created_at": st.one_of(
                st.none(), st.integers(-(2**33), 2**33), st.integers(-(2**62), 2**62)
            ),
            "author": st.one_of(st.none(), st.text(max_size=8)),
        }
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda row: (row["source"], row["item"]),
)


def cut(rows, places):
    bounds = [0, *sorted(place % (len(rows) + 1) for place in places), len(rows)]
    return [rows[start:end] for start, end in pairwise(bounds)]


def data_of(path):
    found = {p.relative_to(path): p.read_bytes() for p in path.glob("*/*")}
    assert len(found) == len(REQUIRED) + 1
    return found, open_registry(path).manifest.digest


@settings(max_examples=25)
@given(rows=ROWS, places=st.lists(st.integers(0, 100), max_size=3), data=st.data())
def test_order_and_batches_change_nothing(rows, places, data, items, tmp_path_factory):
    folder = tmp_path_factory.mktemp("r")
    other = data.draw(st.permutations(rows))
    create_registry(folder / "one", [items(rows)])
    create_registry(folder / "other", map(items, cut(other, places)))
    assert data_of(folder / "one") == data_of(folder / "other")


@settings(max_examples=25)
@given(rows=ROWS, place=st.integers(0, 100), data=st.data())
def test_adding_is_building_from_all(rows, place, data, items, tmp_path_factory):
    folder = tmp_path_factory.mktemp("r")
    first, second = cut(data.draw(st.permutations(rows)), [1 + place % len(rows)])
    create_registry(folder / "one", [items(rows)])
    create_registry(folder / "other", [items(first)])
    extend_registry(folder / "other", [items(second)])
    assert data_of(folder / "one") == data_of(folder / "other")
    verify_files(folder / "other")


def test_threads_and_row_groups_taken_in_change_nothing(posts, items, tmp_path):
    rows = posts(3000)
    create_registry(tmp_path / "one", [items(rows)], limits=BuildLimits(threads=1))
    create_registry(
        tmp_path / "two", map(items, cut(rows, range(0, 3000, 7))), limits=BuildLimits(threads=3)
    )
    assert data_of(tmp_path / "one") == data_of(tmp_path / "two")


def test_memory_that_is_too_small_to_sort_in_changes_nothing(posts, items, tmp_path):
    rows = [row | {"item": row["item"] * 20} for row in posts(60_000, longest=5)]
    spilt, over = [0], threading.Event()

    def watch():
        while not over.wait(0.001):
            with suppress(FileNotFoundError):
                spilt.extend(p.stat().st_size for p in tmp_path.glob(".two.building/work/spill/*"))

    create_registry(tmp_path / "one", [items(rows)])
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        create_registry(
            tmp_path / "two", [items(rows)], limits=BuildLimits(threads=1, memory=LITTLE)
        )
    finally:
        over.set()
        watcher.join()
    assert max(spilt) > 1 << 20
    assert data_of(tmp_path / "one") == data_of(tmp_path / "two")


def test_the_later_of_two_items_with_one_id_counts(items, tmp_path):
    old = {"source": "x", "item": "1", "text": "what it said at first, before it was edited"}
    new = old | {"text": "what it says now"}
    create_registry(tmp_path / "built", [items([old]), items([new])])
    create_registry(tmp_path / "added", [items([old])])
    extend_registry(tmp_path / "added", [items([new])])
    for name in ("built", "added"):
        registry = open_registry(tmp_path / name)
        assert registry.manifest.items == 1
        assert registry.texts(np.array([0], np.uint32)) == ["what it says now"]


def test_one_id_in_two_sources_is_two_items(items, tmp_path):
    rows = [{"source": source, "item": "1", "text": "a b c d"} for source in ("x", "reddit")]
    assert create_registry(tmp_path / "r", [items(rows)]).items == 2


def test_adding_what_is_there_changes_no_byte(rows, items, tmp_path):
    built = create_registry(tmp_path / "r", [items(rows)])
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in (tmp_path / "r").rglob("*.*")}
    assert extend_registry(tmp_path / "r", [items(rows[10:300])]) == built
    after = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in (tmp_path / "r").rglob("*.*")}
    assert before == after


def test_adding_nothing_changes_nothing(items, posts, tmp_path):
    built = create_registry(tmp_path / "r", [items(posts(5))])
    assert extend_registry(tmp_path / "r", []) == built


def test_items_are_in_the_order_of_their_dates_and_those_without_come_last(registry, numbers, rows):
    far = datetime.max.replace(tzinfo=UTC)
    expected = sorted(row["created_at"] or far for row in rows)
    described = registry.describe(numbers)
    assert [one or far for one in described["created_at"].to_pylist()] == expected
    for segment in registry.arrays().segments:
        own = np.arange(len(segment.sequences), dtype=np.uint32) + np.uint32(segment.first_number)
        dates = [one or far for one in registry.describe(own)["created_at"].to_pylist()]
        assert dates == sorted(dates)


def test_the_order_of_items_is_that_of_their_dates_and_identities_alone(items, posts, tmp_path):
    def in_order(name, batches):
        create_registry(tmp_path / name, batches, limits=BuildLimits(segment_bytes=1))
        registry = open_registry(tmp_path / name)
        described = registry.describe(numbers_in_order(registry))
        return list(
            zip(described["source"].to_pylist(), described["item"].to_pylist(), strict=True)
        )

    rows = [row | {"created_at": None} for row in posts(200)]
    other = [row | {"text": "something else", "author": None, "licence": None} for row in rows]
    first = in_order("one", [items(rows)])
    assert first == in_order("other", [items(other[::-1])])
    assert first == in_order("many", map(items, (rows[::3], other[1::3], rows[2::3])))
    assert sorted(first) != first


def test_progress_hears_of_every_item(items, posts, tmp_path):
    heard = []
    create_registry(
        tmp_path / "r", [items(posts(30)), items(posts(12, seed=1))], progress=heard.append
    )
    assert heard == [30, 12]


def test_a_folder_that_is_taken_is_left_alone(items, posts, tmp_path):
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "mine").touch()
    with pytest.raises(RegistryExists) as caught:
        create_registry(tmp_path / "r", [items(posts(3))])
    assert "a folder of other files" in caught.value.message
    assert "does not exist" in caught.value.remedy
    assert [p.name for p in tmp_path.rglob("*")] == ["r", "mine"]


def test_a_registry_that_is_there_is_to_be_added_to(items, posts, tmp_path):
    create_registry(tmp_path / "r", [items(posts(3))])
    with pytest.raises(RegistryExists) as caught:
        create_registry(tmp_path / "r", [items(posts(3))])
    assert "registry add" in caught.value.remedy


def test_a_file_is_no_place_for_a_registry(items, posts, tmp_path):
    (tmp_path / "r").touch()
    with pytest.raises(RegistryExists, match="is a file, not a registry") as caught:
        create_registry(tmp_path / "r", [items(posts(3))])
    assert "registry add" not in caught.value.remedy


def test_records_of_one_id_count_once_and_are_told(items, posts, tmp_path):
    rows = posts(4)
    assert create_registry(tmp_path / "r", [items([*rows, *rows[:3]])]).replaced == 3
    assert open_registry(tmp_path / "r").manifest.replaced == 3
    assert extend_registry(tmp_path / "r", [items(rows)]).replaced == 3
    assert extend_registry(tmp_path / "r", [items([*rows[:1], *posts(2, seed=9)])]).replaced == 3
    edited = [row | {"text": "edited"} for row in rows[:2]]
    assert extend_registry(tmp_path / "r", [items([*edited, *edited[:1]])]).replaced == 6


def test_a_dump_of_which_nothing_can_be_read_is_refused_and_the_reasons_told(
    items, posts, tmp_path
):
    bad = Items(items([]).batch, (Skipped("a.csv", "not valid UTF-8", 7, (0, 1)),))
    told = r"no item that could be read \(7 in a.csv: not valid UTF-8\)"
    with pytest.raises(RegistryError, match=told) as caught:
        create_registry(tmp_path / "r", [bad])
    assert "UTF-8" in caught.value.remedy
    before = create_registry(tmp_path / "r", [items(posts(3))])
    with pytest.raises(RegistryError, match=told):
        extend_registry(tmp_path / "r", [bad])
    assert open_registry(tmp_path / "r").manifest == before


def test_an_empty_folder_is_free(items, posts, tmp_path):
    (tmp_path / "r").mkdir()
    assert create_registry(tmp_path / "r", [items(posts(3))]).items == 3


@pytest.mark.parametrize("batches", [[], [[]]])
def test_no_items_are_no_registry(batches, items, tmp_path):
    with pytest.raises(RegistryError, match="no item that could be read") as caught:
        create_registry(tmp_path / "r", map(items, batches))
    assert caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_dump_that_breaks_leaves_nothing(items, posts, tmp_path):
    def broken():
        yield items(posts(10))
        raise CorruptFile("the dump ends early", remedy="fetch it again")

    with pytest.raises(CorruptFile, match="ends early"):
        create_registry(tmp_path / "r", broken())
    assert list(tmp_path.iterdir()) == []


def test_a_dump_that_breaks_leaves_the_registry_as_it_was(items, posts, tmp_path):
    def broken():
        yield items(posts(10, seed=1))
        raise CorruptFile("the dump ends early", remedy="fetch it again")

    built = create_registry(tmp_path / "r", [items(posts(10))])
    with pytest.raises(CorruptFile, match="ends early"):
        extend_registry(tmp_path / "r", broken())
    assert verify_files(tmp_path / "r") == built
    assert sorted(p.name for p in (tmp_path / "r").iterdir()) == [
        "registry.json",
        built.segments[0].folder,
    ]


def test_adding_to_nothing_names_the_command_that_builds(items, posts, tmp_path):
    with pytest.raises(RegistryNotFound) as caught:
        extend_registry(tmp_path / "r", [items(posts(3))])
    assert "provenance registry build" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_folder_may_look_like_a_pattern(items, posts, tmp_path):
    folder = tmp_path / "it's [a-z]*?" / "r[1]"
    create_registry(folder, [items(posts(20))])
    extend_registry(folder, [items(posts(20, seed=1))])
    assert verify_files(folder).items == 40


def test_rows_that_get_lost_are_an_error(items, posts, tmp_path, monkeypatch):
    run_query = item_order.run_query

    def lose_a_row(connection, query, *more):
        rows = run_query(connection, query, *more)
        if "CREATE TABLE numbered" in query:
            run_query(connection, "DELETE FROM numbered WHERE number = 3")
        return rows

    monkeypatch.setattr(item_order, "run_query", lose_a_row)
    with pytest.raises(RegistryError, match="10 rows went in and 9 came out"):
        create_registry(tmp_path / "r", [items(posts(10))])
    assert list(tmp_path.iterdir()) == []


def test_sites_of_one_source_count_their_ids_apart(items, tmp_path):
    urls = ["https://one.example.org/q/6", "https://two.example.org/q/6", None]
    rows = [
        {"source": "stackexchange", "item": "p6", "text": f"the words of site {row}", "url": url}
        for row, url in enumerate(urls)
    ]

    made = create_registry(tmp_path / "r", [items(rows)])
    again = extend_registry(
        tmp_path / "r", [items([{**rows[1], "text": "edited words of site 1"}])]
    )

    assert (made.items, made.replaced) == (3, 0)
    assert (again.items, again.replaced) == (3, 1)
    texts = open_registry(tmp_path / "r").texts(np.arange(3, dtype=np.uint32))
    assert sorted(texts) == [
        "edited words of site 1",
        "the words of site 0",
        "the words of site 2",
    ]


def test_an_item_of_a_book_s_length_keeps_its_counts_and_places(items, tmp_path):
    repeats = 70_000  # more than 16 bits count
    text = "again " * repeats + "and then four words"
    create_registry(tmp_path / "r", [items([{"source": "x", "item": "long", "text": text}])])
    arrays = open_registry(tmp_path / "r").arrays()
    assert arrays.background.max() == repeats
    [segment] = arrays.segments
    assert sorted(segment.postings.positions.tolist())[-4:] == [*range(repeats - 3, repeats + 1)]


def test_more_sources_than_a_registry_can_tell_apart_are_refused(items, tmp_path):
    rows = [{"source": f"s{n}", "item": "a", "text": "a"} for n in range(257)]
    create_registry(tmp_path / "most", [items(rows[1:])])
    many = "257 items of 257 sources, 257 words, are too many"
    with pytest.raises(RegistryError, match=many) as caught:
        create_registry(tmp_path / "more", [items(rows)])
    assert f"at most 256 sources, and fewer than {1 << 32} words" in caught.value.remedy
    assert not (tmp_path / "more").exists()
