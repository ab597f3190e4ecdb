"""Kernels work without the private parts of numba that make them faster to load and compile."""

import os
import subprocess
import sys

import pytest

PRIVATE = [
    ("numba.core.codegen", "JITCodeLibrary"),
    ("numba.core.compiler", "CompileResult._rebuild"),
    ("numba.core.compiler", "CompileResult._reduce"),
    ("numba.core.cpu", "CPUTargetOptions"),
    ("numba.core.environment", "_rebuild_env"),
    ("numba.core.runtime.nrt", "rtsys"),
]

HIDE = """
import importlib
import numba
numba.njit(lambda number: number)(1)  # numba loads the rest of itself at its first use

def hide(module, path):
    *owners, name = path.split(".")
    holder = importlib.import_module(module)
    for owner in owners:
        holder = getattr(holder, owner)
    delattr(holder, name)
"""
KERNELS = """
import numpy as np
from provenance.jit.argsort import stable_argsort
from provenance.jit.decorators import allocating_part, inlined, kernel, kernel_part
from provenance.jit.intrinsics import popcount


@inlined
def doubled(number):
    return 2 * number


@kernel_part
def summed(numbers):
    total = 0
    for number in numbers:
        total += doubled(number)
    return total


@allocating_part
def squares(count):
    made = np.empty(count, np.int64)
    for place in range(count):
        made[place] = place * place
    return made


@kernel
def run(count):
    numbers = squares(count)
    return summed(numbers), stable_argsort(-numbers), popcount(np.uint64(255))
"""
CALLS = """
from kernels import run
total, order, bits = run(40)
assert (total, order.tolist(), bits) == (41080, list(range(39, -1, -1)), 8)
from provenance.jit import numba_internals
print(bool(numba_internals.part_options()), numba_internals.attach_cache(run, object()))
"""


def run_python(tmp_path, root, code):
    (tmp_path / "kernels.py").write_text(KERNELS, "utf-8")
    settings = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_kernels_use_the_private_parts_that_this_numba_has(tmp_path, root):
    outcome = run_python(tmp_path, root, CALLS)
    assert outcome.stdout == "True True\n", outcome.stderr


@pytest.mark.parametrize(("module", "path"), PRIVATE)
def test_kernels_work_without_a_private_part_of_numba(tmp_path, root, module, path):
    outcome = run_python(tmp_path, root, f"{HIDE}\nhide({module!r}, {path!r})\n{CALLS}")
    assert outcome.returncode == 0, outcome.stderr
    if path != "CPUTargetOptions":  # without it, only undocumented options are left out
        assert "False" in outcome.stdout


def test_a_numba_that_cannot_keep_kernels_is_reported(tmp_path, root):
    hidden = "hide('numba.core.caching', 'NullCache')"
    outcome = run_python(tmp_path, root, f"{HIDE}\n{hidden}\n{CALLS}")
    assert (outcome.returncode, outcome.stdout) == (0, "True False\n"), outcome.stderr
    assert "Compiled code cannot be cached, so each run compiles it again" in outcome.stderr
    assert not list(tmp_path.rglob("*.kernel"))


def test_kernels_work_where_their_code_cannot_be_stored(tmp_path, root):
    broken = (
        "from numba.core.compiler import CompileResult\n"
        "CompileResult._reduce = lambda self: ()\nCompileResult._rebuild = lambda self: 1 / 0\n"
    )
    for _ in range(2):
        outcome = run_python(tmp_path, root, broken + CALLS)
        assert outcome.returncode == 0, outcome.stderr
