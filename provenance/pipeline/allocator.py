"""Memory that one slice of text frees is what the next one takes: it stays with the process."""

import ctypes
import sys
from functools import cache

_TRIM, _MAPPED = -1, -3
"""`M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD`, as malloc.h numbers them."""

_KEPT, _LARGEST = 64 << 20, 32 << 20
"""Bytes that an arena keeps at its end, and of an array that is taken from one."""


@cache
def keep_freed() -> bool:
    """Let the C library keep what is freed, where it is one that can be told to.

    Arrays of a slice have hundreds of kilobytes. By default glibc gives such memory back as soon as
    it is free, and the system clears it page by page when the next slice asks for it: that took
    signatures as long as signing did.

    Returns
    -------
    bool
        Whether it could be told.
    """
    if sys.platform != "linux":
        return False
    told = getattr(ctypes.CDLL(None), "mallopt", None)
    return told is not None and all((told(_TRIM, _KEPT), told(_MAPPED, _LARGEST)))
