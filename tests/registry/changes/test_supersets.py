"""A registry knows its earlier digests since when no item was added, and no others."""

from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.changes.withdrawal import remove_items, restore_items
from provenance.registry.manifest import read_manifest
from provenance.registry.segments.item_selection import Selection
from tests.registry.changes.changed_registries import ids, row

WORDS = "seven swift swallows swept south since summer seldom stays"


def test_earlier_digests_had_every_item_until_one_is_added(tmp_path, items):
    folder = tmp_path / "r"
    first = create_registry(folder, [items([row(name, f"{WORDS} {name}") for name in "abcd"])])
    assert first.searched_with == (first.digest,)
    second = remove_items(folder, Selection(ids("a"), source="x")).manifest
    third = remove_items(folder, Selection(ids("b"), source="x")).manifest
    assert third.searched_with == (first.digest, second.digest, third.digest)
    assert read_manifest(folder) == third
    lifted, _ = restore_items(folder, ids("a"))
    assert lifted.searched_with[-2:] == (third.digest, lifted.digest)
    grown = extend_registry(folder, [items([row("e", f"{WORDS} e")])])
    assert grown.searched_with == (grown.digest,)
    compact = compact_registry(folder)
    assert grown.digest in compact.searched_with
    assert first.digest not in compact.searched_with
