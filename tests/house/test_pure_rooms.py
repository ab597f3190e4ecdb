"""The inner rooms compute: no file, clock, chance, environment or network reaches them."""

import ast

PURE = {"errors", "fingerprint", "judge", "match", "model"}
WINDOWS = {
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


def windows(module):
    """What `module` opens: names of imports, calls and methods."""
    found = {
        name
        for name in module.imports()
        for window in WINDOWS
        if f"{name}.".startswith(f"{window}.")
    }
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in CALLS:
            found.add(f"{node.func.id}()")
        elif isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            found.add(f".{node.func.attr}()")
    return found


def test_inner_rooms_have_no_windows(modules):
    open_windows = {m.name: found for m in modules if m.room in PURE and (found := windows(m))}
    assert open_windows == {}


def test_a_window_is_seen(made_up):
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
        assert windows(made_up("provenance.match.x", line)), line
    harmless = (
        "import pyarrow as pa\nimport numpy as np\nfrom datetime import date\nimport timeit_like\n"
    )
    assert windows(made_up("provenance.match.x", harmless)) == set()
