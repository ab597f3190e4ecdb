"""Log the stages of a run; `--verbose` shows the log on stderr."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tqdm import tqdm

from provenance.report.sanitize import one_line
from provenance.terminal_safety import escape_line, unwrap_stream

_LOG = logging.getLogger("provenance")


@contextmanager
def log_duration(name: str) -> Iterator[None]:
    """Log how long a stage took.

    Parameters
    ----------
    name : str
        Name of the stage: "reading".
    """
    start = time.monotonic()
    yield
    log_fact(f"{name}: {time.monotonic() - start:.2f} s")


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
        with suppress(OSError):  # a closed stderr is no reason to fail
            tqdm.write(escape_line(record.getMessage()), file=unwrap_stream(sys.stderr))
