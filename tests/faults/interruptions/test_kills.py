"""What is written is old or new, whole or absent, at whatever step its writer is killed."""

import random
import shutil
import subprocess
import sys
import time

import pytest

from provenance.pipeline.caching.result_cache import ResultCache
from provenance.report.files.report_reader import read_report
from tests.faults.interruptions.killed_writers import content, is_late, long

ONE_FILE = {
    "write_rendering": [("old",), ("new",)],
    "write_measured": [("1",), ("2",)],
}


@pytest.mark.parametrize("writer", sorted(ONE_FILE))
def test_a_file_is_old_or_new_at_every_step(child, tmp_path, writer) -> None:
    path, outcomes = tmp_path / "out.txt", []
    (old, new), contents = ONE_FILE[writer], []
    for given in (old, new):
        steps = child.run(writer, str(path), *given)
        contents.append(path.read_bytes())
    for step in range(1, len(steps) + 1):
        child.run(writer, str(path), *old)
        assert child.run(writer, str(path), *new, step=step) is None
        outcomes.append(path.read_bytes() == contents[1])
        assert path.read_bytes() in contents
        child.run(writer, str(path), *old)
        assert [one.name for one in tmp_path.iterdir()] == ["out.txt"]
    assert is_late(outcomes)


@pytest.mark.parametrize("writer", ["begin_policy", "unpack_sample"])
def test_what_is_laid_out_is_there_whole_or_not_at_all(child, tmp_path, writer) -> None:
    path, whole, outcomes = tmp_path / "out", tmp_path / "whole", []
    steps = child.run(writer, str(whole))
    for step in range(1, len(steps) + 1):
        assert child.run(writer, str(path), step=step) is None
        outcomes.append(path.exists())
        if not path.exists():
            child.run(writer, str(path))
        assert content(path) == content(whole)
        # The next writer into the same folder leaves nothing behind.
        child.run("write_rendering", str(tmp_path / "next"), "a")
        assert {one.name for one in tmp_path.iterdir()} == {"out", "whole", "next"}
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert is_late(outcomes)


@pytest.mark.parametrize("stride", [90, *long([(1,)])])
def test_a_cleaned_corpus_is_there_whole_or_not_at_all(cleaning, tmp_path, stride) -> None:
    child, data = cleaning
    out, whole, outcomes = tmp_path / "out", tmp_path / "whole", []
    steps = child.run("clean_corpus", str(data), str(whole))
    assert {*content(whole)} == {"0.jsonl", "1.jsonl", "2.jsonl", ".provenance/removed.parquet"}
    last = len(steps)
    for step in sorted({*range(1, last + 1, stride), *range(last - 3, last + 1)}):
        assert child.run("clean_corpus", str(data), str(out), step=step) is None
        outcomes.append(out.exists())
        if not out.exists():
            child.run("clean_corpus", str(data), str(out))
        assert content(out) == content(whole)
        child.run("write_rendering", str(tmp_path / "next"), "a")
        assert {one.name for one in tmp_path.iterdir()} == {"out", "whole", "next"}
        shutil.rmtree(out)
    assert is_late(outcomes)


def test_a_kept_entry_is_whole_or_absent_at_every_step(child, tmp_path) -> None:
    cache, outcomes = tmp_path / "cache", []
    steps = child.run("keep_entry", str(cache), "one", "a")
    for step in range(1, len(steps) + 1):
        shutil.rmtree(cache, ignore_errors=True)
        assert child.run("keep_entry", str(cache), "one", "a", step=step) is None
        memory = ResultCache(cache, "")
        found = memory.load(memory.key("one"))
        assert found is None or found.tobytes() == b"a" * 1000
        outcomes.append(found is not None)
        memory.evict()
        assert all(path.is_dir() and len(path.name) == 2 for path in cache.glob("*"))
    assert is_late(outcomes)


@pytest.mark.long
@pytest.mark.parametrize("work", ["check", "clean"])
def test_commands_that_are_killed_at_any_moment_leave_the_old_or_the_new(
    cleaning, tmp_path, work
) -> None:
    """The whole command, from its start on, as a user runs it."""
    _, data = cleaning
    out, dice = tmp_path / "out", random.Random(time.time_ns())
    asked = [work, str(data), "--registry", str(data.parent / "registry"), "-o", str(out), "-q"]
    command = [sys.executable, "-m", "provenance", *asked, "--no-cache"]
    began = time.monotonic()
    subprocess.run(command, check=False, timeout=300)
    longest = time.monotonic() - began
    whole = content(out)
    for _ in range(40):
        if work == "clean":
            shutil.rmtree(out, ignore_errors=True)
        with subprocess.Popen(command) as process:
            time.sleep(dice.uniform(0.4 * longest, longest))
            process.kill()
        if work == "check":
            assert len(read_report(out).findings) > 0
        elif out.exists():
            assert content(out) == whole
    shutil.rmtree(out, ignore_errors=work == "clean")
    subprocess.run(command, check=False, timeout=300)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
