"""After an edit of a source file, no machine code and no cached result of the old one is used."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_HASHES = """
from provenance.fingerprint.tokenizer.unicode_words import single_character_hashes
print(single_character_hashes().sum())
"""
_DIGEST = """
from provenance.pipeline.caching.result_cache import code_digest
print(code_digest())
"""


@pytest.fixture
def package(tmp_path: Path, root: Path) -> Path:
    """A copy of the package, and nothing compiled yet."""
    shutil.copytree(
        root / "provenance",
        tmp_path / "copy" / "provenance",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path / "copy" / "provenance"


def printed(package: Path, code: str, cache: str = "kernels") -> str:
    folder = package.parent
    settings = {"PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(folder / cache)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | settings, capture_output=True, text=True, check=True
    )
    return done.stdout


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def test_a_kernel_is_compiled_again_if_a_helper_in_another_file_is_edited(package):
    before = printed(package, _HASHES)
    assert printed(package, _HASHES) == before
    helper = package / "fingerprint" / "tokenizer" / "word_hash.py"
    edit(helper, "state ^= state >> np.uint64(29)", "state ^= state >> np.uint64(28)")
    after = printed(package, _HASHES)
    assert after != before
    assert after == printed(package, _HASHES, cache="empty")


@pytest.mark.parametrize(
    "file", ["jit/intrinsics.py", "match/scoring/evalue.py", "read/language.parquet"]
)
def test_results_are_cached_by_all_files_that_affect_them(package, file):
    before = printed(package, _DIGEST)
    with (package / file).open("ab") as source:
        source.write(b"\n# edited\n")
    assert printed(package, _DIGEST) != before
