"""Parts of kernels: what calls them is compiled with them, and nothing else can call them."""

import numpy as np
import pytest
from numba.core.compiler import Flags
from numba.core.runtime import _nrt_python, rtsys

from provenance.jit.decorators import inlined, inner, kernel, maker
from tests.match.parts import callable_part


@inlined
def _doubled(number):
    return number + number


@inner
def _sum(numbers):
    total = 0
    for number in numbers:
        total += _doubled(number)
    return total


@maker
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
def test_python_is_told_that_a_part_cannot_be_called(part):
    with pytest.raises(TypeError, match="not callable"):
        part(np.zeros(3, np.int64) if part is _sum else 3)
    assert callable_part(_doubled)(4) == 8


def test_what_a_part_makes_is_freed():
    _nrt_python.memsys_enable_stats()
    before = rtsys.get_allocation_stats()
    _sum_below(1 << 10)
    after = rtsys.get_allocation_stats()
    assert after.alloc - before.alloc == after.free - before.free > 0


def test_numbas_options_are_as_it_tells_them_itself():
    flags = Flags()
    flags.nrt = True
    flags.error_model = "numpy"
    for options in (Flags(), flags, flags.copy()):
        assert options.values() == {name: getattr(options, name) for name in options.options}
    assert flags == flags.copy() != Flags()
    assert hash(flags) == hash(flags.copy())
