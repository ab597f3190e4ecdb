"""Digests of files, and of extents of them."""

from hashlib import sha256

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.read import files
from provenance.read.addresses import find_files


@given(content=st.binary(min_size=1, max_size=40), ends=st.tuples(*[st.integers(0, 40)] * 2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_digest_is_that_of_the_bytes_in_an_extent(content, ends, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_HASHED_AT_ONCE", 7)
    (tmp_path / "a.txt").write_bytes(content)
    [file] = find_files(str(tmp_path / "a.txt")).files
    first, end = sorted(ends)
    assert file.digest() == sha256(content).hexdigest()
    assert file.digest((first, end)) == sha256(content[first:end]).hexdigest()


def test_what_is_no_file_of_this_machine_is_hashed_too():
    import fsspec

    with fsspec.open("memory://folder/a.txt", "wb") as file:
        file.write(b"some bytes")
    [found] = find_files("memory://folder/a.txt").files
    assert found.digest((5, 10)) == sha256(b"bytes").hexdigest()
