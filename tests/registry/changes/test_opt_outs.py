"""Opt-outs are kept however a registry is changed, each once, with its first day."""

from datetime import date

import pyarrow as pa
import pytest

from provenance.errors import DigestMismatch
from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.changes.opt_out_changes import add_opt_outs
from provenance.registry.changes.registry_merge import merge_registries, subset_registry
from provenance.registry.changes.withdrawal import remove_items
from provenance.registry.manifest import read_manifest
from provenance.registry.segments.item_selection import Selection
from provenance.registry.side_tables.opt_outs import load_opt_outs, merge_opt_outs
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.registry.conftest import batch_of, some_rows

FIRST, LATER = date(2030, 1, 1), date(2030, 2, 1)


def addresses(*names):
    return pa.array(names, pa.string())


def kept(folder):
    verify_files(folder)
    table = load_opt_outs(folder, read_manifest(folder))
    return list(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))


def test_a_registry_of_opt_outs_alone_is_made_and_added_to(tmp_path):
    made, count = add_opt_outs(tmp_path / "r", addresses("b.example", "a.example/x"), today=FIRST)
    assert (made.items, count) == (0, 2)
    added, count = add_opt_outs(
        tmp_path / "r", addresses("a.example/x", "c.example"), reason="form", today=LATER
    )
    assert count == 1
    assert kept(tmp_path / "r") == [
        ("a.example/x", FIRST, None),
        ("b.example", FIRST, None),
        ("c.example", LATER, "form"),
    ]
    assert added.digest != made.digest
    again, count = add_opt_outs(tmp_path / "r", addresses("c.example"), today=LATER)
    assert (again.digest, count) == (added.digest, 0)
    assert open_registry(tmp_path / "r").summary().opt_outs == 3


def test_opt_outs_outlast_every_change(tmp_path):
    rows = some_rows(60)
    create_registry(tmp_path / "r", [batch_of(rows[:30])])
    add_opt_outs(tmp_path / "r", addresses("a.example"), today=FIRST)
    expected = kept(tmp_path / "r")
    extend_registry(tmp_path / "r", [batch_of(rows[30:])])
    remove_items(tmp_path / "r", Selection(source="reddit"))
    compact_registry(tmp_path / "r")
    assert kept(tmp_path / "r") == expected
    subset_registry(tmp_path / "r", Selection(source="x"), tmp_path / "part")
    assert kept(tmp_path / "part") == expected
    add_opt_outs(tmp_path / "others", addresses("a.example", "b.example"), today=LATER)
    merge_registries([tmp_path / "others", tmp_path / "part"], tmp_path / "all")
    assert kept(tmp_path / "all") == [*expected, ("b.example", LATER, None)]


def test_the_order_in_which_lists_are_merged_does_not_matter(tmp_path):
    tables = []
    for number, day in enumerate((LATER, FIRST, LATER)):
        folder = tmp_path / str(number)
        add_opt_outs(folder, addresses("a.example", f"{number}.example"), today=day)
        tables.append(load_opt_outs(folder, read_manifest(folder)))
    merged = merge_opt_outs(*tables)
    assert merged.equals(merge_opt_outs(*reversed(tables)))
    assert merged["address"].to_pylist() == ["0.example", "1.example", "2.example", "a.example"]
    assert merged["date"].to_pylist()[-1] == FIRST


def test_an_altered_list_is_noticed(tmp_path):
    add_opt_outs(tmp_path / "r", addresses("a.example"))
    [file] = (tmp_path / "r").glob("optouts-*")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    for open_or_verify in (open_registry, verify_files):
        with pytest.raises(DigestMismatch):
            open_or_verify(tmp_path / "r")
