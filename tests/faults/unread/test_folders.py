"""Folders that cannot be listed, links, and what is no file."""

import os
import socket
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from threading import Thread

import pytest
from fsspec.implementations.local import LocalFileSystem

from provenance.read.corpus.corpora import open_corpus
from tests.faults.conftest import (
    names,
    write_corpus,
    write_jsonl,
)


@contextmanager
def without_root(*folders):
    """Be a user who may not read everything: root may."""
    if os.getuid():
        yield
        return
    made = Path(gettempdir())  # whose own mode is not ours to change
    for one in {one for folder in folders for one in (folder, *folder.parents)}:
        if made in one.parents:
            one.chmod(one.stat().st_mode | 0o055)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def locked(tmp_path):
    """A folder, a file and a folder of names that may not be read."""
    write_corpus(tmp_path)
    write_jsonl(tmp_path / "locked" / "g.jsonl", 48)
    write_jsonl(tmp_path / "listed" / "h.jsonl", 56)
    (tmp_path / "a.jsonl").chmod(0)
    (tmp_path / "locked").chmod(0)
    (tmp_path / "listed").chmod(0o444)
    yield tmp_path
    for name in ("a.jsonl", "locked", "listed"):
        (tmp_path / name).chmod(0o755)


EXPECTED = {
    "a.jsonl": "permission denied",
    "listed/h.jsonl": "permission denied",
    "locked/": "the folder cannot be listed (permission denied)",
}


@pytest.mark.parametrize("address", [".", "*", "**/*"])
def test_folders_without_permission_are_named(locked, address, monkeypatch):
    monkeypatch.chdir(locked)
    with without_root(locked):
        unread = {one.file: one.reason for one in open_corpus([address]).unread}
    assert unread == EXPECTED


def test_what_may_not_be_read_is_no_smaller_corpus(locked, registry, checked):
    checked(locked)  # kernels are compiled by now, and loaded
    with without_root(Path(registry), locked):
        report = checked(locked)
    assert names(report.result.unread) == sorted(EXPECTED)
    assert report.result.status == "incomplete"
    assert report.result.corpus.documents == 5 * 8


def test_links_are_followed_once_and_never_in_circles(tmp_path, checked):
    write_jsonl(tmp_path / "elsewhere" / "linked.jsonl", 0)
    write_jsonl(tmp_path / "data" / "sub" / "a.jsonl", 8)
    (tmp_path / "data" / "sub" / "up").symlink_to("..")
    (tmp_path / "data" / "self.jsonl").symlink_to("self.jsonl")
    (tmp_path / "data" / "out").symlink_to("../elsewhere")
    (tmp_path / "data" / "out2").symlink_to("../elsewhere")
    corpus = open_corpus([str(tmp_path / "data")])
    assert sorted(part.file for part in corpus.parts) == ["out/linked.jsonl", "sub/a.jsonl"]
    assert names(corpus.unread) == ["self.jsonl"]


def test_a_pattern_finds_what_it_found_before(tmp_path):
    write_corpus(tmp_path)
    write_jsonl(tmp_path / "sub" / "deep" / "g.jsonl", 0)
    (tmp_path / "other").mkdir()
    for pattern in ("*.jsonl", "sub/*", "*/*.jsonl", "**/*.jsonl", "s?b", "*", "[ab].*"):
        glob = f"{tmp_path}/{pattern}"
        expected = {
            inner
            for match in LocalFileSystem().glob(glob)
            for inner in (LocalFileSystem().find(match) if os.path.isdir(match) else [match])
        }
        met = {file.path for file in open_corpus([glob]).files}
        assert met == expected, pattern


def test_pipes_sockets_and_devices_in_a_folder_are_never_opened(tmp_path, checked):
    write_corpus(tmp_path / "data")
    os.mkfifo(tmp_path / "data" / "pipe.jsonl")
    os.mkfifo(tmp_path / "data" / "control")  # whose name is not that of data
    (tmp_path / "data" / "zero.csv").symlink_to("/dev/zero")
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(os.path.relpath(tmp_path / "data" / "s.parquet"))
    report = checked(tmp_path / "data")
    bound.close()
    assert {one.file: one.reason for one in report.result.unread} == {
        "pipe.jsonl": "this is a named pipe, not a regular file",
        "s.parquet": "this is a socket, not a regular file",
        "zero.csv": "this is a device, not a regular file",
    }
    assert open_corpus([str(tmp_path / "data")]).ignored == 1


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.json", "a.parquet"])
def test_a_sparse_file_of_fifty_gigabytes_is_refused_at_once(tmp_path, checked, name):
    write_jsonl(tmp_path / "data" / "b.jsonl", 0)
    with (tmp_path / "data" / name).open("wb") as file:
        file.truncate(50 << 30)
    assert names(checked(tmp_path / "data").result.unread) == [name]


def test_a_pipe_that_is_named_is_read_as_it_passes(tmp_path, checked):
    write_jsonl(tmp_path / "a.jsonl", 0)
    os.mkfifo(tmp_path / "pipe")

    def feed():
        (tmp_path / "pipe").write_bytes((tmp_path / "a.jsonl").read_bytes())

    feeding = Thread(target=feed)
    feeding.start()
    piped = checked(tmp_path / "pipe")
    feeding.join()
    report = checked(tmp_path / "a.jsonl")
    assert len(piped.findings)
    for column in ("row", "start", "item", "excerpt"):
        assert piped.findings[column].equals(report.findings[column])


@pytest.mark.parametrize("command", ["check", "diff", "clean", "build"])
def test_devices_are_refused_at_once(tmp_path, registry, provenance, command):
    options = {
        "check": ("check", "/dev/zero", "--registry", registry),
        "diff": ("diff", "/dev/zero", "/dev/zero", "--registry", registry),
        "clean": ("clean", "/dev/zero", "--registry", registry, "-o", "clean"),
        "build": ("registry", "build", "reg", "--source", "x", "/dev/zero"),
    }
    done = provenance(*options[command], cwd=tmp_path)
    assert done.returncode == 2
    assert "/dev/zero: this is a device, not a regular file" in done.stderr


@pytest.mark.parametrize("command", ["diff", "clean", "build"])
def test_pipes_are_refused_where_files_are_read_more_than_once(
    tmp_path, registry, provenance, command
):
    os.mkfifo(tmp_path / "pipe")
    options = {
        "diff": ("diff", "pipe", "pipe", "--registry", registry),
        "clean": ("clean", "pipe", "--registry", registry, "-o", "clean"),
        "build": ("registry", "build", "reg", "--source", "x", "pipe"),
    }
    done = provenance(*options[command], cwd=tmp_path)
    assert done.returncode == 2
    assert "to a file" in done.stderr
