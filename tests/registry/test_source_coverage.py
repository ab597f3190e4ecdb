"""A registry says what it covers, and what it left out."""

import json
from datetime import date

import pyarrow as pa
import pytest

from provenance.errors import RegistryError
from provenance.model.content.tables import ITEMS, Items, Skipped
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.manifest import read_manifest
from provenance.registry.sorting.duckdb_engine import BuildLimits
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files


def test_dates_that_no_calendar_has_are_no_dates(tmp_path):
    columns = {"source": ["x"] * 3, "item": ["a", "b", "c"], "text": ["one two three four"] * 3}
    table = pa.table(columns | {"created_at": pa.array([2**61, -(2**61), 0])})
    full = table.from_pylist(
        table.to_pylist(), schema=ITEMS.set(4, pa.field("created_at", pa.int64()))
    )
    batch = full.cast(ITEMS).to_batches()[0]
    (source,) = create_registry(tmp_path / "r", [Items(batch)]).sources
    assert (source.undated, source.first, source.last) == (2, date(1970, 1, 1), date(1970, 1, 1))


def test_the_manifest_says_what_each_source_covers(registry, numbers, rows):
    offsets = registry.arrays().token_offsets
    sizes = (offsets[numbers + 1] - offsets[numbers]).tolist()
    lengths = dict(zip(registry.describe(numbers)["item"].to_pylist(), sizes, strict=True))
    assert [source.source for source in registry.manifest.sources] == ["hackernews", "reddit", "x"]
    for source in registry.manifest.sources:
        mine = [row for row in rows if row["source"] == source.source]
        days = [row["created_at"].date() for row in mine if row["created_at"]]
        assert source.items == len(mine)
        assert source.tokens == sum(lengths[row["item"]] for row in mine)
        assert source.undated == len(mine) - len(days)
        assert (source.first, source.last) == (min(days), max(days))
    assert registry.manifest.tokens == sum(lengths.values())
    assert registry.manifest.items == len(rows)


def test_what_was_replaced_is_covered_no_more(items, tmp_path):
    rows = [
        {"source": "x", "item": str(n), "text": text, "created_at": n * 86400 if n else None}
        for n, text in enumerate(["so short", "one two three four five", "one two three four"])
    ]
    create_registry(tmp_path / "r", [items([*rows, rows[2] | {"source": "reddit"}])])
    changes = [
        (rows[1] | {"text": "now it is short", "created_at": 9 * 86400}, 2, 1, (3, 10), 1),
        (rows[0] | {"text": "four words it has", "created_at": 0}, 3, 0, (1, 10), 0),
        (rows[2] | {"text": "", "created_at": None}, 2, 1, (1, 10), 1),
    ]
    for row, seeds, undated, days, too_short in changes:
        manifest = extend_registry(
            tmp_path / "r", [items([row])], limits=BuildLimits(merged_tokens=0)
        )
        reddit, x = manifest.sources
        assert (reddit.items, reddit.tokens) == (1, 4)
        assert (x.items, x.undated, x.items - x.unattributable) == (3, undated, seeds)
        assert x.unattributable == too_short
        assert (x.first, x.last) == tuple(date(1970, 1, day) for day in days)
        verify_files(tmp_path / "r")


def test_items_without_a_seed_are_unattributable(items, tmp_path):
    texts = ["three words only", "these are four words", "", "東京都大阪", "東京都大阪府北海"]
    rows = [{"source": "x", "item": str(n), "text": text} for n, text in enumerate(texts)]
    (source,) = create_registry(tmp_path / "r", [items(rows)]).sources
    assert source.unattributable == 3


def test_what_was_skipped_is_tallied(items, posts, tmp_path):
    batch = items(posts(3)).batch
    batches = [
        Items(batch, (Skipped("a.jsonl", "null text", 2, (1, 5)),)),
        Items(batch, (Skipped("a.jsonl", "null text", 3, (7, 8, 9, 10)),)),
        Items(batch, (Skipped("a.jsonl", "not valid JSON", 1, (2,)),)),
    ]
    create_registry(tmp_path / "r", batches)
    assert open_registry(tmp_path / "r").manifest.skipped == (
        Skipped("a.jsonl", "not valid JSON", 1, (2,)),
        Skipped("a.jsonl", "null text", 5, (1, 5, 7, 8, 9)),
    )


def test_what_was_skipped_is_not_counted_again_when_it_is_read_again(items, posts, tmp_path):
    once = (Skipped("a.jsonl", "null text", 2, (1, 5)), Skipped("b.jsonl", "null text", 1, (0,)))
    grown = (Skipped("a.jsonl", "null text", 3, (1, 5, 9)),)
    create_registry(tmp_path / "r", [Items(items(posts(3)).batch, once)])
    manifest = extend_registry(tmp_path / "r", [Items(items(posts(3, seed=1)).batch, grown)])
    assert manifest.skipped == (*grown, once[1])


def test_how_many_items_a_source_has_is_declared_kept_and_declared_anew(items, posts, tmp_path):
    rows = posts(30)
    few, more = items(rows[:10]), items(rows)
    source = rows[0]["source"]

    def told() -> tuple[int, int | None]:
        (held,) = (s for s in open_registry(tmp_path / "r").manifest.sources if s.source == source)
        return held.items, held.published

    create_registry(tmp_path / "r", [few], published={source: 20})
    held = told()[0]
    assert told() == (held, 20)
    extend_registry(tmp_path / "r", [few])
    assert told() == (held, 20)
    digest = open_registry(tmp_path / "r").manifest.digest
    extend_registry(tmp_path / "r", [few], published={source: 40})
    assert told() == (held, 40)
    assert open_registry(tmp_path / "r").manifest.digest == digest
    create_registry(tmp_path / "s", [few], published={source: held})
    made = extend_registry(tmp_path / "s", [more])
    (grown,) = (s for s in made.sources if s.source == source)
    assert grown.items > held
    assert grown.published is None  # it has more than that, so how many nobody knows


def test_fewer_items_than_are_held_cannot_be_all(items, posts, tmp_path):
    rows = posts(30)
    source = rows[0]["source"]
    with pytest.raises(RegistryError, match="is declared to have 1 items") as raised:
        create_registry(tmp_path / "r", [items(rows)], published={source: 1})
    assert "--of" in raised.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_manifest_that_declares_nothing_is_read(items, posts, tmp_path):
    create_registry(tmp_path / "r", [items(posts(30))])
    path = tmp_path / "r" / "registry.json"
    stated = json.loads(path.read_text("utf-8"))
    for source in stated["sources"]:
        assert source.pop("published") is None
    path.write_text(json.dumps(stated), "utf-8")
    sources = read_manifest(tmp_path / "r").sources
    assert [source.fraction for source in sources] == [None] * len(sources) != []
