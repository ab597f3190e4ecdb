"""Registries are verified."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import CorruptFile, DigestMismatch, RegistryNotFound
from provenance.registry import build, open_registry, verify
from provenance.registry.columns import writer
from provenance.registry.datafiles import settle_files
from provenance.registry.manifest import digest_of, read_manifest, render


@pytest.fixture
def folder(items, posts, tmp_path):
    """A registry to be spoilt."""
    build(tmp_path / "r", [items(posts(60))])
    return tmp_path / "r"


def rewrite(folder, name, change):
    """Put another table in a file, and state its digest as if it were right."""
    manifest = read_manifest(folder)
    data = folder / manifest.generation
    path = data / name
    if path.suffix == ".npy":
        np.save(path, change(np.load(path)))
    else:
        table = change(pq.read_table(path))
        with writer(path, table.schema) as file:
            file.write_table(table)
    files = settle_files(data)
    digest = digest_of(manifest.parameters, manifest.chance, files)
    (folder / "registry.json").write_text(render(replace(manifest, files=files, digest=digest)))
    data.rename(folder / f"data-{digest[:12]}")
    open_registry(folder)


def altered(table, name, change):
    place = table.column_names.index(name)
    values = table[name].to_pylist()
    change(values)
    return table.set_column(place, table.schema.field(name), pa.array(values, table[name].type))


def test_what_was_built_is_true(folder):
    assert verify(folder) == read_manifest(folder)


def test_what_two_sites_of_a_source_call_the_same_is_true(items, tmp_path):
    urls = [f"https://{site}.example.org/q/6" for site in ("two", "one", "four", "three")]
    rows = [
        {"source": "stackexchange", "item": "p6", "text": f"the words of {url}", "url": url}
        for url in urls
    ]
    made = build(tmp_path / "r", [items(rows)])
    assert made.items == 4
    assert verify(tmp_path / "r") == made


def test_nothing_is_not_true(tmp_path):
    with pytest.raises(RegistryNotFound):
        verify(tmp_path)


def test_altered_texts_are_noticed(folder):
    path = folder / read_manifest(folder).generation / "texts.parquet"
    data = bytearray(path.read_bytes())
    data[30] ^= 1
    path.write_bytes(data)
    open_registry(folder)
    with pytest.raises(DigestMismatch, match=r"texts\.parquet was altered"):
        verify(folder)


def one_more(values):
    values[5] += 1


def all_alike(values):
    values[:] = values[:1] * len(values)


def reversed_(values):
    values.reverse()


def another_source(values):
    values[3] = "reddit" if values[3] == "x" else "x"


def next_one(values):
    return np.where(np.arange(len(values)) == 5, values + 1, values).astype(values.dtype)


FAULTS = {
    "postings that are not in their items": ("positions.npy", next_one),
    "postings that the directory does not lead to": ("directory.npy", next_one),
    "a filter of other postings": ("filter.npy", next_one),
    "shingles that other authors share": (
        "shared.parquet",
        lambda t: pa.table([[7], [0], [2]], schema=t.schema),
    ),
    "items stand in it twice": ("items.parquet", lambda t: altered(t, "item", all_alike)),
    "items are out of order": ("items.parquet", lambda t: altered(t, "created_at", reversed_)),
    "59 texts of 60 items": ("texts.parquet", lambda t: t.slice(1)),
    "the background counts other tokens": (
        "background.parquet",
        lambda t: altered(t, "count", one_more),
    ),
    "not as many items or tokens": (
        "items.parquet",
        lambda t: altered(t, "source", another_source),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_files_that_contradict_one_another_are_noticed(folder, fault):
    name, change = FAULTS[fault]
    rewrite(folder, name, change)
    with pytest.raises(CorruptFile, match=fault):
        verify(folder)


def test_postings_out_of_order_are_noticed(folder):
    for name in ("shingles.npy", "owners.npy", "positions.npy"):
        rewrite(folder, name, lambda values: values[::-1].copy())
    with pytest.raises(CorruptFile, match="postings are out of order"):
        verify(folder)


def test_copies_that_are_none_are_noticed(folder):
    holdings = open_registry(folder).holdings()
    lengths = np.diff(holdings.token_offsets)
    one, other = np.flatnonzero(lengths == 4)[:2].tolist()
    rewrite(
        folder, "items.parquet", lambda t: altered(t, "first", lambda v: v.__setitem__(other, one))
    )
    with pytest.raises(CorruptFile, match="called copies"):
        verify(folder)
