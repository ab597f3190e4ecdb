"""Registries merged come to a registry of their items; a subset, to one of some."""

import os
import shutil
from dataclasses import replace
from datetime import date
from itertools import permutations

import pyarrow.parquet as pq
import pytest
from hypothesis import strategies as st

from provenance.errors import FingerprintMismatch, RegistryError, RegistryExists, RegistryNotFound
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model.content.chance import ChanceModel
from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.changes.chance_model import replace_chance_model
from provenance.registry.changes.registry_merge import merge_registries, subset_registry
from provenance.registry.changes.withdrawal import remove_items, restore_items
from provenance.registry.files.mapped_files import map_registry
from provenance.registry.files.verified_segments import file_states, is_verified
from provenance.registry.manifest import read_manifest, registry_digest, render_manifest
from provenance.registry.schema import EARLIEST, LATEST
from provenance.registry.segments.item_selection import Selection
from provenance.registry.side_tables.tombstones import load_tombstones
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.property_campaigns import property_test
from tests.registry.changes.changed_registries import LARGE, UNMERGED, found, ids, items_of, row
from tests.registry.conftest import create_in_segments
from tests.registry.generated_rows import ROW, identity

WORDS = "the harbour lay under fog until noon when a ferry came in and left again"

STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(
            st.lists(ROW, min_size=1, max_size=6),
            st.lists(st.sampled_from("abcdef"), min_size=1, max_size=2).map(tuple),
        ),
    ),
    max_size=7,
)
"""Number of a registry, with rows to add or ids to remove."""


class Model:
    """What registries hold: rows, with the step at which they came."""

    def __init__(self, count):
        self.rows = [{} for _ in range(count)]
        self.tombstones = [set() for _ in range(count)]

    def add(self, number, rows, step):
        latest = {identity(each): stored(each) for each in rows}
        for key, each in latest.items():
            if key in self.tombstones[number]:
                continue
            if self.rows[number].get(key, (None, None))[1] != each:
                self.rows[number][key] = step, each

    def remove(self, number, names):
        gone = {key for key in self.rows[number] if key[2] in names}
        self.tombstones[number] |= gone
        for key in gone:
            del self.rows[number][key]

    def merged(self):
        latest = {}
        for rows in self.rows:
            for key, (step, each) in rows.items():
                if key not in latest or step > latest[key][0]:
                    latest[key] = step, each
        withdrawn = set().union(*self.tombstones)
        return [each for key, (_, each) in latest.items() if key not in withdrawn]


def stored(row):
    """Give a row as a registry stores it: a date outside the calendar is none."""
    date = row["created_at"]
    return row if date is None or EARLIEST <= date <= LATEST else row | {"created_at": None}


@property_test(
    5,
    200,
    firsts=st.lists(st.lists(ROW, min_size=1, max_size=6), min_size=3, max_size=3),
    steps=STEPS,
    limits=st.sampled_from([UNMERGED, LARGE]),
    order=st.permutations(range(3)),
)
def test_merging_comes_to_a_build_of_the_latest_of_each(
    firsts, steps, limits, order, items, tmp_path_factory
):
    folder, model = tmp_path_factory.mktemp("r"), Model(3)
    paths = [folder / str(number) for number in range(3)]
    for number, rows in enumerate(firsts):
        create_registry(paths[number], [items(rows)], limits=limits)
        model.add(number, rows, number)
    for step, (number, change) in enumerate(steps, 3):
        if isinstance(change, tuple):
            remove_items(paths[number], Selection(ids=ids(*change)), limits=limits)
            model.remove(number, change)
        else:
            extend_registry(paths[number], [items(change)], limits=limits)
            model.add(number, change, step)
    merged = folder / "merged"
    digest = merge_registries([paths[number] for number in order], merged).manifest.digest
    assert merge_registries(paths, folder / "in order").manifest.digest == digest
    verify_files(merged)
    remaining = model.merged()
    kept = load_tombstones(merged, read_manifest(merged))
    columns = [kept[name].to_pylist() for name in ("source", "site", "item")]
    assert {*zip(*columns, strict=True)} == set().union(*model.tombstones)
    if not remaining:
        assert items_of(merged) == []
        return
    built = create_registry(folder / "plain", [items(remaining)])
    assert found(merged) == found(folder / "plain")
    compacted = compact_registry(merged)
    assert [each.digest for each in compacted.segments] == [each.digest for each in built.segments]


@property_test(
    5,
    150,
    writes=st.lists(st.lists(ROW, min_size=1, max_size=6), min_size=1, max_size=4),
    source=st.sampled_from([None, "x", "reddit"]),
    since=st.sampled_from([None, date(1970, 1, 1)]),
    before=st.sampled_from([None, date(1970, 1, 1), date(1970, 1, 2)]),
)
def test_a_subset_comes_to_a_build_of_what_is_selected(
    writes, source, since, before, items, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("r")
    create_in_segments(folder / "all", writes)
    latest = {identity(row): row for rows in writes for row in rows}.values()
    selected = [
        row
        for row in latest
        if source in (None, row["source"])
        and (since is None or (row["created_at"] is not None and row["created_at"] >= 0))
        and (before is None or is_before(row["created_at"], before))
    ]
    selection = Selection(source=source, since=since, before=before)
    if not selected:
        with pytest.raises(RegistryError, match="has no such item"):
            subset_registry(folder / "all", selection, folder / "part")
        assert not (folder / "part").exists()
        return
    before_it = found(folder / "all")
    subset_registry(folder / "all", selection, folder / "part")
    verify_files(folder / "part")
    built = create_registry(folder / "plain", [items(selected)])
    assert found(folder / "part") == found(folder / "plain")
    compacted = compact_registry(folder / "part")
    assert [each.digest for each in compacted.segments] == [each.digest for each in built.segments]
    assert found(folder / "all") == before_it


def is_before(seconds, day):
    is_dated = seconds is not None and seconds > -(2**61)
    return is_dated and seconds < (day - date(1970, 1, 1)).days * 86_400


@pytest.fixture(scope="module")
def two_registries(tmp_path_factory, items):
    path = tmp_path_factory.mktemp("two")
    create_registry(path / "a", [items([row("1", f"{WORDS} once"), row("2", WORDS)])])
    create_registry(path / "b", [items([row("1", f"{WORDS} twice"), row("3", WORDS)])])
    return path


@pytest.fixture
def two(two_registries, tmp_path):
    """A folder with two registries: an item of the first is newer in the second."""
    return shutil.copytree(two_registries, tmp_path, dirs_exist_ok=True)


def merge(folder, *names, to="c"):
    return merge_registries([folder / name for name in names], folder / to)


def test_segments_are_linked_and_trusted_as_before(two):
    before = [open_registry(two / name).segments for name in "ab"]
    done = merge(two, "a", "b")
    assert (done.shared, done.copied, done.rewritten, done.replaced) == (2, 0, 0, 1)
    for segments in (*before, map_registry(two / "c").segments):
        for segment in segments:
            assert is_verified(segment, file_states(segment))
            for file in segment.files.values():
                assert file.path.stat().st_nlink == 2
    assert items_of(two / "c") == ["1", "2", "3"]
    assert sorted(texts_of(two / "c")) == [WORDS, WORDS, f"{WORDS} twice"]


def texts_of(folder):
    return found(folder)["texts"]


def test_segments_are_copied_where_links_are_not_possible(two, monkeypatch):
    def link(*_):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", link)
    done = merge(two, "a", "b")
    assert (done.shared, done.copied) == (0, 2)
    shutil.rmtree(two / "a")
    verify_files(two / "c")


def test_the_merged_registry_does_not_need_the_others(two, items):
    merge(two, "a", "b")
    extend_registry(two / "a", [items([row("9")])])
    shutil.rmtree(two / "b")
    verify_files(two / "c")
    assert items_of(two / "c") == ["1", "2", "3"]


def test_a_registry_merged_with_itself_or_a_later_state_of_it(two, items):
    extend_registry(two / "a", [items([row(name) for name in "45678"])])
    shutil.copytree(two / "a", two / "later")
    extend_registry(two / "later", [items([row("1", f"{WORDS} again")])], limits=UNMERGED)
    shutil.copytree(two / "a", two / "smaller")
    remove_items(two / "smaller", Selection(ids=ids("1")))
    only = merge(two, "smaller", "a", to="smallest")
    assert (len(only.manifest.segments), only.replaced) == (1, 6)
    assert merge(two, "a", "a", to="same").manifest.digest == read_manifest(two / "a").digest
    done = merge(two, "a", "later")
    assert (done.shared, done.replaced) == (2, 1)
    assert done.manifest.digest == read_manifest(two / "later").digest


def test_withdrawn_items_are_left_behind_and_those_of_one_leave_the_others(two):
    remove_items(two / "a", Selection(ids=ids("1")), reason="asked", limits=LARGE)
    done = merge(two, "a", "b")
    assert (done.withdrawn, done.shared, done.rewritten) == (1, 0, 2)
    assert items_of(two / "c") == ["2", "3"]
    for path in (two / "c").glob("segment-*/items.parquet"):
        assert "1" not in pq.read_table(path)["item"].to_pylist()
    [stone] = load_tombstones(two / "c", done.manifest).to_pylist()
    assert (stone["item"], stone["reason"]) == ("1", "asked")


def test_tombstones_outlive_subsets_and_compaction_and_keep_items_out(two, items):
    remove_items(two / "a", Selection(ids=ids("1", "later"), source="x"))
    subset_registry(two / "a", Selection(source="x"), two / "part")
    compact_registry(two / "part")
    merge(two, "part", "b")
    extend_registry(two / "c", [items([row("1"), row("later")])])
    assert items_of(two / "c") == ["2", "3"]


def test_a_lifted_tombstone_does_not_return_what_was_withdrawn(two):
    remove_items(two / "a", Selection(ids=ids("2")), limits=LARGE)
    restore_items(two / "a", ids("2"))
    merge(two, "a", "b")
    assert items_of(two / "c") == ["1", "3"]
    verify_files(two / "c")


def test_what_manifests_say_is_merged(two, items):
    for name, total in (("a", 50), ("b", 70)):
        extend_registry(two / name, [items([row(name)])], published={"x": total})
    manifest = merge(two, "a", "b").manifest
    assert manifest.sources[0].published == 70
    assert manifest.chance == SHIPPED_CHANCE


def test_a_measured_chance_model_is_kept_if_all_have_it(two):
    chance = ChanceModel(0.5, 1e-9, 7)
    replace_chance_model(two / "a", chance)
    assert merge(two, "a", "b").manifest.chance == SHIPPED_CHANCE
    replace_chance_model(two / "b", chance)
    assert merge(two, "a", "b", to="d").manifest.chance == chance


def test_texts_are_kept_if_all_have_them(two, items):
    create_registry(two / "bare", [items([row("7")])], keep_texts=False)
    done = merge(two, "a", "bare")
    assert not done.manifest.keeps_texts
    assert done.shared == 2
    assert not list((two / "c").glob("*/texts.parquet"))
    verify_files(two / "c")
    create_registry(
        two / "plain", [items([row("1", f"{WORDS} once"), row("2", WORDS)])], keep_texts=False
    )
    [plain] = read_manifest(two / "plain").segments
    assert plain.digest in {segment.digest for segment in done.manifest.segments}


def test_different_fingerprints_are_named(two):
    before = read_manifest(two / "b")
    parameters = replace(before.parameters, unicode="9.0.0")
    digest = registry_digest(parameters, before.chance, before.segments, before.statuses)
    (two / "b" / "registry.json").write_text(
        render_manifest(replace(before, parameters=parameters, digest=digest))
    )
    with pytest.raises(FingerprintMismatch) as raised:
        merge(two, "a", "b")
    assert str(raised.value).startswith(f"{two}/b was fingerprinted with unicode='9.0.0'; {two}/a")
    assert sorted(path.name for path in two.iterdir()) == ["a", "b"]


def test_nothing_is_overwritten_or_left_behind(two):
    with pytest.raises(RegistryExists, match="already exists"):
        merge(two, "a", "b", to="b")
    with pytest.raises(RegistryNotFound):
        merge(two, "a", "none")
    with pytest.raises(RegistryExists, match="already exists"):
        subset_registry(two / "a", Selection(source="x"), two / "b")
    assert sorted(path.name for path in two.iterdir()) == ["a", "b"]


def test_a_subset_shares_segments_of_which_all_is_selected(tmp_path):
    limits = BuildLimits(segment_bytes=1)
    rows = [[row("1", source="x")], [row("2", source="reddit")], [row("3", source="x"), row("4")]]
    create_in_segments(tmp_path / "a", rows)
    done = subset_registry(tmp_path / "a", Selection(source="x"), tmp_path / "b", limits=limits)
    assert (done.shared, done.rewritten) == (2, 0)
    assert items_of(tmp_path / "b") == ["1", "3", "4"]
    assert [source.source for source in done.manifest.sources] == ["x"]
    verify_files(tmp_path / "b")


def test_of_equal_registries_the_latest_counts_in_any_order(items, tmp_path):
    old, new = ({"source": "x", "item": "a", "text": text} for text in ("the old", "the new"))
    for name, each in (("first", old), ("second", new), ("third", old)):
        create_registry(tmp_path / name, [items([each])])
    digests = set()
    for place, order in enumerate(permutations(["first", "second", "third"])):
        merged = tmp_path / f"merged {place}"
        digests.add(merge_registries([tmp_path / name for name in order], merged).manifest.digest)
    assert len(digests) == 1
    assert found(merged)["texts"] == ["the old"]


def test_registries_that_got_the_same_rows_in_another_order(items, tmp_path):
    old = [row(name, f"{WORDS} old") for name in "12345"]
    new = [row(name, f"{WORDS} new") for name in "56789"]
    create_registry(tmp_path / "a", [items(old)])
    create_registry(tmp_path / "b", [items(new)])
    extend_registry(tmp_path / "a", [items(new)], limits=LARGE)
    extend_registry(tmp_path / "b", [items(old)], limits=LARGE)
    done = merge(tmp_path, "a", "b")
    assert (done.shared, done.replaced) == (2, 1)
    assert sorted(texts_of(tmp_path / "c")) == [f"{WORDS} new"] * 4 + [f"{WORDS} old"] * 5
