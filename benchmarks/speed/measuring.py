"""Measurements in processes of their own: wall clock, peak memory, and what the work says.

The standard library alone: a process that starts others lends them its own peak of memory.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_KIB = 1 if sys.platform == "darwin" else 1024  # what `ru_maxrss` counts in


@dataclass(frozen=True, slots=True)
class Measured:
    """One run.

    Parameters
    ----------
    seconds : float
        As the work tells of itself; else from process start to its end.
    peak : int
        Bytes of memory, at most at a time, with the interpreter.
    told : mapping
        What else the work says.
    absent : str
        Why there is no figure; empty where there is one.
    """

    seconds: float
    peak: int
    told: Mapping[str, Any] = field(default_factory=dict)
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of one piece of work."""

    runs: Sequence[Measured]

    @property
    def absent(self) -> str:
        """Why there are no figures."""
        return next((run.absent for run in self.runs if run.absent), "")

    @property
    def best(self) -> float:
        """Seconds of the fastest run."""
        return min(run.seconds for run in self.runs)

    @property
    def median(self) -> float:
        """Seconds of the run in the middle."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def peak(self) -> int:
        """Bytes of memory of the run that took most."""
        return max(run.peak for run in self.runs)

    @property
    def told(self) -> Mapping[str, Any]:
        """What the last run said."""
        return self.runs[-1].told


def cores() -> list[int]:
    """Give the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


@contextmanager
def pinned(count: int | None) -> Iterator[None]:
    """Let what is started inside use so many cores alone, where the system can say so."""
    if count is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    every = cores()
    os.sched_setaffinity(0, every[-count:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)


def command(
    words: Sequence[str], count: int | None = None, *, accepts: Sequence[int] = (0,)
) -> Measured:
    """Run a command on `count` cores, None for all, and measure it from start to end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, pinned(count):
        start = time.perf_counter()
        process = subprocess.Popen(words, stdout=out, stderr=err, env=_environment(), cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        told, said = _content(out), _content(err)
    peak = usage.ru_maxrss * _KIB
    if process.returncode not in accepts:
        lines = said.strip().splitlines() or [f"exit code {process.returncode}"]
        return Measured(seconds, peak, {"stderr": said}, absent=f"failed: {lines[-1][:200]}")
    return Measured(seconds, peak, {"stdout": told, "stderr": said})


def _content(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode("utf-8", "replace"))


def _environment() -> dict[str, str]:
    """Let processes find the checkout, and keep its bytecode, as an installation has it."""
    found = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {name: said for name, said in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": os.pathsep.join(found)}


def work(
    task: str, on: int | None = None, /, *, python: str = sys.executable, **arguments: Any
) -> Measured:
    """Run `MODULE:FUNCTION` in a worker on so many cores."""
    words = [python, "-m", "benchmarks.speed.worker", task, json.dumps(arguments)]
    run = command(words, on)
    if run.absent:
        return run
    told = json.loads(run.told["stdout"].strip().splitlines()[-1])
    absent = "not installed" if "missing" in told else ""
    return Measured(told.get("seconds", run.seconds), run.peak, told, absent)


def interleaved(works: Mapping[str, Callable[[], Measured]], rounds: int) -> dict[str, Runs]:
    """Run all of them in turn, so many times: what slows the machine down slows all of them."""
    runs: dict[str, list[Measured]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, run in works.items():
            if not (runs[name] and runs[name][-1].absent):
                runs[name].append(run())
    return {name: Runs(found) for name, found in runs.items()}
