"""Progress on stderr: a bar on a terminal, an occasional line elsewhere, nothing when quiet."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Thread
from typing import TYPE_CHECKING, Protocol

from provenance.terminal_safety import escape_line, unwrap_stream

if TYPE_CHECKING:
    from tqdm import tqdm

_LINE_INTERVAL = 30.0
"""Seconds between two lines where no terminal shows a bar."""

_BAR_INTERVAL = 1.0
"""Seconds until a bar is shown, and between two updates while nothing advances."""


class Progress(Protocol):
    """Receives the progress of a long operation."""

    def advance(self, amount: int, documents: int = 0, note: str = "") -> None:
        """Add to the amount that is done, and to the number of documents."""


class SilentProgress:
    """Ignores progress."""

    def advance(self, amount: int, documents: int = 0, note: str = "") -> None:
        """Do nothing."""


class _Rate:
    """Documents per second."""

    def __init__(self) -> None:
        self._start, self._documents = time.monotonic(), 0

    def format(self, documents: int, note: str) -> str:
        self._documents += documents
        rate = self._documents / max(time.monotonic() - self._start, 1e-3)
        words = f"{rate:,.0f} documents/s" if self._documents else ""
        return ", ".join(word for word in (words, note) if word)


class _Bar:
    def __init__(self, bar: "tqdm[None]") -> None:
        self._bar, self._rate = bar, _Rate()

    def advance(self, amount: int, documents: int = 0, note: str = "") -> None:
        self._bar.set_postfix_str(escape_line(self._rate.format(documents, note)), refresh=False)
        self._bar.update(amount)


class _Lines:
    def __init__(self, label: str, total: int | None) -> None:
        self._label, self._total, self._amount = label, total, 0
        self._start = self._last_line = time.monotonic()
        self._rate = _Rate()

    def advance(self, amount: int, documents: int = 0, note: str = "") -> None:
        self._amount += amount
        words = self._rate.format(documents, note)
        now = time.monotonic()
        if now - self._last_line < _LINE_INTERVAL or self._amount == self._total:
            return
        self._last_line = now
        line = f"{self._label}: {self._state(now - self._start)}{words}"
        sys.stderr.write(line.rstrip(", ") + "\n")

    def _state(self, seconds: float) -> str:
        if not self._total or not self._amount:
            return f"{self._amount:,} so far, "
        seconds_left = seconds * (self._total - self._amount) / self._amount
        return f"{self._amount / self._total:.0%}, {seconds_left / 60:.0f} min left, "


ProgressCallback = Callable[[str, int, int | None], None]
"""Receives the name of a step, the amount that is done, and the total where it is known."""

_callback: ContextVar[ProgressCallback | None] = ContextVar("progress_callback", default=None)


@contextmanager
def report_progress_to(callback: ProgressCallback | None) -> Iterator[None]:
    """Call a function with the progress of every operation within the context.

    Every step of every command would have to pass it on otherwise.
    """
    token = _callback.set(callback)
    try:
        yield
    finally:
        _callback.reset(token)


_is_on_terminal: ContextVar[bool] = ContextVar("is_on_terminal", default=False)


@contextmanager
def show_progress_on_stderr() -> Iterator[None]:
    """Show the progress of every operation within the context on stderr."""
    token = _is_on_terminal.set(True)
    try:
        yield
    finally:
        _is_on_terminal.reset(token)


class _Calls(SilentProgress):
    """Calls a function with the amount so far."""

    def __init__(self, callback: ProgressCallback, label: str, total: int | None) -> None:
        self._callback, self._label, self._total = callback, label, total
        self._amount = 0

    def advance(self, amount: int, *_: object, **__: object) -> None:
        """Add to the amount, and call the function."""
        self._amount += amount
        self._callback(self._label, self._amount, self._total)


@contextmanager
def show_progress(
    label: str, total: int | None, unit: str, *, quiet: bool = False
) -> Iterator[Progress]:
    """Show the progress of an operation within the context, or report it to a callback.

    Parameters
    ----------
    label : str
        Name of the operation: "reading".
    total : int or None
        Total amount, where known.
    unit : str
        Unit of amounts: "B" for bytes, else a noun.
    quiet : bool
        Show nothing, but within `show_progress_on_stderr`.
    """
    callback = _callback.get()
    if callback is not None:
        yield _Calls(callback, label, total)
    elif quiet and not _is_on_terminal.get():
        yield SilentProgress()
    elif not sys.stderr.isatty():
        yield _Lines(label, total)
    else:
        from tqdm import tqdm  # noqa: PLC0415 (only for a terminal)

        bar = tqdm(
            total=total,
            desc=escape_line(label),
            unit=unit,
            unit_scale=total is None or total >= 1000,
            unit_divisor=1000,
            leave=False,
            dynamic_ncols=True,
            delay=_BAR_INTERVAL,
            file=unwrap_stream(sys.stderr),
        )
        with bar, _refreshed(bar):
            yield _Bar(bar)


@contextmanager
def _refreshed(bar: "tqdm[None]") -> Iterator[None]:
    """Show a bar and its time although nothing advances, as while kernels are compiled."""
    stop = Event()

    def refresh() -> None:
        while not stop.wait(_BAR_INTERVAL):
            bar.refresh()

    thread = Thread(target=refresh, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        bar.clear()  # closing it clears only what it has shown by itself
