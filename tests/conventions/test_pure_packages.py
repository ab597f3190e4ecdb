"""Pure packages use no files, clock, randomness, environment or network."""

import ast

PURE = {"errors", "fingerprint", "judge", "match", "model"}
IMPURE_IMPORTS = {
    "asyncio", "click", "datasets", "duckdb", "fsspec", "glob", "http", "importlib.resources", "io",
    "logging", "mmap", "multiprocessing", "numpy.random", "os", "pathlib", "pickle", "platform",
    "pyarrow.csv", "pyarrow.dataset", "pyarrow.feather", "pyarrow.fs", "pyarrow.json",
    "pyarrow.parquet", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess", "sys",
    "tempfile", "time", "tqdm", "urllib.request", "uuid", "yaml", "zstandard",
}  # fmt: skip
CALLS = {"breakpoint", "eval", "exec", "input", "open", "print"}
METHODS = {
    "OSFile", "fromfile", "loadtxt", "memmap", "memory_map", "now", "read_bytes", "read_text",
    "savetxt", "savez", "to_csv", "to_json", "to_parquet", "today", "tofile", "utcnow",
    "write_bytes", "write_text",
}  # fmt: skip


def impure_uses(module):
    """Return the impure imports, calls and methods of `module`."""
    found = {
        name
        for name in module.imports
        for impure in IMPURE_IMPORTS
        if f"{name}.".startswith(f"{impure}.")
    }
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in CALLS:
            found.add(f"{node.func.id}()")
        elif isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            found.add(f".{node.func.attr}()")
    return found


def test_pure_packages_use_nothing_impure(modules):
    found_in = {m.name: found for m in modules if m.package in PURE and (found := impure_uses(m))}
    assert found_in == {}


def test_impure_code_is_seen(made_up):
    for line in (
        "import os",
        "import pyarrow.parquet as pq",
        "from pyarrow import parquet",
        "from pathlib import Path",
        "from datetime import date\ndate.today()",
        "def f(table):\n    table.to_pandas().to_csv('x')",
        "def f():\n    import random",
        "open('x')",
    ):
        assert impure_uses(made_up("provenance.match.x", line)), line
    harmless = (
        "import pyarrow as pa\nimport numpy as np\nfrom datetime import date\nimport timeit_like\n"
    )
    assert impure_uses(made_up("provenance.match.x", harmless)) == set()
