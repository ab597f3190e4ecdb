"""Whatever is wrong with the folder of compiled kernels, they are compiled, and do the same."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.faults.caches.unprivileged import options

KERNELS = """
import numpy as np
from provenance.jit.decorators import kernel


@kernel
def total(numbers):
    sum = 0
    for number in numbers:
        sum += number
    return sum
"""
CALL = """
import numpy as np
from kernels import total

print(total(np.arange(5)), sum(total.stats.cache_hits.values()))
"""
COMPILED, RECALLED = "10 0\n", "10 1\n"
ONCE = "Compiled code cannot be cached"


@pytest.fixture
def kernels(tmp_path):
    """A folder with a module that has a kernel."""
    (tmp_path / "kernels.py").write_text(KERNELS)
    return tmp_path


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A folder in which the kernel was kept."""
    folder = tmp_path_factory.mktemp("warm")
    (folder / "kernels.py").write_text(KERNELS)
    assert call(folder, folder / "cache").stdout == COMPILED
    return folder / "cache"


@pytest.fixture
def cache(warm, kernels):
    """A copy of that folder, for a test of its own."""
    return Path(shutil.copytree(warm, kernels / "cache"))


def call(folder: Path, cache: Path, code: str = CALL, **more) -> subprocess.CompletedProcess:
    """Call the kernel in a process of its own."""
    told = {"PYTHONPATH": f"{Path(__file__).parents[3]}", "NUMBA_CACHE_DIR": str(cache)}
    environment = os.environ | told
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, **more
    )


def kept(cache: Path) -> Path:
    (found,) = (cache / "provenance").glob("kernels.total-*.kernel")
    return found


def test_what_was_compiled_is_recalled_from_files_of_this_user_alone(kernels, cache):
    assert call(kernels, cache).stdout == RECALLED
    assert kept(cache).stat().st_mode & 0o777 == 0o600
    assert (cache / "provenance").stat().st_mode & 0o777 == 0o700


def test_nothing_that_is_kept_of_a_kernel_is_a_pickle(cache):
    head, _, code = kept(cache).read_bytes()[32:].partition(b"\n")
    told = json.loads(head)
    assert set(told) == {"library", "function", "environment", "dtypes", "code"}
    assert code[:4] in (b"\x7fELF", b"\xcf\xfa\xed\xfe")
    assert code[told["code"] :][:4] in (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")


def flipped(path: Path, at: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(at * (len(content) - 1))] ^= 4
    path.write_bytes(content)


DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "cut in its digest": lambda path: os.truncate(path, 20),
    "cut in its code": lambda path: os.truncate(path, path.stat().st_size // 2),
    "flipped at the start": lambda path: flipped(path, 0.0),
    "flipped in its names": lambda path: flipped(path, 0.02),
    "flipped in its code": lambda path: flipped(path, 0.5),
    "flipped at the end": lambda path: flipped(path, 1.0),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "a link": lambda path: (shutil.copy(path, path.with_suffix(".x")), path.unlink(),
                            path.symlink_to(path.with_suffix(".x"))),
    "another's to write": lambda path: path.chmod(0o666),
}  # fmt: skip


def call_here(folder: Path) -> tuple[int, int]:
    """Load the module in this process, as if for the first time; give what its caller prints."""
    spec = importlib.util.spec_from_file_location("kernels", folder / "kernels.py")
    module = sys.modules["kernels"] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        total = module.total(np.arange(5))
    finally:
        del sys.modules["kernels"]
    return total, sum(module.total.stats.cache_hits.values())


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_kernel_is_compiled_and_replaced(kernels, cache, damage, monkeypatch, caplog):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(cache))
    assert call_here(kernels) == (10, 1)
    damage(kept(cache))
    assert [call_here(kernels) for _ in range(2)] == [(10, 0), (10, 1)]
    assert caplog.messages == []


def test_the_kernel_of_another_signature_or_source_is_not_believed(kernels, cache):
    content, name = kept(cache).read_bytes(), kept(cache)
    (kernels / "kernels.py").write_text(KERNELS.replace("sum = 0", "sum = 1"))
    assert call(kernels, cache).stdout == "11 0\n"
    (other,) = set(name.parent.glob("kernels.*")) - {name}
    other.write_bytes(content)
    assert call(kernels, cache).stdout == "11 0\n"


def folder_in_place(cache):
    name = kept(cache)
    name.unlink()
    name.mkdir()


def file_in_place(cache):
    shutil.rmtree(cache / "provenance")
    (cache / "provenance").write_text("no folder")


def open_to_all(cache):
    (cache / "provenance").chmod(0o777)


def unwritable(cache):
    shutil.rmtree(cache / "provenance")
    cache.chmod(0o555)


def read_only(cache):
    kept(cache).unlink()
    (cache / "provenance").chmod(0o555)


def unreadable(cache):
    (cache / "provenance").chmod(0o000)


def of_another(cache):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(cache / "provenance", 65534, -1)


REFUSED = {
    folder_in_place: "Is a directory",
    file_in_place: "it is not a folder",
    open_to_all: "others can write to it",
    unwritable: "Permission denied",
    read_only: "it cannot be written",
    unreadable: "it cannot be written",
    of_another: "it belongs to another user",
}


@pytest.mark.parametrize(("prepare", "reason"), REFUSED.items(), ids=REFUSED.values())
def test_where_no_kernel_can_be_kept_it_runs_and_that_is_said_once(kernels, cache, prepare, reason):
    prepare(cache)
    twice = CALL + "total(np.arange(2.0))\n"
    done = call(kernels, cache, twice, **options())
    assert (done.returncode, done.stdout) == (0, COMPILED)
    assert done.stderr.count(ONCE) == 1
    assert reason in done.stderr
    assert "Try: set NUMBA_CACHE_DIR" in done.stderr


def test_a_kernel_that_root_keeps_for_all_is_recalled_from_a_read_only_folder(kernels, cache):
    kept(cache).chmod(0o444)
    (cache / "provenance").chmod(0o555)
    done = call(kernels, cache, **options())
    assert (done.stdout, done.stderr) == (RECALLED, "")


def test_a_full_disk_is_said_once_and_leaves_nothing(kernels):
    cache = kernels / "cache"
    full = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n" + CALL
    done = call(kernels, cache, full)
    assert (done.returncode, done.stdout) == (0, COMPILED)
    assert done.stderr.count(ONCE) == 1
    assert "File too large" in done.stderr
    assert list((cache / "provenance").iterdir()) == []


def test_what_nobody_used_for_a_month_is_removed(kernels):
    cache = kernels / "cache"
    (cache / "provenance").mkdir(parents=True, mode=0o700)
    old, new = cache / "provenance" / "old.kernel", cache / "provenance" / "new.kernel"
    old.write_bytes(b"half")
    new.write_bytes(b"whole")
    os.utime(old, (0, 0))
    call(kernels, cache)
    assert not old.exists()
    assert new.exists()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A copy of the package in a tree in which nobody may write, and no home."""
    folder = tmp_path_factory.mktemp("installed")
    source = Path(__file__).parents[3]
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source / "provenance", folder / "site" / "provenance", ignore=without)
    shutil.copytree(source / "rules", folder / "site" / "provenance" / "rules")
    for path in [folder / "site", *(folder / "site").rglob("*")]:
        if path.is_dir():
            path.chmod(0o555)
    (folder / "root").mkdir(mode=0o555)
    yield folder
    for path in [folder / "site", *(folder / "site").rglob("*"), folder / "root"]:
        if path.is_dir():
            path.chmod(0o755)


def homeless(installed: Path) -> dict[str, str]:
    """Return the environment of a user without a home, who may not write to the package."""
    names = ("NUMBA_CACHE_DIR", "PROVENANCE_CACHE", "XDG_CACHE_HOME", "PYTHONPYCACHEPREFIX")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    nowhere = str(installed / "root" / "home")
    return {**kept, "HOME": nowhere, "PYTHONPATH": str(installed / "site")}


def run(installed, arguments, cwd, **more):
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=cwd,
        env={**homeless(installed), **more.pop("env", {})},
        capture_output=True,
        text=True,
        check=False,
        **options(),
    )


def test_a_user_without_a_home_runs_a_package_that_only_root_can_write(installed, kernels):
    code = f"import sys; sys.path.append('.')\n{CALL}"
    done = run(installed, ["-c", code], kernels)
    assert (done.returncode, done.stdout) == (0, COMPILED), done.stderr
    assert done.stderr.count(ONCE) == 1
    assert len(done.stderr.splitlines()) == 1
    assert str(installed / "root" / "home") in done.stderr


def test_a_folder_that_provenance_cache_names_serves_where_there_is_no_other(installed, kernels):
    code = f"import sys; sys.path.append('.')\n{CALL}"
    env = {"PROVENANCE_CACHE": str(kernels / "own")}
    done = [run(installed, ["-c", code], kernels, env=env) for _ in range(2)]
    assert [one.stdout for one in done] == [COMPILED, RECALLED]
    assert [one.stderr for one in done] == ["", ""]


@pytest.mark.long
def test_a_whole_check_runs_without_a_home_and_says_so_once(installed, tmp_path):
    sample = installed / "site" / "provenance" / "sample"
    build = ["registry", "build", "reg", "--source", "x", str(sample / "social.jsonl"), "-q"]
    done = run(installed, ["-m", "provenance", *build], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(ONCE) == 1
    check = ["check", str(sample / "pages.jsonl"), "--registry", "reg", "-o", "out", "-q"]
    done = run(installed, ["-m", "provenance", *check], tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stderr.count(ONCE) == 1
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "out" / "report.html").is_file()
