"""The first check on a machine: what two processes compile is what the check then needs."""

import os
import shutil
import subprocess
import sys
import time
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from provenance import disk_cache
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.checking import jit_warmup
from provenance.pipeline.checking.jit_warmup import compile_matching
from provenance.pipeline.scan.readings import build_registry_indexes
from provenance.registry.store import open_registry

_PREPARE = """
import sys
from pathlib import Path
from provenance.registry.store import open_registry
from provenance.pipeline.checking import jit_warmup
from provenance.pipeline.checking.jit_warmup import compile_kernels
jit_warmup.scan_needs_compiling = lambda: True  # also where it is compiled
from provenance.pipeline.scan.readings import build_registry_indexes
registry = Path(sys.argv[1])
compile_kernels(registry, lambda: build_registry_indexes([open_registry(registry)])[0], quiet=True)
"""
OURS = Path(__file__).parents[3]
_CHECK = "from provenance.cli import main; main()"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, posts, write_lines) -> Path:
    folder = tmp_path_factory.mktemp("first")
    build_registry(
        folder / "registry", DumpSource([write_lines(folder / "posts.jsonl", posts)], "x")
    )
    return folder / "registry"


def ran(cache: Path, code: str, *words: str) -> int:
    """Run our code from where it stands, though another package of its name is installed."""
    other = cache.parent / "other"
    (other / "provenance").mkdir(parents=True, exist_ok=True)
    (other / "provenance" / "__init__.py").write_text("raise ImportError")
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": str(other)}
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, cwd=OURS)
    return done.returncode


def used(cache: Path) -> set[str]:
    """Return the kernels that were compiled or recalled since `age`, which looks the same."""
    kernels = cache.rglob("*.kernel")
    return {path.name for path in kernels if time.time() - path.stat().st_mtime < 3600}


def age(cache: Path) -> None:
    """Let all kernels look as if nobody had used them for days: their next use is noted."""
    days_ago = time.time() - 3 * 24 * 3600
    for path in cache.rglob("*.kernel"):
        os.utime(path, (days_ago, days_ago))


@pytest.mark.parametrize(
    "start", ["what this machine has", pytest.param("nothing", marks=pytest.mark.long)]
)
def test_a_check_compiles_nothing_that_was_prepared(
    tmp_path: Path, registry: Path, posts, pages, write_lines, start
) -> None:
    cache = tmp_path / "compiled"
    if start != "nothing":
        (cache / "provenance").mkdir(parents=True, mode=0o700)
        compiled = Path(cache_from_source(disk_cache.__file__)).with_name("made")
        for kernel in compiled.glob("*.kernel"):
            shutil.copy(kernel, cache / "provenance")
        age(cache)
    assert ran(cache, _PREPARE, str(registry)) == 0
    prepared = used(cache)
    age(cache)
    texts = [{"text": page} for page in pages] + [{"text": post["text"]} for post in posts[:50]]
    corpus = write_lines(tmp_path / "corpus.jsonl", texts)
    assert ran(cache, _CHECK, "check", str(corpus), "--registry", str(registry)) == 1

    later = {name.partition("-")[0] for name in used(cache) - prepared}
    before = {name.partition("-")[0] for name in prepared}
    assert {
        "tokenize._tokenize_all",
        "candidate_scan._scan_all",
        "information._measure_all",
    } <= before
    assert not later & before
    assert len(later) <= 2


def test_a_registry_without_items_is_looked_up(tmp_path: Path) -> None:
    dump = tmp_path / "nothing.jsonl"
    dump.write_text('{"id": "1", "text": "."}\n')
    build_registry(tmp_path / "registry", DumpSource([str(dump)], "x"))
    compile_matching(tmp_path / "registry")


def test_where_no_process_may_be_started_this_one_compiles(registry, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(jit_warmup, "scan_needs_compiling", lambda: True)
    monkeypatch.setattr(jit_warmup.subprocess, "Popen", refuse)
    jit_warmup.compile_kernels(
        registry, lambda: build_registry_indexes([open_registry(registry)])[0], quiet=True
    )
