"""Writers that are killed: each runs in a fork of a warm process, up to a step, or for a time.

A step is whatever changes a file system by name, or syncs it: files opened to be written, renames,
removals, folders made, `fsync`.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_NAMED = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.truncate"}
_ROOT = Path(__file__).resolve().parents[3]


class Writers:
    """A warm process that runs the functions of a module, each in a fork."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, writer: str, *given: str, step: int = 0, seconds: float = 0) -> list[str] | None:
        """Let a writer run to its end, up to a step, or for a time.

        Returns
        -------
        list of str or None
            The steps that it made; None where it was killed.
        """
        [made] = self.run_together([(writer, given, step)], seconds)
        return made

    def run_together(
        self, asked: list[tuple[str, tuple[str, ...], int]], seconds: float = 0
    ) -> list[list[str] | None]:
        """Let writers run at the same time, each up to a step (0: to its end)."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([asked, seconds]) + "\n")
        stdin.flush()
        told = json.loads(stdout.readline())
        failed = [one for one in told if isinstance(one, str)]
        assert not failed, failed
        return told


def is_step(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether an audit event is about to change a file system."""
    written = os.O_WRONLY | os.O_RDWR
    return event in _NAMED or (event == "open" and bool((arguments[2] or 0) & written))


def is_late(outcomes: list[bool]) -> bool:
    """Whether there was the old up to some moment, and the new from then on."""
    return outcomes == sorted(outcomes) and len(set(outcomes)) == 2


def long(cases: list[Any]) -> list[Any]:
    """Give cases of a test that `make long` alone runs."""
    return [pytest.param(*case, marks=pytest.mark.long) for case in cases]


@contextmanager
def writers(module: str, *warm: str) -> Iterator[Writers]:
    """Start a process that runs the functions of a module; its `warm` is called first."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", __name__, module, *warm],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
    ) as process:
        yield Writers(process)
        assert process.stdin is not None
        process.stdin.close()


def _serve(module: Any, answers: int) -> None:
    for line in sys.stdin:
        asked, seconds = json.loads(line)
        children = [_forked(getattr(module, writer), given, step) for writer, given, step in asked]
        if seconds:
            time.sleep(seconds)
            for child, _ in children:
                os.kill(child, signal.SIGKILL)
        told = []
        for child, pipe in children:
            with os.fdopen(pipe) as stream:
                told.append(json.loads(stream.read() or "null"))
            _, status = os.waitpid(child, 0)
            if told[-1] is None and os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
                told[-1] = f"ended with {os.waitstatus_to_exitcode(status)}"
        os.write(answers, json.dumps(told).encode() + b"\n")


def _forked(writer: Any, given: list[str], last: int) -> tuple[int, int]:
    ours, theirs = os.pipe()
    child = os.fork()
    if child:
        os.close(theirs)
        return child, ours
    try:
        told: Any = _counted(writer, given, last)
    except BaseException as error:
        told = f"{type(error).__name__}: {error}"
    os.write(theirs, json.dumps(told).encode())
    os._exit(0)


def _counted(writer: Any, given: list[str], last: int) -> list[str]:
    made: list[str] = []

    def count(step: str) -> None:
        made.append(step)
        if len(made) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if is_step(event, arguments):
            count(event)

    synced = os.fsync

    def fsync(descriptor: int) -> None:
        count("os.fsync")
        synced(descriptor)

    sys.addaudithook(hook)
    os.fsync = fsync
    writer(*given)
    return made


if __name__ == "__main__":
    # What is printed must not be taken for an answer.
    pipe = os.dup(1)
    os.dup2(2, 1)
    imported = importlib.import_module(sys.argv[1])
    imported.warm(*sys.argv[2:])
    _serve(imported, pipe)


def content(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in files
        if file.is_file() and file.name != "receipt.json"
    }
