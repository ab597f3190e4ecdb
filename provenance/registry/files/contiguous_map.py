"""Map several files one after the other in memory, to be read as one array."""

import ctypes
import mmap
import os
from collections.abc import Sequence

import numpy as np

from provenance.model.content.fingerprints import UInt8s
from provenance.registry.files.mapped_files import MappedFile

_NO_RESERVE = 0x4000 if os.uname().sysname == "Linux" else 0
_FIXED = 0x10  # MAP_FIXED, on Linux and macOS


def map_contiguously(files: Sequence[MappedFile]) -> tuple[UInt8s, list[int]]:
    """Map files one after the other.

    Parameters
    ----------
    files : sequence of MappedFile
        The files, none of them empty.

    Returns
    -------
    memory : ndarray of uint8
        All files, each from a page's start, with zeros up to the end of its last page. Changes to
        it stay in memory. A file is copied if it is encrypted, if the system cannot map it at a
        given address, or if it was removed since it was mapped.
    starts : list of int
        Where each file begins.
    """
    sizes = [len(file.content()) for file in files]
    pages = [-(-size // mmap.PAGESIZE) * mmap.PAGESIZE for size in sizes]
    starts = np.concatenate([[0], np.cumsum(pages)]).tolist()
    region = mmap.mmap(-1, starts.pop(), flags=mmap.MAP_PRIVATE | mmap.MAP_ANON | _NO_RESERVE)
    memory = np.frombuffer(region, np.uint8)
    for file, size, start in zip(files, sizes, starts, strict=True):
        if file.key_id or not _map_file(memory[start:], file, size):
            memory[start : start + size] = np.frombuffer(file.content(), np.uint8)
            file.release()
    return memory, starts


def _map_file(memory: UInt8s, file: MappedFile, size: int) -> bool:
    """Map a file over the first pages of an array; return whether that succeeded."""
    try:
        with file.path.open("rb") as stream:
            has_size = os.fstat(stream.fileno()).st_size == size
            return has_size and _map_at(memory, stream.fileno(), size)
    except OSError:
        return False


def _map_at(memory: UInt8s, descriptor: int, size: int) -> bool:
    """Map a file over the first pages of an array; return whether that succeeded."""
    map_file = getattr(ctypes.CDLL(None), "mmap", None)
    if map_file is None:
        return False
    map_file.restype = ctypes.c_void_p
    map_file.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_longlong]
    address = memory.ctypes.data
    protection, flags = mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE | _FIXED
    return bool(map_file(address, size, protection, flags, descriptor, 0) == address)
