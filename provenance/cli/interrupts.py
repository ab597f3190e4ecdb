"""Ctrl-C: whatever the work is in the middle of, it ends within a second."""

import _thread
import atexit
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
_MESSAGE = "Interrupted; nothing was left half-written.\n"
_AGAIN, _LAST = 0.35, 0.3
"""Seconds until the interrupt is raised once more; and from then until we leave regardless."""

_asked = threading.Event()
_leaving = threading.Lock()


def heed_interrupts() -> None:
    """End the process soon after a SIGINT, also where the exception that it raises is lost.

    Notes
    -----
    Python turns the signal into an exception in the main thread. Callbacks of the compiler swallow
    it, imports turn it into an `ImportError`, a pool waits for its workers first, and long calls
    of compiled code do not see it. So a thread of our own sees the signal too: it raises the
    exception again, and at last leaves without it. A process killed at any moment leaves nothing
    half-written, so that is safe.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return  # nohup and the like: somebody wants us to ignore it
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, _interrupt)
    sys.unraisablehook = _unraisable
    threading.Thread(target=_watch, args=(heard,), name="interrupts", daemon=True).start()


def was_interrupted() -> bool:
    """Whether somebody pressed Ctrl-C."""
    return _asked.is_set()


def end(code: int) -> NoReturn:
    """End the process with a code: the work is done, and nothing interrupts its end.

    Python would take apart all that it holds first, piece by piece, which takes as long as much
    of a short check; the system takes it all at once.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    atexit._run_exitfuncs()  # noqa: SLF001 (Python's own libraries call it where they leave so)
    os._exit(code)


def leave() -> NoReturn:
    """Say that we were interrupted, once, and end the process without waiting for any thread."""
    with _leaving:
        # A terminal has just shown ^C, and perhaps a bar.
        line = f"\n{_MESSAGE}" if os.isatty(2) else _MESSAGE
        try:
            os.write(2, line.encode())
        finally:
            os._exit(INTERRUPTED)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    _asked.set()
    raise KeyboardInterrupt


def _watch(heard: int) -> None:
    while os.read(heard, 1) != bytes([signal.SIGINT]):
        pass
    _asked.set()
    time.sleep(_AGAIN)
    _thread.interrupt_main()
    time.sleep(_LAST)
    leave()


def _unraisable(lost: "sys.UnraisableHookArgs") -> None:
    # An interrupt that is lost in a callback is raised again soon; it is no news, nor is what an
    # object says that it left half-made.
    if not (was_interrupted() or issubclass(lost.exc_type, KeyboardInterrupt)):
        sys.__unraisablehook__(lost)
