"""Appending a line to a file: all of it or nothing."""

import errno
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from provenance.atomic_output import append_line


def _append_many(path: str, letter: str) -> None:
    for _ in range(50):
        append_line(Path(path), letter.encode() * 5000 + b"\n")


def test_writers_wait_for_each_other(tmp_path):
    path = tmp_path / "lines"
    with ProcessPoolExecutor(4) as pool:
        for job in [pool.submit(_append_many, str(path), letter) for letter in "abcd"]:
            job.result()
    lines = path.read_text().splitlines()
    assert sorted(lines) == sorted(letter * 5000 for letter in "abcd" for _ in range(50))


def test_a_line_that_was_cut_off_is_ended(tmp_path):
    path = tmp_path / "lines"
    path.write_text("one\ntw")
    append_line(path, b"three\n")
    assert path.read_text() == "one\ntw\nthree\n"


def test_a_link_is_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "lines")
    append_line(tmp_path / "link", b"one\n")
    assert (tmp_path / "lines").read_text() == "one\n"
    assert (tmp_path / "link").is_symlink()


def test_after_an_error_the_file_is_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "lines"
    path.write_text("one\n")

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        append_line(path, b"two\n")
    assert path.read_text() == "one\n"
