"""Registries are opened and read."""

import json
from dataclasses import asdict, replace

import numpy as np
import pyarrow as pa
import pytest

from provenance.errors import (
    CorruptFile,
    DigestMismatch,
    FingerprintMismatch,
    RegistryNotFound,
    RegistryVersion,
)
from provenance.fingerprint.span_edges import dropped_edges
from provenance.fingerprint.tokenizer.tokenize import current_parameters, tokenise
from provenance.model import RegistrySummary, Texts
from provenance.registry.build.item_copies import MAX_COPIES, ItemCopies
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.manifest import FORMAT, read_manifest
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.registry.damaged_registries import altered, restate, rewrite

TABLES = [f"{name}.parquet" for name in ("background", "items", "shared", "signatures", "sketch")]
POSTINGS = ("directory", "filter", "owners", "positions", "prefilter", "shingles")
ARRAYS = [f"{name}.npy" for name in (*POSTINGS, "tokens")]
DATA = [*TABLES, *ARRAYS]


def numbers_of(*numbers):
    return np.array(numbers, np.uint32)


def file_of(folder, name):
    return folder / read_manifest(folder).generation / name


def test_items_are_described_in_the_order_asked_with_repeats(registry):
    every = registry.describe(np.arange(registry.manifest.items, dtype=np.uint32)).to_pylist()
    some = numbers_of(700, 3, 1499, 3, 0)
    described = registry.describe(some)
    assert described.to_pylist() == [every[number] for number in some]
    assert described["number"].to_pylist() == some.tolist()
    assert described.schema.field("created_at").type == pa.timestamp("s", "UTC")


def test_what_a_dump_says_of_an_item_is_what_is_described(registry, rows):
    by_id = {(row["source"], row["item"]): row for row in rows}
    lengths = np.diff(registry.arrays().token_offsets).tolist()
    for one in registry.describe(numbers_of(*range(200))).to_pylist():
        row = by_id[one["source"], one["item"]]
        for name in ("url", "created_at", "language", "licence"):
            assert one[name] == row[name]
        assert one["length"] == lengths[one["number"]]


def test_nothing_asked_is_nothing_answered(registry):
    none = numbers_of()
    assert registry.describe(none).num_rows == 0
    assert registry.texts(none) == []
    assert registry.copies(none, registry.arrays()) == []
    assert len(registry.edges(none).lead_offsets) == 1


def test_an_item_that_is_not_there_is_an_error(registry):
    with pytest.raises(IndexError, match="1500"):
        registry.describe(numbers_of(0, 1500))


def test_texts_are_those_of_the_items_asked(registry, rows):
    by_id = {(row["source"], row["item"]): row["text"] for row in rows}
    some = numbers_of(12, 1400, 12, 0)
    described = registry.describe(some).to_pylist()
    assert registry.texts(some) == [by_id[one["source"], one["item"]] for one in described]


def test_edges_are_those_of_the_texts(registry):
    some = numbers_of(12, 1400, 12, 0, 77, 78, 79)
    texts = Texts.of(pa.array(registry.texts(some), pa.large_string()))
    expected = dropped_edges(texts, tokenise(texts))
    found = registry.edges(some)
    for name in ("lead", "lead_offsets", "trail", "trail_offsets"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
    assert len(found.trail) > 0


def test_row_groups_beyond_the_first_are_found(items, tmp_path, monkeypatch):
    monkeypatch.setattr("provenance.registry.build.item_order.GROUP_ROWS", 7)
    rows = [
        {"source": "x", "item": f"{n:03}", "text": f"word{n} and so on 😀" * (n % 3)}
        for n in range(100)
    ]
    create_registry(tmp_path / "r", [items(rows)])
    registry = open_registry(tmp_path / "r")
    some = numbers_of(99, 0, 50, 51, 6, 7)
    assert registry.describe(some)["item"].to_pylist() == [f"{n:03}" for n in some]
    assert registry.texts(some) == [rows[n]["text"] for n in some]
    arrays = registry.arrays()
    assert len(arrays.tokens) == arrays.token_offsets[-1] == registry.manifest.tokens
    assert arrays.first.tolist() == list(range(100))


def test_copies_are_named_with_all_their_sources(items, tmp_path):
    rows = [
        {"source": source, "item": item, "text": text}
        for source, item, text in (
            ("reddit", "1", "The cat sat!"),
            ("x", "1", "the cat sat"),
            ("x", "2", "the cat sat https://a.example"),
            ("x", "3", "the dog sat"),
            ("x", "4", "!"),
            ("x", "5", "?"),
        )
    ]
    create_registry(tmp_path / "r", [items(rows)])
    registry = open_registry(tmp_path / "r")
    assert registry.copies(numbers_of(1, 0, 3, 4), registry.arrays()) == [
        ItemCopies((("reddit", "1"), ("x", "2")), 2, ("reddit", "x")),
        ItemCopies((("x", "1"), ("x", "2")), 2, ("reddit", "x")),
        ItemCopies((), 0, ("x",)),
        ItemCopies((), 0, ("x",)),
    ]


def test_of_many_copies_the_earliest_are_named_and_all_counted(items, tmp_path):
    rows = [{"source": "x", "item": f"{n:02}", "text": "buy now"} for n in range(50)]
    create_registry(tmp_path / "r", [items(rows)])
    registry = open_registry(tmp_path / "r")
    for number, expected in ((49, range(20)), (5, [n for n in range(21) if n != 5])):
        (found,) = registry.copies(numbers_of(number), registry.arrays())
        assert found.items == tuple(("x", f"{n:02}") for n in expected)
        assert len(found.items) == MAX_COPIES
        assert found.count == 49


def test_the_summary_is_what_the_manifest_says(registry):
    stated = registry.manifest
    assert registry.summary() == RegistrySummary(
        str(registry.path), stated.digest, stated.created, 1500, stated.sources
    )


def test_the_manifest_is_read_as_it_was_written(registry):
    assert read_manifest(registry.path) == registry.manifest
    assert registry.manifest.bytes_per_posting > 0


def test_dates_that_are_in_no_calendar_are_an_error_of_ours(folder):
    def far(values):
        values[5] = np.datetime64(1 << 60, "ms").astype(object)

    rewrite(folder, "items.parquet", lambda table: altered(table, "created_at", far))
    with pytest.raises(CorruptFile, match=r"items\.parquet has dates outside the calendar"):
        open_registry(folder).describe(numbers_of(5))
    with pytest.raises(CorruptFile, match=r"items\.parquet has dates outside the calendar"):
        verify_files(folder)


def test_nothing_at_the_path_names_the_command_that_builds(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "none", tmp_path / "file"):
        with pytest.raises(RegistryNotFound, match="is not a registry") as caught:
            open_registry(path)
        assert "provenance registry build" in caught.value.remedy


def test_another_format_is_refused(folder):
    stated = json.loads((folder / "registry.json").read_text())
    (folder / "registry.json").write_text(json.dumps(stated | {"format": FORMAT - 1}))
    with pytest.raises(RegistryVersion, match=f"format {FORMAT - 1}.*format {FORMAT}") as caught:
        open_registry(folder)
    assert "build" in caught.value.remedy


@pytest.mark.parametrize("change", [{"normalisation": 1}, {"seed_width": 5}, {"scaled": 10}])
def test_other_fingerprints_are_refused(folder, change):
    restate(folder, parameters=replace(current_parameters(), **change))
    ((name, value),) = change.items()
    ours = getattr(current_parameters(), name)
    with pytest.raises(FingerprintMismatch, match=rf"{name}={value}; .* {name}={ours}$") as caught:
        open_registry(folder)
    assert "build" in caught.value.remedy


def test_another_unicode_alone_is_read_and_not_added_to(folder, items, posts):
    restate(folder, parameters=replace(current_parameters(), unicode="1.0"))
    assert open_registry(folder).arrays().parameters.unicode == "1.0"
    with pytest.raises(FingerprintMismatch, match=r"unicode='1\.0'"):
        extend_registry(folder, [items(posts(3))])


@pytest.mark.parametrize("name", DATA)
def test_a_flipped_bit_is_noticed(folder, name):
    path = file_of(folder, name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DigestMismatch, match=f"{name} was altered") as caught:
        open_registry(folder)
    assert caught.value.remedy


@pytest.mark.parametrize("name", DATA)
def test_a_truncated_file_is_noticed(folder, name):
    path = file_of(folder, name)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DigestMismatch, match=f"{name} has"):
        open_registry(folder)


@pytest.mark.parametrize("name", DATA)
def test_a_missing_file_is_noticed(folder, name):
    file_of(folder, name).unlink()
    with pytest.raises(DigestMismatch, match=name):
        open_registry(folder)


def test_texts_that_vanish_are_read_by_who_has_opened_them_and_missed_by_others(folder):
    registry = open_registry(folder)
    expected = registry.texts(numbers_of(1))
    file_of(folder, "texts.parquet").unlink()
    assert registry.texts(numbers_of(1)) == expected
    with pytest.raises(DigestMismatch, match=r"texts.parquet cannot be read: No such file"):
        open_registry(folder)


def test_texts_that_are_cut_short_are_an_error_of_ours(folder):
    registry = open_registry(folder)
    path = file_of(folder, "texts.parquet")
    path.write_bytes(path.read_bytes()[:200])
    for read in (lambda: registry.texts(numbers_of(1)), lambda: open_registry(folder)):
        with pytest.raises(DigestMismatch, match=r"texts.parquet has 200 bytes; the manifest says"):
            read()


def test_texts_that_are_damaged_are_an_error_of_ours(folder):
    path = file_of(folder, "texts.parquet")
    data = path.read_bytes()
    path.write_bytes(b"PAR1" + bytes(len(data) - 8) + data[-4:])
    with pytest.raises(CorruptFile, match=r"texts.parquet is damaged"):
        open_registry(folder).texts(numbers_of(1))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "{}", "\xff"]
    + [json.dumps({"format": FORMAT, **rest}) for rest in ({}, {"files": [{}]})],
)
def test_a_damaged_manifest_is_an_error_of_ours(folder, text):
    (folder / "registry.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(CorruptFile, match=r"registry.json is damaged") as caught:
        open_registry(folder)
    assert caught.value.remedy


def test_an_altered_manifest_is_noticed(folder):
    manifest = read_manifest(folder)
    other = replace(manifest.files[0], blake3="0" * 64)
    stated = asdict(manifest) | {
        "format": FORMAT,
        "files": [asdict(f) for f in (other, *manifest.files[1:])],
    }
    (folder / "registry.json").write_text(json.dumps(stated, default=str))
    with pytest.raises(DigestMismatch, match=r"registry\.json was altered"):
        open_registry(folder)


@pytest.mark.parametrize("name", ["../items.parquet", "/etc/passwd", "a/b.parquet"])
def test_a_manifest_cannot_lead_out_of_its_folder(folder, name):
    files = read_manifest(folder).files
    restate(folder, files=(replace(files[0], name=name), *files[1:]))
    with pytest.raises(CorruptFile, match="not the name of a data file"):
        open_registry(folder)


def test_a_manifest_that_counts_wrong_is_noticed_when_it_is_read(folder):
    restate(folder, items=61)
    with pytest.raises(CorruptFile, match="60 rows"):
        open_registry(folder).arrays()
    restate(folder, items=60, postings=41)
    with pytest.raises(CorruptFile, match="not an index"):
        open_registry(folder).arrays()


@pytest.mark.parametrize("name", [*DATA, "texts.parquet"])
def test_a_damaged_registry_is_not_added_to(folder, name, items, posts):
    path = file_of(folder, name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DigestMismatch, match=f"{name} was altered"):
        extend_registry(folder, [items(posts(3, seed=1))])
    assert path.read_bytes() == data
