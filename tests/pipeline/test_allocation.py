"""Freed memory stays with the process: what is asked for again is not cleared again."""

import platform
import subprocess
import sys

import pytest

from provenance.pipeline.allocator import keep_freed

COUNTED = """
import resource, sys
from threading import Thread
import numpy as np
from provenance.pipeline.allocator import keep_freed
if sys.argv[1] == "kept":
    assert keep_freed()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    for turn in range(30):
        if turn == 10:
            before = faults()
        arrays = [np.ones(1 << 18) for _ in range(3)]
        del arrays
    print(faults() - before)
one = Thread(target=work)
one.start()
one.join()
"""


def faults(how):
    command = [sys.executable, "-c", COUNTED, how]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_arrays_of_the_next_slice_fault_no_more():
    pages = 20 * 3 * (1 << 18) * 8 // 4096
    assert faults("kept") < pages / 100
    assert faults("given back") > pages / 2


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_it_can_be_told_again():
    assert keep_freed()
    assert keep_freed()
