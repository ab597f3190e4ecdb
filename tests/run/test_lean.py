"""What a check does without stays out of the process, and nowhere else."""

import importlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provenance.run import Dumps, build_registry
from provenance.run.lean import without

_CHECK = """
import atexit, sys
from provenance.cli import main
loaded = {"pandas", "scipy.linalg", "duckdb", "numba", "pyarrow"}
atexit.register(lambda: print(sorted(loaded & set(sys.modules)), file=sys.stderr, flush=True))
main()
"""


def test_a_check_loads_neither_pandas_nor_linear_algebra(
    tmp_path: Path, posts, pages, write_lines
) -> None:
    dump = write_lines(tmp_path / "posts.jsonl", posts)
    build_registry(tmp_path / "registry", Dumps([dump], "x"))
    corpus = write_lines(tmp_path / "pages.jsonl", [{"text": page} for page in pages])
    words = ["check", str(corpus), "--registry", str(tmp_path / "registry"), "-q"]
    done = subprocess.run(
        [sys.executable, "-c", _CHECK, *words], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "['duckdb', 'numba', 'pyarrow']"


def test_arrow_finds_pandas_later() -> None:
    code = """
from provenance.run import Settings
import sys, pyarrow
assert "pandas" not in sys.modules
print(len(pyarrow.table({"a": [1, 2]}).to_pandas()))
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.stdout == "2\n", done.stderr


def test_a_module_is_absent_for_one_thread_and_for_a_while(monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    monkeypatch.setattr("builtins.print", lambda *_: None)
    with without("this"):
        with pytest.raises(ModuleNotFoundError, match="this is not loaded"):
            importlib.import_module("this")
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(importlib.import_module, "this").result().__name__ == "this"
    monkeypatch.delitem(sys.modules, "this")
    assert importlib.import_module("this").__name__ == "this"


def test_a_module_that_is_loaded_already_is_there() -> None:
    with without("json"):
        assert importlib.import_module("json") is sys.modules["json"]
