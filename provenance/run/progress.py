"""Progress on stderr: a bar on a terminal, a line now and then elsewhere, nothing when quiet."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from tqdm import tqdm

_SILENCE = 30.0
"""Seconds between two lines where no terminal shows a bar."""


class Progress(Protocol):
    """What long work tells of itself."""

    def advance(self, amount: int, note: str = "") -> None:
        """Tell that `amount` more is done."""


class Quiet:
    """Tells nothing."""

    def advance(self, amount: int, note: str = "") -> None:
        """Tell nothing."""


class _Bar:
    def __init__(self, bar: "tqdm[None]") -> None:
        self._bar = bar

    def advance(self, amount: int, note: str = "") -> None:
        self._bar.set_postfix_str(note, refresh=False)
        self._bar.update(amount)


class _Lines:
    def __init__(self, label: str, total: int | None) -> None:
        self._label, self._total, self._done = label, total, 0
        self._told = time.monotonic()

    def advance(self, amount: int, note: str = "") -> None:
        self._done += amount
        if time.monotonic() - self._told < _SILENCE:
            return
        self._told = time.monotonic()
        part = f"{self._done / self._total:.0%}" if self._total else f"{self._done:,}"
        sys.stderr.write(f"{self._label}: {part} {note}".rstrip() + "\n")


@contextmanager
def progress(
    label: str, total: int | None, unit: str, *, quiet: bool = False
) -> Iterator[Progress]:
    """Show the progress of some work.

    Parameters
    ----------
    label : str
        What is done: "reading".
    total : int or None
        How much there is, where known.
    unit : str
        Of what: "B" for bytes, else a noun.
    quiet : bool
        Tell nothing.
    """
    if quiet:
        yield Quiet()
    elif not sys.stderr.isatty():
        yield _Lines(label, total)
    else:
        with tqdm(
            total=total,
            desc=label,
            unit=unit,
            unit_scale=True,
            unit_divisor=1000,
            leave=False,
            dynamic_ncols=True,
            delay=1.0,
            file=sys.stderr,
        ) as bar:
            yield _Bar(bar)
