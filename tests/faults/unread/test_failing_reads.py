"""Reads that fail in the middle, and files that vanish or change."""

import errno
import json
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import fsspec
import pyarrow.compute as pc
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.spec import AbstractFileSystem

from provenance.errors import CorruptFile, InputError
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.calibration.calibrate import PlantingOptions, calibrate
from provenance.pipeline.checking import corpus_findings, reread
from provenance.pipeline.disclosure.corpus_pass import measure_contents
from provenance.pipeline.locate import locations
from provenance.pipeline.settings import Settings
from provenance.read.corpus import stream_input
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.file_access import File
from tests.faults.conftest import (
    cut_gzip,
    found,
    names,
    page,
    write_corpus,
    write_jsonl,
)
from tests.pipeline.smaller_slices import read_texts_again


class Failing(MemoryFileSystem):
    """A file system on which some files fail behind so many bytes, and some folders at once."""

    protocol = "failing"
    store: ClassVar[dict] = {}
    pseudo_dirs: ClassVar[list] = [""]
    fail_after: ClassVar[dict] = {}
    failing_opening: ClassVar[dict] = {}
    no_listing: ClassVar[set] = set()

    find = AbstractFileSystem.find

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(str(path).replace("failing://", "memory://"))

    def ls(self, path, detail=True, **kwargs):
        if self._strip_protocol(path) in self.no_listing:
            raise OSError(errno.EIO, "Input/output error")
        return super().ls(path, detail, **kwargs)

    def _open(self, path, mode="rb", **kwargs):
        file = super()._open(path, mode, **kwargs)
        limit = self.fail_after.get(self._strip_protocol(path))
        opening = self.failing_opening.get(self._strip_protocol(path))
        if opening is not None and mode == "rb":  # one of several times that it is read
            self.failing_opening[self._strip_protocol(path)] = opening - 1
            limit = limit if opening == 0 else None
        return file if limit is None or mode != "rb" else _Breaking(file.getvalue(), limit)


class _Breaking(fsspec.implementations.memory.MemoryFile):
    def __init__(self, data, limit):
        super().__init__(data=data)
        self.seek(0)
        self._limit = limit

    def read(self, size=-1):
        if self.tell() >= self._limit:
            raise OSError(errno.EIO, "Input/output error")
        left = self._limit - self.tell()
        return super().read(left if size < 0 else min(size, left))

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@pytest.fixture
def failing():
    fsspec.register_implementation("failing", Failing, clobber=True)
    system = Failing()
    system.store.clear()
    system.fail_after.clear()
    system.failing_opening.clear()
    system.no_listing.clear()
    yield system
    system.store.clear()


def put(system, path, rows, text="words of no account here"):
    lines = "".join(json.dumps({"id": str(n), "text": f"{text} {page(n)}"}) + "\n" for n in rows)
    with system.open(path, "wb") as file:
        file.write(lines.encode())


def test_a_read_that_fails_in_the_middle_leaves_what_was_read_before(failing, checked):
    put(failing, "/data/a.jsonl", range(10))
    put(failing, "/data/b.jsonl", range(9000))  # more than one block of lines
    failing.fail_after["/data/b.jsonl"] = 8 << 20
    report = checked("failing://data")
    (unread,) = report.result.unread
    assert unread.file == "b.jsonl"
    assert "Input/output error" in unread.reason
    own = pc.equal(report.findings["file"], "b.jsonl")
    rows = report.findings.filter(own)["row"].to_pylist()
    assert unread.row
    assert max(rows) < unread.row <= 9000
    assert report.result.corpus.documents == 10 + unread.row


@pytest.mark.parametrize("is_cached", [False, True])
def test_a_calibration_is_not_measured_on_what_a_failing_read_leaves(
    failing, registry, tmp_path, is_cached
):
    put(failing, "/data/a.jsonl", range(10))
    put(failing, "/data/b.jsonl", range(60))
    settings = Settings(threads=1, cache=tmp_path / "cache" if is_cached else None)

    def measure():
        policy = Policy(registries=(registry,))
        return calibrate(["failing://data"], policy, PlantingOptions(40), settings)

    whole, refused = measure(), list[str]()
    failing.fail_after["/data/b.jsonl"] = 10_000
    for opening in range(100):
        failing.failing_opening["/data/b.jsonl"] = opening
        try:
            found = measure()
        except InputError as error:
            refused.append(str(error))
        else:
            assert replace(found, plants=None, created=None) == replace(
                whole, plants=None, created=None
            )
            assert found.plants.equals(whole.plants)
        if failing.failing_opening["/data/b.jsonl"] >= 0:
            break  # it was not opened so often
    assert refused
    assert all("Input/output error" in message for message in refused)


def test_a_disclosure_does_not_measure_what_a_failing_read_leaves(failing, checked):
    put(failing, "/data/a.jsonl", range(10))
    put(failing, "/data/b.jsonl", range(60))
    result = checked("failing://data").result
    whole, _ = measure_contents([result], ["failing://data"], quiet=True)
    refused = list[str]()
    failing.fail_after["/data/b.jsonl"] = 10_000
    for opening in range(100):
        failing.failing_opening["/data/b.jsonl"] = opening
        try:
            found, _ = measure_contents([result], ["failing://data"], quiet=True)
        except InputError as error:
            refused.append(str(error))
        else:
            assert found == whole
        if failing.failing_opening["/data/b.jsonl"] >= 0:
            break  # it was not opened so often
    assert any("Input/output error" in message for message in refused)


def test_a_folder_elsewhere_that_cannot_be_listed_is_named(failing):
    put(failing, "/data/a.jsonl", range(3))
    put(failing, "/data/sub/b.jsonl", range(3))
    failing.no_listing.add("/data/sub")
    corpus = open_corpus(["failing://data"])
    assert [part.file for part in corpus.parts] == ["a.jsonl"]
    assert names(corpus.unread) == ["sub/"]


def test_a_file_that_vanishes_after_it_was_found_is_named(tmp_path, registry, monkeypatch):
    paths = write_corpus(tmp_path)
    inner = reread.scan_corpus

    def read(*arguments, **options):
        paths[0].unlink(missing_ok=True)
        paths[2].unlink(missing_ok=True)
        return inner(*arguments, **options)

    monkeypatch.setattr(reread, "scan_corpus", read)
    report = check([str(tmp_path)], Policy(registries=(registry,)), Settings())
    assert names(report.result.unread) == ["a.jsonl", "c.parquet"]
    assert {one.reason for one in report.result.unread} == {"there is no such file"}
    assert len(report.findings)


@pytest.mark.parametrize("sample", [None, 0.9])
def test_a_file_that_vanishes_before_it_is_read_again_is_left_out(
    tmp_path, registry, monkeypatch, sample
):
    paths = write_corpus(tmp_path)
    read_texts_again(monkeypatch)
    inner = locations.locate_matches

    def gather(*arguments, **options):
        paths[0].unlink(missing_ok=True)
        return inner(*arguments, **options)

    monkeypatch.setattr(corpus_findings, "locate_matches", gather)
    settings = Settings(sample=sample)
    report = check([str(tmp_path)], Policy(registries=(registry,)), settings)
    assert names(report.result.unread) == ["a.jsonl"]
    assert "a.jsonl" not in report.findings["file"].to_pylist()
    assert report.result.corpus.documents <= 5 * 8
    if sample is None:
        rest = check([str(tmp_path)], Policy(registries=(registry,)), Settings())
        assert found(report) == found(rest)


def test_a_file_that_changes_at_every_look_is_left_out(tmp_path, registry, monkeypatch):
    paths = write_corpus(tmp_path)
    read_texts_again(monkeypatch)
    inner = locations.locate_matches
    turns = iter(range(100, 1000, 30))

    def gather(*arguments, **options):
        write_jsonl(paths[0], next(turns) // 3 * 3 + 1, 2)
        return inner(*arguments, **options)

    monkeypatch.setattr(corpus_findings, "locate_matches", gather)
    report = check([str(tmp_path)], Policy(registries=(registry,)), Settings())
    assert names(report.result.unread) == ["a.jsonl"]
    assert "the file was modified while it was checked" in report.result.unread[0].reason


def test_bytes_that_cannot_be_read_for_their_digest_are_named(tmp_path, registry, monkeypatch):
    write_corpus(tmp_path)
    inner = File.digest

    def digest(self, stopped=lambda: False):
        if self.name == "b.jsonl.gz":
            raise CorruptFile(
                f"{self.display_path}: damaged (Input/output error)", remedy="fetch it."
            )
        return inner(self, stopped)

    monkeypatch.setattr(File, "digest", digest)
    report = check([str(tmp_path)], Policy(registries=(registry,)), Settings())
    assert names(report.result.unread) == ["b.jsonl.gz"]
    assert report.result.status == "incomplete"
    assert len(report.result.corpus.digest) == 64


def test_what_failed_is_never_taken_from_the_cache_for_whole(tmp_path, checked):
    paths = write_corpus(tmp_path / "data")
    whole = paths[1].read_bytes()
    settings = {"cache": tmp_path / "cache"}
    before = checked(tmp_path / "data", **settings)
    cut_gzip(paths[1])
    for _ in range(2):
        report = checked(tmp_path / "data", **settings)
        assert names(report.result.unread) == ["b.jsonl.gz"]
    paths[1].write_bytes(whole)
    after = checked(tmp_path / "data", **settings)
    assert after.result.status == "fail"
    assert found(after) == found(before)


def test_standard_input_that_fails_is_named(tmp_path, registry, monkeypatch):
    content = "".join(json.dumps({"text": page(n)}) + "\n" for n in range(9000)).encode()

    class Stdin:
        buffer = _Breaking(content, 8 << 20)

    monkeypatch.setattr(stream_input.sys, "stdin", Stdin)
    report = check(["-"], Policy(registries=(registry,)), Settings())
    assert names(report.result.unread) == ["-"]
    assert report.result.unread[0].row == report.result.corpus.documents


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that fails (Linux)")
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt.gz", "a.parquet", "a.arrow"])
def test_a_disk_that_fails_is_told_with_the_byte(tmp_path, checked, name):
    write_jsonl(tmp_path / "b.jsonl", 0)
    (tmp_path / name).symlink_to("/proc/self/mem")  # of which the first page cannot be read
    if name == "a.txt.gz":
        (tmp_path / "b.jsonl").rename(tmp_path / "b.txt")
    (unread,) = checked(tmp_path).result.unread
    assert unread.file == name
    assert "Input/output error" in unread.reason or name == "a.parquet"
    assert unread.offset == 0 or name == "a.parquet"
