"""What a registry must not give away."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.registry.build.registry_builder import (
    compact_registry,
    create_registry,
    extend_registry,
)
from provenance.registry.changes.registry_merge import merge_registries
from provenance.registry.changes.withdrawal import remove_items
from provenance.registry.segments.item_selection import Selection, find_author_names
from provenance.registry.segments.segment_set import SegmentSet
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files


def items_of(registry):
    """Give the rows of all segments, those that do not count included."""
    return [
        row
        for segment in registry.manifest.segments
        for row in pq.read_table(registry.path / segment.folder / "items.parquet").to_pylist()
    ]


def test_no_file_holds_a_name(registry):
    for path in registry.path.rglob("*"):
        if path.is_file():
            assert b"Somebody" not in path.read_bytes()
    authors = [row["author"] for row in items_of(registry) if row["author"]]
    assert {bool(re.fullmatch("[0-9a-f]{16}", author)) for author in authors} == {True}


def kept(folder):
    """Give the names that a registry keeps, by source, id and address."""
    registry = open_registry(folder)
    segments = SegmentSet(registry.segments, registry.statuses)
    rows = find_author_names(segments, pa.array(item["item"] for item in items_of(registry)))
    return {(row["source"], row["item"], row["url"]): row["author"] for row in rows.to_pylist()}


def test_names_are_kept_on_request_however_the_registry_is_changed(tmp_path, items, posts):
    rows, more = posts(60), posts(30, seed=1)
    create_registry(tmp_path / "named", [items(rows)], keep_authors=True)
    create_registry(tmp_path / "plain", [items(rows)])
    extend_registry(tmp_path / "named", [items(more)], limits=BuildLimits(merged_tokens=0))
    named = {
        (row["source"], row["item"], row["url"]): row["author"]
        for row in [*rows, *more]
        if row["author"]
    }
    assert kept(tmp_path / "named") == named
    assert kept(tmp_path / "plain") == {}
    compact_registry(tmp_path / "named")
    create_registry(tmp_path / "other", [items(posts(5, seed=2))])
    merged = merge_registries([tmp_path / "named", tmp_path / "other"], tmp_path / "all").manifest
    assert (kept(tmp_path / "all"), merged.keeps_authors) == (named, True)
    verify_files(tmp_path / "all")
    plain, whole = (open_registry(tmp_path / name) for name in ("plain", "all"))
    assert not plain.manifest.keeps_authors
    digests = {(row["source"], row["item"]): row["author"] for row in items_of(plain)}
    for row in items_of(whole):
        if (row["source"], row["item"]) in digests:
            assert (row["author"] or "")[:16] == (digests[row["source"], row["item"]] or "")


def test_the_name_of_a_withdrawn_author_leaves_the_disk(tmp_path, items):
    rows = [
        {"source": "x", "item": name, "text": f"{name} said this", "author": f"Miss {name}\nÉ: b"}
        for name in ("ann", "bea")
    ]
    create_registry(tmp_path / "r", [items(rows)], keep_authors=True)
    verify_files(tmp_path / "r")
    done = remove_items(tmp_path / "r", Selection(author="Miss ann\nÉ: b"))
    assert done.items == 1
    assert kept(tmp_path / "r") == {("x", "bea", None): "Miss bea\nÉ: b"}
    assert not any(b"Miss ann" in path.read_bytes() for path in files_below(tmp_path / "r"))


def files_below(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_author_has_one_digest_in_one_source(registry, rows):
    digests = {(row["source"], row["item"]): row["author"] for row in items_of(registry)}
    pairs = {(r["source"], r["author"], digests[r["source"], r["item"]]) for r in rows}
    named = [pair for pair in pairs if pair[1]]
    assert len({(source, author) for source, author, _ in named}) == len(named)
    assert len({digest for _, _, digest in named}) == len(named)
    assert {digest for _, author, digest in pairs if author is None} == {None}


@pytest.mark.parametrize("keep_texts", [True, False])
def test_a_name_is_on_no_disk_even_while_building(keep_texts, items, posts, tmp_path):
    found = Counter()

    def watched():
        for number in range(200):
            rows = posts(400, seed=number)
            yield items(row | {"text": "so it was written, " + row["text"]} for row in rows)
        for path in filter(Path.is_file, tmp_path.rglob("*")):
            found["parts"] += 1
            found["names"] += b"Somebody" in path.read_bytes()
            found["texts"] += b"so it was written" in path.read_bytes()

    create_registry(
        tmp_path / "r", watched(), keep_texts=keep_texts, limits=BuildLimits(buffer_bytes=0)
    )
    assert found["parts"] > 0
    assert found["names"] == 0
    assert bool(found["texts"]) is keep_texts


def test_texts_that_are_not_kept_are_in_no_file(items, posts, tmp_path):
    manifest = create_registry(tmp_path / "r", [items(posts(50))], keep_texts=False)
    more = extend_registry(tmp_path / "r", [items(posts(50, seed=1))])
    assert not manifest.keeps_texts
    assert not more.keeps_texts
    assert more.items == 100
    assert open_registry(tmp_path / "r").texts(np.array([3], np.uint32)) == [None]
    assert list(tmp_path.rglob("texts*")) == []
