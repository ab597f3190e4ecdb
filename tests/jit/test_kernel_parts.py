"""Parts of kernels: what calls them is compiled with them, and nothing else can call them."""

import numpy as np
import pytest
from numba.core.runtime import _nrt_python, rtsys

from provenance.jit.decorators import allocating_part, inlined, kernel, kernel_part
from tests.match.kernel_parts import callable_part


@inlined
def _doubled(number):
    return number + number


@kernel_part
def _sum(numbers):
    total = 0
    for number in numbers:
        total += _doubled(number)
    return total


@allocating_part
def _filled(size):
    numbers = np.empty(size, np.int64)
    for place in range(size):
        numbers[place] = place
    return numbers


@kernel
def _sum_below(size):
    return _sum(_filled(size))


def test_a_kernel_does_what_its_parts_do_as_python():
    assert [_sum_below(size) for size in range(9)] == [
        sum(2 * place for place in range(size)) for size in range(9)
    ]


@pytest.mark.parametrize("part", [_doubled, _sum, _filled])
def test_calling_a_part_from_python_raises(part):
    with pytest.raises(TypeError, match="not callable"):
        part(np.zeros(3, np.int64) if part is _sum else 3)
    assert callable_part(_doubled)(4) == 8


def test_arrays_that_a_part_allocates_are_freed():
    _nrt_python.memsys_enable_stats()
    before = rtsys.get_allocation_stats()
    _sum_below(1 << 10)
    after = rtsys.get_allocation_stats()
    assert after.alloc - before.alloc == after.free - before.free > 0
