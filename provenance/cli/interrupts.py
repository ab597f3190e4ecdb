"""Ctrl-C and termination signals: the process ends within a second."""

import _thread
import atexit
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import NoReturn

INTERRUPTED = 128 + signal.SIGINT
_SIGNALS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
_MESSAGE = "Interrupted; nothing was left half-written.\n"
_REPEAT_DELAY, _EXIT_DELAY = 0.35, 0.3
"""Seconds until the interrupt is raised again, and from then until the process exits anyway."""

_received: list[int] = []
"""Signals received, in order."""

_exit_lock = threading.Lock()


def handle_interrupts() -> None:
    """End the process soon after a termination signal, even if its exception is lost.

    Notes
    -----
    A signal raises KeyboardInterrupt in the main thread. Callbacks of the compiler swallow it,
    imports turn it into an `ImportError`, a pool waits for its workers first, and long calls of
    compiled code do not see it. So a watcher thread sees the signal too: it raises the exception
    again, and then exits without it. That is safe, as a process killed at any moment leaves no
    incomplete output.
    """
    # Signals that nohup and the like ignore stay ignored.
    default_handlers = signal.default_int_handler, signal.SIG_DFL
    signals = [number for number in _SIGNALS if signal.getsignal(number) in default_handlers]
    if not signals:
        return
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    for number in signals:
        signal.signal(number, _interrupt)
    sys.unraisablehook = _unraisable_hook
    watcher = threading.Thread(target=_watch, args=(read_end,), name="interrupts", daemon=True)
    watcher.start()


def was_interrupted() -> bool:
    """Return whether a termination signal was received."""
    return bool(_received)


def end(code: int) -> NoReturn:
    """End the process with an exit code, once the work is done; signals are ignored from here on.

    A normal exit of Python frees every object first, which takes a considerable part of the time
    of a short check.
    """
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    atexit._run_exitfuncs()  # noqa: SLF001 (the standard library calls it before os._exit, too)
    os._exit(code)


def exit_interrupted() -> NoReturn:
    """Print one message, and end the process without waiting for any thread.

    The exit code is what shells use for the signal: 130, 143 or 129.
    """
    with _exit_lock:
        # The terminal has just shown ^C, and perhaps a progress bar.
        line = f"\n{_MESSAGE}" if os.isatty(2) else _MESSAGE
        try:
            os.write(2, line.encode())
        finally:
            os._exit(128 + _received[0] if _received else INTERRUPTED)


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    _received.append(number)
    raise KeyboardInterrupt


def _watch(read_end: int) -> None:
    while (number := os.read(read_end, 1)[0]) not in _SIGNALS:
        pass
    _received.append(number)
    time.sleep(_REPEAT_DELAY)
    _thread.interrupt_main(signal.Signals(number))
    time.sleep(_EXIT_DELAY)
    exit_interrupted()


def _unraisable_hook(unraisable: "sys.UnraisableHookArgs") -> None:
    # An interrupt that a callback swallows is raised again soon; errors of half-initialised objects
    # after an interrupt are of no interest either.
    if not (was_interrupted() or issubclass(unraisable.exc_type, KeyboardInterrupt)):
        sys.__unraisablehook__(unraisable)
