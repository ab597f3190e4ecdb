"""Ctrl-C ends the work within a second, whenever it comes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

LINE = "Interrupted; nothing was left half-written.\n"
ANNOUNCING = """
import os
from provenance import cli
from provenance.cli import interrupts

def handle_and_announce():
    handle_interrupts()
    os.write({ready}, b".")

handle_interrupts, cli.handle_interrupts = interrupts.handle_interrupts, handle_and_announce
cli.main()
"""
"""Announces that interrupts are handled: a busy machine may take long to start Python."""


def interrupted(*arguments, cwd, after, environment, stdin=b""):
    """Start a command, interrupt it, and wait; its input stays open until it has ended."""
    listening, ready = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", ANNOUNCING.format(ready=ready), *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[ready],
    ) as process:
        os.close(ready)
        feeder = threading.Thread(target=feed, args=(process, stdin))
        feeder.start()
        os.read(listening, 1)
        os.close(listening)
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        asked = time.monotonic()
        code = process.wait(timeout=60)
        waited = time.monotonic() - asked
        output = process.stdout.read().decode(), process.stderr.read().decode()
        feeder.join()
        with suppress(BrokenPipeError):
            process.stdin.close()
    return code, output, waited


def feed(process, data):
    with suppress(BrokenPipeError):
        process.stdin.write(data)
        process.stdin.flush()


@pytest.fixture(scope="module")
def pages():
    row = json.dumps({"text": "The carts stood where the men had left them in the snow. " * 2000})
    return "\n".join([row] * 100).encode()


@pytest.mark.parametrize("after", [0.2, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "compiling"])
def test_a_check_ends_within_a_second(world, pages, tmp_path, after, compiled):
    # An empty cache makes the compiler work, whose callbacks swallow what is raised in them.
    environment = {} if compiled else {"NUMBA_CACHE_DIR": str(tmp_path)}
    code, output, waited = interrupted(
        *("check", "-", "--registry", "reg", "-q"),
        cwd=world,
        after=after,
        environment=environment,
        stdin=pages,
    )
    assert (code, output) == (130, ("", LINE))
    # A second, and some for a machine that does other things beside; it would never end by itself.
    assert waited < 5


@pytest.mark.parametrize("after", [0.3, 0.8, 1.5])
def test_a_build_leaves_no_registry_that_is_half_one(pages, tmp_path, after):
    (tmp_path / "pages.jsonl").write_bytes(pages)
    place = tmp_path / "reg"
    call = ["registry", "build", str(place), "--source", "x", "pages.jsonl", "-q"]
    call += ["--text-format", "plain"]  # its texts are mostly the same
    environment = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    code, output, _ = interrupted(*call, cwd=tmp_path, after=after, environment=environment)
    assert (code, output) == (130, ("", LINE))
    assert not place.exists()


def test_where_interrupts_are_to_be_ignored_they_are(world):
    call = ["registry", "show", "reg"]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code, output, _ = interrupted(*call, cwd=world, after=0.3, environment={})
    finally:
        signal.signal(signal.SIGINT, before)
    assert (code, output[1]) == (0, "")


HALF_MADE = """
from provenance.cli import interrupts

interrupts.was_interrupted = lambda: {asked}
interrupts.handle_interrupts()

class HalfMade:
    def __del__(self):
        raise AttributeError("no attribute of mine")

HalfMade()  # is gone at once
"""


@pytest.mark.parametrize("asked", [True, False])
def test_errors_of_half_initialised_objects_are_not_reported(asked):
    code = HALF_MADE.format(asked=asked)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ("no attribute of mine" not in done.stderr) == asked
