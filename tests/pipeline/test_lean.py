"""What a check does without stays out of the process, and nowhere else."""

import gc
import importlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.cli.telling import ReportRenderer
from provenance.pipeline.registries import Dumps, build_registry
from provenance.pipeline.report_io import written
from provenance.startup import uncollected, without
from tests.cli.commandline import process

_COMMAND = """
import atexit, sys
from provenance.cli import main
loaded = {"pandas", "scipy", "duckdb", "pyarrow.dataset", "numba", "numba.np.linalg", "pyarrow"}
atexit.register(lambda: print(sorted(loaded & set(sys.modules)), file=sys.stderr, flush=True))
main()
"""


def test_a_check_loads_only_what_it_needs(tmp_path: Path, posts, pages, write_lines) -> None:
    dump = write_lines(tmp_path / "posts.jsonl", posts)
    build_registry(tmp_path / "registry", Dumps([dump], "x"))
    corpus = write_lines(tmp_path / "pages.jsonl", [{"text": page} for page in pages])
    words = ["check", str(corpus), "--registry", str(tmp_path / "registry"), "-q"]
    loaded_by(*words)  # compiles what was not
    assert loaded_by(*words) == "['numba', 'pyarrow']"


_HASHES = """
import sys
from provenance.registry.data_files import HashedAhead

def begin(self, folders):
    loaded = {"provenance.read", "provenance.report.formats", "provenance.judge"} & set(sys.modules)
    print(list(folders), sorted(loaded), file=sys.stderr, flush=True)
    HashedAhead.begin = begun
    begun(self, folders)

HashedAhead.begin, begun = begin, HashedAhead.begin
from provenance.cli import main
main()
"""


def test_registries_are_hashed_before_whoever_reads_and_reports_is_loaded() -> None:
    command = [sys.executable, "-c", _HASHES, "check", "nowhere", "--registry", "missing"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stderr.splitlines()[0] == "[PosixPath('missing')] []"


def test_nobody_who_handles_registries_loads_what_multiplies_matrices(
    tmp_path: Path, posts, write_lines
) -> None:
    dump, folder = write_lines(tmp_path / "posts.jsonl", posts), str(tmp_path / "registry")
    build_registry(tmp_path / "first", Dumps([dump], "x"))  # compiles what was not
    build = ["registry", "build", folder, str(dump), "--source", "x", "-q"]
    assert loaded_by(*build) == "['duckdb', 'numba', 'pyarrow', 'pyarrow.dataset']"
    assert loaded_by("registry", "show", folder) == "['numba', 'pyarrow']"


_COMPILES = """
import sys
from provenance.startup import claim_process, leanly
{claim}
with leanly():
    import numpy as np, pyarrow as pa
    from provenance.fingerprint.offsets import characters
    from provenance.model import Texts
rows = np.zeros(1, np.int64)
print(characters(Texts.of(pa.array(["ab"], pa.large_string())), rows, rows + 1).tolist())
print([name for name in ("numba.np.linalg", "scipy") if name in sys.modules])
"""


def test_what_compiling_needs_is_loaded_by_who_compiles(tmp_path: Path) -> None:
    """SciPy stays out of a process of ours alone; others' kernels may multiply matrices."""
    kept = {"NUMBA_CACHE_DIR": str(tmp_path)}
    ours, theirs = _COMPILES.format(claim="claim_process()"), _COMPILES.format(claim="")
    assert printed(ours, **kept) == "[1]\n['numba.np.linalg']\n"
    assert printed(ours, **kept) == "[1]\n[]\n"  # recalled
    assert printed(theirs, NUMBA_CACHE_DIR=str(tmp_path / "theirs")).endswith("'scipy']\n")


def loaded_by(*words: str) -> str:
    """Run a command in a process of its own; give those libraries that it loads."""
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, *words], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1]


def printed(code: str, **told: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | told,
    )
    assert not done.returncode, done.stderr
    return done.stdout


def test_a_process_that_is_not_ours_alone_has_its_pandas() -> None:
    code = """
from provenance.pipeline import Settings
import pyarrow
print(pyarrow.scalar(1700000000123456789, pyarrow.timestamp("ns")).as_py())
"""
    assert printed(code) == "2023-11-14 22:13:20.123456789\n"


def test_frames_are_made_where_somebody_wants_them() -> None:
    code = """
from provenance.pipeline import claim_process
claim_process()
from provenance.pipeline import Settings
import sys, pyarrow
assert "pandas" not in sys.modules
print(len(pyarrow.table({"a": [1, 2]}).to_pandas()))
"""
    assert printed(code) == "2\n"


def test_times_finer_than_pythons_stop_no_check(tmp_path: Path, posts, pages, write_lines) -> None:
    dump = write_lines(tmp_path / "posts.jsonl", posts)
    build_registry(tmp_path / "registry", Dumps([dump], "x"))
    moment = pa.array([1700000000123456789], pa.timestamp("ns"))
    columns = {
        "text": pa.array(pages[:1]),
        "metadata": pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), moment),
        "date": moment,
    }
    pq.write_table(pa.table(columns), tmp_path / "corpus.parquet")
    words = ["check", str(tmp_path / "corpus.parquet"), "--registry", str(tmp_path / "registry")]
    done = process(*words, "-o", str(tmp_path / "report"), cwd=tmp_path)
    assert done.returncode in (0, 1), done.stderr


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


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in Linux's /proc")
def test_linear_algebra_starts_no_threads(monkeypatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    code = """
from provenance.pipeline import claim_process
claim_process()
import os
import numpy
print(len(os.listdir("/proc/self/task")))
"""
    assert printed(code) == "1\n"


@pytest.mark.parametrize("asked", [{}, {"OPENBLAS_NUM_THREADS": "3", "MIMALLOC_PURGE_DELAY": "9"}])
def test_libraries_are_told_what_nobody_told_them(monkeypatch, asked) -> None:
    told = {"OPENBLAS_NUM_THREADS": "1", "MIMALLOC_PURGE_DELAY": "-1"}
    for name in told:
        monkeypatch.delenv(name, raising=False)
    for name, value in asked.items():
        monkeypatch.setenv(name, value)
    code = f"""
from provenance.pipeline import claim_process
claim_process()
import os
print(*(os.environ[name] for name in {list(told)}))
"""
    assert printed(code).split() == list((told | asked).values())


@pytest.mark.parametrize("claimed", [True, False])
def test_what_a_compiler_keeps_is_no_garbage_where_nobody_else_s_is(claimed, monkeypatch) -> None:
    monkeypatch.setattr("provenance.startup.is_claimed", lambda: claimed)
    assert gc.isenabled()
    before = gc.get_freeze_count()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert (gc.get_freeze_count() > before) == claimed
    finally:
        gc.unfreeze()


def test_reports_are_made_without_looking_for_garbage(monkeypatch, tmp_path) -> None:
    seen: list[bool] = []
    for name in (
        "provenance.pipeline.report_io.write_report",
        "provenance.report.formats.rendering.render",
    ):
        monkeypatch.setattr(name, lambda *_: seen.append(gc.isenabled()))
    written(None, tmp_path)
    ReportRenderer("html", excerpts=True, anchor=None).text(None)
    assert seen == [False, False]
    assert gc.isenabled()
