"""What a check does, told while it does it: `--verbose` shows it on stderr."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tqdm import tqdm

from provenance.report.sanitize import one_line
from provenance.terminal_safety import unguarded, visible_line

_LOG = logging.getLogger("provenance")


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Tell how long some work took, when it is done.

    Parameters
    ----------
    name : str
        What is done: "reading".
    """
    begun = time.monotonic()
    yield
    note(f"{name}: {time.monotonic() - begun:.2f} s")


def note(text: str) -> None:
    """Tell a fact, such as what was opened; what others named in it cannot steer a terminal."""
    _LOG.info("%s", one_line(text))


@contextmanager
def told(verbose: bool) -> Iterator[None]:
    """Show on stderr what is noted meanwhile, above the bar of progress where there is one.

    Parameters
    ----------
    verbose : bool
        Whether to show anything: a program that uses us has a logger's handlers of its own.
    """
    if not verbose:
        yield
        return
    handler, before = _Lines(), _LOG.level
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        _LOG.removeHandler(handler)
        _LOG.setLevel(before)


class _Lines(logging.Handler):
    """Writes lines on stderr, without tearing the bar that may stand there."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # what cannot be told is lost
            tqdm.write(visible_line(record.getMessage()), file=unguarded(sys.stderr))
