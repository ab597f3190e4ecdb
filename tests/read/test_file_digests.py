"""Digests of files, and of extents of them."""

from concurrent.futures import CancelledError
from hashlib import sha256

import pytest
from blake3 import blake3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance import file_hashing
from provenance.read.corpus.address_resolution import find_files
from provenance.read.corpus.corpora import open_files


@given(content=st.binary(min_size=1, max_size=40), ends=st.tuples(*[st.integers(0, 40)] * 2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_digest_is_that_of_the_bytes_in_an_extent(content, ends, tmp_path, monkeypatch):
    monkeypatch.setattr(file_hashing, "_LARGE_CHUNK", 7)
    monkeypatch.setattr(file_hashing, "_CACHED_CHUNK", 5)
    (tmp_path / "a.txt").write_bytes(content)
    [file] = find_files(str(tmp_path / "a.txt")).files
    first, end = sorted(ends)
    assert file.digest() == sha256(content).hexdigest()
    assert file.key_of((first, end)) == blake3(content[first:end]).hexdigest()


def test_what_is_no_file_of_this_machine_is_hashed_too():
    import fsspec

    with fsspec.open("memory://folder/a.txt", "wb") as file:
        file.write(b"some bytes")
    [found] = find_files("memory://folder/a.txt").files
    assert found.digest() == sha256(b"some bytes").hexdigest()
    assert found.key_of((5, 10)) == blake3(b"bytes").hexdigest()


def test_a_digest_that_nobody_wants_is_left_and_can_still_be_made(tmp_path, monkeypatch):
    monkeypatch.setattr(file_hashing, "_LARGE_CHUNK", 7)
    (tmp_path / "a.txt").write_bytes(b"some bytes, and some more of them")
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
