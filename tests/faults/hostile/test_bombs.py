"""Bombs: what is small on disk and large in memory is read in bounded memory, or refused."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.faults.hostile.bombs import BOMBS, PHRASE

MB = 10**6
LIMIT = 8 * MB
SIZE = 200
"""Megabytes of a small bomb, which is many times the limit that is set for it."""

REFUSED = "larger than 8MB, the limit for a document"
EXPECTED = {
    **dict.fromkeys(BOMBS, REFUSED),
    "a_list_of_very_many_strings_in_parquet": "in memory",
    "a_long_value_in_parquet": "in memory",
    "a_compressed_batch_in_arrow": "in memory",
    "a_dictionary_in_parquet": "",
    "a_dictionary_within_lists_in_parquet": "",
    "a_dictionary_in_arrow": "",
    "views_of_one_value_in_arrow": "",
    "runs_of_one_value_in_arrow": "",
    "views_of_one_list_in_arrow": "",
    "addresses_of_very_many_labels": "",
    "a_text_that_repeats_a_phrase": "",
}


linux = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="memory is read from /proc"
)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Read files in one process, of which the memory only ever grows."""
    command = [sys.executable, "-m", "tests.faults.measured_reads"]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:

        def ask(path: Path, batches: int = 5, limit: int = LIMIT) -> dict[str, object]:
            process.stdin.write(json.dumps([str(path), batches, limit]) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


@linux
@pytest.mark.parametrize("name", EXPECTED)
def test_a_bomb_is_read_in_bounded_memory_or_refused(tmp_path, read, name):
    outcome = read(BOMBS[name](tmp_path, SIZE))
    if EXPECTED[name]:
        assert EXPECTED[name] in outcome["error"]
        assert str(tmp_path.name) in outcome["error"]
    else:
        assert not outcome["error"]
        assert outcome["largest"] <= 10 * MB
    assert outcome["peak"] <= 1000 * MB


def peak_of(command: list[str], patience: float) -> tuple[int, str, int]:
    """Run a command; return its exit code, what it says on stderr, and its peak of memory."""
    began, peak = time.monotonic(), 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        said: list[bytes] = []
        listener = threading.Thread(target=lambda: said.append(process.stderr.read()))
        listener.start()
        while process.poll() is None:
            status = Path(f"/proc/{process.pid}/status").read_text()
            told = [line.split()[1] for line in status.splitlines() if line[:7] == "RssAnon"]
            peak = max(peak, int(told[0]) << 10 if told else 0)
            if peak > 4 << 30 or time.monotonic() - began > patience:
                process.kill()
            time.sleep(0.02)
        listener.join()
    return process.returncode, said[0].decode(), peak


@pytest.mark.long
@linux
@pytest.mark.parametrize("name", BOMBS)
def test_a_check_of_a_large_bomb_stays_below_four_gigabytes(tmp_path, name):
    registry, items = tmp_path / "registry", tmp_path / "items.jsonl"
    phrases = [f"{PHRASE} and {number} others" for number in range(90)]
    items.write_text("".join(json.dumps({"text": text}) + "\n" for text in phrases))
    run = [sys.executable, "-m", "provenance"]
    build = [*run, "registry", "build", str(registry), "--source", "x", "--quiet", str(items)]
    subprocess.run(build, check=True)
    folder = tmp_path / "bomb"
    folder.mkdir()
    path = BOMBS[name](folder, 900)
    check = [*run, "check", str(path), "--registry", str(registry), "--quiet", "--no-cache"]
    code, said, peak = peak_of(check, 1800)
    assert code in {0, 1, 2}, said
    assert "Traceback" not in said
    assert (code == 2) == ("Error:" in said)
    assert peak < 4 << 30
