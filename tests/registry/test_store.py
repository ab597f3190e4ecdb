"""Registries are opened and read."""

import json
import os
import shutil
from dataclasses import replace

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
from provenance.model.content.fingerprints import Texts
from provenance.model.results.coverage import RegistrySummary
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.files.data_files import digest_of_file
from provenance.registry.files.verified_segments import forget_verified
from provenance.registry.items.item_copies import MAX_COPIES, ItemCopies
from provenance.registry.manifest import FORMAT, REQUIRED, DataFile, read_manifest
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.registry.conftest import create_in_segments, numbers_in_order
from tests.registry.damaged_registries import (
    altered,
    file_of,
    restate,
    restate_segment,
    rewrite,
    rewrite_statuses,
)

DATA = sorted(REQUIRED)


def numbers_of(*numbers):
    return np.array(numbers, np.uint32)


def test_items_are_described_in_the_order_asked_with_repeats(registry, numbers):
    every = registry.describe(numbers).to_pylist()
    places = [700, 3, 1499, 3, 0]
    some = numbers[places]
    described = registry.describe(some)
    assert described.to_pylist() == [every[place] for place in places]
    assert described["number"].to_pylist() == some.tolist()
    assert described.schema.field("created_at").type == pa.timestamp("s", "UTC")


def test_what_a_dump_says_of_an_item_is_what_is_described(registry, numbers, rows):
    by_id = {(row["source"], row["item"]): row for row in rows}
    lengths = np.diff(registry.arrays().token_offsets).tolist()
    for one in registry.describe(numbers[::7]).to_pylist():
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
    every = len(registry.arrays().first)
    with pytest.raises(IndexError, match=f"there are {registry.segments[-1].entry.items}"):
        registry.describe(numbers_of(0, every))


def test_texts_are_those_of_the_items_asked(registry, numbers, rows):
    by_id = {(row["source"], row["item"]): row["text"] for row in rows}
    some = numbers[[12, 1400, 12, 0]]
    described = registry.describe(some).to_pylist()
    assert registry.texts(some) == [by_id[one["source"], one["item"]] for one in described]


def test_edges_are_those_of_the_texts(registry, numbers):
    some = numbers[[12, 1400, 12, 0, 77, 78, 79]]
    texts = Texts.of(pa.array(registry.texts(some), pa.large_string()))
    expected = dropped_edges(texts, tokenise(texts))
    found = registry.edges(some)
    for name in ("lead", "lead_offsets", "trail", "trail_offsets"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
    assert len(found.trail) > 0


def test_row_groups_beyond_the_first_are_found(items, tmp_path, monkeypatch):
    monkeypatch.setattr("provenance.registry.items.item_order.GROUP_ROWS", 7)
    rows = [
        {
            "source": "x",
            "item": f"{n:03}",
            "text": f"word{n} and so on 😀" * (n % 3),
            "created_at": n,
        }
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


def dated(texts):
    """Give rows of these texts, the first being the earliest."""
    return [
        {"source": source, "item": item, "text": text, "created_at": second}
        for second, (source, item, text) in enumerate(texts)
    ]


@pytest.mark.parametrize("segments", [1, 2, 6])
def test_copies_are_named_with_all_their_sources(segments, tmp_path):
    rows = dated(
        (
            ("reddit", "1", "The cat sat!"),
            ("x", "1", "the cat sat"),
            ("x", "2", "the cat sat https://a.example"),
            ("x", "3", "the dog sat"),
            ("x", "4", "!"),
            ("x", "5", "?"),
        )
    )
    create_in_segments(tmp_path / "r", [rows[start::segments] for start in range(segments)])
    registry = open_registry(tmp_path / "r")
    asked = numbers_in_order(registry)[[1, 0, 3, 4]]
    assert registry.copies(asked, registry.arrays()) == [
        ItemCopies((("reddit", "1"), ("x", "2")), 2, ("reddit", "x")),
        ItemCopies((("x", "1"), ("x", "2")), 2, ("reddit", "x")),
        ItemCopies((), 0, ("x",)),
        ItemCopies((), 0, ("x",)),
    ]


def test_what_was_replaced_is_no_copy(tmp_path):
    first, second, third = dated(("x", str(n), "the cat sat") for n in range(3))
    now = first | {"text": "now it says this"}
    create_in_segments(tmp_path / "r", [[first, second], [third], [now]])
    registry = open_registry(tmp_path / "r")
    asked = numbers_in_order(registry)
    assert registry.copies(asked, registry.arrays()) == [
        ItemCopies((), 0, ("x",)),
        ItemCopies((("x", "2"),), 1, ("x",)),
        ItemCopies((("x", "1"),), 1, ("x",)),
    ]


@pytest.mark.parametrize("segments", [1, 3])
def test_of_many_copies_the_earliest_are_named_and_all_counted(segments, tmp_path):
    rows = dated(("x", f"{n:02}", "buy now") for n in range(50))
    create_in_segments(tmp_path / "r", [rows[start::segments] for start in range(segments)])
    registry = open_registry(tmp_path / "r")
    in_order = numbers_in_order(registry)
    for place, expected in ((49, range(20)), (5, [n for n in range(21) if n != 5])):
        (found,) = registry.copies(in_order[[place]], registry.arrays())
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
    with pytest.raises(CorruptFile, match="has dates outside the calendar"):
        open_registry(folder).describe(numbers_of(5))
    with pytest.raises(CorruptFile, match=r"items\.parquet has dates outside the calendar"):
        verify_files(folder)


def test_nothing_at_the_path_names_the_command_that_builds(tmp_path):
    with pytest.raises(RegistryNotFound, match="is not a registry") as caught:
        open_registry(tmp_path / "none")
    assert caught.value.remedy.startswith("make one: provenance registry build")


def test_where_something_else_is_nothing_can_be_built(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file"):
        with pytest.raises(RegistryNotFound, match="is not a registry") as caught:
            open_registry(path)
        assert caught.value.remedy == "name a folder that `provenance registry build` wrote"


def test_a_folder_of_registries_is_told_from_a_registry(tmp_path):
    (tmp_path / "registries" / "x").mkdir(parents=True)
    (tmp_path / "registries" / "x" / "registry.json").write_text("{}")
    with pytest.raises(RegistryNotFound, match="is not a registry") as caught:
        open_registry(tmp_path / "registries")
    assert caught.value.remedy.endswith(f"such as {tmp_path / 'registries' / 'x'}")


def test_another_format_is_refused(folder):
    stated = json.loads((folder / "registry.json").read_text())
    (folder / "registry.json").write_text(json.dumps(stated | {"format": FORMAT - 1}))
    with pytest.raises(RegistryVersion, match=f"format {FORMAT - 1}.*format {FORMAT}") as caught:
        open_registry(folder)
    assert caught.value.remedy == (
        "build the registry again from its dumps: provenance registry build"
    )


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


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def statuses_of(folder):
    return folder / read_manifest(folder).statuses.name


@pytest.mark.parametrize("segment", [0, 1, 2])
@pytest.mark.parametrize("name", DATA)
def test_a_flipped_bit_is_noticed(segmented, name, segment):
    path = file_of(segmented, name, segment)
    flip(path)
    with pytest.raises(DigestMismatch, match=f"{path} was altered") as caught:
        open_registry(segmented)
    assert caught.value.remedy


@pytest.mark.parametrize("segment", [0, 2])
@pytest.mark.parametrize("name", DATA)
def test_a_truncated_file_is_noticed(segmented, name, segment):
    path = file_of(segmented, name, segment)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DigestMismatch, match=f"{path} has"):
        open_registry(segmented)


@pytest.mark.parametrize("segment", [0, 2])
@pytest.mark.parametrize("name", DATA)
def test_a_missing_file_is_noticed(segmented, name, segment):
    path = file_of(segmented, name, segment)
    path.unlink()
    with pytest.raises(DigestMismatch, match=f"{path} cannot be read"):
        open_registry(segmented)


def test_statuses_that_are_spoilt_are_noticed(segmented):
    path = statuses_of(segmented)
    whole = path.read_bytes()
    flip(path)
    with pytest.raises(DigestMismatch, match=f"{path} was altered"):
        open_registry(segmented)
    path.write_bytes(whole[:-1])
    with pytest.raises(DigestMismatch, match=f"{path} has"):
        open_registry(segmented)
    path.unlink()
    with pytest.raises(DigestMismatch, match=f"{path} cannot be read"):
        open_registry(segmented)


@pytest.mark.parametrize(
    ("column", "value"),
    [("segment", 3), ("item", 10**6), ("first_segment", 9), ("first_item", 2**32 - 1)],
)
def test_statuses_of_items_that_do_not_exist_are_noticed(segmented, column, value):
    def change(values):
        values[values.index(next(one for one in values if one is not None))] = value

    rewrite_statuses(segmented, lambda table: altered(table, column, change))
    with pytest.raises(CorruptFile, match="items that do not exist"):
        open_registry(segmented)


def test_statuses_with_other_columns_are_noticed(segmented):
    rewrite_statuses(segmented, lambda table: table.drop_columns(["state"]))
    with pytest.raises(CorruptFile, match="unexpected columns"):
        open_registry(segmented)


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


@pytest.mark.parametrize("place", ["segment", "statuses"])
def test_an_altered_manifest_is_noticed(segmented, place):
    stated = json.loads((segmented / "registry.json").read_text())
    file = stated["segments"][1]["files"][0] if place == "segment" else stated["statuses"]
    file["blake3"] = "0" * 64
    (segmented / "registry.json").write_text(json.dumps(stated))
    with pytest.raises(DigestMismatch, match=r"registry\.json was altered"):
        open_registry(segmented)


LEADING_OUT = pytest.mark.parametrize(
    "name", ["../items.parquet", "/etc/passwd", "a/b.parquet", "statuses"]
)


@LEADING_OUT
def test_a_segment_s_files_cannot_lead_out_of_its_folder(folder, name):
    more = DataFile(name, 1, "0" * 64)
    restate_segment(folder, files=(more, *read_manifest(folder).segments[0].files))
    with pytest.raises(CorruptFile, match="not the name of a data file"):
        open_registry(folder)


@LEADING_OUT
def test_statuses_cannot_lead_out_of_the_registry(segmented, name):
    restate(segmented, statuses=replace(read_manifest(segmented).statuses, name=name))
    with pytest.raises(CorruptFile, match="not the name of a data file"):
        open_registry(segmented)


@pytest.mark.parametrize("name", DATA)
def test_a_segment_without_one_of_its_files_is_none(folder, name):
    files = read_manifest(folder).segments[0].files
    restate_segment(folder, files=tuple(file for file in files if file.name != name))
    with pytest.raises(CorruptFile, match=f"does not list {name}"):
        open_registry(folder)


def test_a_manifest_that_counts_wrong_is_noticed_when_it_is_read(folder):
    [segment] = read_manifest(folder).segments
    restate_segment(folder, items=61)
    with pytest.raises(CorruptFile, match=r"offsets\.npy has 61 values; the manifest says 62"):
        open_registry(folder)
    restate_segment(folder, items=60, postings=41)
    with pytest.raises(CorruptFile, match="not an index of 41 postings"):
        open_registry(folder)
    restate_segment(folder, postings=segment.postings, longest=segment.longest - 1)
    with pytest.raises(CorruptFile, match="longer than the longest"):
        open_registry(folder)
    restate_segment(folder, longest=segment.longest, tokens=segment.tokens - 1)
    with pytest.raises(CorruptFile, match="tokens do not exist"):
        open_registry(folder)


@pytest.mark.parametrize("name", [*DATA, "texts.parquet"])
def test_a_damaged_registry_is_not_added_to(folder, name, items, posts):
    path = file_of(folder, name)
    flip(path)
    data = path.read_bytes()
    with pytest.raises(DigestMismatch, match=f"{name} was altered"):
        extend_registry(folder, [items(posts(3, seed=1))])
    assert path.read_bytes() == data


@pytest.mark.parametrize("name", ["items.parquet", "texts.parquet", "tokens.npy"])
def test_damage_to_a_segment_that_was_checked_before_is_not_merged(
    folder, name, items, posts, monkeypatch
):
    flip(file_of(folder, name))
    monkeypatch.setattr("provenance.registry.store.is_verified", lambda *_: True)
    before = read_manifest(folder)
    with pytest.raises(DigestMismatch, match=f"{name} was altered"):
        extend_registry(folder, [items(posts(3, seed=1))])
    assert read_manifest(folder) == before


@pytest.fixture
def read(segmented):
    """Give a function that opens the registry, and names the segments whose files it read."""

    def work():
        paths = []
        open_registry(segmented, lambda path: paths.append(path) or digest_of_file(path))
        return {path.parent.name for path in paths} - {segmented.name}

    return work


def test_a_segment_that_was_checked_is_not_read_again_while_its_files_stand(segmented, read):
    segments = [segment.folder for segment in read_manifest(segmented).segments]
    assert read() == {*segments}
    assert read() == set()
    os.utime(file_of(segmented, "owners.npy", 1))
    assert read() == {segments[1]}
    shutil.copytree(segmented, segmented.parent / "copy")
    assert read() == set()
    forget_verified(segmented)
    assert read() == {*segments}


def test_a_registry_elsewhere_is_read(segmented, read):
    read()
    copy = shutil.copytree(segmented, segmented.parent / "copy")
    flip(file_of(copy, "owners.npy", 1))
    with pytest.raises(DigestMismatch):
        open_registry(copy)


def test_damage_is_noticed_even_if_times_are_set_back(segmented, read):
    read()
    path = file_of(segmented, "owners.npy", 1)
    before = path.stat()
    flip(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(DigestMismatch, match=f"{path} was altered"):
        read()
    flip(path)
    assert read() == {path.parent.name}


def test_a_damaged_segment_is_not_remembered_as_intact(segmented, read):
    flip(file_of(segmented, "owners.npy", 1))
    for _ in range(2):
        with pytest.raises(DigestMismatch, match="was altered"):
            read()
