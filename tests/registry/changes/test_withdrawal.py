"""Withdrawn items are not matched, leave the disk, and stay out; nothing else changes."""

import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import strategies as st

from provenance.errors import CorruptFile, DigestMismatch, FingerprintMismatch, RegistryError
from provenance.model.content.tables import DELETIONS, Skipped
from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.changes.withdrawal import remove_items, restore_items
from provenance.registry.manifest import read_manifest, registry_digest, render_manifest
from provenance.registry.segments.item_selection import Selection
from provenance.registry.segments.withdrawn_items import DeletionRecords
from provenance.registry.side_tables.tombstones import load_tombstones
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.property_campaigns import property_test
from tests.registry.changes.changed_registries import LARGE, UNMERGED, found, ids, items_of, row
from tests.registry.conftest import batch_of, create_in_segments
from tests.registry.generated_rows import ROW, identity


def with_deletions(rows, named, day=None):
    """Make a batch of rows, and of deletion records of some sources and ids."""
    records = [
        {"source": source, "item": item, "date": day, "reason": "deleted"} for source, item in named
    ]
    return replace(batch_of(rows), deletions=pa.RecordBatch.from_pylist(records, DELETIONS))


STEP = st.one_of(
    st.tuples(st.just("add"), st.lists(ROW, min_size=1, max_size=8)),
    st.tuples(
        st.just("remove"),
        st.fixed_dictionaries(
            {
                "ids": st.one_of(st.none(), st.lists(st.sampled_from("abcdef"), min_size=1)),
                "author": st.sampled_from([None, None, "one", "two"]),
                "source": st.sampled_from([None, "x", "reddit"]),
                "before": st.sampled_from([None, date(1970, 1, 1), date(1970, 1, 2)]),
            }
        ),
        st.booleans(),
    ),
    st.tuples(
        st.just("add with deletions"),
        st.lists(ROW, max_size=4),
        st.lists(
            st.tuples(st.sampled_from(["x", "reddit"]), st.sampled_from("abcdef")), max_size=3
        ),
    ),
    st.tuples(st.just("restore"), st.lists(st.sampled_from("abcdef"), min_size=1)),
    st.tuples(st.just("compact")),
)


def selected(row, selection):
    """Say whether a row meets all conditions."""
    created, before = row["created_at"], selection["before"]
    moment = None if before is None else datetime(before.year, before.month, before.day, tzinfo=UTC)
    is_dated = created is not None and created > -(2**60)
    return (
        (selection["ids"] is None or row["item"] in selection["ids"])
        and selection["author"] in (None, row["author"])
        and selection["source"] in (None, row["source"])
        and (moment is None or (is_dated and created < moment.timestamp()))
    )


class Model:
    """What a registry should hold, and keep out."""

    def __init__(self):
        self.rows, self.tombstones = {}, set()

    def add(self, rows):
        for each in rows:
            source, site, item = identity(each)
            if not {(source, site, item), (source, None, item)} & self.tombstones:
                self.rows[source, site, item] = each

    def remove(self, selection):
        gone = [key for key, each in self.rows.items() if selected(each, selection)]
        if selection["ids"] and selection["source"] and not selection["author"]:
            here = {item for _, _, item in gone}
            if selection["before"] is None:
                self.tombstones |= {
                    (selection["source"], None, item)
                    for item in {*selection["ids"]} - here
                    if not any((s, i) == (selection["source"], item) for s, _, i in self.tombstones)
                }
        for key in gone:
            del self.rows[key]
        self.tombstones |= {*gone}

    def delete(self, named):
        """Withdraw the items of any site, which may come later."""
        self.tombstones |= {(source, None, item) for source, item in named}
        for key in [key for key in self.rows if (key[0], key[2]) in named]:
            del self.rows[key]

    def restore(self, names):
        self.tombstones = {key for key in self.tombstones if key[2] not in names}


def add(path, model, limits, rows):
    extend_registry(path, [batch_of(rows)], limits=limits)
    model.add(rows)


def remove(path, model, limits, selection, at_once):
    listed = selection["ids"] and ids(*selection["ids"])
    remove_items(path, Selection(**selection | {"ids": listed}), at_once=at_once, limits=limits)
    model.remove(selection)


def add_with_deletions(path, model, limits, rows, named):
    with suppress(RegistryError):  # if there is neither an item nor a deletion
        extend_registry(path, [with_deletions(rows, named)], limits=limits)
    model.add(rows)
    model.delete(named)


def restore(path, model, limits, names):
    restore_items(path, ids(*names))
    model.restore(names)


def compact(path, model, limits):
    compact_registry(path, limits=limits)


STEPS = {
    "add": add,
    "remove": remove,
    "add with deletions": add_with_deletions,
    "restore": restore,
    "compact": compact,
}


@property_test(
    6,
    250,
    first=st.lists(ROW, min_size=1, max_size=9),
    steps=st.lists(STEP, max_size=6),
    limits=st.sampled_from([None, UNMERGED, LARGE]),
)
def test_any_changes_come_to_a_build_of_what_remains(first, steps, limits, items, tmp_path_factory):
    path, model = tmp_path_factory.mktemp("r") / "r", Model()
    create_registry(path, [items(first)], limits=limits)
    model.add(first)
    for kind, *arguments in steps:
        STEPS[kind](path, model, limits, *arguments)
        verify_files(path)
    kept = load_tombstones(path, read_manifest(path))
    columns = [kept[name].to_pylist() for name in ("source", "site", "item")]
    assert {*zip(*columns, strict=True)} == model.tombstones
    assert items_of(path) == sorted(item for _, _, item in model.rows)
    compact_registry(path, limits=limits)
    verify_files(path)
    if not model.rows:
        assert not read_manifest(path).segments
        return
    plain = path.with_name("plain")
    built = create_registry(plain, [items(model.rows.values())])
    assert found(path) == found(plain)
    assert [each.digest for each in read_manifest(path).segments] == [
        each.digest for each in built.segments
    ]


WORDS = "the harbour lay under fog until noon when a ferry came in and left again"
TODAY = date(2030, 3, 1)


@pytest.fixture(scope="module")
def three_segments(tmp_path_factory):
    path = tmp_path_factory.mktemp("three") / "r"
    parts = [
        [row("a", f"{WORDS} twice"), row("b", f"{WORDS} once", author="ann")],
        [row("c", f"{WORDS} never", source="reddit"), row("d", f"{WORDS} once", author="bob")],
        [row("a", f"{WORDS} thrice"), row("e", f"{WORDS} often", author="ann")],
    ]
    create_in_segments(path, parts)
    return path


@pytest.fixture
def posts_of_two(three_segments, tmp_path):
    """A registry of three segments; in the last is a later version of an item of the first."""
    return shutil.copytree(three_segments, tmp_path / "r")


def on_disk(folder):
    """Give the ids and texts in all files of segments, of items that count or not."""
    ids_, texts = set(), set()
    for segment in folder.glob("segment-*"):
        ids_ |= {*pq.read_table(segment / "items.parquet")["item"].to_pylist()}
        texts |= {*pq.read_table(segment / "texts.parquet")["text"].to_pylist()}
    return ids_, texts


def shown_tombstones(path, manifest):
    names = ["source", "site", "item", "date", "reason"]
    return load_tombstones(path, manifest).select(names).to_pylist()


def test_all_versions_of_a_withdrawn_item_leave_the_disk(posts_of_two):
    done = remove_items(posts_of_two, Selection(ids=ids("a")), reason="asked", today=TODAY)
    assert (done.items, done.rewritten, done.pending) == (1, 2, [])
    present, texts = on_disk(posts_of_two)
    assert present == {"b", "c", "d", "e"}
    assert not any("twice" in text or "thrice" in text for text in texts)
    assert shown_tombstones(posts_of_two, done.manifest) == [
        {"source": "x", "site": "", "item": "a", "date": TODAY, "reason": "asked"}
    ]
    verify_files(posts_of_two)


def test_a_large_segment_is_rewritten_after_a_week_by_the_next_change(posts_of_two, items):
    done = remove_items(posts_of_two, Selection(author="ann"), today=TODAY, limits=LARGE)
    assert items_of(posts_of_two) == ["a", "c", "d"]
    assert [(each.items, each.due) for each in done.pending] == [(1, date(2030, 3, 8))] * 2
    assert (done.items, done.rewritten) == (2, 0)
    assert {"b", "e"} <= on_disk(posts_of_two)[0]
    sixth, seventh = (TODAY + timedelta(days=days) for days in (6, 7))
    late = Selection(ids=ids("c"))
    assert remove_items(posts_of_two, late, today=sixth, limits=LARGE).rewritten == 0
    assert on_disk(posts_of_two)[0] == {"a", "b", "c", "d", "e"}
    done = remove_items(posts_of_two, late, today=seventh, limits=LARGE)
    assert done.rewritten == 2
    assert [each.due for each in done.pending] == [date(2030, 3, 14)]
    assert on_disk(posts_of_two)[0] == {"a", "c", "d"}
    verify_files(posts_of_two)


@pytest.mark.parametrize("change", ["add", "add nothing new", "compact"])
def test_any_change_rewrites_what_is_due(posts_of_two, items, change):
    remove_items(posts_of_two, Selection(ids=ids("b")), today=date(2001, 1, 1), limits=LARGE)
    assert "b" in on_disk(posts_of_two)[0]
    if change == "compact":
        compact_registry(posts_of_two)
    else:
        added = row("new") if change == "add" else row("e", f"{WORDS} often", author="ann")
        extend_registry(posts_of_two, [items([added])], limits=LARGE)
    assert "b" not in on_disk(posts_of_two)[0]
    verify_files(posts_of_two)


def test_what_is_not_due_waits_for_an_addition_on_a_later_day(tmp_path, items):
    path = tmp_path / "r"
    create_registry(path, [items([row(name) for name in "abcde"])])
    remove_items(path, Selection(ids=ids("b")), limits=LARGE)
    extend_registry(path, [items([row("new")])], limits=LARGE)
    assert on_disk(path)[0] == {"a", "b", "c", "d", "e", "new"}
    assert items_of(path) == ["a", "c", "d", "e", "new"]


def test_at_once_rewrites_what_waits(posts_of_two):
    remove_items(posts_of_two, Selection(ids=ids("b")), today=TODAY, limits=LARGE)
    done = remove_items(
        posts_of_two, Selection(ids=ids("none")), today=TODAY, limits=LARGE, at_once=True
    )
    assert (done.items, done.rewritten, done.pending) == (0, 1, [])
    assert "b" not in on_disk(posts_of_two)[0]


def test_an_author_is_withdrawn_within_sources_and_before_a_day(posts_of_two, items):
    extend_registry(posts_of_two, [items([row("f", WORDS, source="reddit", author="ann")])])
    assert remove_items(posts_of_two, Selection(author="ann", source="reddit")).items == 1
    assert items_of(posts_of_two) == ["a", "b", "c", "d", "e"]
    dated = [row(f"on {day}", created_at=86_400 * day) for day in (1, 2, 3)]
    extend_registry(posts_of_two, [items(dated)])
    assert remove_items(posts_of_two, Selection(before=date(1970, 1, 3))).items == 1
    assert items_of(posts_of_two) == ["a", "b", "c", "d", "e", "on 2", "on 3"]


def test_a_withdrawn_item_stays_out_until_it_is_restored(posts_of_two, items):
    remove_items(posts_of_two, Selection(ids=ids("a", "b")), today=TODAY)
    dump = [row("a", f"{WORDS} again"), row("b", WORDS), row("new")]
    for _ in range(2):  # a dump that is read twice counts once
        manifest = extend_registry(posts_of_two, [items(dump)], addresses=["dumps/x.jsonl"])
    assert items_of(posts_of_two) == ["c", "d", "e", "new"]
    assert manifest.skipped == (Skipped("dumps/x.jsonl", "withdrawn on 2030-03-01", 2),)
    _, count = restore_items(posts_of_two, ids("a", "none"))
    assert count == 1
    assert items_of(posts_of_two) == ["c", "d", "e", "new"]
    extend_registry(posts_of_two, [items(dump)])
    assert items_of(posts_of_two) == ["a", "c", "d", "e", "new"]
    assert restore_items(posts_of_two, ids("b"), "reddit")[1] == 0
    assert restore_items(posts_of_two, ids("b"), "x")[1] == 1
    assert read_manifest(posts_of_two).tombstones is None


def test_a_dump_of_withdrawn_items_only_is_no_error(posts_of_two, items):
    remove_items(posts_of_two, Selection(ids=ids("a")), today=TODAY)
    manifest = extend_registry(posts_of_two, [items([row("a")])], addresses=["1", "2", "3"])
    assert manifest.skipped == (Skipped("1 and 2 more", "withdrawn on 2030-03-01", 1),)


def test_ids_that_are_not_there_are_kept_out_where_their_source_is_known(posts_of_two, items):
    asked = ids("b", "later", "later still")
    assert remove_items(posts_of_two, Selection(ids=asked)).absent == 2
    extend_registry(posts_of_two, [items([row("later")])])
    assert "later" in items_of(posts_of_two)
    done = remove_items(posts_of_two, Selection(ids=asked, source="x"), today=TODAY)
    assert (done.items, done.absent, done.kept_out, done.withdrawn_before) == (1, 1, 1, 1)
    url = "https://a.example/1"
    added = [row("later still", url=url), row("later", url=url), row("later still", source="z")]
    manifest = extend_registry(posts_of_two, [items(added)])
    held = found(posts_of_two)["described"]
    assert [(each["source"], each["item"]) for each in held if "later" in each["item"]] == [
        ("z", "later still"),
        ("x", "later"),  # of another site: another item
    ]
    assert manifest.skipped == (Skipped("the items given", "withdrawn on 2030-03-01", 1),)
    again = remove_items(posts_of_two, Selection(ids=ids("later still"), source="x"))
    assert (again.items, again.absent, again.withdrawn_before) == (0, 0, 1)


def test_other_conditions_keep_out_only_what_they_find(posts_of_two, items):
    done = remove_items(posts_of_two, Selection(ids=ids("b", "z"), source="x", author="bob"))
    assert (done.items, done.absent, done.kept_out) == (0, 2, 0)
    extend_registry(posts_of_two, [items([row("z")])])
    assert "z" in items_of(posts_of_two)


def test_a_registry_whose_last_item_was_withdrawn_takes_additions(posts_of_two, items):
    for source in ("x", "reddit"):
        remove_items(posts_of_two, Selection(source=source))
    empty = verify_files(posts_of_two)
    assert (empty.items, empty.segments, empty.sources) == (0, (), ())
    assert found(posts_of_two)["described"] == []
    assert open_registry(posts_of_two).signatures() == ()
    assert compact_registry(posts_of_two) == empty
    manifest = extend_registry(posts_of_two, [items([row("a"), row("new")])])
    assert items_of(posts_of_two) == ["new"]
    assert manifest.skipped[0].count == 1
    verify_files(posts_of_two)


def test_one_whose_items_wait_to_be_removed_has_none(posts_of_two, items):
    for source in ("x", "reddit"):
        remove_items(posts_of_two, Selection(source=source), limits=LARGE)
    manifest = verify_files(posts_of_two)
    assert (manifest.items, len(manifest.segments), manifest.sources) == (0, 3, ())
    assert found(posts_of_two)["described"] == []
    extend_registry(posts_of_two, [items([row("new")])], limits=LARGE)
    assert items_of(posts_of_two) == ["new"]
    verify_files(posts_of_two)


def test_files_that_another_registry_shares_are_counted(posts_of_two):
    for path in (posts_of_two).glob("segment-*/tokens.npy"):
        path.with_name("linked.npy").hardlink_to(path)
    assert remove_items(posts_of_two, Selection(ids=ids("a"))).linked_files == 2


def test_tombstones_are_verified(posts_of_two):
    manifest = remove_items(posts_of_two, Selection(ids=ids("a"))).manifest
    path = posts_of_two / manifest.tombstones.name
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    with pytest.raises(DigestMismatch, match=r"tombstones-.* was altered"):
        verify_files(posts_of_two)


def test_a_withdrawn_item_that_counts_is_noticed(posts_of_two, items, tmp_path):
    create_registry(tmp_path / "one", [items([row("a"), row("b")])])
    before = read_manifest(tmp_path / "one")
    stones = remove_items(posts_of_two, Selection(ids=ids("a"))).manifest.tombstones
    (posts_of_two / stones.name).rename(tmp_path / "one" / stones.name)
    digest = registry_digest(before.parameters, before.chance, before.segments, None, stones)
    changed = replace(before, tombstones=stones, digest=digest)
    (tmp_path / "one" / "registry.json").write_text(render_manifest(changed))
    with pytest.raises(CorruptFile, match="withdrawn items that still count"):
        verify_files(tmp_path / "one")


def test_items_of_another_version_of_unicode_can_be_withdrawn(posts_of_two, items):
    before = read_manifest(posts_of_two)
    parameters = replace(before.parameters, unicode="9.0.0")
    digest = registry_digest(parameters, before.chance, before.segments, before.statuses)
    (posts_of_two / "registry.json").write_text(
        render_manifest(replace(before, parameters=parameters, digest=digest))
    )
    remove_items(posts_of_two, Selection(ids=ids("a")))
    compact_registry(posts_of_two)
    assert verify_files(posts_of_two).parameters == parameters
    assert items_of(posts_of_two) == ["b", "c", "d", "e"]
    with pytest.raises(FingerprintMismatch, match=r"unicode='9\.0\.0'"):
        extend_registry(posts_of_two, [items([row("new")])])


def test_what_a_dump_says_was_deleted_is_withdrawn_in_any_order(tmp_path, items):
    deletions, day = DeletionRecords(), date(2024, 3, 5)
    named = [("x", "a"), ("x", "late"), ("x", "nowhere"), ("reddit", "b")]
    manifest = create_registry(
        tmp_path / "r",
        [
            items([row("a", f"{WORDS} once"), row("b", f"{WORDS} twice")]),
            with_deletions([], named, day),
            items([row("late", f"{WORDS} thrice", url="https://x.com/i/status/late")]),
        ],
        deletions=deletions,
    )
    assert items_of(tmp_path / "r") == ["b"]
    outcome = deletions.outcome
    assert (outcome.ids, outcome.known, outcome.items, outcome.absent) == (4, 0, 2, 2)
    assert on_disk(tmp_path / "r")[0] == {"b"}
    assert shown_tombstones(tmp_path / "r", manifest)[1] == {
        "source": "x",
        "site": None,
        "item": "a",
        "date": day,
        "reason": "the dump says: deleted",
    }
    verify_files(tmp_path / "r")


def test_a_deletion_applies_to_earlier_and_later_additions(posts_of_two, items):
    deletions = DeletionRecords()
    extend_registry(
        posts_of_two, [with_deletions([], [("x", "a"), ("x", "soon")])], deletions=deletions
    )
    assert items_of(posts_of_two) == ["b", "c", "d", "e"]
    assert (deletions.outcome.items, deletions.outcome.absent) == (1, 1)
    soon = row("soon", f"{WORDS} at last", url="https://x.com/i/status/soon")
    manifest = extend_registry(posts_of_two, [items([soon, row("f", f"{WORDS} seldom")])])
    assert items_of(posts_of_two) == ["b", "c", "d", "e", "f"]
    assert sum(entry.count for entry in manifest.skipped if "withdrawn on" in entry.reason) == 1


def test_the_same_deletions_change_nothing_a_second_time(posts_of_two):
    batch = with_deletions([], [("x", "a")])
    manifest = extend_registry(posts_of_two, [batch])
    deletions = DeletionRecords()
    assert extend_registry(posts_of_two, [batch], deletions=deletions).digest == manifest.digest
    assert (deletions.outcome.known, deletions.outcome.items) == (1, 0)


def test_a_deletion_without_a_day_or_with_one_to_come_is_of_today(tmp_path):
    days, today = (None, date(2999, 1, 1)), datetime.now(UTC).date()
    for number, day in enumerate(days):
        folder = tmp_path / str(number)
        manifest = create_registry(folder, [with_deletions([], [("x", "a")], day)])
        assert not manifest.items
        assert shown_tombstones(folder, manifest)[0]["date"] >= today


def test_large_segments_wait_for_a_week_from_the_day_of_the_addition(tmp_path, items):
    old, path = date(2020, 1, 1), tmp_path / "r"
    create_registry(path, [items([row(letter, f"{WORDS} {letter}") for letter in "abcdefgh"])])
    for letter in "ab":
        extend_registry(path, [with_deletions([], [("x", letter)], old)], limits=LARGE)
    assert items_of(path) == [*"cdefgh"]
    assert on_disk(path)[0] == {*"abcdefgh"}
