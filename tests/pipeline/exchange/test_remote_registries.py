"""Registries at addresses of a file system that fsspec knows."""

import json
import shutil

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.errors import RegistryError, RegistryNotFound
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, add_to_registry, build_registry
from provenance.pipeline.exchange.remote_registries import fetch_registries, local_folder
from provenance.pipeline.settings import Settings

_ADDRESS = "memory://bucket/registry"
_TEXTS = [
    f"the {colour} heron number {number} stood in the reeds for an hour and caught {number} eels"
    for number, colour in enumerate(["grey", "white", "purple", "green", "black"] * 8)
]


def _dump(path, first, end):
    ids = [str(number) for number in range(first, end)]
    pq.write_table(pa.table({"id": ids, "text": _TEXTS[first:end]}), path)
    return DumpSource([str(path)], "x")


@pytest.fixture
def store(monkeypatch, tmp_path):
    """A file system in memory, and a cache of its own."""
    monkeypatch.setenv("PROVENANCE_CACHE", str(tmp_path / "cache"))
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = tmp_path_factory.mktemp("built")
    build_registry(path / "registry", _dump(path / "first.parquet", 0, 20))
    return path / "registry"


@pytest.fixture
def registry(built, tmp_path):
    """A registry of twenty items."""
    return shutil.copytree(built, tmp_path / "registry")


def _upload(system, registry):
    for path in registry.rglob("*"):
        if path.is_file():
            system.pipe_file(f"/bucket/registry/{path.relative_to(registry)}", path.read_bytes())


def _findings(registry, corpus):
    report = check([str(corpus)], Policy(registries=(registry,)), Settings())
    return report.findings


def test_a_check_against_an_address_finds_what_one_against_the_folder_finds(
    store, registry, tmp_path
):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps({"text": text}) + "\n" for text in _TEXTS))
    _upload(store, registry)
    report = check([str(corpus)], Policy(registries=(_ADDRESS,)), Settings())
    assert report.findings.equals(_findings(str(registry), corpus))
    assert len(report.findings) >= 20
    assert report.result.registries[0].path == _ADDRESS


def test_only_new_segments_are_fetched_after_an_addition(store, registry, tmp_path):
    _upload(store, registry)
    folder = local_folder(_ADDRESS)
    [before] = folder.glob("segment-*/tokens.npy")
    inode = before.stat().st_ino
    add_to_registry(registry, _dump(tmp_path / "second.parquet", 20, 40))
    merged = [path.name for path in registry.glob("segment-*")]
    _upload(store, registry)
    fetch_registries([_ADDRESS])
    fetched = {path.name for path in folder.glob("segment-*")}
    assert fetched == set(merged)  # what was replaced is removed
    if before.parent.name in fetched:
        assert before.stat().st_ino == inode


def test_what_is_here_is_not_fetched_again(store, registry):
    _upload(store, registry)
    folder = local_folder(_ADDRESS)
    for place in store.find("/bucket/registry"):
        if not place.endswith("registry.json"):
            store.rm(place)
    assert local_folder(_ADDRESS) == folder


def test_an_interrupted_fetch_continues_with_the_files_that_are_missing(store, registry):
    _upload(store, registry)
    folder = local_folder(_ADDRESS)
    (folder / "registry.json").unlink()
    [tokens] = folder.glob("segment-*/tokens.npy")
    tokens.unlink()
    local_folder(_ADDRESS)
    assert tokens.read_bytes() == next(registry.glob("segment-*/tokens.npy")).read_bytes()


def test_damage_on_the_way_is_noticed(store, registry):
    [tokens] = registry.glob("segment-*/tokens.npy")
    content = bytearray(tokens.read_bytes())
    content[-1] ^= 1
    tokens.write_bytes(content)
    _upload(store, registry)
    with pytest.raises(RegistryError, match=r"tokens\.npy differs"):
        local_folder(_ADDRESS)


def test_an_address_without_a_registry_is_named(store, registry):
    with pytest.raises(RegistryNotFound, match="memory://bucket/registry is not a registry"):
        local_folder(_ADDRESS)
    shutil.rmtree(registry)


def test_an_unknown_file_system_is_named(store):
    with pytest.raises(RegistryError, match="nosuch://a cannot be read"):
        local_folder("nosuch://a")
