"""A check from Python leaves numba as other users of the process know it."""

import subprocess
import sys

CHECK = """
import os, sys
import numba
from numba.core import caching, codegen, compiler, cpu, dispatcher, funcdesc, targetconfig
from numba.core.typing import templates

def state():
    modules = (caching, codegen, compiler, cpu, dispatcher, funcdesc, targetconfig, templates)
    classes = {v for m in modules for v in vars(m).values() if isinstance(v, type)}
    members = {
        (c.__module__, c.__qualname__, name): id(value)
        for c in classes
        if c.__module__.startswith("numba")
        for name, value in vars(c).items()
        if not name.startswith("_abc_") and name not in ("__dict__", "__weakref__")
    }
    return members | {(m.__name__, "", n): id(v) for m in modules for n, v in vars(m).items()}

@numba.njit
def before(number):
    return number + 1

assert before(1) == 2
was = state()
import provenance
provenance.check(sys.argv[1], registries=sys.argv[2])
changed = {key for key in was.keys() | state().keys() if was.get(key) != state().get(key)}
assert not changed, changed

@numba.njit(boundscheck=True)
def after(numbers, place):
    return numbers[place]

import numpy as np
try:
    after(np.zeros(2), 5)
except IndexError:
    print("as before")
"""


def test_a_check_changes_nothing_in_numba(tmp_path, root, registry, posts, pages, write_lines):
    rows = [{"text": f"{pages[0]} {posts[20]['text']}"}]
    corpus = write_lines(tmp_path / "corpus.jsonl", rows)
    command = [sys.executable, "-c", CHECK, corpus, registry]
    outcome = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert outcome.stdout == "as before\n", outcome.stderr
