"""What every layout of dumps owes, whatever its files look like."""

import bz2
import gzip
import lzma
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard

from provenance.errors import CorruptFile
from provenance.model.content.tables import ITEMS, Items
from provenance.read.corpus.file_access import File
from provenance.read.dumps import item_batches
from provenance.read.dumps.dump_discovery import find_dump_files
from provenance.read.dumps.layout_detection import detect_layout
from provenance.read.dumps.layouts import LAYOUTS, open_dump
from tests.protocols import dump_samples
from tests.protocols.dump_samples import ONE_LINE, SAMPLES, TEXTS, Sample

PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


@pytest.fixture(params=SAMPLES, ids=lambda sample: f"{sample.layout}: {sample.name}")
def sample(request) -> Sample:
    return request.param


@pytest.fixture
def dump(sample, tmp_path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    sample.write(folder / sample.name)
    return folder / sample.name


def read(path, **options) -> list[Items]:
    return list(open_dump(str(path), source="s", **options))


def column(found: list[Items], name: str) -> list[object]:
    return [value for items in found for value in items.batch[name].to_pylist()]


def skipped(found: list[Items]) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(one.reason, one.count, one.rows) for items in found for one in items.skipped]


WHOLE_FILES = {"text", "epub", "subtitles", "html"}
"""Layouts of which a file is one item: see test_books.py and test_texts_of_blogs_and_films.py."""
WITHOUT_ITEMS = {"pmc-metadata"}
"""Layouts that only say what was deleted: see tests/read/dumps/test_exports.py."""


def test_every_layout_has_a_sample():
    assert {sample.layout for sample in SAMPLES} == set(LAYOUTS) - WHOLE_FILES - WITHOUT_ITEMS


def test_the_layout_is_recognised(sample, dump):
    assert detect_layout(find_dump_files(str(dump))[0]) == sample.layout


def test_every_text_is_an_item_of_the_source_given(sample, dump):
    found = read(dump)
    assert column(found, "text") == [*sample.texts]
    assert column(found, "source") == ["s"] * len(TEXTS)
    for items in found:
        assert items.batch.schema == ITEMS
        items.batch.validate(full=True)


def test_ids_differ(dump):
    ids = column(read(dump), "item")
    assert len(set(ids)) == len(TEXTS)
    assert all(ids)


def test_what_is_no_item_is_counted(sample, dump):
    assert skipped(read(dump)) == [(sample.reason, 1, (sample.row,))]
    assert {one.file for items in read(dump) for one in items.skipped} == {sample.name}


def test_naming_the_layout_reads_the_same(sample, dump):
    assert read(dump, layout=sample.layout) == read(dump)


def test_reading_twice_gives_the_same(dump):
    assert read(dump) == read(dump)


def test_the_name_of_the_file_does_not_matter(sample, dump):
    moved = dump.rename(dump.with_name(f"something{dump.suffix}"))
    assert detect_layout(find_dump_files(str(moved))[0]) == sample.layout
    assert column(read(moved), "text") == [*sample.texts]


@pytest.mark.parametrize("packing", PACKERS)
def test_a_compressed_dump_reads_the_same(sample, dump, packing):
    if not sample.packs:
        pytest.skip("compressed within itself")
    packed = dump.with_name(f"{dump.name}.{packing}")
    packed.write_bytes(PACKERS[packing](dump.read_bytes()))
    found, expected = read(packed), read(dump)
    if sample.has_ids:  # else they are made of the file's name
        assert column(found, "item") == column(expected, "item")
    for name in set(ITEMS.names) - {"item"}:
        assert column(found, name) == column(expected, name)


@pytest.mark.parametrize("packing", PACKERS)
def test_a_compressed_dump_that_was_cut_is_refused(sample, dump, packing):
    if not sample.packs:
        pytest.skip("compressed within itself")
    packed = dump.with_name(f"{dump.name}.{packing}")
    packed.write_bytes(PACKERS[packing](dump.read_bytes())[:-5])
    with pytest.raises(CorruptFile, match="damaged or cut short"):
        read(packed, layout=sample.layout)


def test_a_dump_that_was_cut_is_refused(sample, dump):
    if not sample.ends:
        pytest.skip("nothing shows where it ends")
    dump.write_bytes(dump.read_bytes()[:-9])
    with pytest.raises(CorruptFile, match="damaged or cut short"):
        read(dump, layout=sample.layout)


def test_batches_are_bounded(sample, dump, monkeypatch):
    monkeypatch.setattr(item_batches, "MAX_ROWS", 2)
    found = read(dump)
    assert max(items.batch.num_rows for items in found) <= 2
    assert column(found, "text") == [*sample.texts]


def test_the_file_is_opened_no_oftener_for_more_items(sample, dump, monkeypatch):
    opened = []
    open_file = File.open
    monkeypatch.setattr(File, "open", lambda file: opened.append(file.path) or open_file(file))
    monkeypatch.setattr(dump_samples, "TEXTS", TEXTS * 10)
    monkeypatch.setattr(dump_samples, "ONE_LINE", ONE_LINE * 10)
    read(dump)
    few, opened[:] = len(opened), []
    sample.write(dump)
    assert len(column(read(dump), "text")) == 10 * len(TEXTS)
    assert len(opened) <= few


def test_an_empty_file_gives_nothing_or_is_refused(sample, dump):
    dump.write_bytes(b"")
    with suppress(CorruptFile):
        assert column(read(dump, layout=sample.layout), "text") == []
