"""Data files and their digests, begun before anybody asks or made when asked for."""

import shutil
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import replace
from queue import Queue

import pytest
from blake3 import blake3

from provenance.errors import DigestMismatch
from provenance.file_hashing import blake3_mapped_file
from provenance.registry.files import data_files
from provenance.registry.files.data_files import BackgroundHasher, check_files, digest_of_file
from provenance.registry.files.mapped_files import map_files, map_registry
from provenance.registry.manifest import TEXTS_FILE, DataFile, read_manifest
from provenance.registry.store import open_registry


@pytest.fixture
def ahead():
    with ThreadPoolExecutor(1) as aside:
        yield BackgroundHasher(aside)


def files_of(folder):
    return [
        folder / segment.folder / file.name
        for segment in read_manifest(folder).segments
        for file in segment.files
    ]


@pytest.mark.parametrize("content", [b"", b"x", b"some bytes" * 1000])
def test_a_digest_is_that_of_the_bytes(content, tmp_path):
    (tmp_path / "file").write_bytes(content)
    made = digest_of_file(tmp_path / "file")
    assert made == blake3_mapped_file(tmp_path / "file") == blake3(content).hexdigest()


def test_a_mapped_digest_that_nobody_wants_is_left(tmp_path):
    with (tmp_path / "file").open("wb") as file:
        file.write(b"some bytes")
        file.truncate(600 << 20)  # takes no room on disk
    asked = []
    with pytest.raises(CancelledError):
        blake3_mapped_file(tmp_path / "file", lambda: asked.append(1) or len(asked) == 2)
    assert len(asked) == 2
    whole = blake3().update_mmap(tmp_path / "file").hexdigest()
    assert blake3_mapped_file(tmp_path / "file") == whole


def test_why_a_file_cannot_be_read_is_told(folder, tmp_path, ahead):
    first, *_ = files_of(folder)
    first.unlink()
    first.mkdir()
    stated = DataFile(first.name, first.stat().st_size, "0" * 64)
    with pytest.raises(DigestMismatch, match=f"{first.name} cannot be read: Is a directory"):
        map_files(first.parent, [stated])


def test_what_is_mapped_has_its_digest_even_when_it_is_gone(folder, ahead):
    [segment] = map_registry(folder).segments
    files, entries = segment.files, segment.entry.files
    ahead.start([folder])
    shutil.rmtree(folder)
    check_files(files, entries, ahead)
    check_files(files, entries)
    other = replace(entries[0], blake3="0" * 64)
    with pytest.raises(DigestMismatch, match=f"{other.name} was altered"):
        check_files(files, [other], ahead)


def test_digests_that_were_begun_are_those_of_the_files(folder, tmp_path, ahead):
    (tmp_path / "other").write_bytes(b"no registry knows it")
    paths = [*reversed(files_of(folder)), *files_of(folder), tmp_path / "other"]
    ahead.start([folder])
    for _ in range(2):
        assert [ahead(path) for path in paths] == [digest_of_file(path) for path in paths]


def test_every_file_is_read_once_and_texts_are_not(folder, monkeypatch, ahead):
    read = []
    monkeypatch.setattr(
        data_files,
        "blake3_mapped_file",
        lambda path, *_: read.append(path) or blake3_mapped_file(path),
    )
    ahead.start([folder, folder])
    open_registry(folder, ahead)
    assert sorted(read) == [path for path in files_of(folder) if path.name != TEXTS_FILE]


def test_files_are_read_before_anybody_asks(folder, monkeypatch, ahead):
    read = Queue()
    monkeypatch.setattr(
        data_files,
        "blake3_mapped_file",
        lambda path, *_: read.put(path) or blake3_mapped_file(path),
    )
    ahead.start([folder])
    assert read.get(timeout=60) in files_of(folder)


def test_a_file_of_another_size_is_not_read(folder, monkeypatch, ahead):
    first, *_ = files_of(folder)
    first.write_bytes(first.read_bytes() + b"more")
    monkeypatch.setattr(data_files, "blake3_mapped_file", None)
    ahead.start([folder])
    with pytest.raises(DigestMismatch, match="the manifest says"):
        open_registry(folder, ahead)


def test_what_was_begun_does_not_hide_what_is_wrong(folder, tmp_path, ahead):
    *_, altered = (path for path in files_of(folder) if path.suffix == ".npy")
    content = bytearray(altered.read_bytes())
    content[-1] ^= 1
    altered.write_bytes(content)
    ahead.start([folder, tmp_path / "none", tmp_path])
    with pytest.raises(DigestMismatch, match=f"{altered.name} was altered"):
        open_registry(folder, ahead)
    altered.unlink()
    ahead.start([folder])
    with pytest.raises(DigestMismatch, match=f"{altered.name} cannot be read"):
        open_registry(folder, ahead)
