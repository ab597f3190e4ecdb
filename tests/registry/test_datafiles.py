"""Data files and their digests, begun before anybody asks or made when asked for."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from queue import Queue

import pytest

from provenance.errors import DigestMismatch
from provenance.registry import datafiles, hashed_ahead, open_registry, sha256_of
from provenance.registry.manifest import TEXTS_FILE, read_manifest


@pytest.fixture
def aside():
    with ThreadPoolExecutor(1) as pool:
        yield pool


def files_of(folder):
    manifest = read_manifest(folder)
    return [folder / manifest.generation / file.name for file in manifest.files]


@pytest.mark.parametrize("content", [b"", b"x", b"some bytes" * 1000])
def test_a_digest_is_that_of_the_bytes(content, tmp_path, monkeypatch):
    monkeypatch.setattr(datafiles, "_AT_ONCE", 512)
    (tmp_path / "file").write_bytes(content)
    assert sha256_of(tmp_path / "file") == sha256(content).hexdigest()


def test_digests_that_were_begun_are_those_of_the_files(folder, tmp_path, aside):
    (tmp_path / "other").write_bytes(b"no registry knows it")
    paths = [*reversed(files_of(folder)), *files_of(folder), tmp_path / "other"]
    digest = hashed_ahead([folder], aside)
    for _ in range(2):
        assert [digest(path) for path in paths] == [sha256_of(path) for path in paths]


def test_every_file_is_read_once_and_texts_are_not(folder, monkeypatch, aside):
    read = []
    monkeypatch.setattr(datafiles, "sha256_of", lambda path: read.append(path) or sha256_of(path))
    open_registry(folder, hashed_ahead([folder, folder], aside))
    assert sorted(read) == [path for path in files_of(folder) if path.name != TEXTS_FILE]


def test_files_are_read_before_anybody_asks(folder, monkeypatch, aside):
    read = Queue()
    monkeypatch.setattr(datafiles, "sha256_of", lambda path: read.put(path) or sha256_of(path))
    hashed_ahead([folder], aside)
    assert read.get(timeout=60) in files_of(folder)


def test_a_file_of_another_size_is_not_read(folder, monkeypatch, aside):
    first, *_ = files_of(folder)
    first.write_bytes(first.read_bytes() + b"more")
    monkeypatch.setattr(datafiles, "sha256_of", None)
    digest = hashed_ahead([folder], aside)
    with pytest.raises(DigestMismatch, match="the manifest says"):
        open_registry(folder, digest)


def test_what_was_begun_does_not_hide_what_is_wrong(folder, tmp_path, aside):
    *_, altered = (path for path in files_of(folder) if path.suffix == ".npy")
    content = bytearray(altered.read_bytes())
    content[-1] ^= 1
    altered.write_bytes(content)
    digest = hashed_ahead([folder, tmp_path / "none", tmp_path], aside)
    with pytest.raises(DigestMismatch, match=f"{altered.name} was altered"):
        open_registry(folder, digest)
    altered.unlink()
    digest = hashed_ahead([folder], aside)
    with pytest.raises(DigestMismatch, match=f"{altered.name} cannot be read"):
        open_registry(folder, digest)
