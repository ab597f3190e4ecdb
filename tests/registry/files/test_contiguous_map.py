"""Files are read as one array, whether or not the system maps them so."""

import ctypes
import mmap
import os
from types import SimpleNamespace

import numpy as np
import pytest

from provenance.errors import DigestMismatch
from provenance.registry.files.contiguous_map import map_contiguously
from provenance.registry.files.mapped_files import map_file

PAGE = mmap.PAGESIZE
SIZES = [1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE, 7]


@pytest.fixture
def files(tmp_path):
    dice = np.random.default_rng(5)
    for number, size in enumerate(SIZES):
        (tmp_path / f"{number}.npy").write_bytes(dice.bytes(size))
    return [map_file(tmp_path / f"{number}.npy") for number in range(len(SIZES))]


def is_whole(files, memory, starts):
    expected = np.zeros(len(memory), np.uint8)
    for file, start in zip(files, starts, strict=True):
        expected[start : start + len(file.memory)] = np.frombuffer(file.memory, np.uint8)
    return np.array_equal(memory, expected)


def mapped_files():
    """Give the names of the files that this process has mapped."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        return [line.split()[-1] for line in maps]


def test_each_file_begins_on_a_page_and_zeros_follow_it(files):
    memory, starts = map_contiguously(files)
    assert starts == [0, PAGE, 2 * PAGE, 3 * PAGE, 5 * PAGE, 8 * PAGE]
    assert len(memory) == 9 * PAGE
    assert is_whole(files, memory, starts)


def test_files_are_mapped_and_not_copied(files):
    if not os.path.exists("/proc/self/maps"):
        pytest.skip("only Linux lists what is mapped")
    before = mapped_files().count(str(files[4].path))
    memory, _ = map_contiguously(files)
    assert mapped_files().count(str(files[4].path)) == before + 1
    del memory
    assert mapped_files().count(str(files[4].path)) == before


def test_what_is_written_stays_in_memory(files):
    memory, starts = map_contiguously(files)
    contents = [file.path.read_bytes() for file in files]
    memory[:] ^= 0xFF
    assert [file.path.read_bytes() for file in files] == contents
    assert is_whole(files, *map_contiguously(files))
    assert not is_whole(files, memory, starts)


@pytest.mark.parametrize("mmap_of_c", [None, lambda *_: ctypes.c_void_p(-1).value])
def test_where_files_cannot_be_mapped_at_an_address_they_are_copied(files, monkeypatch, mmap_of_c):
    library = SimpleNamespace()
    if mmap_of_c is not None:
        library.mmap = mmap_of_c
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    memory, starts = map_contiguously(files)
    monkeypatch.undo()
    assert is_whole(files, memory, starts)
    if os.path.exists("/proc/self/maps"):
        assert mapped_files().count(str(files[4].path)) == 1


def test_a_file_that_was_removed_is_read_from_its_map(files):
    files[2].path.unlink()
    files[4].path.unlink()
    assert is_whole(files, *map_contiguously(files))


def test_a_file_that_was_truncated_is_an_error_of_ours(files):
    os.truncate(files[4].path, 5)
    with pytest.raises(DigestMismatch, match=r"4\.npy has 5 bytes; the manifest says"):
        map_contiguously(files)
