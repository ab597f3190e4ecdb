"""Arrays are written as they grow, and mapped as they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import CorruptFile, DigestMismatch
from provenance.registry.files.arrays_file import ArraySink, map_array
from provenance.registry.files.mapped_files import map_file

PIECES = st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=9), max_size=5)


@given(pieces=PIECES, dtype=st.sampled_from([np.uint32, np.uint64]))
def test_what_was_put_is_mapped_and_is_what_numpy_loads(pieces, dtype, tmp_path_factory):
    path = tmp_path_factory.mktemp("a") / "values.npy"
    with ArraySink(path, dtype) as sink:
        for piece in pieces:
            sink.put(np.array(piece, dtype))
    expected = [value for piece in pieces for value in piece]
    mapped = map_array(map_file(path), dtype, len(expected))
    assert mapped.dtype == dtype
    assert mapped.tolist() == np.load(path).tolist() == expected


def test_the_file_stays_as_it_is_whatever_is_done_to_the_array(tmp_path):
    path = tmp_path / "values.npy"
    with ArraySink(path, np.uint16) as sink:
        sink.put(np.arange(9, dtype=np.uint16))
    before = path.read_bytes()
    map_array(map_file(path), np.uint16)[3] = 77
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:50],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"PAR1" + data[4:],
        lambda data: data[:8] + b"\xff\xff" + data[10:],
    ],
)
def test_a_damaged_array_is_an_error_of_ours(spoil, tmp_path):
    path = tmp_path / "values.npy"
    with ArraySink(path, np.uint32) as sink:
        sink.put(np.arange(40, dtype=np.uint32))
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(CorruptFile, match=r"values\.npy") as caught:
        map_array(map_file(path), np.uint32)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("values", "count"),
    [
        (np.arange(4, dtype=np.uint64), 4),
        (np.arange(4, dtype=">u4"), 4),
        (np.arange(4, dtype=np.uint32).reshape(2, 2), 2),
        (np.arange(4, dtype=np.uint32), 5),
        (np.array(["a", None], object), None),
    ],
)
def test_an_array_of_another_kind_or_length_is_an_error_of_ours(values, count, tmp_path):
    np.save(tmp_path / "values.npy", values)
    with pytest.raises(CorruptFile, match=r"values\.npy"):
        map_array(map_file(tmp_path / "values.npy"), np.uint32, count)


def test_an_array_that_is_gone_is_missing(tmp_path):
    with pytest.raises(DigestMismatch, match=r"none\.npy cannot be read: No such file"):
        map_file(tmp_path / "none.npy")


def test_an_array_that_is_cut_short_before_it_is_viewed_is_an_error_of_ours(tmp_path):
    path = tmp_path / "values.npy"
    with ArraySink(path, np.uint32) as sink:
        sink.put(np.arange(4000, dtype=np.uint32))
    mapped = map_file(path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DigestMismatch, match=r"values\.npy has 100 bytes"):
        map_array(mapped, np.uint32)
