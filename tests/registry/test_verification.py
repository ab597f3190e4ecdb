"""Registries are verified."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from provenance.errors import CorruptFile, DigestMismatch, RegistryNotFound
from provenance.registry.build.registry_builder import create_registry
from provenance.registry.manifest import read_manifest
from provenance.registry.store import open_registry
from provenance.registry.verification import verify_files
from tests.registry.damaged_registries import altered, restate, rewrite


def test_what_was_built_is_true(folder):
    assert verify_files(folder) == read_manifest(folder)


def test_what_two_sites_of_a_source_call_the_same_is_true(items, tmp_path):
    urls = [f"https://{site}.example.org/q/6" for site in ("two", "one", "four", "three")]
    rows = [
        {"source": "stackexchange", "item": "p6", "text": f"the words of {url}", "url": url}
        for url in urls
    ]
    made = create_registry(tmp_path / "r", [items(rows)])
    assert made.items == 4
    assert verify_files(tmp_path / "r") == made


def test_nothing_is_not_true(tmp_path):
    with pytest.raises(RegistryNotFound):
        verify_files(tmp_path)


def test_altered_texts_are_noticed(folder):
    path = folder / read_manifest(folder).generation / "texts.parquet"
    data = bytearray(path.read_bytes())
    data[30] ^= 1
    path.write_bytes(data)
    open_registry(folder)
    with pytest.raises(DigestMismatch, match=r"texts\.parquet was altered"):
        verify_files(folder)


def one_more(values):
    values[5] += 1


def another_text(values):
    values[5] += " and more"


def other_edge(values):
    values[5] += bytes(4)


def swapped(values):
    middle = len(values) // 2
    values[middle], values[middle + 1] = 5, 4
    return values


def all_alike(values):
    values[:] = values[:1] * len(values)


def reversed_(values):
    values.reverse()


def another_source(values):
    values[3] = "reddit" if values[3] == "x" else "x"


def next_one(values):
    return np.where(np.arange(len(values)) == 5, values + 1, values).astype(values.dtype)


def far_off(values):
    return np.where(np.arange(len(values)) == 5, 2**32 - 1, values).astype(values.dtype)


def turned(values):
    return values[::-1].copy()


def in_column(name, change):
    return lambda table: altered(table, name, change)


FAULTS = [
    ("postings that differ from the items' shingles", "positions.npy", next_one),
    ("postings that differ from the items' shingles", "shingles.npy", turned),
    ("postings of items that do not exist", "owners.npy", far_off),
    ("a directory that does not match the postings", "directory.npy", next_one),
    ("a filter that does not match the postings", "filter.npy", next_one),
    ("a prefilter that does not match the postings", "prefilter.npy", next_one),
    ("postings that differ from the items' shingles", "tokens.npy", next_one),
    (r"tokens\.npy has \d+ values; the manifest says", "tokens.npy", lambda values: values[1:]),
    (r"filter\.npy is not a filter", "filter.npy", lambda values: values[:0]),
    (r"prefilter\.npy is not a prefilter", "prefilter.npy", lambda values: values[:3]),
    (
        "shared shingles that do not match the items' authors",
        "shared.parquet",
        lambda table: pa.table([[7], [0], [2]], schema=table.schema),
    ),
    ("items occur twice", "items.parquet", in_column("item", all_alike)),
    ("items are out of order", "items.parquet", in_column("created_at", reversed_)),
    (
        "wrongly listed as copies",
        "items.parquet",
        in_column("first", lambda v: v.__setitem__(7, 2)),
    ),
    ("59 texts of 60 items", "texts.parquet", lambda table: table.slice(1)),
    ("texts whose words differ", "texts.parquet", in_column("text", another_text)),
    ("texts whose words differ", "texts.parquet", in_column("text", reversed_)),
    ("texts whose words differ", "items.parquet", in_column("lead", other_edge)),
    ("postings of items that do not exist", "owners.npy", lambda values: values + 60),
    ("a directory that is not ascending", "directory.npy", swapped),
    (
        "items that are listed as copies of later ones",
        "items.parquet",
        in_column("first", one_more),
    ),
    (
        "shingles of sources that do not exist",
        "shared.parquet",
        lambda table: pa.table([[7], [3], [2]], schema=table.schema),
    ),
    ("it has unexpected columns", "background.parquet", lambda t: t.rename_columns(["counts"])),
    ("a background that does not match", "background.parquet", in_column("count", one_more)),
    ("x differs from the manifest", "items.parquet", in_column("source", another_source)),
    ("signatures that do not match the items", "signatures.parquet", lambda table: table.slice(1)),
    (
        "a sketch that does not match the items",
        "sketch.parquet",
        lambda table: pa.table([["x"], [7]], schema=table.schema),
    ),
]


@pytest.mark.parametrize(("fault", "name", "change"), FAULTS)
def test_files_that_contradict_one_another_are_noticed(folder, fault, name, change):
    rewrite(folder, name, change)
    with pytest.raises(CorruptFile, match=fault):
        verify_files(folder)


def test_a_posting_that_is_lost_is_noticed(items, tmp_path):
    rows = [
        {"source": "x", "item": text, "text": text, "author": "one"}
        for text in ("so it was said", "so it was said again")
    ]
    folder = tmp_path / "r"
    made = create_registry(folder, [items(rows)])
    # The second of a shingle that two items have: no other file tells that it was there.
    (lost,) = np.flatnonzero(np.diff(open_registry(folder).arrays().postings.shingles) == 0) + 1
    for name in ("shingles.npy", "owners.npy", "positions.npy"):
        rewrite(folder, name, lambda values: np.delete(values, lost))
    rewrite(folder, "directory.npy", lambda values: values - (values > lost).astype(values.dtype))
    restate(folder, postings=made.postings - 1)
    with pytest.raises(CorruptFile, match="postings that differ from the items' shingles"):
        verify_files(folder)


def test_what_the_manifest_says_of_a_source_is_held_against_its_items(folder):
    manifest = read_manifest(folder)
    one, *others = manifest.sources
    for change in ({"last": None}, {"undated": 0}, {"unattributable": 0}, {"tokens": 1}):
        restate(folder, sources=(replace(one, **change), *others))
        with pytest.raises(CorruptFile, match=f"{one.source} differs from the manifest"):
            verify_files(folder)
    restate(folder, sources=(replace(one, published=10**6), *others))
    assert verify_files(folder).sources[0].published == 10**6
    restate(folder, tokens=manifest.tokens + 1)
    with pytest.raises(CorruptFile, match="tokens; the manifest says"):
        verify_files(folder)


def test_copies_that_are_none_are_noticed(folder):
    arrays = open_registry(folder).arrays()
    lengths = np.diff(arrays.token_offsets)
    one, other = np.flatnonzero(lengths == 4)[:2].tolist()
    rewrite(
        folder, "items.parquet", lambda t: altered(t, "first", lambda v: v.__setitem__(other, one))
    )
    with pytest.raises(CorruptFile, match="wrongly listed as copies"):
        verify_files(folder)
