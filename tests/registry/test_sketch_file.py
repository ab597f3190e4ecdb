"""Sketch files: they come back as they were, and anything else is refused by name."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import (
    CorruptFile,
    FingerprintMismatch,
    OutputError,
    RegistryNotFound,
    RegistryVersion,
)
from provenance.fingerprint.dataset_sketches import DatasetSketch, sketch_parameters
from provenance.fingerprint.fracminhash import Sketch, hash_bound
from provenance.registry.sketch_file import read_sketch, write_sketch


def make(count=1000, scaled=1000):
    hashes = np.random.default_rng(1).integers(0, hash_bound(scaled), count, np.uint64)
    sketch = Sketch(sketch_parameters(scaled), np.unique(hashes))
    return DatasetSketch(sketch, 12, 3456, 7, ("dataset:ab", "registry:cd"), unread=1)


@pytest.fixture
def path(tmp_path):
    write_sketch(make(), tmp_path / "a.sketch")
    return tmp_path / "a.sketch"


@pytest.mark.parametrize(("count", "scaled"), [(0, 1000), (1, 1), (5000, 3)])
def test_a_sketch_comes_back_as_it_was(tmp_path, count, scaled):
    made, path = make(count, scaled), tmp_path / "a.sketch"
    write_sketch(made, path)
    back = read_sketch(path)
    assert back.digest == made.digest
    assert back.parameters == made.parameters
    assert back.hashes.tolist() == made.hashes.tolist()
    facts = "documents", "tokens", "short_tokens", "inputs", "unread"
    assert [getattr(back, name) for name in facts] == [getattr(made, name) for name in facts]


def test_equal_sketches_give_equal_bytes_and_nothing_else_is_left(path):
    before = path.read_bytes()
    write_sketch(make(), path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["a.sketch"]


def test_any_program_reads_it_as_parquet(path):
    table = pq.read_table(path)
    facts = json.loads(table.schema.metadata[b"provenance"])
    assert table["hash"].to_pylist() == make().hashes.tolist()
    assert (facts["format"], facts["width"], facts["scaled"]) == ("provenance/sketch", 8, 1000)


def test_a_name_that_commands_would_not_recognise_is_refused(tmp_path):
    with pytest.raises(OutputError, match="not the name of a sketch") as error:
        write_sketch(make(), tmp_path / "a.parquet")
    assert "a.parquet.sketch" in error.value.remedy


def test_missing_folders_are_made_and_a_file_among_them_is_named(tmp_path):
    write_sketch(make(), tmp_path / "no" / "a.sketch")
    with pytest.raises(OutputError, match=r"a\.sketch/b\.sketch cannot be written"):
        write_sketch(make(), tmp_path / "no" / "a.sketch" / "b.sketch")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RegistryNotFound, match=r"no\.sketch cannot be read"):
        read_sketch(tmp_path / "no.sketch")


def test_every_cut_is_found(path):
    content = path.read_bytes()
    for size in range(0, len(content), 37):
        path.write_bytes(content[:size])
        with pytest.raises(CorruptFile, match="damaged or cut short") as error:
            read_sketch(path)
        assert str(path) in error.value.message


def test_every_flipped_byte_is_found_or_harmless(path):
    content, made = path.read_bytes(), make()
    found = 0
    for place in range(0, len(content), 11):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x41]) + content[place + 1 :])
        try:
            assert read_sketch(path).digest == made.digest
        except (CorruptFile, RegistryNotFound, RegistryVersion, FingerprintMismatch):
            found += 1
    assert found > len(content) // 11 * 0.8


def altered(path, column=None, **facts):
    table = pq.read_table(path)
    known = json.loads(table.schema.metadata[b"provenance"])
    if column is not None:
        table = pa.table({"hash": pa.array(column, pa.uint64())})
    pq.write_table(table.replace_schema_metadata({"provenance": json.dumps(known | facts)}), path)


def test_a_later_version_is_refused_by_number(path):
    altered(path, version=2)
    with pytest.raises(RegistryVersion, match="of format 2; this version reads 1"):
        read_sketch(path)


@pytest.mark.parametrize("facts", [{"width": 4}, {"normalisation": 1}])
def test_other_shingles_are_refused(path, facts):
    altered(path, **facts)
    with pytest.raises(FingerprintMismatch, match=r"a\.sketch was made with normalisation"):
        read_sketch(path)


@pytest.mark.parametrize(
    "facts", [{"documents": 13}, {"scaled": 999}, {"unread": 0}, {"inputs": ["dataset:x"]}]
)
def test_changed_facts_do_not_match_the_digest(path, facts):
    altered(path, **facts)
    with pytest.raises(CorruptFile, match="was altered"):
        read_sketch(path)


@pytest.mark.parametrize("facts", [{"scaled": 0}, {"documents": "many"}, {"inputs": None}])
def test_facts_of_another_kind_are_damage(path, facts):
    altered(path, **facts)
    with pytest.raises(CorruptFile, match="damaged"):
        read_sketch(path)


@pytest.mark.parametrize("column", [[2, 1], [1, 1], [2**63]])
def test_hashes_that_are_no_sample_are_damage(path, column):
    altered(path, column)
    with pytest.raises(CorruptFile, match="was altered"):
        read_sketch(path)


def test_another_parquet_file_is_not_a_sketch(path):
    pq.write_table(pa.table({"text": ["a"]}), path)
    with pytest.raises(RegistryNotFound, match="is not a sketch"):
        read_sketch(path)
