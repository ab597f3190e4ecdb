"""Digests of files, and of extents of them."""

from concurrent.futures import CancelledError
from hashlib import sha256

import pytest
from blake3 import blake3

from provenance.read.corpus.address_resolution import find_files
from provenance.read.corpus.corpora import open_files

LARGE = b"some bytes, and some more of them" * 300_000
"""More than are read at a time."""


@pytest.mark.parametrize(
    ("first", "end"), [(0, 0), (7, 7), (0, 5), (1, len(LARGE)), (4 << 20, (8 << 20) + 1)]
)
def test_a_digest_is_that_of_the_bytes_in_an_extent(first, end, tmp_path):
    (tmp_path / "a.txt").write_bytes(LARGE)
    [file] = find_files(str(tmp_path / "a.txt")).files
    assert file.digest() == sha256(LARGE).hexdigest()
    assert file.key_of((first, end)) == blake3(LARGE[first:end]).hexdigest()


def test_what_is_no_file_of_this_machine_is_hashed_too():
    import fsspec

    with fsspec.open("memory://folder/a.txt", "wb") as file:
        file.write(b"some bytes")
    [found] = find_files("memory://folder/a.txt").files
    assert found.digest() == sha256(b"some bytes").hexdigest()
    assert found.key_of((5, 10)) == blake3(b"bytes").hexdigest()


def test_a_digest_that_nobody_wants_is_left_and_can_still_be_made(tmp_path):
    (tmp_path / "a.txt").write_bytes(LARGE)
    found = find_files(str(tmp_path / "a.txt")).files
    [hashing] = open_files(["a"], found).file_digests()
    pieces = []

    def stopped():
        pieces.append(1)
        return len(pieces) == 2

    with pytest.raises(CancelledError):
        hashing(stopped)
    assert len(pieces) == 2
    assert hashing() == hashing(stopped) == found[0].digest()
    assert len(pieces) == 2
