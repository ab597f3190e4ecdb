"""Ctrl-C, and the signals by which systems end programs: the work ends within a second."""

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
_AGAIN, _LAST = 0.35, 0.3
"""Seconds until the interrupt is raised once more; and from then until we leave regardless."""

_asked: list[int] = []
"""The signals that came, in their order."""

_leaving = threading.Lock()


def heed_interrupts() -> None:
    """End the process soon after a signal that asks for it, also where its exception is lost.

    Notes
    -----
    Each is turned into the exception that Python raises in the main thread for SIGINT. Callbacks
    of the compiler swallow it, imports turn it into an `ImportError`, a pool waits for its workers
    first, and long calls of compiled code do not see it. So a thread of our own sees the signal
    too: it raises the exception again, and at last leaves without it. A process killed at any
    moment leaves nothing half-written, so that is safe.
    """
    # nohup and the like: somebody wants us to ignore some of them.
    by_default = signal.default_int_handler, signal.SIG_DFL
    heeded = [number for number in _SIGNALS if signal.getsignal(number) in by_default]
    if not heeded:
        return
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    for number in heeded:
        signal.signal(number, _interrupt)
    sys.unraisablehook = _unraisable
    watching = threading.Thread(target=_watch, args=(heard,), name="interrupts", daemon=True)
    watching.start()


def was_interrupted() -> bool:
    """Return whether somebody pressed Ctrl-C, or asked us to end by a signal."""
    return bool(_asked)


def end(code: int) -> NoReturn:
    """End the process with a code: the work is done, and nothing interrupts its end.

    Python would take apart all that it holds first, piece by piece, which takes as long as much
    of a short check; the system takes it all at once.
    """
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    atexit._run_exitfuncs()  # noqa: SLF001 (Python's own libraries call it where they leave so)
    os._exit(code)


def leave() -> NoReturn:
    """Say that we were interrupted, once, and end the process without waiting for any thread.

    Its code is that of a shell for a program that the signal ended: 130, 143 or 129.
    """
    with _leaving:
        # A terminal has just shown ^C, and perhaps a bar.
        line = f"\n{_MESSAGE}" if os.isatty(2) else _MESSAGE
        try:
            os.write(2, line.encode())
        finally:
            os._exit(128 + _asked[0] if _asked else INTERRUPTED)


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    _asked.append(number)
    raise KeyboardInterrupt


def _watch(heard: int) -> None:
    while (number := os.read(heard, 1)[0]) not in _SIGNALS:
        pass
    _asked.append(number)
    time.sleep(_AGAIN)
    _thread.interrupt_main(signal.Signals(number))
    time.sleep(_LAST)
    leave()


def _unraisable(lost: "sys.UnraisableHookArgs") -> None:
    # An interrupt that is lost in a callback is raised again soon; it is no news, nor is what an
    # object says that it left half-made.
    if not (was_interrupted() or issubclass(lost.exc_type, KeyboardInterrupt)):
        sys.__unraisablehook__(lost)
