"""Log the stages of a run; `--verbose` shows the log on stderr."""

import logging
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from provenance.report.sanitize import one_line
from provenance.terminal_safety import escape_line, unwrap_stream

_LOG = logging.getLogger("provenance")


class StageTimes:
    """Times of the stages of a run, each of which may run several times."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._cpu_seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Add the time that is spent within the context to that of a stage."""
        start, cpu_start = time.monotonic(), time.process_time()
        yield
        self._seconds[name] += time.monotonic() - start
        self._cpu_seconds[name] += time.process_time() - cpu_start

    def log(self) -> None:
        """Log the time of each stage, and the memory that this process took at most so far."""
        for name, seconds in self._seconds.items():
            log_fact(
                f"{name}: {seconds:.2f} s, {self._cpu_seconds[name]:.2f} s of CPU{_peak_memory()}"
            )


@contextmanager
def log_duration(name: str) -> Iterator[None]:
    """Log how long a stage took, on the clock and on all processors of this process.

    Parameters
    ----------
    name : str
        Name of the stage: "reading".
    """
    times = StageTimes()
    with times.measure(name):
        yield
    times.log()


def _peak_memory() -> str:
    """Return the most memory that this process took so far, where the system tells."""
    try:
        from resource import RUSAGE_SELF, getrusage  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return ""
    peak = getrusage(RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return f", memory up to {peak / 1e9:.2f} GB"


def log_fact(text: str) -> None:
    """Log a fact, such as what was opened; text from outside cannot control the terminal."""
    _LOG.info("%s", one_line(text))


@contextmanager
def log_to_stderr(verbose: bool) -> Iterator[None]:
    """Show the log on stderr within the context, above a progress bar if there is one.

    Parameters
    ----------
    verbose : bool
        Whether to show anything; a program that embeds us has log handlers of its own.
    """
    if not verbose:
        yield
        return
    handler, previous_level = _StderrHandler(), _LOG.level
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        _LOG.removeHandler(handler)
        _LOG.setLevel(previous_level)


class _StderrHandler(logging.Handler):
    """Writes lines to stderr without disturbing a progress bar."""

    def emit(self, record: logging.LogRecord) -> None:
        from tqdm import tqdm  # noqa: PLC0415 (only where somebody wants lines)

        with suppress(OSError):  # a closed stderr is no reason to fail
            tqdm.write(escape_line(record.getMessage()), file=unwrap_stream(sys.stderr))
