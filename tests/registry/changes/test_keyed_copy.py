"""Keyed copies: what they have and what they have not, and that nobody changes them."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile, DigestMismatch, RegistryError, RegistryVersion
from provenance.model.content.chance import ChanceModel
from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.changes.chance_model import replace_chance_model
from provenance.registry.changes.keyed_copy import publish_keyed
from provenance.registry.changes.mark_changes import mark_items
from provenance.registry.changes.opt_out_changes import add_opt_outs
from provenance.registry.changes.registry_merge import merge_registries, subset_registry
from provenance.registry.changes.withdrawal import remove_items, restore_items
from provenance.registry.files.data_files import sync_file
from provenance.registry.files.file_encryption import RegistryKey
from provenance.registry.files.registry_keys import KEY_VARIABLE
from provenance.registry.manifest import (
    Segment,
    read_manifest,
    registry_digest,
    render_manifest,
    segment_digest,
)
from provenance.registry.segments.item_selection import Selection
from provenance.registry.side_tables.marks import read_marks
from provenance.registry.side_tables.tombstones import read_tombstones
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.registry.conftest import batch_of, some_rows

KEY, OTHER_KEY = RegistryKey(bytes(range(32))), RegistryKey(bytes(32))


@pytest.fixture(autouse=True)
def _with_key(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, f"{OTHER_KEY.secret.hex()} {KEY.secret.hex()}")


@pytest.fixture
def changed(segmented):
    """A registry with replaced, withdrawn and marked items."""
    ids = open_registry(segmented).describe(np.arange(12, dtype=np.uint32))["item"]
    limits = BuildLimits(rewritten_bytes=0)
    remove_items(segmented, Selection(ids=ids[:6].combine_chunks()), reason="asked", limits=limits)
    mark_items(segmented, ids[6:8].combine_chunks(), note="planted")
    return segmented


def items_of(folder):
    registry = open_registry(folder)
    numbers = np.flatnonzero(registry.arrays().is_live).astype(np.uint32)
    rows = registry.describe(numbers).drop_columns("number")
    return rows.sort_by([(name, "ascending") for name in rows.column_names])


def test_a_copy_has_the_items_and_no_texts(changed, tmp_path):
    manifest = publish_keyed(changed, tmp_path / "k", KEY)
    assert verify_files(tmp_path / "k") == manifest == read_manifest(tmp_path / "k")
    assert items_of(tmp_path / "k").equals(items_of(changed))
    assert manifest.key_id == KEY.id
    assert not manifest.keeps_texts
    assert not [name for name, _ in manifest.places if "texts" in name]
    registry, original = open_registry(tmp_path / "k"), open_registry(changed)
    assert read_tombstones(registry.files).equals(read_tombstones(original.files))
    assert read_marks(registry.files).equals(read_marks(original.files))


def test_withdrawn_and_replaced_items_are_in_no_file_of_a_copy(changed, tmp_path):
    assert len(open_registry(changed).statuses.filter(pc.field("state") != "copy")) > 6
    manifest = publish_keyed(changed, tmp_path / "k", KEY)
    assert sum(segment.items for segment in manifest.segments) == manifest.items


def test_an_unchanged_segment_is_the_same_file_when_it_is_published_again(segmented, tmp_path):
    first = publish_keyed(segmented, tmp_path / "one", KEY)
    rows = [
        {"source": "x", "item": "new", "text": "a word that was not there before the first copy"}
    ]
    extend_registry(
        segmented, [batch_of(rows)], limits=BuildLimits(merged_tokens=0, rewritten_bytes=0)
    )
    second = publish_keyed(segmented, tmp_path / "two", KEY)
    digests = {segment.digest for segment in first.segments}
    assert len(second.segments) == len(first.segments) + 1
    assert len(digests & {segment.digest for segment in second.segments}) == len(digests)
    other = publish_keyed(segmented, tmp_path / "other", OTHER_KEY)
    assert not digests & {segment.digest for segment in other.segments}


def test_ids_can_be_dropped(changed, tmp_path):
    publish_keyed(changed, tmp_path / "k", KEY, ["ids"])
    verify_files(tmp_path / "k")
    registry, original = open_registry(tmp_path / "k"), items_of(changed)
    rows = items_of(tmp_path / "k")
    assert len(rows) == len(original) == len(pc.unique(rows["item"]))
    assert rows["url"].null_count == len(rows)
    assert not {*rows["item"].to_pylist()} & {*original["item"].to_pylist()}
    assert not len(read_tombstones(registry.files))
    assert not len(read_marks(registry.files))
    # Its owner can tell which item is meant.
    [first] = [row for row in original.to_pylist() if row["url"]][:1]
    name = KEY.pseudonym(f"{first['source']}\na.example\n{first['item']}")
    assert name in rows["item"].to_pylist()


def test_authors_and_marks_can_be_dropped(changed, tmp_path):
    publish_keyed(changed, tmp_path / "k", KEY, ["authors", "marks"])
    verify_files(tmp_path / "k")
    registry = open_registry(tmp_path / "k")
    assert items_of(tmp_path / "k").equals(items_of(changed))
    assert len(read_tombstones(registry.files))
    assert not len(read_marks(registry.files))
    arrays = registry.arrays()
    live = np.flatnonzero(arrays.is_live)
    assert len(np.unique(arrays.authors[live])) == len(live)  # each item has an author of its own


def test_names_of_authors_are_never_published(tmp_path, items, posts):
    create_registry(tmp_path / "r", [items(posts(40))], keep_authors=True)
    manifest = publish_keyed(tmp_path / "r", tmp_path / "k", KEY)
    assert not manifest.keeps_authors
    verify_files(tmp_path / "k")
    [segment] = open_registry(tmp_path / "k").segments
    rows = pq.read_table(segment.files["items.parquet"].reader())
    assert pc.max(pc.utf8_length(rows["author"])).as_py() == 16


def test_a_manifest_names_neither_dumps_nor_items(changed, tmp_path):
    publish_keyed(changed, tmp_path / "k", KEY)
    manifest = read_manifest(tmp_path / "k")
    assert manifest.steps == manifest.skipped == ()
    text = (tmp_path / "k" / "registry.json").read_text()
    assert not [word for word in ("a.example", "Somebody", "planted", "asked") if word in text]


def test_no_file_of_a_copy_has_what_the_registry_says(changed, tmp_path):
    publish_keyed(changed, tmp_path / "k", KEY)
    registry = open_registry(changed)
    ids = [text.encode() for text in items_of(changed)["item"].to_pylist() if len(text) > 5]
    tokens = registry.arrays().tokens
    runs = {tokens[at : at + 4].tobytes() for at in range(0, len(tokens) - 4, 40)}
    for path in (tmp_path / "k").rglob("*.*"):
        if path.name != "registry.json":
            content = path.read_bytes()
            assert not [text for text in ids if text in content]
            assert not [run for run in runs if run in content]
            assert b"PAR1" not in content
            assert b"NUMPY" not in content


def test_what_was_measured_with_the_registry_applies_to_a_copy(segmented, tmp_path):
    digest = read_manifest(segmented).digest
    assert digest in publish_keyed(segmented, tmp_path / "k", KEY).aliases
    assert not publish_keyed(segmented, tmp_path / "l", KEY, ["ids"]).aliases


CHANGES = {
    "add": lambda path, rows: extend_registry(path, [rows]),
    "compact": lambda path, _: compact_registry(path),
    "remove": lambda path, _: remove_items(path, Selection(source="x")),
    "restore": lambda path, _: restore_items(path, pa.array(["a"]), None),
    "mark": lambda path, _: mark_items(path, pa.array(["a"])),
    "opt-out": lambda path, _: add_opt_outs(path, pa.array(["a.example"])),
    "fit": lambda path, _: replace_chance_model(path, ChanceModel(0.7, 0.1, 9)),
    "merge": lambda path, _: merge_registries([path], path.parent / "new"),
    "subset": lambda path, _: subset_registry(path, Selection(source="x"), path.parent / "new"),
    "publish": lambda path, _: publish_keyed(path, path.parent / "new", KEY),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("has_key", [True, False])
def test_a_copy_is_neither_changed_nor_copied(
    folder, tmp_path, change, has_key, monkeypatch, posts
):
    publish_keyed(folder, tmp_path / "k", KEY)
    if not has_key:
        monkeypatch.delenv(KEY_VARIABLE)
    before = sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "k").rglob("*"))
    with pytest.raises(RegistryError, match="keyed copy") as error:
        CHANGES[change](tmp_path / "k", batch_of(some_rows(3)))
    assert "registry publish" in error.value.remedy
    assert sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "k").rglob("*")) == before
    assert not (tmp_path / "new").exists()


def test_a_flipped_bit_is_found(segmented, tmp_path):
    publish_keyed(segmented, tmp_path / "k", KEY)
    path = max((tmp_path / "k").rglob("tokens.npy"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(DigestMismatch, match="altered"):
        open_registry(tmp_path / "k")


def forge(folder, key):
    """Let a manifest state what files are now, and that they are encrypted under a key."""
    manifest = read_manifest(folder)
    segments = []
    for segment in manifest.segments:
        files = tuple(sync_file(folder / segment.folder / file.name) for file in segment.files)
        fields = {name: getattr(segment, name) for name in Segment.__dataclass_fields__}
        segments.append(Segment(**fields | {"digest": segment_digest(files), "files": files}))
        (folder / segment.folder).rename(folder / segments[-1].folder)
    fields = {name: getattr(manifest, name) for name in type(manifest).__dataclass_fields__}
    tables = (manifest.statuses, manifest.tombstones, manifest.opt_outs, manifest.marks)
    digest = registry_digest(manifest.parameters, manifest.chance, segments, *tables, key.id)
    forged = fields | {"segments": tuple(segments), "digest": digest, "key_id": key.id}
    (folder / "registry.json").write_text(render_manifest(type(manifest)(**forged)))


def test_a_file_in_the_place_of_another_is_found(folder, tmp_path):
    publish_keyed(folder, tmp_path / "k", KEY)
    [segment] = [path for path in (tmp_path / "k").iterdir() if path.is_dir()]
    (segment / "firsts.npy").rename(segment / "aside")
    (segment / "authors.npy").rename(segment / "firsts.npy")
    (segment / "aside").rename(segment / "authors.npy")
    forge(tmp_path / "k", KEY)
    with pytest.raises(DigestMismatch, match="not encrypted with the key"):
        open_registry(tmp_path / "k")


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 100])
def test_a_file_that_was_cut_short_is_found(folder, tmp_path, size):
    publish_keyed(folder, tmp_path / "k", KEY)
    [path] = (tmp_path / "k").rglob("tokens.npy")
    path.write_bytes(path.read_bytes()[:size])
    forge(tmp_path / "k", KEY)
    with pytest.raises(DigestMismatch, match="not encrypted with the key"):
        open_registry(tmp_path / "k")


def test_a_copy_that_claims_another_key_is_found(folder, tmp_path):
    """Its files would be decrypted to arrays that send kernels anywhere."""
    publish_keyed(folder, tmp_path / "k", KEY)
    open_registry(tmp_path / "k")  # it is remembered as intact
    forge(tmp_path / "k", OTHER_KEY)
    with pytest.raises(DigestMismatch, match="not encrypted with the key"):
        open_registry(tmp_path / "k")


def test_a_manifest_without_its_key_id_is_not_taken_for_a_plain_registry(folder, tmp_path):
    publish_keyed(folder, tmp_path / "k", KEY)
    path = tmp_path / "k" / "registry.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"key_id": ""}))
    with pytest.raises(RegistryVersion, match="format 11"):
        open_registry(tmp_path / "k")
    path.write_text(json.dumps(content | {"format": 10, "key_id": ""}))
    with pytest.raises(DigestMismatch):
        open_registry(tmp_path / "k")
    path.write_text(json.dumps(content | {"key_id": "../.."}))
    with pytest.raises(CorruptFile):
        open_registry(tmp_path / "k")


def test_a_keyed_copy_of_an_earlier_format_is_made_anew_by_its_owner(folder, tmp_path):
    """Who holds a copy has no dump to build it from."""
    publish_keyed(folder, tmp_path / "k", KEY)
    path = tmp_path / "k" / "registry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 10}))
    with pytest.raises(RegistryVersion, match=r"has format 10; .* reads format 11") as caught:
        open_registry(tmp_path / "k")
    assert "ask its owner" in caught.value.remedy
    assert "--tier keyed" in caught.value.remedy


def test_nothing_plain_is_left_on_the_disk(changed, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    before = {*tmp_path.iterdir()}
    publish_keyed(changed, tmp_path / "k", KEY, ["ids"])
    open_registry(tmp_path / "k").arrays()
    assert {*tmp_path.iterdir()} - before == {tmp_path / "k"}
    assert not [*(tmp_path / "temporary").iterdir()]
