"""Streams that are closed, full or cut, and signals that ask us to end."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.commandline import ENVIRONMENT, Done, provenance

WORDS = "my neighbour has taught his parrot to imitate the doorbell and nobody sleeps"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A folder with a dump, a registry of it, a corpus that quotes it, and its report."""
    folder = tmp_path_factory.mktemp("streams")
    rows = [{"id": f"p{n}", "text": f"{WORDS} {n}"} for n in range(50)]
    (folder / "posts.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "train.jsonl").write_text("\n".join(map(json.dumps, rows[:3])))
    built = provenance("registry", "build", "reg", "--source", "x", "posts.jsonl", cwd=folder)
    assert built.returncode == 0, built.stderr
    done = provenance("check", "train.jsonl", "--registry", "reg", "-o", "report", cwd=folder)
    assert done.returncode == 1, done.stderr
    return folder


def shell(script: str, cwd: Path, **more) -> subprocess.CompletedProcess:
    """Run a script in which `provenance` is ours."""
    start = f'provenance() {{ "{sys.executable}" -m provenance "$@"; }}\n'
    return subprocess.run(
        ["/bin/sh", "-c", start + script],
        cwd=cwd,
        env={**os.environ, **ENVIRONMENT, **more},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def whole_of(call: str, world: Path) -> Done:
    """Do what a call of `provenance` does where it may write everything."""
    return provenance(*call.split()[1:], cwd=world)


CALLS = {
    "show": "provenance registry show reg",
    "report": "provenance report report --format json",
    "check": "provenance check train.jsonl --registry reg",
    "help": "provenance --help",
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_where_stdout_is_closed_that_is_said_and_the_code_is_2(world, call):
    done = shell(f"{call} >&-", world)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-2:] == [
        "Error: the output cannot be written: Bad file descriptor",
        "Try: free space, or write the output elsewhere",
    ]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("call", [CALLS["report"], CALLS["check"]], ids=["report", "check"])
def test_where_stderr_is_closed_the_work_is_done(world, call):
    whole, done = whole_of(call, world), shell(f"{call} 2>&-", world)
    assert (done.returncode, done.stdout) == (whole.returncode, whole.stdout)


@pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_an_error_that_nobody_can_read_still_has_its_code(world, closed):
    assert shell(f"provenance registry show nowhere {closed}", world).returncode == 2


def test_no_file_takes_the_place_of_a_closed_stream(world, tmp_path):
    call = f"provenance check train.jsonl --registry reg -q --no-cache -o {tmp_path / 'out'}"
    done = shell(f"{call} <&- >&- 2>&-", world)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert provenance("report", str(tmp_path / "out"), cwd=world).returncode == 0


def test_closed_stdin_is_an_empty_corpus(world):
    done = shell("provenance check - --registry reg <&-", world)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_where_stderr_is_full_the_work_is_done(world):
    call = "provenance check train.jsonl --registry reg --verbose"
    whole, done = whole_of(call, world), shell(f"{call} 2>/dev/full", world)
    assert (done.returncode, done.stdout) == (whole.returncode, whole.stdout)


def test_what_a_terminal_s_encoding_lacks_is_written_by_its_number(tmp_path):
    name = "t\u00e9xt\u2026.jsonl"
    done = shell(f"provenance registry show '{name}'", tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert "t\\xe9xt\\u2026.jsonl" in done.stderr


@pytest.mark.parametrize(
    "folder",
    ["file", *(pytest.param(name, marks=pytest.mark.long) for name in ("nowhere", "full"))],
)
def test_a_temporary_folder_that_cannot_be_written_is_no_traceback(world, tmp_path, folder):
    (tmp_path / "file").write_text("")
    (tmp_path / "full").symlink_to("/dev/full")
    told = {"TMPDIR": str(tmp_path / folder)}
    for call in (
        f"provenance registry build {tmp_path}/reg --source x posts.jsonl -q",
        f"provenance registry verify {tmp_path}/reg",
        f"cat train.jsonl | provenance check - --registry {tmp_path}/reg -q",
        f"provenance sample -o {tmp_path}/sample",
    ):
        done = shell(call, world, **told)
        assert "Traceback" not in done.stderr
        assert done.returncode in {0, 1}, done.stderr


@pytest.mark.parametrize("call", ["check - --registry reg"])
def test_where_no_temporary_file_can_be_made_that_is_said(world, monkeypatch, call):
    monkeypatch.setattr("tempfile.tempdir", str(world / "nowhere"))
    done = provenance(*call.split(), cwd=world)
    assert (done.returncode, done.stderr.splitlines()) == (
        2,
        [
            "Error: no temporary file can be created: No such file or directory",
            "Try: set TMPDIR to a writable folder",
        ],
    )


@pytest.mark.parametrize("threads", ["9e29", "900000000000000000000", "0", "-1", "nan", "inf"])
def test_a_number_of_threads_that_cannot_be_is_a_wrong_option(world, threads):
    call = ("check", "train.jsonl", "--registry", "reg", "--threads", threads)
    done = provenance(*call, cwd=world)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith("Error: Invalid value for '--threads'")
    assert second == "Try: provenance check --help"


SLOW = """
import os, sys, time
from pathlib import Path
from tempfile import TemporaryDirectory
from provenance import pipeline
from provenance.cli import main

def check(*_):
    with TemporaryDirectory(dir=".", prefix="half-"):
        Path("begun").touch()
        time.sleep(60)

pipeline.check = check
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_asks_us_to_end_is_heeded_within_a_second(world, tmp_path, number):
    call = ["check", str(world / "train.jsonl"), "--registry", str(world / "reg"), "-q"]
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, *call], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(tmp_path / "begun")
        process.send_signal(number)
        asked = time.monotonic()
        assert process.wait(timeout=30) == 128 + number
        assert time.monotonic() - asked < 5
        assert process.stderr.read() == "Interrupted; nothing was left half-written.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["begun"]


def test_sighup_that_is_to_be_ignored_is(world, tmp_path):
    call = ["check", str(world / "train.jsonl"), "--registry", str(world / "reg"), "-q"]
    code = SLOW.replace("time.sleep(60)", "time.sleep(2); raise SystemExit(7)")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = subprocess.Popen([sys.executable, "-c", code, *call], cwd=tmp_path)
    finally:
        signal.signal(signal.SIGHUP, before)
    wait_for(tmp_path / "begun")
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=30) == 7


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.skipif(not os.path.exists("/proc/self/cmdline"), reason="there is no /proc here")
def test_the_helper_that_compiles_ends_with_the_process_that_began_it(world, tmp_path, number):
    call = ["check", str(world / "train.jsonl"), "--registry", str(world / "reg"), "-q"]
    told = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-m", "provenance", *call], env=told, stderr=subprocess.DEVNULL
    ) as process:
        helper = child_of(process.pid)
        time.sleep(1)
        process.send_signal(number)
        process.wait(timeout=30)
    until = time.monotonic() + 10
    while is_running(helper) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_running(helper)


def wait_for(path: Path) -> None:
    until = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.05)


def child_of(process: int) -> int:
    """Wait until a process has a child, and name it."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.05)
    raise AssertionError("no helper was started")


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
