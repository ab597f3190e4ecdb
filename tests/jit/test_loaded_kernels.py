"""Kernels loaded from the cache do what the compiled ones did."""

import os
import pkgutil
import subprocess
import sys
from importlib import import_module

import numba
import pytest

import provenance
from provenance.jit.decorators import allocating_part, kernel, needs_compiling
from provenance.jit.kernel_cache import KernelCache

KERNELS = """
import numpy as np
from provenance.jit.decorators import kernel, allocating_part


@allocating_part
def room(count):
    return np.zeros(count)


@kernel
def many(count):
    return len(room(count))


@kernel
def picky(count):
    if count > 2:
        raise ValueError("too many")
    return room(count).sum()


@kernel
def several(numbers, first):
    return numbers[first], numbers[first:], (numbers, 3)
"""
CALLS = """
import sys
import numpy as np
from kernels import many, picky, several

for call in (lambda: many(3), lambda: many(1 << 59), lambda: many(-1), lambda: picky(9)):
    try:
        print(call())
    except (MemoryError, ValueError) as error:
        print(type(error).__name__, error)
print(picky(1), several(np.arange(4), 2), several(np.arange(2.0), 1))
print("numba.np.linalg" in sys.modules, file=sys.stderr)
"""


def dispatchers(module):
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, numba.core.dispatcher.Dispatcher)
    }


def is_cached(value):
    return isinstance(getattr(value, "_cache", None), KernelCache)


def cached_callees(function):
    """Name the kernels that a compiled function calls: nothing is stored to link them by."""
    code, known = function.py_func.__code__, function.py_func.__globals__
    return [name for name in code.co_names if is_cached(known.get(name))]


def test_what_is_cached_does_what_was_compiled(tmp_path, root):
    (tmp_path / "kernels.py").write_text(KERNELS, "utf-8")
    settings = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(root)}
    first, again = (
        subprocess.run(
            [sys.executable, "-c", CALLS],
            cwd=tmp_path,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(2)
    )
    assert again.stdout == first.stdout
    kept = sorted(path.name.partition("-")[0] for path in (tmp_path / "cache").rglob("*.kernel"))
    assert kept == ["kernels.many", "kernels.picky", *["kernels.several"] * 2]
    assert "MemoryError" in first.stdout
    assert "ValueError negative dimensions" in first.stdout
    assert "ValueError too many" in first.stdout
    assert (first.stderr, again.stderr) == ("True\n", "False\n")


def test_no_kernel_calls_a_kernel():
    rooms = pkgutil.walk_packages(provenance.__path__, "provenance.")
    modules = [import_module(room.name) for room in rooms if "__main__" not in room.name]
    known = {f"{m.__name__}.{name}": d for m in modules for name, d in dispatchers(m).items()}
    assert sum(map(is_cached, known.values())) > 20
    assert {name: found for name, d in known.items() if (found := cached_callees(d))} == {}


@kernel
def _callee(number):
    return number


@kernel
def _caller(number):
    return _callee(number)


@allocating_part
def _part(number):
    return number


@kernel
def _kernel(number):
    return _part(number)


@pytest.mark.parametrize(("function", "found"), [(_caller, ["_callee"]), (_kernel, [])])
def test_a_kernel_that_calls_a_kernel_is_reported(function, found):
    assert cached_callees(function) == found


@kernel
def next_number(number):
    return number + 1


def test_a_kernel_that_is_loaded_is_not_looked_for_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "one"))
    assert needs_compiling(next_number)
    assert next_number(1) == 2
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "other"))
    assert not needs_compiling(next_number)
