"""Measure work in separate processes: wall-clock time, peak memory, and its output.

Uses only the standard library, because child processes inherit the peak memory of their parent.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_KIB = 1 if sys.platform == "darwin" else 1024  # what `ru_maxrss` counts in


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run.

    Parameters
    ----------
    seconds : float
        As reported by the work; else from process start to end.
    peak : int
        Peak memory in bytes, interpreter included.
    output : mapping
        Other output of the work.
    absent : str
        Why there is no figure; else empty.
    cpu : float
        Processor seconds of all threads.
    anonymous : int
        Peak anonymous memory in bytes: what was allocated, without mapped files; 0 where the system
        does not tell.
    """

    seconds: float
    peak: int
    output: Mapping[str, Any] = field(default_factory=dict)
    absent: str = ""
    cpu: float = 0.0
    anonymous: int = 0


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of one task."""

    runs: Sequence[Measurement]

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
        """Median seconds."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def peak(self) -> int:
        """Highest peak memory, in bytes."""
        return max(run.peak for run in self.runs)

    @property
    def cpu(self) -> float:
        """Median processor seconds."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def anonymous(self) -> int:
        """Highest anonymous memory, in bytes."""
        return max(run.anonymous for run in self.runs)

    @property
    def output(self) -> Mapping[str, Any]:
        """Output of the last run."""
        return self.runs[-1].output


def cores() -> list[int]:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


@contextmanager
def pin_cores(count: int | None) -> Iterator[None]:
    """Restrict processes started within the context to some cores, where supported."""
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
    words: Sequence[str],
    count: int | None = None,
    *,
    accepts: Sequence[int] = (0,),
    checkout: Path = ROOT,
) -> Measurement:
    """Run a command on `count` cores, None for all, and measure it from start to end.

    Parameters
    ----------
    words : sequence of str
        The command.
    count : int or None
        Number of cores.
    accepts : sequence of int
        Exit codes of success.
    checkout : Path
        The checkout that Python imports from.
    """
    environment = _environment(checkout)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, pin_cores(count):
        start = time.perf_counter()
        process = subprocess.Popen(words, stdout=out, stderr=err, env=environment, cwd=checkout)
        with _AnonymousMemory(process.pid) as memory:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        stdout, stderr = _content(out), _content(err)
    output, absent = {"stdout": stdout, "stderr": stderr}, ""
    if process.returncode not in accepts:
        lines = stderr.strip().splitlines() or [f"exit code {process.returncode}"]
        output, absent = {"stderr": stderr}, f"failed: {lines[-1][:200]}"
    peak, cpu = usage.ru_maxrss * _KIB, usage.ru_utime + usage.ru_stime
    return Measurement(seconds, peak, output, absent, cpu, memory.peak)


class _AnonymousMemory:
    """Samples the anonymous memory of a process in the background, where /proc tells it."""

    _INTERVAL = 0.01

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._status = Path(f"/proc/{pid}/status")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "_AnonymousMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._ended.wait(self._INTERVAL):
            try:
                status = self._status.read_text("utf-8")
            except OSError:
                return
            _, _, value = status.partition("RssAnon:")
            if value:  # a process that has ended has none
                self.peak = max(self.peak, int(value.split(maxsplit=1)[0]) * 1024)


def _content(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode("utf-8", "replace"))


def _environment(checkout: Path) -> dict[str, str]:
    """Return an environment in which processes import the checkout and cache bytecode."""
    paths = [str(checkout), *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**variables, "PYTHONPATH": os.pathsep.join(paths)}


def work(
    task: str, core_count: int | None = None, /, *, python: str = sys.executable, **arguments: Any
) -> Measurement:
    """Run `MODULE:FUNCTION` in a worker on some cores."""
    words = [python, "-m", "benchmarks.speed.worker", task, json.dumps(arguments)]
    run = command(words, core_count)
    if run.absent:
        return run
    output = json.loads(run.output["stdout"].strip().splitlines()[-1])
    absent = "not installed" if "missing" in output else ""
    return replace(run, seconds=output.get("seconds", run.seconds), output=output, absent=absent)


def run_interleaved(tasks: Mapping[str, Callable[[], Measurement]], rounds: int) -> dict[str, Runs]:
    """Run all tasks in turn, several times, so that slowdowns of the machine affect all of them."""
    runs: dict[str, list[Measurement]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, run in tasks.items():
            if not (runs[name] and runs[name][-1].absent):
                runs[name].append(run())
    return {name: Runs(measurements) for name, measurements in runs.items()}
